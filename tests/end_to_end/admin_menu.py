"""The menu of risk-admin and `config edit` in a real terminal (tmux), with the real service: a limit changed from the menu to enforced, what it
would have meant for today, a firm's limits by name, a file edited by hand, the service controlled, and a person without rights."""
import contextlib
import os
import pathlib
import pwd
import shutil
import sqlite3
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools" / "lib"))
from drive import ACCOUNT, TOP, Failed, Stage, run_cases, wait_for  # noqa: E402
from terminal import Terminal  # noqa: E402

MNQ = "CON.F.US.MNQ.Z26"
NOBODY = "nobody"


def require(truth, what):
    if not truth:
        raise Failed(what)


@contextlib.contextmanager
def menu_stage(name, change=lambda text: text):
    """A stage whose configuration is its own copy, and a started service."""
    place = pathlib.Path(tempfile.mkdtemp(prefix="rm-menu-"))
    config = place / "risk.yaml"
    config.write_text(change((TOP / "etc" / "demo.yaml").read_text()))
    shutil.copy(TOP / "etc" / "topstepx-presets.yaml", place)
    with Stage(name, config=config) as stage:
        stage.start()
        yield stage
    shutil.rmtree(place, ignore_errors=True)


def admin(stage, *arguments, before=(), env=None, columns=100, rows=40):
    return Terminal([*before, *stage.programs.command("risk-admin", "--socket", stage.service.socket, *arguments)], columns, rows, env)


def choose(terminal, entry, *seen):
    """Waits until all of `seen` and the entry are there, goes down to it and takes it."""
    def lines():
        return [line[1:-1] for line in terminal.frame().splitlines()]

    def steps():
        """From the mark down to the entry; nothing while the page is not complete."""
        shown = lines()
        marks = [n for n, line in enumerate(shown) if line.startswith("> ")]
        wanted = [n for n, line in enumerate(shown) if line[2:].startswith(entry)]
        if len(marks) != 1 or not wanted or wanted[-1] < marks[0]:
            raise Failed("it shows:\n" + "\n".join(shown))
        return [wanted[-1] - marks[0]] if shown == lines() else None
    terminal.wait(*seen)
    for _ in range(wait_for(f"the entry {entry}", steps)[0]):
        terminal.keys("Down")
    wait_for(f"{entry} is marked", lambda: any(line.startswith("> " + entry) for line in lines()))
    terminal.keys("Enter")


def says(terminal, *sentences):
    """Waits until the page says this, wherever its lines are broken."""
    def look():
        said = " ".join(" ".join(line.strip("│") for line in terminal.frame().splitlines()).split())
        if any(sentence not in said for sentence in sentences):
            raise Failed(f"it says:\n{said}")
        return True
    wait_for(f"the page says {sentences}", look)


def answer(terminal, question, text, erase=0):
    terminal.wait(question)
    for _ in range(erase):
        terminal.keys("BSpace")
    terminal.type(text)
    terminal.wait(text)
    terminal.keys("Enter")


def limit_of(stage, rule):
    return [r["limit"] for r in stage.service.account()["rules"] if r["rule"] == rule]


def the_wizard_changes_a_limit_from_the_menu_to_enforced():
    with menu_stage("menu") as stage:
        service, sim = stage.service, stage.sim
        with admin(stage) as terminal:
            choose(terminal, "1. Configure", "7. Exit")
            choose(terminal, f"account {ACCOUNT}", "Whose rules?")
            choose(terminal, "max_contracts ", "Which rule?")
            choose(terminal, "Change a value")
            choose(terminal, "limit: 5")
            answer(terminal, "max_contracts limit:", "1", erase=1)
            terminal.wait("This would change:", "-       max_contracts: { limit: 5 }", "+       max_contracts: { limit: 1 }", "What it would have meant for today:")
            says(terminal, "{ limit: 5 } -> { limit: 1 }: would not have acted today")
            terminal.keys("Enter")  # save
            terminal.wait("Why?")
            terminal.keys("Enter")  # without a reason: asked again
            answer(terminal, "There must be a reason.", "one is enough")
            terminal.wait("Saved, and in force")
            terminal.keys("Enter")
            terminal.wait("7. Exit")
            wait_for("the limit is in force", lambda: limit_of(stage, "max_contracts") == ["1"])
            sim.do("place", account=ACCOUNT, contract=MNQ, type="market", side="buy", size=2)
            wait_for("the limit is enforced", lambda: any(e["rule"] == "max_contracts" for e in service.account()["enforcement"]))
            require("# The configuration of tools/demo" in stage.config.read_text() and "max_contracts: { limit: 5 }" in (stage.config.parent / "risk.yaml.old").read_text(),
                    "the comments are gone, or the old file is")

            service.admin("lock", str(ACCOUNT), "--mode", "flat", "--for", "1h", "--reason", "to be cleared")
            terminal.type("4")  # clear lockout
            choose(terminal, str(ACCOUNT), "Which account?")
            choose(terminal, "manual", "all of them")
            answer(terminal, "Why?", "cleared by hand")
            terminal.wait("Done: unlock")
            terminal.keys("Enter")
            wait_for("the lock is gone", lambda: not [l for l in service.account()["locks"] if l["rule"] == "manual"])
            require(any("cleared by hand" in e["text"] for e in service.journal()), "the reason is not in the journal")
            terminal.wait("7. Exit")
            terminal.type("7")
            terminal.wait_end(0)


