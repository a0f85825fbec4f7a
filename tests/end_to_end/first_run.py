"""The first run: the login tried at the gateway, the accounts listed, key and configuration written; and every way in which that goes wrong."""
import json
import os
import pathlib
import socket
import stat
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools" / "lib"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from drive import TOP, Failed, Service, Stage, run_cases, wait_for  # noqa: E402
from link_stage import Authority, TlsFront  # noqa: E402
from terminal import Terminal  # noqa: E402

KEY = "demo-key-0001"
SMALL, LARGE = 700001, 700002


def require(truth, what):
    if not truth:
        raise Failed(what)


class Fresh(Stage):
    """A venue with two accounts, the shipped example pointed at it, and a place for the configuration that is to be made."""

    def __init__(self, name, accounts=f"  - {{ id: {SMALL}, name: 50KTC-V2-700001, balance: 50210 }}\n  - {{ id: {LARGE}, name: EXPRESS-700002, balance: 151000 }}\n", switches=""):
        notes = pathlib.Path(tempfile.mkdtemp(prefix=f"rm-{name}-venue-"))
        scenario = notes / "venue.yaml"
        scenario.write_text(f"login: {{ user_name: demo, api_key: {KEY} }}\naccounts:\n{accounts}contracts:\n  - {{ root: MNQ, month: Z6, price: 20125 }}\nstart: subscribed\n{switches}")
        super().__init__(name, scenario=scenario)
        scenario.unlink()
        notes.rmdir()
        self.place = self.folder / "etc"
        self.place.mkdir()
        for data in ("cme-calendar.yaml", "topstepx-presets.yaml"):
            (self.place / data).write_text((TOP / "etc" / data).read_text())
        self.config, self.key = self.place / "risk-manager.yaml", self.place / "topstepx.key"
        self.example = self.folder / "example.yaml"
        self.point_at(f"http://127.0.0.1:{self.sim.port}")

    def point_at(self, address, more=""):
        text = (TOP / "etc" / "risk-manager.yaml").read_text()
        for old, new in (("https://api.topstepx.com", address), ("https://rtc.topstepx.com", address), ("data_dir: /var/lib/risk-manager", f"data_dir: {self.folder}/data"),
                         ("socket: /run/risk-manager/risk-manager.sock", f"socket: {self.env['RM_DEMO_SOCKET']}"), ("timeouts: { connect: 5s", more + "timeouts: { connect: 5s")):
            require(old in text, f"{old} is not in the example any more")
            text = text.replace(old, new)
        self.example.write_text(text)

    def run(self, *arguments, key=None, user=None):
        """The exit code and all that it said."""
        more = {"user": user, "group": user, "extra_groups": []} if user else {}
        done = subprocess.run(self.programs.command("risk-manager", *arguments), input=(key + "\n").encode() if key else b"", capture_output=True, timeout=120, cwd="/", **more)
        said = done.stdout.decode() + done.stderr.decode()
        require(KEY not in said, "the key was shown")
        return done.returncode, said

    def setup(self, *arguments, key=KEY, user_name="demo", **more):
        return self.run("setup", "--config", self.config, "--example", self.example, "--user-name", user_name, "--read-key", *arguments, key=key, **more)

    def nothing_written(self):
        require(not self.config.exists() and not self.key.exists(), "something was written")


