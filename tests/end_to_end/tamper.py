"""What nobody can do unseen: change the journal, cut its end, change the configuration behind the service's back, have it not protect for a while.
With the real programs and the real SQLite file."""
import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools" / "lib"))
from drive import ACCOUNT, TOP, Failed, Programs, Stage, run_cases, wait_for  # noqa: E402

MNQ = "CON.F.US.MNQ.Z26"
TAIL = re.compile(r"^\S+Z info +persistence: journal chain: line (\d+) ends in ([0-9a-f]{64})$", re.M)


def require(truth, what):
    if not truth:
        raise Failed(what)


class Watched(Stage):
    """A stage with a configuration of its own, whose database can be worked on while the service is down."""

    def __init__(self, name, edit=lambda text: text):
        super().__init__(name)
        self.text = edit((TOP / "etc" / "demo.yaml").read_text())
        self.config = self.folder / "watched.yaml"
        self.config.write_text(self.text)
        self.database = self.folder / "riskmanager.db"
        self.log = self.folder / "logs" / "risk-manager.log"

    def stop(self):
        require(self.service.stop() == 0, "the stop was not in order")

    def admin(self, *arguments):
        """The exit code, what it printed, what it said on the side."""
        done = subprocess.run(self.programs.command("risk-admin", "--socket", self.env["RM_DEMO_SOCKET"], *arguments), capture_output=True, env=self.service.env, timeout=120)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def verify(self, *more):
        """The exit code and the proof."""
        code, out, err = self.admin("--json", "journal", "--verify", *more)
        require(out, f"no proof: {code} {err}")
        return code, json.loads(out)

    @contextlib.contextmanager
    def tool(self):
        """A database tool in the hands of somebody who knows of the triggers."""
        require(not self.service.running(), "the service must be down")
        with contextlib.closing(sqlite3.connect(self.database)) as db:
            db.execute("DROP TRIGGER IF EXISTS journal_is_never_changed")
            db.execute("DROP TRIGGER IF EXISTS journal_is_never_shortened")
            yield db
            db.commit()

    def told(self, kind, *words):
        return [e["text"] for e in self.service.journal() if e["kind"] == kind and all(w in e["text"] for w in words)]

    def logged(self, *words):
        return [line for line in self.log.read_text(errors="replace").splitlines() if all(w in line for w in words)]

    def change(self, old, new):
        require(old in self.text, f"{old!r} is not in the configuration")
        self.text = self.text.replace(old, new)
        self.config.write_text(self.text)


def traded(stage):
    """A day with lines in its journal; the service is stopped at its end."""
    stage.start()
    stage.sim.do("place", account=ACCOUNT, contract=MNQ, type="market", side="buy", size=1)
    wait_for("the fill is in the journal", lambda: stage.told("fill", "MNQ"))
    stage.admin("lock", ACCOUNT_TEXT, "--mode", "reduce_only", "--for", "30m", "--reason", "tell-tale words")
    wait_for("the order is in the journal", lambda: stage.told("admin", "tell-tale"))


ACCOUNT_TEXT = str(ACCOUNT)


def an_untouched_journal_is_whole_for_everybody_who_asks():
    with Watched("whole") as stage:
        traded(stage)
        code, proof = stage.verify()
        require(code == 0 and proof["whole"] and proof["fault"] is None and proof["lines"] > 5 and proof["first_line"] == 1, f"{code} {proof}")
        code, out, err = stage.admin("journal", "--verify")
        require(code == 0 and out.startswith("the journal is whole: ") and "journal --verify --log FILE" in out, f"{code} {out} {err}")
        code, proof = stage.verify("--database", str(stage.database))  # beside the service that works with it
        require(code == 0 and proof["whole"], f"{code} {proof}")
        require(stage.service.status()["service"]["alarms"] is not None, "it serves on")
        stage.stop()
        code, again = stage.verify("--database", str(stage.database))
        require(code == 0 and again["lines"] >= proof["lines"], f"without a service: {code} {again}")