def the_wizard_says_what_a_limit_would_have_meant_for_today_also_after_a_crash():
    with menu_stage("today") as stage:
        service, sim = stage.service, stage.sim
        sim.do("place", account=ACCOUNT, contract=MNQ, type="market", side="buy", size=2)
        wait_for("the position is seen", lambda: [p["size"] for p in service.account()["positions"]] == [2])
        sim.set_price(MNQ, 20025)  # 2 * 100 points * 2 dollars
        wait_for("the loss is seen", lambda: float(service.account()["pnl"]["day"]) < -390)
        sim.set_price(MNQ, 20125)
        wait_for("and has gone", lambda: float(service.account()["pnl"]["day"]) > -50)
        changed = stage.config.parent / "changed.yaml"
        changed.write_text(stage.config.read_text().replace("daily_loss_limit: { limit: 500 }", "daily_loss_limit: { limit: 300 }"))

        def said(words):
            lines = stage.service.admin("config", "check", str(changed))["today"]
            require(len(lines) == 1 and words in lines[0], f"the day is not told: {lines}")
            return lines[0]
        first = said("{ limit: 500 } -> { limit: 300 }: would have locked the account at ")
        require(" of 300.00 used)" in first, f"not how much of it was used: {first}")
        with admin(stage, "config", "wizard") as terminal:
            choose(terminal, f"account {ACCOUNT}", "Whose rules?")
            choose(terminal, "daily_loss_limit ", "Which rule?")
            choose(terminal, "Change a value")
            choose(terminal, "limit: 500")
            answer(terminal, "daily_loss_limit limit:", "300", erase=3)
            says(terminal, "would have locked the account at", "of 300.00 used)")
            choose(terminal, "Leave everything as it is")
            terminal.wait_end(0)
        def kept():
            """The day's row holds the dip: its amount in millionths."""
            with contextlib.closing(sqlite3.connect(f"file:{stage.folder / 'riskmanager.db'}?mode=ro", uri=True)) as db:
                rows = db.execute("SELECT points FROM account_day").fetchall()
            return rows and any(int(line.split()[1]) < -390_000_000 for line in rows[0][0].splitlines())
        wait_for("the dip is on the disk", kept, 40)
        service.kill()
        stage.start()
        again = wait_for("after the crash the same is said", lambda: said("would have locked the account at "), 30)
        require(again == first, f"before and after the crash: {first} | {again}")


def a_firms_limits_are_chosen_by_name_and_enforced():
    def with_profile(text):
        head, rules = text.split("    rules:\n")
        return (head + "    profile: careful\n").replace("accounts:", "presets: topstepx-presets.yaml\n\nprofiles:\n  careful:\n    rules:\n      daily_loss_limit: { limit: 5000 } # mine\n\naccounts:")
    with menu_stage("preset", with_profile) as stage:
        sim = stage.sim
        with admin(stage) as terminal:
            choose(terminal, "1. Configure", "7. Exit")
            choose(terminal, "profile careful", "Whose rules?")
            choose(terminal, "A firm's limits")
            choose(terminal, "topstepx-50k", "Whose limits?")
            terminal.wait("How many percent below")
            terminal.keys("Enter")  # 10
            terminal.wait("This would change:", "preset: { name: topstepx-50k, safety_margin: 10 }", "What it would have meant for today:", "max_contracts")
            says(terminal, "is looser than the firm's own limit of 1000")  # one's own number stands above the firm's, and that is said
            terminal.keys("Enter")
            answer(terminal, "Why?", "the firm's terms")
            terminal.wait("Saved, and in force")
            terminal.keys("Enter")
            terminal.wait("7. Exit")
        wait_for("the firm's size less a tenth is in force", lambda: limit_of(stage, "max_contracts") == ["4"])
        require(limit_of(stage, "daily_loss_limit") == ["5000.00"], f"daily_loss_limit: {limit_of(stage, 'daily_loss_limit')}")
        sim.do("place", account=ACCOUNT, contract=MNQ, type="market", side="buy", size=5)
        wait_for("five are reduced to four", lambda: sim.positions() == {MNQ: 4}, 30)
        require("# mine" in stage.config.read_text(), "a comment is gone")


