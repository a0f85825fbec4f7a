"""A start at which the configuration cannot be used, and accounts that were taken out of it while they are locked: nobody goes unguarded
because of a file."""
import os
import pathlib
import shutil
import signal
import stat
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools" / "lib"))
from drive import ACCOUNT, TOP, Failed, Stage, run_cases, wait_for  # noqa: E402

MNQ = "CON.F.US.MNQ.Z26"


def require(truth, what):
    if not truth:
        raise Failed(what)


class Held(Stage):
    """A stage whose configuration, data file and key are files of its own."""

    def __init__(self, name):
        super().__init__(name)
        self.config = self.folder / "etc" / "own.yaml"
        self.config.parent.mkdir()
        self.key = self.config.parent / "own.key"
        self.calendar = self.config.parent / "own-calendar.yaml"
        self.key.write_text("demo-key-0001\n")
        self.key.chmod(0o600)
        shutil.copy(TOP / "etc" / "cme-calendar.yaml", self.calendar)
        self.text = (TOP / "etc" / "demo.yaml").read_text().replace("api_key: ${RM_DEMO_API_KEY}", "api_key_file: own.key")
        self.text = self.text.replace("calendar:\n", "calendar:\n  data: own-calendar.yaml\n")
        self.config.write_text(self.text)
        self.kept = self.folder / "last-good.config"
        self.env.pop("RM_DEMO_API_KEY")

    def start(self, state="active", timeout=30, arguments=None):
        return super().start(state, timeout, ("--data-dir", str(self.folder)) if arguments is None else arguments)

    def alarms(self, words):
        return [a for a in self.service.status()["service"]["alarms"] if words in a["what"]]

    def journal(self, words, kind="config"):
        return [e["text"] for e in self.service.journal() if e["kind"] == kind and words in e["text"]]

    def limit(self, rule="daily_loss_limit"):
        return next((r["limit"] for r in self.service.account()["rules"] if r["rule"] == rule), None)

    def lock_by_hand(self):
        self.service.admin("lock", ACCOUNT, "--mode", "flat", "--for", "30m", "--reason", "a test")
        self.service.wait_state("locked")

    def is_guarded(self):
        """What the lock forbids is closed at once."""
        self.sim.do("place", account=ACCOUNT, contract=MNQ, type="market", side="buy", size=1)
        wait_for("closed", lambda: not self.sim.positions() and self.service.account()["locks"][0]["attempts"] >= 1)

    def ends_at_once(self, *arguments):
        command = self.programs.command("risk-manager", "run", "--config", self.config, *arguments)
        return subprocess.run(command, env=dict(os.environ, **self.env), capture_output=True, timeout=60)


def spoil(path, how):
    """Makes a file one that cannot be used; gives what must be said of it."""
    text = path.read_text()
    if how == "gone":
        path.unlink()
        return "own.yaml: cannot be read"
    if how == "not readable":  # root could read whatever its mode
        path.unlink()
        path.mkdir()
        return "own.yaml: "
    if how == "cut off":
        path.write_text(text[: text.index("daily_loss_limit:") + 20])
        return f"own.yaml:{1 + text[: text.index('daily_loss_limit:')].count(chr(10))}"
    path.write_text(text.replace("daily_loss_limit", "daily_los_limit"))
    return f"own.yaml:{1 + text[: text.index('daily_loss_limit:')].count(chr(10))}: accounts[0].rules.daily_los_limit: "


def a_start_without_a_usable_configuration_guards_by_the_last_good_one():
    with Held("gone") as stage:
        stage.start()
        stage.lock_by_hand()
        stage.service.kill()
        for how in ("gone", "not readable", "cut off", "misspelt"):
            said = spoil(stage.config, how)
            stage.start("locked")
            standing = stage.alarms("the configuration cannot be used")
            require(len(standing) == 1 and standing[0]["severity"] == "critical" and said in standing[0]["what"], f"{how}: {stage.service.status()['service']['alarms']}")
            require("own.yaml" in standing[0]["what"] and "check-config" in standing[0]["what"], f"not what to do: {standing}")
            wait_for("log and journal say so", lambda: stage.journal(said) and "the configuration cannot be used" in stage.service.text())
            stage.is_guarded()
            require(stage.limit() == "500.00", "not the limits that were in force")
            checked = subprocess.run(stage.programs.command("risk-manager", "check-config", stage.config), capture_output=True, env=dict(os.environ, **stage.env))
            require(checked.returncode == 2, f"{how}: check-config gave {checked.returncode}")
            screen = subprocess.run(stage.programs.command("risk-trader", "--socket", stage.service.socket, "--once"), capture_output=True, env=stage.env, timeout=60)
            require(b"the configuration cannot be used" in screen.stdout, f"the trader's screen says nothing: {screen.stdout.decode(errors='replace')}")
            stage.service.kill()
            if stage.config.is_dir():
                stage.config.rmdir()
            stage.config.write_text(stage.text)
        require(stage.kept.read_text().count("daily_loss_limit") >= 1, "the copy is another one than the last that could be used")
        stage.start("locked")
        require(not stage.alarms("configuration"), "an alarm without a reason")
        require(stage.service.admin("journal", "--verify"), "the chain is broken")