def damaged(name, damage, kind, where):
    """Damages a stopped service's database; both ways of asking must find it, at the right line."""
    with Watched(name) as stage:
        traded(stage)
        stage.stop()
        line = damage(stage)
        code, proof = stage.verify("--database", str(stage.database))
        require(code == 1 and not proof["whole"] and proof["fault"]["kind"] == kind and proof["fault"]["line"] == line, f"{where}, by its file: {code} {proof}, wanted {kind} {line}")
        stage.start(state=None)
        wait_for("it answers", stage.service.status, 60)
        code, proof = stage.verify()
        require(code == 1 and not proof["whole"] and proof["fault"]["kind"] == kind and proof["fault"]["line"] == line, f"{where}: {code} {proof}, wanted {kind} {line}")
        code, out, err = stage.admin("journal", "--verify")
        require(code == 1 and f"THE JOURNAL WAS TAMPERED WITH ({kind})" in out and str(line) in out, f"{where}: {code} {out} {err}")


def the_line_with(db, words):
    return db.execute("SELECT id FROM journal WHERE text LIKE ? ORDER BY id LIMIT 1", (f"%{words}%",)).fetchone()[0]


def one_byte_changed_in_the_file_is_found():
    def damage(stage):
        with contextlib.closing(sqlite3.connect(stage.database)) as db:
            line = the_line_with(db, "tell-tale words")
        raw = stage.database.read_bytes()
        for place in re.finditer(b"tell-tale words", raw):  # a lock has them too: the one that is the journal's
            stage.database.write_bytes(raw[:place.start()] + b"T" + raw[place.start() + 1:])
            with contextlib.closing(sqlite3.connect(stage.database)) as db:
                if db.execute("SELECT text GLOB '*Tell-tale*' FROM journal WHERE id = ?", (line,)).fetchone()[0]:
                    return line
        raise Failed("the text is not in the file")
    damaged("byte", damage, "changed", "one byte")


def one_row_removed_is_found():
    def damage(stage):
        with stage.tool() as db:
            line = the_line_with(db, "tell-tale words")
            db.execute("DELETE FROM journal WHERE id = ?", (line,))
        return line
    damaged("removed", damage, "removed", "one row removed")


def one_row_added_is_found_also_when_the_service_has_written_on():
    def damage(stage):
        with stage.tool() as db:
            db.execute("INSERT INTO journal(at, account, kind, rule, text, latency_ns, link) SELECT at, account, kind, rule, 'never was', latency_ns, link FROM journal ORDER BY id DESC LIMIT 1")
            return db.execute("SELECT max(id) FROM journal").fetchone()[0]
    damaged("added", damage, "added", "one row added")


def the_log_is_told_the_chains_end_and_an_end_that_was_cut_off_is_seen_against_it():
    with Watched("cut") as stage:
        traded(stage)
        wait_for("the log says at the start where the chain ends", lambda: TAIL.findall(stage.log.read_text()))
        stage.stop()
        with contextlib.closing(sqlite3.connect(stage.database)) as db:
            last = db.execute("SELECT id, link FROM journal ORDER BY id DESC LIMIT 1").fetchone()
            order = the_line_with(db, "tell-tale words")
        noted = TAIL.findall(stage.log.read_text())[-1]
        require((int(noted[0]), noted[1]) == last, f"at the stop the log says {noted}, the journal ends with {last}")
        copy = shutil.copy(stage.log, stage.folder / "kept.log")
        code, proof = stage.verify("--database", str(stage.database), "--log", str(copy))
        require(code == 0 and "is the one that was noted" in proof["remark"], f"{code} {proof}")
        with stage.tool() as db:  # the end cut off, and every trace of that
            db.execute("DELETE FROM journal WHERE id >= ?", (order,))
            db.execute("UPDATE sqlite_sequence SET seq = ? WHERE name = 'journal'", (order - 1,))
            db.execute("UPDATE meta SET value = (SELECT link FROM journal WHERE id = ?) WHERE key = 'journal_tail'", (order - 1,))
        code, proof = stage.verify("--database", str(stage.database))
        require(code == 0, f"by itself that cannot be seen: {code} {proof}")
        code, proof = stage.verify("--database", str(stage.database), "--log", str(copy))
        require(code == 1 and proof["fault"]["kind"] == "removed" and proof["fault"]["line"] == order, f"against the log: {code} {proof}")
        stage.start(state=None)
        wait_for("it answers", stage.service.status, 60)
        code, proof = stage.verify("--log", str(copy))
        require(code == 1 and proof["fault"]["kind"] in ("removed", "changed"), f"against the log, when it has written on: {code} {proof}")


