"""Two things at once: rules without a lock, enforcement that is under way while the service is killed, told something else, or unlocked."""
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools" / "lib"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from drive import ACCOUNT, run_cases, wait_for  # noqa: E402
from reload import MNQ, Reloading, require  # noqa: E402


def a_loss_limit_without_a_lock_closes_whatever_comes_after_it():
    with Reloading("unlocked") as stage:
        stage.text = stage.text.replace("daily_loss_limit: { limit: 500 }", "daily_realized_loss: { limit: 50, on_breach: { action: flatten, lock: none } }")
        stage.config.write_text(stage.text)
        stage.start()
        stage.sim.do("place", account=ACCOUNT, contract=MNQ, type="market", side="buy", size=2)
        stage.sim.do("price", contract=MNQ, price=20100)
        stage.sim.do("place", account=ACCOUNT, contract=MNQ, type="market", side="sell", size=2)
        wait_for("the loss is known", lambda: any("reached the realized loss limit" in e["text"] for e in stage.service.journal()))
        for _ in range(2):
            stage.sim.do("place", account=ACCOUNT, contract=MNQ, type="market", side="buy", size=1)
            wait_for("what came after it is closed", lambda: not stage.sim.positions() and len(stage.sim.rows("trades")) % 2 == 0)  # nobody asks the service
        require(not stage.service.account()["locks"], "there is a lock")


def an_alarm_goes_on_growing_over_reloads_and_restarts():
    with Reloading("growing") as stage:
        stage.start()
        stage.sim.do("place", account=ACCOUNT, contract=MNQ, type="market", side="buy", size=2)
        wait_for("held", lambda: stage.service.account()["positions"])
        stage.sim.do("fault", path="/api/Position/closeContract", mode="success_false", error_code=5, count=0)
        stage.sim.do("fault", path="/api/Position/partialCloseContract", mode="success_false", error_code=6, count=0)
        opened = time.monotonic()
        stage.sim.do("price", contract=MNQ, price=19900)

        def seconds():
            return max((int(a["what"].split("not at its goal for ")[1].split(" s")[0]) for a in stage.service.account()["alarms"] if "not at its goal for" in a["what"]), default=0)

        wait_for("the alarm stands", lambda: seconds() >= 5)
        stage.change(("daily_loss_limit: { limit: 500 }", "daily_loss_limit: { limit: 400 }"))
        wait_for("the new limit is in force", lambda: stage.limit() == "400.00")
        before = time.monotonic() - opened
        wait_for("it stands as long as the position has been open", lambda: seconds() >= int(before) - 1, 4)
        stage.service.kill()
        stage.start(None)
        before = time.monotonic() - opened
        wait_for("and after a restart", lambda: seconds() >= int(before) - 1, 20)
        stage.service.admin("unlock", str(ACCOUNT), "--reason", "to see what becomes of the close")
        stage.sim.do("clear_faults")
        wait_for("it ends flat, also after an unlock by hand", lambda: not stage.sim.positions(), 60)
        wait_for("the alarm is over", lambda: seconds() == 0)
        wait_for("and it is locked: the loss is there", lambda: stage.service.account()["locks"])


if __name__ == "__main__":
    sys.exit(run_cases([a_loss_limit_without_a_lock_closes_whatever_comes_after_it, an_alarm_goes_on_growing_over_reloads_and_restarts]))