def from_nothing_to_guarded_accounts():
    with Fresh("setup") as stage:
        code, said = stage.setup()
        require(code == 2 and "--account" in said and str(SMALL) in said and "EXPRESS-700002" in said, f"which accounts? {code} {said}")
        stage.nothing_written()
        code, said = stage.setup("--all-accounts", "--margin", "20")
        require(code == 0 and f"guarded: {SMALL} 50KTC-V2-700001 by topstepx-50k, kept 20 % below" in said and f"guarded: {LARGE} EXPRESS-700002 by topstepx-150k" in said, f"{code} {said}")
        for file in (stage.key, stage.config):
            require(stat.S_IMODE(file.stat().st_mode) == 0o600, f"{file} has mode {oct(file.stat().st_mode)}")
        require(stage.key.read_text() == KEY + "\n" and KEY not in stage.config.read_text(), "the key is not where it belongs")
        code, said = stage.run("check-gateway", "--config", stage.config)
        require(code == 0 and said.count("watched") == 2 and "2 active account(s)" in said, f"{code} {said}")
        stage.service = Service(stage.programs, stage.config, stage.folder, stage.env)
        stage.service.wait_state("active", 60, SMALL)
        rules = {r["rule"]: r["limit"] for r in stage.service.account(SMALL)["rules"]}
        require(rules.get("daily_loss_limit") == "800.00" and rules.get("max_contracts") == "4", f"the firm's limits with a margin: {rules}")
        # again: what is there stays, unless told otherwise
        before = stage.config.read_text()
        code, said = stage.setup("--account", SMALL)
        require(code == 2 and "has accounts of its own already" in said and stage.config.read_text() == before, f"{code} {said}")
        code, said = stage.setup("--account", SMALL, "--replace")
        require(code == 0 and str(LARGE) not in stage.config.read_text() and (stage.place / "risk-manager.yaml.old").read_text() == before, f"{code} {said}")
        require(not (stage.place / "topstepx.key.old").exists(), "an old key lies about")


def a_login_that_is_tried_takes_no_session_from_the_running_service():
    with Fresh("sessions", switches="switches: { sessions: evict_other_tokens }\n") as stage:
        require(stage.setup("--all-accounts")[0] == 0, "setup")
        service = stage.service = Service(stage.programs, stage.config, stage.folder, stage.env)
        service.wait_state("active", 60, SMALL)
        before = service.status()["service"]["broker"][0]
        for _ in range(3):
            code, said = stage.run("check-gateway", "--config", stage.config)
            require(code == 0, f"{code} {said}")
        after = service.status()["service"]["broker"][0]
        require(after["state"] == "live" and after["since"] == before["since"], f"the link was live since {before['since']}, now {after}")


def what_is_wrong_has_its_sentence_and_changes_nothing():
    with Fresh("wrong") as stage:
        for arguments, code, words in (((), 1, "does not accept the user name or the API key"),):
            got, said = stage.setup("--all-accounts", *arguments, key="wrong-key")
            require(got == code and words in said and "nothing was changed" in said, f"wrong key: {got} {said}")
        got, said = stage.setup("--all-accounts", user_name="nobody")
        require(got == 1 and "does not accept the user name" in said, f"wrong name: {got} {said}")
        got, said = stage.setup("--account", "5")
        require(got == 2 and "no active account 5" in said, f"unknown account: {got} {said}")
        got, said = stage.setup("--all-accounts", "--preset", "topstepx-50")
        require(got == 2 and "did you mean 'topstepx-50k'" in said, f"unknown preset: {got} {said}")
        got, said = stage.run("setup", "--config", stage.config, "--example", stage.example, "--user-name", "demo")
        require(got == 2 and "--read-key" in said, f"no key: {got} {said}")
        got, said = stage.run("setup", "--config", stage.config, "--example", stage.example, "--read-key", key=KEY)
        require(got == 2 and "--user-name" in said, f"no name: {got} {said}")
        got, said = stage.run("setup", "--config", stage.config, "--example", stage.folder / "none.yaml", "--user-name", "demo", "--read-key", key=KEY)
        require(got == 2, f"no example: {got} {said}")
        for mode, words in (("html", "not one of a ProjectX gateway"), ("error500", "out of order"), ("429", "request limit")):
            stage.sim.do("fault", path="/api/Auth/loginKey", mode=mode)
            got, said = stage.setup("--all-accounts")
            require(got == 1 and words in said, f"{mode}: {got} {said}")
        stage.sim.do("fault", path="/api/Auth/loginKey", mode="success_false", error_code=9)
        got, said = stage.setup("--all-accounts")
        require(got == 1 and "no API access" in said, f"no API access: {got} {said}")
        stage.sim.do("fault", path="/api/Account/search", mode="null_list")
        got, said = stage.setup("--all-accounts")
        require(got == 1 and "list of accounts cannot be read" in said, f"a null list: {got} {said}")
        stage.sim.do("fault", path="/api/Account/search", mode="empty_list")
        got, said = stage.setup("--all-accounts")
        require(got == 1 and "no active account" in said, f"an empty list: {got} {said}")
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            stage.point_at(f"http://127.0.0.1:{closed.getsockname()[1]}")
            got, said = stage.setup("--all-accounts")
            require(got == 1 and "no connection" in said and "is this machine online" in said.lower(), f"nobody listens: {got} {said}")
        stage.point_at("https://gateway.invalid")
        got, said = stage.setup("--all-accounts")
        require(got == 1 and ("name is not known here" in said or "no connection" in said), f"no such host: {got} {said}")
        stage.nothing_written()