def what_is_asked_wrongly_is_said():
    with Watched("wrong") as stage:
        stage.start()
        empty, other = stage.folder / "empty.log", stage.folder / "other.db"
        empty.write_text("2026-01-01T00:00:00.000Z info     service: nothing here\n")
        with contextlib.closing(sqlite3.connect(other)) as db:
            db.execute("CREATE TABLE t(x)")
        for arguments, code, words in ((("--verify", "--account", "1"), 2, "leave --account"), (("--log", str(empty)), 2, "--verify"),
                                       (("--verify", "--log", str(stage.folder / "none.log")), 2, "No such file"), (("--verify", "--log", str(empty)), 2, "no line"),
                                       (("--verify", "--database", str(stage.folder / "none.db")), 2, "No such file"),
                                       (("--verify", "--database", str(other)), 1, "another program"), (("--verify", "--database", str(empty)), 1, "not a database")):
            got, out, err = stage.admin("journal", *arguments)
            require(got == code and words in err and not out, f"journal {arguments}: {got} {out!r} {err!r}")
        stage.stop()
        got, out, err = stage.admin("journal", "--verify")
        require(got == 3, f"without a service: {got} {err}")


def a_configuration_that_was_changed_outside_risk_admin_is_told_from_one_that_was_not():
    with Watched("config", lambda text: text + "presets: limits.yaml\n") as stage:
        limits = stage.folder / "limits.yaml"
        limits.write_text("source: nobody\nas_of: 2026-11-01\npresets:\n  some: { rules: { max_contracts: { limit: 5 } } }\n")
        stage.start()
        # by hand, and SIGHUP
        stage.change("daily_loss_limit: { limit: 500 }", "daily_loss_limit: { limit: 5000 }")
        stage.service.process.send_signal(signal.SIGHUP)
        said = wait_for("the hand is in the journal", lambda: stage.told("config", "1 change(s), changed outside risk-admin", "watched.yaml was written at", "its owner is"))
        require(stage.told("config", "changed outside risk-admin: account", "daily_loss_limit", "500", "5000"), f"what was changed is not said: {said}")
        require(stage.logged("changed outside risk-admin", "daily_loss_limit"), "it is not in the log")
        # with risk-admin
        stage.change("daily_loss_limit: { limit: 5000 }", "daily_loss_limit: { limit: 400 }")
        fresh = stage.folder / "fresh.yaml"
        fresh.write_text(stage.text)
        stage.config.write_text(stage.text.replace("{ limit: 400 }", "{ limit: 5000 }"))
        code, out, err = stage.admin("config", "apply", str(fresh), "--reason", "smaller")
        require(code == 0, f"config apply: {code} {out} {err}")
        wait_for("who and why is in the journal", lambda: stage.told("config", "1 change(s), changed with risk-admin by", "(smaller)"))
        require(not [t for t in stage.told("config", "400") if "outside" in t], "what came with risk-admin is called a change by hand")
        stage.stop()
        stage.start()
        require(len(stage.told("config", "while the service did not run")) == 0, f"a start after a change with risk-admin blames somebody: {stage.told('config', 'outside')}")
        # by hand while it is down
        stage.stop()
        stage.change("daily_loss_limit: { limit: 400 }", "daily_loss_limit: { limit: 4000 }")
        stage.start()
        wait_for("the start says it", lambda: stage.told("config", "changed while the service did not run, outside risk-admin", "watched.yaml was written at"))
        require(stage.told("config", "changed outside risk-admin: account", "daily_loss_limit", "400", "4000"), "what was changed is not said at the start")
        require(stage.logged("changed while the service did not run, outside risk-admin"), "it is not in the log")
        # a data file beside it
        stage.stop()
        limits.write_text(limits.read_text().replace("limit: 5", "limit: 50"))
        stage.start()
        wait_for("the data file's change is said", lambda: stage.told("config", "changed while the service did not run", "limits.yaml was written at"))
        # a hand first, and then risk-admin over it
        stage.change("max_contracts: { limit: 5 }", "max_contracts: { limit: 50 }")
        fresh.write_text(stage.text.replace("daily_profit_target: { target: 500 }", "daily_profit_target: { target: 600 }"))
        code, out, err = stage.admin("config", "apply", str(fresh), "--reason", "over it")
        require(code == 0, f"config apply: {code} {out} {err}")
        wait_for("both are named", lambda: stage.told("config", "2 change(s), changed outside risk-admin, and then with it by", "(over it)"))


