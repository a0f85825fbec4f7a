"""One run of the Windows programs: gateway-sim.exe and risk-manager.exe, a breach, a lock, a kill, the lock again."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools" / "lib"))
from drive import ACCOUNT, Failed, Stage, run_cases, wait_for  # noqa: E402

MNQ = "CON.F.US.MNQ.Z26"


def a_breach_ends_flat_and_locked_and_the_lock_outlives_the_process():
    with Stage("windows") as stage:
        sim, service = stage.sim, stage.start(timeout=90)
        sim.do("place", account=ACCOUNT, contract=MNQ, type="market", side="buy", size=2)
        wait_for("the service sees 2", lambda: [p["size"] for p in service.account()["positions"]] == [2], 60)
        for price in (20000, 19900, 19870, 19860):
            sim.do("price", contract=MNQ, price=price)
        wait_for("flat", lambda: not sim.positions() and not sim.live_orders(), 60)
        row = service.wait_state("locked", 60)
        wait_for("the lock is on disk", lambda: all(l["durable"] for l in service.account()["locks"]), 60)
        service.kill()
        service = stage.start("locked", timeout=90)
        again = service.account()["locks"]
        if (again[0]["rule"], again[0]["until"]) != (row["locks"][0]["rule"], row["locks"][0]["until"]):
            raise Failed(f"the lock changed: {row['locks']} {again}")
        wait_for("live again", lambda: service.status()["service"]["broker"][0]["state"] == "live", 60)
        sim.do("place", account=ACCOUNT, contract=MNQ, type="limit", side="buy", size=1, limit_price=19000)
        wait_for("the lock is guarded", lambda: not sim.live_orders() and service.account()["locks"][0]["attempts"] == 1, 60)
        zones = service.status()["service"]["tz_data"]
        if not zones["version"] or zones["age_days"] is None:
            raise Failed(f"the age of the zone data that the program carries is not known: {zones}")
        if not service.admin("journal", "--verify")["whole"]:
            raise Failed("the journal is not whole")


if __name__ == "__main__":
    sys.exit(run_cases([a_breach_ends_flat_and_locked_and_the_lock_outlives_the_process]))