def a_file_is_edited_by_hand():
    with menu_stage("edit") as stage:
        place = stage.config.parent
        before = stage.config.read_text()
        steps, editor = place / "steps", place / "editor"
        editor.write_text(f"#!/bin/sh\nread -r step < {steps}\nsed -i 1d {steps}\n[ \"$step\" = fail ] && exit 7\nexec sed -i \"$step\" \"$1\"\n")
        editor.chmod(0o755)

        def edit(*plan):
            steps.write_text("".join(step + "\n" for step in plan))
            return admin(stage, "config", "edit", env={"EDITOR": str(editor), "VISUAL": ""})
        with edit("s/nothing/like this/") as terminal:
            terminal.wait("nothing was changed")
            terminal.wait_end(0)
        with edit("fail") as terminal:
            terminal.wait("the editor failed; nothing was changed")
            terminal.wait_end(1)
        with edit("s/limit: 5 }/limit: -5 }/") as terminal:  # a mistake, and left at that
            terminal.wait("Edit it again?")
            terminal.type("n")
            terminal.keys("Enter")
            terminal.wait_end(2)
        require(stage.config.read_text() == before and not (place / "risk.yaml.old").exists(), "a refused edit left something behind")
        number = next(n for n, line in enumerate(before.splitlines(), 1) if "max_contracts" in line)
        with edit("s/limit: 5 }/limit: -5 }/", "s/limit: -5 }/limit: 1 } # careful/") as terminal:
            frame = terminal.wait("max_contracts.limit", "Edit it again?")
            require(f"risk.yaml:{number}:" in frame.replace("\n", ""), f"the mistake's line ({number}) is not named:\n{frame}")
            terminal.type("y")
            terminal.keys("Enter")
            terminal.wait("+       max_contracts: { limit: 1 } # careful", "what it would have meant for today:")
            answer(terminal, "Why?", "by hand")
            terminal.wait_end(0)
        require(stage.config.read_text() == before.replace("max_contracts: { limit: 5 }", "max_contracts: { limit: 1 } # careful"), "more than that line has changed")
        require((place / "risk.yaml.old").read_text() == before, "the old file is not beside it")
        wait_for("it is in force", lambda: limit_of(stage, "max_contracts") == ["1"])
        require(any("by hand" in e["text"] for e in stage.service.journal()), "the reason is not in the journal")
        require(not list(pathlib.Path(tempfile.gettempdir()).glob("risk-admin-*.yaml")), "the edited copy is left behind")


def the_service_is_controlled_from_the_menu_or_it_is_said_why_not():
    with menu_stage("control") as stage:
        def told(verb, *words, before=()):
            with admin(stage, before=before) as terminal:
                choose(terminal, "3. Service", "7. Exit")
                choose(terminal, verb, "While it is stopped nothing is guarded.")
                frame = terminal.wait(*words, gone=["While it is stopped"])
                terminal.keys("Enter")
                terminal.wait("7. Exit")
            return frame
        if not os.path.isdir("/run/systemd/system"):
            for verb in ("Status", "Start", "Stop", "Restart"):
                told(verb, "systemd does not run on this machine")
        if os.geteuid() != 0:
            return print("        needs root to play systemd: not run further")
        # A machine with systemd, but for the daemon: its folder in a mount of our own, and a systemctl that answers as the real one does.
        tools = stage.folder / "tools"
        tools.mkdir()
        tools.chmod(0o755)
        play = ["unshare", "--mount", "sh", "-c", f'mount -t tmpfs none /run && mkdir -p /run/systemd/system && PATH={tools}:$PATH exec "$@"', "sh"]
        asked = stage.folder / "asked"

        def systemctl(script):
            (tools / "systemctl").write_text(f'#!/bin/sh\necho "$@" >> {asked}\n{script}\n')
            (tools / "systemctl").chmod(0o755)
        systemctl("exit 1")
        told("Start", "there is no unit risk-manager.service", before=play)
        systemctl('case "$*" in *status*) echo "risk-manager.service - Risk Manager V34"; echo "  Active: active (running)";; esac')
        told("Status", "Active: active (running)", before=play)
        for verb in ("Start", "Stop", "Restart"):
            told(verb, "the service manager has done it: " + verb.lower(), before=play)
        require("--no-pager --no-ask-password restart risk-manager.service" in asked.read_text(), f"systemctl was asked: {asked.read_text()}")
        systemctl('case "$*" in cat*) exit 0;; *status*) echo "  Active: inactive (dead)"; exit 3;; esac\necho "Failed: Access denied" >&2; exit 4')
        told("Status", "Active: inactive (dead)", before=play)
        told("Stop", "systemctl stop risk-manager.service ended with 4", "Failed: Access denied", before=play)
        # Without the menu the exit code says whether it was the rights: 4, whatever systemctl's own code is.
        os.chmod(stage.folder, 0o755)
        program = shutil.copy(stage.programs.folder / "risk-admin", stage.folder / "risk-admin")
        asked.chmod(0o666)
        user = pwd.getpwnam(NOBODY)
        nobody = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]

        def ends(code, *words, who=()):
            done = subprocess.run([*play, *who, program, "service", "stop"], capture_output=True, text=True, timeout=60)
            require(done.returncode == code and all(w in done.stderr for w in words), f"{code} was expected: {done.returncode} {done.stderr}")
        ends(4, "ended with 4", "Access denied")
        for said, own in (("Interactive authentication required.", 1), ("Access denied", 4), ("", 4)):
            systemctl(f'case "$*" in cat*) exit 0;; esac\necho "Failed to stop risk-manager.service: {said}" >&2; exit {own}')
            ends(4, f"ended with {own}: this needs root", said, who=nobody)
        systemctl('case "$*" in cat*) exit 0;; esac\necho "Job for risk-manager.service failed." >&2; exit 1')
        ends(1, "ended with 1", "Job for risk-manager.service failed", who=nobody)
        ends(1, "ended with 1", "Job for risk-manager.service failed")


