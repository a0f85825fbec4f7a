"""The menu of risk-admin in a real terminal (tmux): the wizard changes a limit from the menu to enforced, a lockout is cleared."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools" / "lib"))
from drive import ACCOUNT, TOP, Failed, Stage, run_cases, wait_for  # noqa: E402

MNQ = "CON.F.US.MNQ.Z26"


class Terminal:
    """A tmux of its own with one program in it."""

    def __init__(self, *command, columns=100, rows=40):
        self.server = "rm-" + str(os.getpid())
        self.tmux("new-session", "-d", "-x", str(columns), "-y", str(rows), *command)

    def tmux(self, *arguments):
        return subprocess.run(["tmux", "-L", self.server, "-f", "/dev/null", *arguments], check=True, capture_output=True).stdout.decode(errors="replace")

    def screen(self):
        return self.tmux("capture-pane", "-p")

    def press(self, *keys):
        self.tmux("send-keys", *keys)

    def type(self, text):
        self.tmux("send-keys", "-l", text)

    def sees(self, text):
        def look():
            shown = self.screen()
            if text not in shown:
                raise Failed("the screen is:\n" + shown)
            return shown
        return wait_for(f"'{text}' on the screen", look, 30)

    def close(self):
        subprocess.run(["tmux", "-L", self.server, "kill-server"], capture_output=True)


def the_wizard_changes_a_limit_from_the_menu_to_enforced():
    place = pathlib.Path(tempfile.mkdtemp(prefix="rm-menu-"))
    config = place / "risk.yaml"
    shutil.copy(TOP / "etc" / "demo.yaml", config)
    with Stage("menu", config=config) as stage:
        service, sim = stage.start(), stage.sim
        program = str(stage.programs.folder / "risk-admin")
        terminal = Terminal(program, "--socket", service.socket)
        try:
            terminal.sees("7. Exit")
            terminal.press("Enter")  # configure rules
            terminal.sees("Whose rules?")
            terminal.press("Enter")  # the account: there is no profile
            shown = terminal.sees("Which rule?")
            if "max_contracts " not in shown:
                raise Failed("max_contracts is not offered:\n" + shown)

            def marked():
                return [l.strip("│ ") for l in terminal.screen().splitlines() if l.strip("│ ").startswith("> ")]
            for _ in range(40):  # down to it
                at = wait_for("an entry is marked", marked)
                if at[0].startswith("> max_contracts "):
                    break
                terminal.press("Down")
                wait_for("the mark has moved", lambda: marked() not in ([], at))
            else:
                raise Failed("max_contracts cannot be reached:\n" + terminal.screen())
            terminal.press("Enter")
            terminal.sees("Change a value")
            terminal.press("Enter")
            terminal.sees("limit: 5")
            terminal.press("Enter")
            terminal.sees("max_contracts limit:")
            terminal.press("BSpace")
            terminal.type("1")
            terminal.press("Enter")
            shown = terminal.sees("This would change:")
            for expected in ("-       max_contracts: { limit: 5 }", "+       max_contracts: { limit: 1 }", "limit 5 -> 1"):
                if expected not in shown:
                    raise Failed(f"'{expected}' is not in the difference:\n{shown}")
            terminal.press("Enter")  # save
            terminal.sees("Why?")
            terminal.press("Enter")  # without a reason: asked again
            terminal.sees("There must be a reason.")
            terminal.type("one is enough")
            terminal.press("Enter")
            terminal.sees("Saved, and in force")
            terminal.press("Enter")
            terminal.sees("7. Exit")
            wait_for("the limit is in force", lambda: [r["limit"] for r in service.account()["rules"] if r["rule"] == "max_contracts"] == ["1"])
            sim.do("place", account=ACCOUNT, contract=MNQ, type="market", side="buy", size=2)
            wait_for("the limit is enforced", lambda: any(e["rule"] == "max_contracts" for e in service.account()["enforcement"]))
            if "# The configuration of tools/demo" not in config.read_text() or "max_contracts: { limit: 5 }" not in (place / "risk.yaml.old").read_text():
                raise Failed("the comments are gone, or the old file is")

            service.admin("lock", str(ACCOUNT), "--mode", "flat", "--for", "1h", "--reason", "to be cleared")
            terminal.type("4")  # clear lockout
            terminal.sees("Which account?")
            terminal.press("Enter")
            terminal.sees("all of them")
            terminal.press("Enter")
            terminal.sees("Why?")
            terminal.type("cleared by hand")
            terminal.press("Enter")
            terminal.sees("Done: unlock")
            terminal.press("Enter")
            wait_for("the lock is gone", lambda: not [l for l in service.account()["locks"] if l["rule"] == "manual"])
            if not any("cleared by hand" in e["text"] for e in service.journal()):
                raise Failed("the reason is not in the journal")
            terminal.sees("7. Exit")
            terminal.type("7")
        finally:
            terminal.close()
    shutil.rmtree(place, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(run_cases([the_wizard_changes_a_limit_from_the_menu_to_enforced]))