def once_the_file_can_be_used_it_is_in_force_by_itself():
    with Held("back") as stage:
        stage.start()
        stage.service.kill()
        spoil(stage.config, "gone")
        stage.start()
        pid = stage.service.process.pid
        stage.config.write_text(stage.text.replace("{ limit: 500 }", "{ limti: 500 }", 1))
        stage.service.process.send_signal(signal.SIGHUP)  # at once; the next look would be within five seconds
        wait_for("the alarm tells what is wrong now", lambda: stage.alarms("limti") and len(stage.alarms("configuration")) == 1)
        stage.config.write_text(stage.text.replace("daily_loss_limit: { limit: 500 }", "daily_loss_limit: { limit: 300 }"))
        wait_for("it is in force, and nobody was asked", lambda: stage.limit() == "300.00" and not stage.alarms("configuration"), 40)
        require(stage.journal("the configuration can be used again") and stage.journal("daily_loss_limit: { limit: 500 } -> { limit: 300 }"), "the journal does not say so")
        require(stage.service.process.pid == pid and stage.service.running(), "the process is another one")
        require("{ limit: 300 }" in stage.kept.read_text(), "what is in force now is not kept")
        require(stage.kept.stat().st_mode & 0o777 == 0o600, f"others can read it: {stat.filemode(stage.kept.stat().st_mode)}")


def what_it_names_may_be_gone_too_and_where_the_data_folder_is_can_still_be_read():
    with Held("names") as stage:
        stage.start()
        stage.lock_by_hand()
        stage.service.kill()
        stage.calendar.write_text("markets: [")
        stage.start("locked", arguments=())
        require(stage.alarms("own-calendar.yaml:"), f"not said: {stage.service.status()['service']['alarms']}")
        stage.is_guarded()


def without_a_key_it_waits_for_the_key_and_keeps_the_locks():
    with Held("key") as stage:
        stage.start()
        stage.lock_by_hand()
        stage.service.kill()
        key = stage.key.read_text()
        for everything in (False, True):
            stage.key.unlink()
            if everything:
                stage.config.unlink()
            stage.start(None)
            standing = wait_for("an alarm says so", lambda: stage.alarms("a login cannot be tried"))
            require("api_key_file" in standing[0]["what"] and "NOT guarded" in standing[0]["what"] and standing[0]["severity"] == "critical", f"{standing}")
            require(bool(stage.alarms("the configuration cannot be used")) == everything, "the configuration's own alarm")
            row = wait_for("the account is there", lambda: stage.service.account())
            require([l["rule"] for l in row["locks"]] == ["manual"], f"the lock is gone: {row}")
            require(stage.service.status()["service"]["broker"][0]["state"] != "live", "live without a key")
            stage.key.write_text(key)
            stage.key.chmod(0o600)
            if everything:  # at once; otherwise it is looked at every five seconds
                stage.service.process.send_signal(signal.SIGHUP)
            wait_for("it has found the key by itself", lambda: stage.service.status()["service"]["broker"][0]["state"] == "live", 40)
            require(not stage.alarms("a login cannot be tried"), "the alarm stands")
            stage.is_guarded()
            stage.service.kill()
            stage.config.write_text(stage.text)


def at_the_first_start_a_bad_file_is_refused_and_so_is_a_bad_copy():
    with Held("first") as stage:
        good = stage.config.read_text()
        spoil(stage.config, "misspelt")
        done = stage.ends_at_once("--data-dir", stage.folder)
        require(done.returncode == 2 and b"daily_los_limit" in done.stderr, f"{done.returncode}: {done.stderr[-300:]}")
        stage.key.unlink()
        stage.config.write_text(good.replace("api_key_file: own.key", "api_key: demo-key-0001"))
        stage.config.chmod(0o600)
        stage.start()
        wait_for("kept", lambda: stage.kept.exists())
        require("demo-key-0001" not in stage.kept.read_text() and "<hidden>" in stage.kept.read_text(), "the key is kept in the clear")
        require(stage.service.stop() == 0, "it did not stop")
        stage.config.unlink()
        stage.start(None)
        require(wait_for("an alarm says so", lambda: stage.alarms("a login cannot be tried")), "no alarm for the key that went with the file")
        require(stage.service.stop() == 0, "it did not stop")
        text = stage.kept.read_text()
        stage.kept.write_text(text.replace("limit: 500", "limit: 900", 1))
        done = stage.ends_at_once("--data-dir", stage.folder)
        require(done.returncode == 2, f"a copy that is not whole was used: {done.returncode}")