def every_span_without_protection_is_in_the_journal_and_in_the_log_B7():
    with Watched("spans") as stage:
        stage.start()
        first = stage.told("service", "first start with this database")
        require(first and stage.logged(first[0]), f"the first start: {first}")
        stage.service.process.send_signal(signal.SIGSTOP)
        time.sleep(3.5)
        stage.service.process.send_signal(signal.SIGCONT)
        held = wait_for("a hang is said", lambda: stage.told("service", "no timer ran for"))
        stage.sim.do("fault", path="/hubs/user", mode="error500", **{"for": "3s"})
        stage.sim.do("drop", mode="cut", hub="user")
        blind = wait_for("a blind span is said with its length", lambda: stage.told("link", "it was blind for", " s, "), 60)
        stage.service.kill()
        stage.start()
        unclean = wait_for("the unclean end is said", lambda: stage.told("service", "after an unclean end", "the last sign of life was at", "it did not protect for up to"))
        stage.stop()
        time.sleep(1.1)
        stage.start()
        ordered = wait_for("the downtime is said", lambda: stage.told("service", "it was stopped in order at", "and did not protect for 0:00:0"))
        for texts in (held, blind, unclean, ordered):
            require(stage.logged(texts[-1]), f"in the journal, but not in the log: {texts[-1]}")


class OldZones(Programs):
    """Runs the service where the system's time zone data is another one; only root can do that."""

    def __init__(self, data):
        super().__init__()
        self.data = data

    def command(self, name, *arguments):
        plain = super().command(name, *arguments)
        return ["unshare", "-m", "sh", "-c", 'mount --bind "$0" /usr/share/zoneinfo/tzdata.zi && exec "$@"', str(self.data), *plain] if name == "risk-manager" else plain


def the_age_of_the_time_zone_data_is_shown_and_old_data_is_an_alarm():
    with Watched("zones") as stage:
        stage.start()
        version = pathlib.Path("/usr/share/zoneinfo/tzdata.zi").read_text().split("\n")[0].split()[-1]
        shown = stage.service.status()["service"]["tz_data"]
        require(shown["version"] == version and re.fullmatch(r"20\d\d-\d\d-\d\d", shown["date"]) and shown["age_days"] >= 0, f"{shown}, the system has {version}")
        text = stage.admin("status")[1]
        require(f"time zones {version} of {shown['date']}" in text, text)
        if os.geteuid() != 0:
            print("        the alarm needs root to be shown, and was not")
            return
        stage.stop()
        old = stage.folder / "tzdata.zi"
        old.write_text("# version 2023c\n")
        stage.programs = OldZones(old)  # touched a moment ago, and no younger for that
        stage.start()
        status = stage.service.status()["service"]
        require(status["tz_data"]["version"] == "2023c" and status["tz_data"]["date"] == "2023-12-31", f"{status['tz_data']}")
        require([a for a in status["alarms"] if "older than 18 months" in a["what"] and "2023c" in a["what"] and a["severity"] == "warning"], f"no alarm: {status['alarms']}")
        require("older than 18 months" in stage.admin("status")[1] and stage.logged("warn", "older than 18 months"), "neither shown nor logged")


CASES = [an_untouched_journal_is_whole_for_everybody_who_asks, one_byte_changed_in_the_file_is_found, one_row_removed_is_found,
         one_row_added_is_found_also_when_the_service_has_written_on, the_log_is_told_the_chains_end_and_an_end_that_was_cut_off_is_seen_against_it,
         what_is_asked_wrongly_is_said, a_configuration_that_was_changed_outside_risk_admin_is_told_from_one_that_was_not,
         every_span_without_protection_is_in_the_journal_and_in_the_log_B7, the_age_of_the_time_zone_data_is_shown_and_old_data_is_an_alarm]

if __name__ == "__main__":
    sys.exit(run_cases(CASES))