def a_certificate_that_is_not_trusted_stops_the_key_from_being_sent():
    with Fresh("certificate") as stage:
        ours, other = Authority(stage.folder, "ours"), Authority(stage.folder, "other")
        front = TlsFront(stage.sim.port, *ours.issue("localhost"))
        stage.point_at(f"https://localhost:{front.port}", f"ca_file: {other.file}\n    ")
        code, said = stage.setup("--all-accounts")
        require(code == 1 and "no trusted connection, nothing was sent" in said and "certificate" in said, f"{code} {said}")
        require(not stage.sim.requests(ending="loginKey"), "the key was sent")
        stage.nothing_written()
        stage.point_at(f"https://localhost:{front.port}", f"ca_file: {ours.file}\n    ")
        code, said = stage.setup("--all-accounts")
        require(code == 0, f"with the right authority: {code} {said}")


def a_check_says_which_watched_account_is_not_there():
    with Fresh("check") as stage:
        require(stage.setup("--all-accounts")[0] == 0, "setup")
        stage.config.write_text(stage.config.read_text().replace(str(LARGE), "700009"))
        code, said = stage.run("check-gateway", "--config", stage.config)
        require(code == 1 and "700009 is not among the active ones" in said, f"{code} {said}")
        code, said = stage.run("check-gateway", "--config", stage.config, "--json")
        found = json.loads(said)[0]
        require(code == 1 and not found["ok"] and len(found["accounts"]) == 2, f"{code} {said}")
        code, said = stage.run("check-gateway", "--config", stage.folder / "none.yaml")
        require(code == 2 and "cannot be read" in said, f"{code} {said}")


def on_a_terminal_it_asks():
    with Fresh("asks") as stage:
        terminal = Terminal(stage.programs.command("risk-manager", "setup", "--config", stage.config, "--example", stage.example), 150, 40)
        try:
            terminal.wait("User name at the venue:", timeout=60)
            terminal.type("demo")
            terminal.keys("Enter")
            terminal.wait("API key (it is not shown):")
            terminal.type(KEY)
            terminal.keys("Enter")
            frame = terminal.wait("Which accounts shall be guarded?", timeout=60)
            require(KEY not in frame and "50KTC-V2-700001" in frame, f"it shows: {frame}")
            terminal.type(str(SMALL))
            terminal.keys("Enter")
            terminal.wait("written:", "[ended with 0]", timeout=60)
        finally:
            terminal.close()
        require(str(SMALL) in stage.config.read_text() and stage.key.read_text() == KEY + "\n", "it did not write what was typed")


def somebody_who_may_not_write_there_is_told_before_he_types_a_key():
    if os.geteuid() != 0:
        print("        needs root, and was not run")
        return
    with Fresh("rights") as stage:
        stage.folder.chmod(0o755)
        stage.place.chmod(0o755)
        stage.example.chmod(0o644)
        code, said = stage.setup("--all-accounts", user=65534)
        require(code == 4 and "cannot be written: run this as root" in said, f"{code} {said}")
        stage.nothing_written()


CASES = [from_nothing_to_guarded_accounts, a_login_that_is_tried_takes_no_session_from_the_running_service, what_is_wrong_has_its_sentence_and_changes_nothing,
         a_certificate_that_is_not_trusted_stops_the_key_from_being_sent, a_check_says_which_watched_account_is_not_there, on_a_terminal_it_asks,
         somebody_who_may_not_write_there_is_told_before_he_types_a_key]

if __name__ == "__main__":
    sys.exit(run_cases(CASES))