def who_has_no_rights_is_told_so_at_every_entry():
    if os.geteuid() != 0:
        return print("        needs root for a second system user: not run")
    with menu_stage("rights") as stage:
        os.chmod(stage.folder, 0o755)
        user = pwd.getpwnam(NOBODY)
        program = shutil.copy(stage.programs.folder / "risk-admin", stage.folder / "risk-admin")
        command = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups", program, "--socket", stage.service.socket]
        stage.service.admin("lock", str(ACCOUNT), "--mode", "flat", "--for", "1h", "--reason", "stays")
        with Terminal(command, 100, 40) as terminal:
            def back():
                terminal.keys("Enter")
                terminal.wait("7. Exit")
            choose(terminal, "1. Configure", "7. Exit")
            terminal.wait("config_show needs an administrator")
            back()
            choose(terminal, "2. Manage")
            choose(terminal, "Show the accounts")
            terminal.wait("PRAC-V2-126244")  # looking is allowed
            back()
            for entry in ("Add an account", "Take an account out", "Change a login's key"):
                choose(terminal, "2. Manage", "7. Exit")
                choose(terminal, entry)
                terminal.wait("config_show needs an administrator")
                back()
            choose(terminal, "4. Clear lockout")
            choose(terminal, str(ACCOUNT), "Which account?")
            choose(terminal, "manual", "all of them")
            answer(terminal, "Why?", "let me trade")
            terminal.wait("unlock needs an administrator")
            back()
            choose(terminal, "5. Trigger reset")
            choose(terminal, str(ACCOUNT), "Which account?")
            choose(terminal, "daily")
            answer(terminal, "Why?", "a better day")
            terminal.wait("reset needs an administrator")
            back()
            choose(terminal, "6. View logs")
            choose(terminal, "The service's log")
            terminal.wait("logs needs an administrator")
            back()
            choose(terminal, "6. View logs")
            choose(terminal, "The journal")
            says(terminal, "asked for unlock and is no administrator")  # its newest lines are these refusals
            back()
            terminal.type("7")
            terminal.wait_end(0)
        require([l["rule"] for l in stage.service.account()["locks"]] == ["manual"], "the lock is gone")
        stage.service.stop()
        with Terminal(command, 100, 40) as terminal:
            choose(terminal, "4. Clear lockout", "7. Exit")
            terminal.wait("not reachable")
            terminal.keys("Enter")
            terminal.wait("7. Exit")


if __name__ == "__main__":
    sys.exit(run_cases([the_wizard_changes_a_limit_from_the_menu_to_enforced, the_wizard_says_what_a_limit_would_have_meant_for_today_also_after_a_crash,
                        a_firms_limits_are_chosen_by_name_and_enforced, a_file_is_edited_by_hand, the_service_is_controlled_from_the_menu_or_it_is_said_why_not,
                        who_has_no_rights_is_told_so_at_every_entry]))