OTHER = "  - { id: 999, name: beside it, broker: sim, rules: { max_contracts: { limit: 1 } } }\n"


def taken_out(text):
    """The configuration without the account that trades."""
    return text[: text.index("  - id: 126244")] + OTHER


def an_account_that_is_locked_cannot_be_taken_out_while_the_service_runs():
    with Held("taken-out") as stage:
        stage.text += OTHER
        stage.config.write_text(stage.text)
        stage.start()
        stage.lock_by_hand()
        wait_for("the lock is on disk", lambda: stage.service.account()["locks"][0]["durable"])
        stage.config.write_text(taken_out(stage.text))
        stage.service.process.send_signal(signal.SIGHUP)
        standing = wait_for("refused, with a reason", lambda: stage.alarms("account 126244 cannot be taken out"))[0]["what"]
        require("locked by manual until 20" in standing and "risk-admin unlock 126244" in standing, standing)
        require(stage.journal("refused") and stage.kept.read_text().count("id: 126244") == 1, "the journal, or the copy")
        stage.is_guarded()
        wanted = stage.folder / "wanted.yaml"
        wanted.write_text(taken_out(stage.text))
        stage.config.write_text(stage.text)
        tried = subprocess.run(stage.programs.command("risk-admin", "--socket", stage.service.socket, "config", "apply", wanted, "--reason", "a try"), capture_output=True, env=stage.env, timeout=60)
        require(tried.returncode != 0 and b"126244 cannot be taken out while it is locked by manual" in tried.stdout + tried.stderr, f"{tried.returncode}: {tried.stdout} {tried.stderr}")
        require(stage.config.read_text() == stage.text, "the file was changed")
        stage.service.admin("unlock", ACCOUNT, "--reason", "a test")
        stage.service.wait_state("active")
        stage.service.admin("config", "apply", wanted, "--reason", "it may go now")
        wait_for("it has gone", lambda: [a["id"] for a in stage.service.status()["accounts"]] == [999])


def one_that_was_taken_out_while_no_service_ran_is_guarded_until_its_locks_end():
    with Held("carried") as stage:
        stage.start()
        stage.lock_by_hand()
        wait_for("the lock is on disk", lambda: stage.service.account()["locks"][0]["durable"])
        stage.service.kill()
        stage.config.write_text(taken_out(stage.text))
        for _ in range(2):  # the second start has it from what the first has kept
            stage.start("locked")
            standing = stage.alarms("account 126244 is not in the configuration any more")
            require(len(standing) == 1 and "locked by manual until 20" in standing[0]["what"], f"{stage.service.status()['service']['alarms']}")
            require([a["id"] for a in stage.service.status()["accounts"]].count(999) == 1, "the rest is not in force")
            require("beside it" in stage.kept.read_text() and "126244" not in stage.kept.read_text(), "another configuration is kept than the one in force")
            require(stage.limit() == "500.00", "not its own limits")
            wait_for("the journal knows of it", lambda: stage.journal("account 126244 is not in the configuration any more"))
            stage.is_guarded()
            stage.service.kill()
        spoil(stage.config, "gone")
        stage.start("locked")
        require(stage.alarms("the configuration cannot be used") and stage.alarms("account 126244 is not"), "both are to be said")
        stage.config.write_text(taken_out(stage.text))
        stage.service.process.send_signal(signal.SIGHUP)
        wait_for("the file is in force, and the account is guarded", lambda: not stage.alarms("the configuration cannot be used") and stage.service.account()["state"] == "locked", 40)
        stage.service.admin("unlock", ACCOUNT, "--reason", "a test")
        wait_for("it has gone", lambda: [a["id"] for a in stage.service.status()["accounts"]] == [999], 40)
        wait_for("and that is written down", lambda: stage.journal("account 126244 is gone") and not stage.alarms("account 126244 is not"))
        require(not list(stage.folder.glob("last-good-*")), "its settings are kept for nothing")
        require(stage.service.stop() == 0, "it did not stop")
        stage.start(None)
        require([a["id"] for a in wait_for("it is there", lambda: stage.service.status()["accounts"])] == [999], "it came back without a lock")


if __name__ == "__main__":
    sys.exit(run_cases([a_start_without_a_usable_configuration_guards_by_the_last_good_one, once_the_file_can_be_used_it_is_in_force_by_itself,
                        what_it_names_may_be_gone_too_and_where_the_data_folder_is_can_still_be_read, without_a_key_it_waits_for_the_key_and_keeps_the_locks,
                        at_the_first_start_a_bad_file_is_refused_and_so_is_a_bad_copy, an_account_that_is_locked_cannot_be_taken_out_while_the_service_runs,
                        one_that_was_taken_out_while_no_service_ran_is_guarded_until_its_locks_end]))
