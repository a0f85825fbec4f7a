"""A changed configuration while the service runs: applied whole or not at all, and never a way round a limit (B2, B6, N5)."""
import pathlib
import signal
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools" / "lib"))
from drive import ACCOUNT, TOP, Failed, Stage, run_cases, wait_for  # noqa: E402

MNQ = "CON.F.US.MNQ.Z26"


def require(truth, what):
    if not truth:
        raise Failed(what)


class Reloading(Stage):
    """A stage whose configuration is a file of its own."""

    def __init__(self, name):
        super().__init__(name)
        self.text = (TOP / "etc" / "demo.yaml").read_text()
        self.config = self.folder / "changing.yaml"
        self.config.write_text(self.text)

    def change(self, *edits):
        for old, new in edits:
            require(old in self.text, f"{old!r} is not in the configuration")
            self.text = self.text.replace(old, new)
        self.config.write_text(self.text)
        self.tell()

    def tell(self):
        self.service.process.send_signal(signal.SIGHUP)

    def journal(self, words):
        return [e["text"] for e in self.service.journal() if e["kind"] == "config" and words in e["text"]]

    def limit(self, rule="daily_loss_limit"):
        return next((r["limit"] for r in self.service.account()["rules"] if r["rule"] == rule), None)


def a_lowered_limit_acts_at_once_and_a_raised_one_frees_nothing():
    with Reloading("lower") as stage:
        stage.start()
        stage.sim.do("place", account=ACCOUNT, contract=MNQ, type="market", side="buy", size=2)
        for price in (20100, 20075):  # -200
            stage.sim.do("price", contract=MNQ, price=price)
        wait_for("the loss is seen", lambda: float(stage.service.account()["pnl"]["day"]) < -150)
        pid = stage.service.process.pid
        stage.change(("daily_loss_limit: { limit: 500 }", "daily_loss_limit: { limit: 150 }"))
        wait_for("flat", lambda: not stage.sim.positions())
        stage.service.wait_state("locked")
        require(stage.journal("daily_loss_limit: { limit: 500 } -> { limit: 150 }"), "the journal does not say what changed")
        stage.change(("daily_loss_limit: { limit: 150 }", "daily_loss_limit: { limit: 5000 }"))
        wait_for("the new limit is in force", lambda: stage.limit() == "5000.00")
        row = stage.service.account()
        require([l["rule"] for l in row["locks"]] == ["daily_loss_limit"], f"B2: the lock is gone: {row['locks']}")
        stage.sim.do("place", account=ACCOUNT, contract=MNQ, type="market", side="buy", size=1)
        wait_for("and still guarded", lambda: not stage.sim.positions() and stage.service.account()["locks"][0]["attempts"] == 1)
        stage.change(("      daily_loss_limit: { limit: 5000 }\n", ""))
        wait_for("the rule is gone", lambda: stage.limit() is None)
        require([l["rule"] for l in stage.service.account()["locks"]] == ["daily_loss_limit"], "without its rule the lock is gone")
        require(stage.service.process.pid == pid and stage.service.running(), "the process is another one")


def a_broken_file_changes_nothing_and_is_said_with_file_and_line():
    with Reloading("broken") as stage:
        stage.start()
        stage.change(("daily_loss_limit: { limit: 500 }", "daily_loss_limit: { limti: 100 }"), ("max_contracts: { limit: 5 }", "max_contracts: { limit: 1 }"))
        line = 1 + stage.text[: stage.text.index("limti")].count("\n")
        wait_for("an alarm says so", lambda: any("limti" in a["what"] for a in stage.service.status()["service"]["alarms"]))
        require(f"changing.yaml:{line}: " in stage.service.text(), "file and line are not in the log")
        require(stage.journal("refused"), "the journal does not know of it")
        require(stage.limit() == "500.00" and stage.limit("max_contracts") == "5", "half of it came into force")
        stage.change(("limti: 100", "limit: 300"))
        wait_for("mended, it is in force, and the alarm is gone", lambda: stage.limit() == "300.00" and stage.limit("max_contracts") == "1" and not any("refused" in a["what"] for a in stage.service.status()["service"]["alarms"]))


def what_cannot_change_while_it_runs_is_refused():
    with Reloading("fixed") as stage:
        stage.start()
        stage.change(("max_size_mb: 20", "max_size_mb: 30"), ("max_contracts: { limit: 5 }", "max_contracts: { limit: 1 }"))
        wait_for("said", lambda: any("service.log" in a["what"] and "restart" in a["what"] for a in stage.service.status()["service"]["alarms"]))
        require(stage.limit("max_contracts") == "5", "half of it came into force")


def accounts_come_and_go_and_nobody_else_is_disturbed():
    with Reloading("accounts") as stage:
        stage.start()
        stage.sim.do("place", account=ACCOUNT, contract=MNQ, type="market", side="buy", size=1)
        wait_for("seen, and valued", lambda: stage.service.account()["positions"] and stage.service.account()["state"] == "active")
        stage.change(("accounts:\n", "accounts:\n  - { id: 999, broker: sim, rules: { max_contracts: { limit: 1 } } }\n"))
        wait_for("the new one is there, and said to be unknown to the venue", lambda: any(a["id"] == 999 for a in stage.service.status()["accounts"]))
        row = stage.service.account()
        require(row["state"] == "active" and row["positions"], f"the other one was disturbed: {row['state']} {row['why']}")
        stage.change(("  - { id: 999, broker: sim, rules: { max_contracts: { limit: 1 } } }\n", ""))
        wait_for("it is gone", lambda: all(a["id"] != 999 for a in stage.service.status()["accounts"]))
        require(stage.journal("account 999 is gone"), "the journal does not say that nobody guards it any more")
        stage.tell()
        wait_for("read again, nothing changed", lambda: stage.journal("nothing has changed"))
        require(stage.service.stop() == 0, "it did not stop cleanly")


def a_reset_by_hand_begins_the_day_anew_and_is_written_down():
    with Reloading("reset") as stage:
        stage.start()
        stage.sim.do("place", account=ACCOUNT, contract=MNQ, type="market", side="buy", size=2)
        for price in (20000, 19900, 19870):
            stage.sim.do("price", contract=MNQ, price=price)
        stage.service.wait_state("locked")
        wait_for("flat", lambda: not stage.sim.positions())
        for arguments in ((ACCOUNT, "daily"), (ACCOUNT, "daily", "--reason", "  "), (4711, "daily", "--reason", "x"), (ACCOUNT, "yearly", "--reason", "x")):
            require(stage.service.admin("reset", *arguments, check=False) is None, f"taken: {arguments}")
        stage.service.admin("reset", ACCOUNT, "daily", "--reason", "the venue booked a wrong fill")
        row = stage.service.wait_state("active")
        require(float(row["pnl"]["day"]) == 0 and row["locks"] == [], f"not a new day: {row['pnl']} {row['locks']}")
        lines = [e["text"] for e in stage.service.journal() if "the venue booked a wrong fill" in e["text"]]
        require(len(lines) == 2, f"the reason is to stand in the journal, with the order and with the reset: {lines}")
        stage.service.kill()
        stage.start()
        require(float(stage.service.account()["pnl"]["day"]) == 0, "the restart has brought the old day back")


if __name__ == "__main__":
    sys.exit(run_cases([a_lowered_limit_acts_at_once_and_a_raised_one_frees_nothing, a_broken_file_changes_nothing_and_is_said_with_file_and_line,
                        what_cannot_change_while_it_runs_is_refused, accounts_come_and_go_and_nobody_else_is_disturbed,
                        a_reset_by_hand_begins_the_day_anew_and_is_written_down]))
