"""The local socket and risk-admin with the real programs: every verb as administrator and as trader, what a socket must endure, orders that
reach the venue, the configuration changed while it is in force."""
import contextlib
import json
import os
import pathlib
import pwd
import grp
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools" / "lib"))
from drive import ACCOUNT, TOP, Failed, Programs, Stage, run_cases, wait_for  # noqa: E402

MNQ = "CON.F.US.MNQ.Z26"
TRADER, HELPER = "rm-test-trader", "rm-test-helper"  # the second is in the group riskadmin
WHY = ("--reason", "a test")


def require(truth, what):
    if not truth:
        raise Failed(what)


@contextlib.contextmanager
def two_users():
    """A user who is nobody here, and one in riskadmin. Only root can make them."""
    def run(*command):
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        grp.getgrnam("riskadmin")
        had_group = True
    except KeyError:
        had_group = False
        run("groupadd", "--system", "riskadmin")
    made = []
    try:
        for name, more in ((TRADER, ()), (HELPER, ("-G", "riskadmin"))):
            try:
                pwd.getpwnam(name)
            except KeyError:
                run("useradd", "--system", "--no-create-home", "--user-group", *more, name)
                made.append(name)
        yield
    finally:
        for name in made:
            subprocess.run(["userdel", name], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if not had_group:
            subprocess.run(["groupdel", "riskadmin"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


class Open(contextlib.AbstractContextManager):
    """A stage whose socket and risk-admin others can reach, and whose configuration is its own copy."""

    def __init__(self, name, more=""):
        self.place = pathlib.Path(tempfile.mkdtemp(prefix="rm-open-"))
        self.place.chmod(0o755)
        programs = Programs()
        self.program = str(shutil.copy(programs.folder / "risk-admin", self.place / "risk-admin"))
        self.config = self.place / "config" / "risk.yaml"
        self.config.parent.mkdir(mode=0o700)
        text = (TOP / "etc" / "demo.yaml").read_text()
        self.config.write_text(text.replace("socket: ${RM_DEMO_SOCKET}", "socket: ${RM_DEMO_SOCKET}" + more))
        self.stage = Stage(name, config=self.config, extra_env={"RM_DEMO_SOCKET": str(self.place / "rm.sock")})
        self.socket = str(self.place / "rm.sock")

    def __exit__(self, kind, value, trace):
        self.stage.__exit__(kind, value, trace)
        shutil.rmtree(self.place, ignore_errors=True)

    def run(self, *arguments, user=None, json_form=True):
        """The exit code, what it printed, and what it said on the side."""
        who = {}
        if user:
            entry = pwd.getpwnam(user)
            groups = [g.gr_gid for g in grp.getgrall() if user in g.gr_mem]
            who = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": groups}
        done = subprocess.run([self.program, "--socket", self.socket, *(["--json"] if json_form else []), *map(str, arguments)],
                              capture_output=True, timeout=60, cwd="/", stdin=subprocess.DEVNULL, **who)
        return done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")

    def good(self, *arguments, **how):
        code, out, err = self.run(*arguments, **how)
        require(code == 0, f"risk-admin {' '.join(map(str, arguments))}: {code} {err}")
        return json.loads(out)


class Raw:
    """A client that may send anything."""

    def __init__(self, path, timeout=20):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(timeout)
        self.socket.connect(path)
        self.file = self.socket.makefile("rb")

    def send(self, data):
        self.socket.sendall(data if isinstance(data, bytes) else (json.dumps(data) + "\n").encode())

    def ask(self, method, **params):
        self.send({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
        return self.line()

    def line(self):
        line = self.file.readline()
        if not line:
            raise Failed("the service hung up")
        return json.loads(line)

    def close(self):
        self.file.close()
        self.socket.close()


def as_root(case):
    """What needs users of its own; elsewhere it is said that it did not run."""
    def run():
        if os.geteuid() != 0:
            print(f"        {case.__name__}: needs root to make its users, and was not run")
            return
        with two_users():
            case()
    run.__name__ = case.__name__
    return run


# (verb with its arguments, whether it is an administrator's)
def every_verb(config):
    return [(("status",), False), (("accounts",), False), (("rules",), False), (("rules", ACCOUNT), False), (("locks",), False),
            (("journal", "--account", ACCOUNT, "--since", "1h"), False), (("journal", "--verify"), False),
            (("lock", ACCOUNT, "--mode", "reduce_only", "--for", "30m", *WHY), True), (("unlock", ACCOUNT, "--rule", "manual", *WHY), True),
            (("lock", ACCOUNT, "--mode", "flat", "--until-reset", *WHY), True), (("unlock", ACCOUNT, *WHY), True),
            (("flatten", ACCOUNT, *WHY), True), (("reset", ACCOUNT, "daily", *WHY), True), (("reset", ACCOUNT, "weekly", *WHY), True),
            (("config", "show"), True), (("config", "check", config), True), (("config", "apply", config, *WHY), True),
            (("logs", "--tail", 5), True), (("logs", "--level", "debug", "--room", "account"), True), (("logs", "--level", "info"), True)]


@as_root
def every_verb_as_administrator_and_as_trader():
    with Open("verbs") as place:
        stage = place.stage
        service = stage.start()
        readable = place.place / "new.yaml"
        shutil.copy(place.config, readable)
        readable.chmod(0o644)
        for user in (None, HELPER, TRADER):
            for arguments, for_administrators in every_verb(readable):
                code, out, err = place.run(*arguments, user=user)
                refused = for_administrators and user == TRADER
                require(code == (4 if refused else 0), f"{arguments} as {user or 'root'}: {code} {out[:200]} {err[:300]}")
                require(not refused or "needs an administrator" in err, f"{arguments} as a trader was told: {err}")
                require(refused or json.loads(out), f"{arguments} as {user}: {out[:200]}")
        said = [e["text"] for e in service.journal() if e["kind"] == "admin"]
        refusals = [t for t in said if t.startswith("refused: " + TRADER)]
        expected = sum(1 for _, administrator in every_verb(readable) if administrator)
        # `config apply` asks for what is in force first, and is refused there.
        require(len(refusals) == expected, f"{len(refusals)} refusals are in the journal, {expected} were made: {refusals}")
        require(any(HELPER + " orders a flat lock" in t for t in said), f"the helper's lock is not in the journal: {said}")
        for verb in ("start", "stop", "restart", "status", "install", "uninstall"):
            if os.path.isdir("/run/systemd/system"):
                break
            code, out, _ = place.run("service", verb)
            require(code == 1 and json.loads(out)["text"], f"service {verb} where there is no service manager: {code} {out}")


@as_root
def the_sockets_mode_and_the_group_decide_who_may_do_what():
    with Open("rights", more='\n  socket_mode: "0660"') as place:
        place.stage.start()
        code, _, err = place.run("status", user=TRADER)
        require(code == 4 and "ermission denied" in err, f"a 0660 socket let a stranger in: {code} {err}")
        require(place.run("status")[0] == 0, "root is kept out")
    with Open("rights2", more="\n  administrators: " + TRADER) as place:  # the user's own group
        place.stage.start()
        require(place.run("lock", ACCOUNT, "--mode", "flat", "--for", "1m", *WHY, user=TRADER)[0] == 0, "the configured group has no rights")
        require(place.run("lock", ACCOUNT, "--mode", "flat", "--for", "1m", *WHY, user=HELPER)[0] == 4, "another group has them")
        require(oct(os.stat(place.socket).st_mode & 0o777) == "0o666", "the socket's mode")


def orders_by_hand_reach_the_venue_and_survive_a_crash():
    with Open("orders") as place:
        stage, sim = place.stage, place.stage.sim
        service = stage.start()
        sim.do("place", account=ACCOUNT, contract=MNQ, type="market", side="buy", size=2)
        wait_for("the position is seen", lambda: [p["size"] for p in service.account()["positions"]] == [2])
        place.good("flatten", ACCOUNT, *WHY)
        wait_for("closed at the venue", lambda: sim.positions() == {})
        require(service.account()["locks"] == [], "flatten locks nothing")
        wait_for("the case is done", lambda: service.account()["enforcement"] and service.account()["enforcement"][-1]["state"] == "done")
        require(service.account()["enforcement"][-1]["rule"] == "manual", "the case's rule")

        place.good("lock", ACCOUNT, "--mode", "flat", "--for", "30m", "--reason", "enough")
        locks = service.account()["locks"]
        require([(l["rule"], l["mode"]) for l in locks] == [("manual", "flat")], f"locks: {locks}")
        wait_for("the lock is on the disk", lambda: service.account()["locks"][0]["durable"])
        service.kill()
        service = stage.start(state="locked")
        require(service.account()["locks"][0]["until"] == locks[0]["until"], "the lock's end after the crash")
        sim.do("place", account=ACCOUNT, contract=MNQ, type="market", side="buy", size=1)
        wait_for("an entry in the lock is closed", lambda: service.account()["locks"][0]["attempts"] >= 1 and sim.positions() == {})

        code, _, err = place.run("unlock", ACCOUNT, "--rule", "max_contracts", *WHY)
        require(code == 1 and "locked by: manual" in err, f"unlock of a lock that is not there: {code} {err}")
        place.good("unlock", ACCOUNT, "--reason", "all is well")
        service.wait_state("active")
        code, _, err = place.run("unlock", ACCOUNT, *WHY)
        require(code == 1 and "not locked" in err, f"unlock of an account that is not locked: {code} {err}")
        require(any("unlocked by" in e["text"] and "all is well" in e["text"] for e in service.journal()), "the unlock is not in the journal")


def a_rule_that_still_breaches_locks_again_at_once_after_an_unlock():
    with Open("again") as place:
        stage, sim = place.stage, place.stage.sim
        service = stage.start()
        sim.do("place", account=ACCOUNT, contract=MNQ, type="market", side="buy", size=2)
        wait_for("the position is seen", lambda: [p["size"] for p in service.account()["positions"]] == [2])
        sim.set_price(MNQ, 19800)  # 2 * 325 points * 2 dollars
        service.wait_state("locked")
        wait_for("closed", lambda: sim.positions() == {})
        told = place.good("unlock", ACCOUNT, "--rule", "daily_loss_limit", "--reason", "let me trade")
        require(told["locked"] == ["daily_loss_limit"], f"what the unlock says to scripts: {told}")
        wait_for("locked again", lambda: [l["rule"] for l in service.account()["locks"]] == ["daily_loss_limit"])
        texts = [(e["kind"], e["text"]) for e in service.journal() if e["kind"] in ("lock", "unlock")]
        require([k for k, _ in texts][-3:] == ["lock", "unlock", "lock"], f"lock, unlock, lock: {texts}")
        code, said, _ = place.run("unlock", ACCOUNT, "--reason", "once more", json_form=False)
        require(code == 0 and said.startswith(f"account {ACCOUNT} is locked again already, by daily_loss_limit ("), f"what the unlock says: {code} {said}")


def bad_input_is_answered_and_hurts_nobody():
    with Open("abuse") as place:
        service = place.stage.start()
        client = Raw(place.socket)
        for line, code in ((b"garbage\n", -32700), (b"{}\n", -32600), (b"[]\n", -32600), (b"\xff\xfe\n", -32700), (b'{"jsonrpc":"2.0","id":1,"method":"stattus"}\n', -32601),
                           (b'{"jsonrpc":"2.0","id":1,"method":"journal","params":{"limit":"many"}}\n', -32602),
                           (b'{"jsonrpc":"2.0","id":1,"method":"journal","params":{"limit":1e99}}\n', -32602),
                           (b'{"jsonrpc":"2.0","id":1,"method":"status","params":{"path":"../../etc/shadow"}}\n', -32602),
                           (b'{"jsonrpc":"2.0","id":1,"method":"config_check","params":{"file":"../../etc/shadow"}}\n', -32602),
                           (b"x" * (64 * 1024 + 1) + b"\n", -32600), (b"[" * 60000 + b"\n", -32700)):
            client.send(line)
            answer = client.line()
            require(answer.get("error", {}).get("code") == code, f"{line[:80]!r} was answered {answer}")
        for reason, words in (("", "must not be empty"), ("   ", "must not be empty"), ("x" * 10_000, "1000 bytes at most"), ("two\nlines", "one line")):
            answer = client.ask("flatten", account=ACCOUNT, reason=reason)
            require(words in answer.get("error", {}).get("message", ""), f"the reason {reason[:20]!r} was answered {answer}")
        require("result" in client.ask("version"), "after all that the connection is of use")
        client.close()
        for arguments, expected, words in ((("unlock", ACCOUNT), 2, "--reason"), (("lock", ACCOUNT, "--mode", "flat", *WHY), 2, "for how long"),
                                           (("lock", ACCOUNT, "--mode", "flat", "--for", "soon", *WHY), 2, "length of time"), (("unlock", "99", *WHY), 2, "no account"),
                                           (("config", "check", "/no/such/../file"), 2, "cannot be read"), (("config", "check", "/etc/../dev/zero"), 2, "cannot be read"),
                                           (("config", "edit"), 2, "terminal"), ((), 2, "terminal"), (("frobnicate",), 2, "no command")):
            code, _, err = place.run(*arguments)
            require(code == expected and words in err, f"risk-admin {arguments}: {code} {err}")
        require(not [e for e in service.journal() if e["kind"] == "admin" and "closed" in e["text"]], "a refused order was journalled as one")


def hostile_clients_hold_up_nobody():
    with Open("hostile") as place:
        service = place.stage.start()
        half = Raw(place.socket)
        half.send(b'{"jsonrpc":"2.0","id":1,"meth')  # and never the rest
        deaf = Raw(place.socket)  # subscribes, asks and asks, reads nothing
        deaf.socket.settimeout(0.5)
        deaf.send({"jsonrpc": "2.0", "id": 1, "method": "subscribe", "params": {"topic": "status"}})
        with contextlib.suppress(OSError):
            for _ in range(100_000):
                deaf.send({"jsonrpc": "2.0", "id": 1, "method": "status"})
        crowd = []
        with contextlib.suppress(OSError):
            for _ in range(1000):
                one = socket.socket(socket.AF_UNIX)
                one.settimeout(5)
                one.connect(place.socket)
                crowd.append(one)
        answers = b""
        with contextlib.suppress(OSError):  # hung up on, told that there are too many, or not let in at all: but not served
            crowd[-1].sendall(b'{"jsonrpc":"2.0","id":1,"method":"version"}\n')
            answers = crowd[-1].recv(1000)
        require(len(crowd) > 64 and b'"result"' not in answers, f"of {len(crowd)} clients the last one was served: {answers!r}")
        for one in crowd:
            one.close()
        dead = Raw(place.socket)
        dead.send({"jsonrpc": "2.0", "id": 1, "method": "status"})
        dead.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        dead.close()  # without reading the answer
        require(service.running(), "the service has ended")
        wait_for("a good client is served", lambda: place.run("status")[0] == 0)
        place.stage.sim.do("place", account=ACCOUNT, contract=MNQ, type="market", side="buy", size=1)
        wait_for("the account is guarded as before", lambda: [p["size"] for p in service.account()["positions"]] == [1])
        half.close()
        deaf.close()


def changes_are_pushed_and_a_quiet_service_gives_signs_of_life():
    with Open("push") as place:
        service, sim = place.stage.start(), place.stage.sim
        client = Raw(place.socket)
        require(client.ask("subscribe", topic="status")["result"] == {"subscribed": "status"}, "subscribe")
        first = client.line()
        require(first["method"] == "status" and first["params"]["schema"] == 1, f"the first push: {str(first)[:200]}")
        sim.do("place", account=ACCOUNT, contract=MNQ, type="market", side="buy", size=2)
        begun = time.monotonic()
        pushes = 0
        while [p["size"] for p in client.line()["params"]["accounts"][0]["positions"]] != [2]:
            pushes += 1
            require(time.monotonic() - begun < 20, "the fill was not pushed")
        for _ in range(3):  # without any change of ours there are still some
            client.line()
        require(client.ask("unsubscribe", topic="status"), "unsubscribe")
        code, _, err = place.run("status")
        require(code == 0 and service.running(), f"{code} {err}")
        client.close()


def the_configuration_is_changed_while_it_is_in_force():
    with Open("config") as place:
        service, sim = place.stage.start(), place.stage.sim
        shown = place.good("config", "show")
        require("# The configuration of tools/demo" in shown["text"] and "${RM_DEMO_API_KEY}" in shown["text"], "the text is not as it stands")
        changed = shown["text"].replace("max_contracts: { limit: 5 }", "max_contracts: { limit: 1 } # careful")
        wrong, right = place.place / "wrong.yaml", place.place / "right.yaml"
        wrong.write_text(changed.replace("limit: 1 }", "limit: -1 }"))
        right.write_text(changed)
        code, out, _ = place.run("config", "check", wrong)
        require(code == 2 and not json.loads(out)["ok"], f"a bad configuration passed: {out}")
        require(json.loads(out)["problems"][0].startswith(f"{wrong}:"), f"the mistake is said to be in another file: {out}")
        code, _, _ = place.run("config", "apply", wrong, *WHY)
        require(code == 2 and place.config.read_text() == shown["text"], "a bad configuration was applied")
        judged = place.good("config", "check", right)
        require(judged["ok"] and any("max_contracts" in c for c in judged["changes"]), f"the change is not said: {judged}")
        require(place.good("config", "apply", right, "--reason", "less at once")["ok"], "apply")
        require(place.config.read_text() == changed and place.config.with_name("risk.yaml.old").read_text() == shown["text"], "the files")
        wait_for("it is in force", lambda: [r["limit"] for r in service.account()["rules"] if r["rule"] == "max_contracts"] == ["1"])
        sim.do("place", account=ACCOUNT, contract=MNQ, type="market", side="buy", size=2)
        wait_for("it is enforced", lambda: any(e["rule"] == "max_contracts" for e in service.account()["enforcement"]))
        # Two administrators have looked at the same text: the second one is told.
        first, second = Raw(place.socket), Raw(place.socket)
        base = first.ask("config_show")["result"]["base"]
        require(second.ask("config_show")["result"]["base"] == base, "the same text has two fingerprints")
        require("result" in first.ask("config_apply", text=changed + "# one\n", base=base, reason="one"), "the first")
        answer = wait_for("the second is answered", lambda: second.ask("config_apply", text=changed + "# two\n", base=base, reason="two"))
        require("has changed meanwhile" in answer["error"]["message"], f"the second: {answer}")
        require(place.config.read_text().endswith("# one\n"), "the file is not the first one's")
        require(any("less at once" in e["text"] for e in service.journal()), "the reason is not in the journal")


def a_configuration_that_fits_into_no_request_is_shown_checked_and_applied():
    with Open("large") as place:
        service = place.stage.start()
        text = place.good("config", "show")["text"]
        large = place.place / "large.yaml"
        large.write_text(text.replace("max_contracts: { limit: 5 }", "max_contracts: { limit: 1 }") + "# größer als eine Anfrage €\n" * 12_000)  # 370 KB
        require(place.good("config", "check", large)["ok"], "a large configuration is no mistake")
        require(any("max_contracts" in c for c in place.good("config", "apply", large, *WHY)["changes"]), "the change is not told")
        wait_for("the limit is in force", lambda: any(r["rule"] == "max_contracts" and r["limit"] == "1" for r in service.account()["rules"]))
        require(place.good("config", "show")["text"] == large.read_text(), "what is shown is not what was applied")
        large.write_text(text + "# too large even for parts\n" * 50_000)
        code, _, err = place.run("config", "apply", large, *WHY)
        require(code == 2 and "at most 1 MiB" in err and "risk-admin service restart" in err, f"what is too large: {code} {err}")


def what_cannot_be_written_to_standard_output_is_said():
    with Open("full") as place:
        place.stage.start()
        programs = Programs()
        for command in ([place.program, "--socket", place.socket, "status"], [place.program, "--socket", place.socket, "--json", "journal"], [place.program, "--help"],
                        [str(programs.folder / "risk-trader"), "--socket", place.socket, "--once"], [str(programs.folder / "risk-trader"), "--socket", place.socket, "--json"],
                        [str(programs.folder / "risk-inspect"), "--socket", place.socket, "tree"], [str(programs.folder / "risk-manager"), "check-config", str(place.config)],
                        [str(programs.folder / "risk-manager"), "--version"], [str(programs.folder / "gateway-sim"), "--port", "0"]):
            with open("/dev/full", "wb") as full:
                done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, timeout=60, env={**os.environ, **place.stage.service.env})
            said = done.stderr.decode()
            require(done.returncode == 1 and "could not be written to standard output" in said, f"{command}: {done.returncode} {said}")
        # Where standard output is closed nothing else may stand in its place, and take what is said: here the socket did.
        done = subprocess.run(["sh", "-c", f"{place.program} --socket {place.socket} status >&-"], stderr=subprocess.PIPE, timeout=60)
        require(done.returncode == 1 and b"could not be written" in done.stderr, f"a closed standard output: {done}")


def the_journal_is_shown_since_a_time_and_of_one_account():
    with Open("journal") as place:
        place.stage.start()
        place.good("lock", ACCOUNT, "--mode", "flat", "--for", "1h", "--reason", "from here on")
        wait_for("it is written down", lambda: any("from here on" in e["text"] for e in place.good("journal")["entries"]))
        all_of_it = place.good("journal", "--limit", 10000)["entries"]
        require({e["account"] for e in all_of_it} == {None, ACCOUNT}, "the service's own lines and the account's are both there")
        ours = place.good("journal", "--account", "PRAC-V2-126244", "--limit", 10000)["entries"]
        require(ours and all(e["account"] == ACCOUNT for e in ours), f"others' lines among the account's: {ours[:3]}")
        at = next(e["at"] for e in all_of_it if "from here on" in e["text"])
        since = place.good("journal", "--since", at, "--limit", 10000)["entries"]
        require(since and all(e["at"] >= at for e in since) and len(since) < len(all_of_it), f"lines from before {at}: {since[:2]}")
        require(place.good("journal", "--since", "2199-01-01T00:00:00Z")["entries"] == [], "lines from the future")
        require(len(place.good("journal", "--since", "1h", "--limit", 3)["entries"]) == 3, "--limit")
        code, out, _ = place.run("journal", "--since", at, "--account", ACCOUNT, json_form=False)
        require(code == 0 and "from here on" in out, f"as text: {out}")


def a_key_goes_into_its_file_and_nowhere_else():
    with Open("key") as place:
        key_file = place.config.with_name("key")
        key_file.write_text("demo-key-0001\n")
        key_file.chmod(0o600)
        place.config.write_text(place.config.read_text().replace("api_key: ${RM_DEMO_API_KEY}", "api_key_file: key"))
        service = place.stage.start()
        done = subprocess.run([place.program, "--socket", place.socket, "key", "set", "sim", "--reason", "rotated"], input=b"very-s3cret-key\n", capture_output=True)
        require(done.returncode == 0 and b"s3cret" not in done.stdout + done.stderr, f"key set: {done}")
        require(key_file.read_text() == "very-s3cret-key\n" and key_file.stat().st_mode & 0o777 == 0o600, "the key's file")
        require(not key_file.with_name("key.old").exists(), "the old key is left beside it")
        wait_for("it is in the journal that it was changed", lambda: any("changes the key of sim (rotated): done" in e["text"] for e in service.journal()))
        everything = json.dumps(service.journal()) + service.text() + json.dumps(service.status()) + place.good("config", "show")["text"]
        for file in (pathlib.Path(place.stage.env["RM_DEMO_DIR"]) / "logs").iterdir():
            everything += file.read_text()
        require("s3cret" not in everything, "the key is somewhere to be read")
        with open("/dev/zero", "rb") as endless:
            done = subprocess.run([place.program, "--socket", place.socket, "key", "set", "sim", "--reason", "why"], stdin=endless, capture_output=True, timeout=60)
        require(done.returncode == 2 and b"at most 4096 bytes" in done.stderr, f"a key without an end: {done}")


def the_log_is_shown_followed_and_made_louder():
    with Open("logs", more="") as place:
        service, sim = place.stage.start(), place.stage.sim
        lines = place.good("logs", "--tail", 50)["lines"]
        require(any("service: risk-manager" in l["text"] and "starts with" in l["text"] for l in lines), f"the log's first lines: {lines}")
        follow = subprocess.Popen([place.program, "--socket", place.socket, "logs", "--follow", "--tail", "3"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        heard = []
        threading.Thread(target=lambda: heard.extend(iter(follow.stdout.readline, b"")), daemon=True).start()
        wait_for("the past is shown", lambda: heard)
        place.good("logs", "--level", "debug", "--room", "account")
        sim.do("place", account=ACCOUNT, contract=MNQ, type="market", side="buy", size=1)
        wait_for("a line of the account at level debug", lambda: any(b" debug    account: " in l and b"fill" in l for l in heard))
        code, _, err = place.run("logs", "--level", "debug", "--room", "attic")
        require(code == 1 and "no room" in err, f"an unknown room: {code} {err}")
        service.stop()
        require(follow.wait(30) == 3, f"the follower when the service ends: {follow.returncode}")
    with Open("logs2", more="\n  # json") as place:
        place.config.write_text(place.config.read_text().replace("keep: 2 }", "keep: 2, format: json }"))
        place.stage.start()
        for line in place.good("logs")["lines"]:
            require(json.loads(line["text"])["room"], f"no JSON: {line}")


def bash_completes_verbs_accounts_and_options():
    with Open("bash") as place:
        place.stage.start()
        script = subprocess.run([place.program, "completion", "bash"], capture_output=True, check=True).stdout.decode()

        def complete(*words):
            line = "COMP_WORDS=(" + " ".join(f"'{w}'" for w in words) + f"); COMP_CWORD={len(words) - 1}; _risk_admin; echo \"${{COMPREPLY[@]}}\""
            return subprocess.run(["bash", "-c", script + line], capture_output=True, check=True).stdout.decode().split()
        for words, expected in ((("risk-admin", "un"), ["unlock"]), (("risk-admin", "config", "w"), ["wizard"]), (("risk-admin", "lock", "--mode", "f"), ["flat"]),
                                ((place.program, "--socket", place.socket, "unlock", ""), [str(ACCOUNT)]),
                                (("risk-admin", "reset", "126244", ""), ["daily", "weekly"]), (("risk-admin", "journal", "--s"), ["--socket", "--since"])):
            require(sorted(complete(*words)) == sorted(expected), f"{words}: {complete(*words)}")


if __name__ == "__main__":
    sys.exit(run_cases([every_verb_as_administrator_and_as_trader, the_sockets_mode_and_the_group_decide_who_may_do_what,
                        orders_by_hand_reach_the_venue_and_survive_a_crash, a_rule_that_still_breaches_locks_again_at_once_after_an_unlock,
                        bad_input_is_answered_and_hurts_nobody, hostile_clients_hold_up_nobody,
                        changes_are_pushed_and_a_quiet_service_gives_signs_of_life, a_configuration_that_fits_into_no_request_is_shown_checked_and_applied,
                        what_cannot_be_written_to_standard_output_is_said, the_configuration_is_changed_while_it_is_in_force,
                        the_journal_is_shown_since_a_time_and_of_one_account, a_key_goes_into_its_file_and_nowhere_else, the_log_is_shown_followed_and_made_louder,
                        bash_completes_verbs_accounts_and_options]))
