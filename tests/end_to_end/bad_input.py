"""What goes in wrong: configuration, the venue, the disk, the command line. Each gets a clear answer, and nothing stops guarding."""
import os
import pathlib
import pwd
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools" / "lib"))
from drive import ACCOUNT, TOP, Failed, Programs, Service, Stage, run_cases, wait_for  # noqa: E402

MNQ = "CON.F.US.MNQ.Z26"


def require(truth, what):
    if not truth:
        raise Failed(what)


def run(programs, name, *arguments, env=None):
    done = subprocess.run(programs.command(name, *arguments), capture_output=True, env=dict(os.environ, **(env or {})), timeout=60)
    return done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")


def buy(sim, size=1):
    sim.do("place", account=ACCOUNT, contract=MNQ, type="market", side="buy", size=size)


def every_program_knows_help_version_and_bad_usage():
    programs = Programs()
    for name in ("risk-manager", "risk-admin", "risk-trader", "risk-inspect", "gateway-sim"):
        code, out, _ = run(programs, name, "--help")
        require(code == 0 and (name in out.lower() or "usage" in out.lower()), f"{name} --help: {code}")
        code, out, _ = run(programs, name, "--version")
        require(code == 0 and out.strip(), f"{name} --version: {code} {out}")
        code, _, err = run(programs, name, "--no-such-option")
        require(code == 2 and err.strip(), f"{name} --no-such-option: {code} {err}")
    for name, word, meant in (("risk-manager", "check-confg", "check-config"), ("risk-admin", "unlok", "unlock"), ("risk-trader", "--onec", "--once"), ("risk-inspect", "watsh", "watch")):
        code, _, err = run(programs, name, word)
        require(code == 2 and f"{name}: there is no command or argument '{word}', did you mean '{meant}'?; see {name} --help" in err, f"{name} {word}: {code} {err}")
    code, _, err = run(programs, "risk-manager", "run", "--confg", "FILE")
    require(code == 2 and "'--confg', did you mean '--config'?" in err, f"risk-manager run --confg: {code} {err}")
    code, _, err = run(programs, "risk-admin", "--socket", "/tmp/there/is/nothing.sock", "status")
    require(code == 3 and "nothing.sock" in err, f"risk-admin without a service: {code} {err}")
    code, _, err = run(programs, "risk-trader", "--socket", "/tmp/there/is/nothing.sock", "--once")
    require(code == 3 and "nothing.sock" in err, f"risk-trader without a service: {code} {err}")


def a_configuration_with_many_mistakes_names_them_all():
    programs = Programs()
    file = pathlib.Path(__file__).with_name("mistakes.yaml")
    code, out, err = run(programs, "risk-manager", "check-config", file)
    require(code == 2, f"exit code {code}")
    for expected in file.read_text().splitlines():
        if "# line says: " in expected:
            line = file.read_text().splitlines().index(expected) + 1
            words = expected.split("# line says: ")[1]
            require(any(f":{line}:" in said and words in said for said in err.splitlines()), f"nothing said '{words}' of line {line}; said was:\n{err}")
    code, _, err = run(programs, "risk-manager", "run", "--config", file)
    require(code == 2, f"run with a bad configuration ended with {code}")
    code, _, err = run(programs, "risk-manager", "check-config", "/no/such/file.yaml")
    require(code == 2 and "/no/such/file.yaml" in err, f"a missing file: {code} {err}")


def a_configuration_that_one_may_not_read_is_a_matter_of_rights():
    if os.geteuid() != 0:
        return print("        needs root for a second system user: not run")
    programs = Programs()
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        program = shutil.copy(programs.folder / "risk-manager", folder)
        closed, unreadable = pathlib.Path(folder) / "closed", pathlib.Path(folder) / "own.yaml"
        closed.mkdir(mode=0o700)
        for file in (closed / "risk.yaml", unreadable):
            file.write_text("version: 1\n")
            file.chmod(0o600)
        nobody = pwd.getpwnam("nobody")
        def ends(code, *arguments):
            done = subprocess.run(["setpriv", f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups", program, *arguments], capture_output=True, text=True, timeout=60)
            require(done.returncode == code and done.stderr, f"{arguments} ended with {done.returncode}: {done.stderr}")
        for file in (closed / "risk.yaml", unreadable):
            ends(4, "check-config", file)
            for verb in ("run", "service", "check-gateway"):
                ends(4, verb, "--config", file)
        ends(2, "check-config", pathlib.Path(folder) / "none.yaml")
        unreadable.chmod(0o644)
        ends(2, "check-config", unreadable)
        # A data folder that is another user's; `key` is that user's own file.
        own, key = pathlib.Path(folder) / "data.yaml", pathlib.Path(folder) / "key"
        key.write_text("demo-key-0001\n")
        key.chmod(0o600)
        os.chown(key, nobody.pw_uid, nobody.pw_gid)
        own.write_text("version: 1\nservice: { data_dir: closed }\nbrokers: [{ id: sim, api_url: 'http://127.0.0.1:9', user_hub_url: 'http://127.0.0.1:9', market_hub_url: 'http://127.0.0.1:9', "
                       "user_name: demo, api_key_file: key }]\naccounts: [{ id: 1, broker: sim, rules: { max_contracts: { limit: 1 } } }]\n")
        ends(4, "run", "--config", own)


def the_example_is_accepted_and_says_what_its_environment_lacks():
    programs, example = Programs(), TOP / "etc" / "risk-manager.yaml"
    code, out, err = run(programs, "risk-manager", "check-config", example, env={"TOPSTEPX_USERNAME": "somebody", "TOPSTEPX_API_KEY": "not-shown-0001"})
    require(code == 0, f"exit code {code}: {out}{err}")
    require("warning" not in (out + err).lower() and "not-shown" not in out + err, f"it said: {out}{err}")
    without = {k: v for k, v in os.environ.items() if not k.startswith("TOPSTEPX_")}
    done = subprocess.run(programs.command("risk-manager", "check-config", example), capture_output=True, env=without, timeout=60)
    said = [l for l in done.stderr.decode().splitlines() if "is not set" in l]
    require(done.returncode == 2 and len(said) == 2, f"exit code {done.returncode}: {done.stderr.decode()}")
    for name in ("TOPSTEPX_USERNAME", "TOPSTEPX_API_KEY"):
        line = 1 + next(i for i, text in enumerate(example.read_text().splitlines()) if "${" + name + "}" in text)
        require(any(name in l and f"risk-manager.yaml:{line}:" in l for l in said), f"{name} is not named with its line: {said}")


def an_account_the_venue_does_not_list_is_said():
    config = pathlib.Path(__file__).with_name("stranger.yaml")
    with Stage("stranger", config=config) as stage:
        service = stage.start(state=None)
        row = wait_for("the account says why", lambda: (lambda r: r if r["state"] in ("not_evaluable", "blind") and "list" in r["why"] else None)(service.account(999)))
        require("999" in row["why"] or row["id"] == 999, row["why"])


def nonsense_from_the_venue_is_never_taken_for_flat():
    with Stage("nonsense") as stage:
        sim, service = stage.sim, stage.start()
        buy(sim, 2)
        wait_for("seen", lambda: [p["size"] for p in service.account()["positions"]] == [2])
        for mode in ("html", "empty", "null_list", "success_false", "error500"):
            sim.do("fault", path="/api/Position/searchOpen", mode=mode, count=3)
            sim.do("drop", hub="user", mode="cut")  # the reconnect has to read positions
            wait_for(f"{mode}: blind or not evaluable, and says why",
                     lambda: service.account()["state"] in ("blind", "not_evaluable") and service.account()["why"])
            require([p["size"] for p in service.account()["positions"]] == [2], f"{mode}: the position was lost")
            sim.do("clear_faults")
            service.wait_state("active", 60)
            require([p["size"] for p in service.account()["positions"]] == [2], f"{mode}: the position is lost after the reconnect")


def raw_records_do_not_crash_it_and_are_not_skipped_in_silence():
    with Stage("raw") as stage:
        sim, service = stage.sim, stage.start()
        buy(sim, 1)
        wait_for("seen", lambda: [p["size"] for p in service.account()["positions"]] == [1])
        quote = '{"type":1,"target":"GatewayQuote","arguments":["%s",{"lastPrice":%s,"timestamp":"2026-11-22T12:00:00+00:00"}]}'
        order = ('{"type":1,"target":"GatewayUserOrder","arguments":[{"action":1,"data":{"id":3999999999,"accountId":%d,"contractId":"%s","status":77,'
                 '"type":1,"side":0,"size":1,"fillVolume":0,"creationTimestamp":"2026-11-22T12:00:00+00:00"}}]}' % (ACCOUNT, MNQ))
        pid = service.status()["service"]["pid"]
        for hub, text, what in (("market", quote % (MNQ, "NaN"), "a price of NaN"), ("market", quote % (MNQ, "-1e300"), "an absurd price"),
                                ("user", order, "an unknown order status"), ("user", '{"type":1,"target":"GatewayUserPosition","arguments":[{"acti', "half a record")):
            before = len(service.journal())
            sim.do("raw", hub=hub, text=text, append_separator=True)
            wait_for(f"{what}: said in the journal", lambda: any(e["kind"] in ("alarm", "link") for e in service.journal()[before:]))
            sim.do("price", contract=MNQ, price=20125)
            service.wait_state("active", 60)
        sim.do("raw", hub="user", text="x", append_separator=False, repeat_to_bytes=10_000_000)
        sim.do("raw", hub="market", text="y", append_separator=True, repeat_to_bytes=10_000_000)
        service.wait_state("active", 60)
        require(service.status()["service"]["pid"] == pid and service.running(), "it was restarted")
        for price in (19900, 19600, 19500):
            sim.do("price", contract=MNQ, price=price)
        wait_for("still guarding: flat after the breach", lambda: not sim.positions())


def a_database_that_cannot_be_used_stops_the_start_with_a_clear_error():
    for what in ("corrupt", "folder"):
        with Stage(f"db-{what}") as stage:
            database = stage.folder / "riskmanager.db"
            database.mkdir() if what == "folder" else database.write_bytes(b"this is not a database " * 400)
            service = Service(stage.programs, stage.config, stage.folder, stage.env)
            code = service.process.wait(30)
            text = service.text()
            require(code == 1, f"{what}: exit code {code}")
            require("riskmanager.db" in text, f"{what}: the error does not name the file: {text[-400:]}")


def a_full_disk_while_running_stops_no_enforcement_and_stands_as_an_alarm():
    if os.name != "posix" or os.geteuid() != 0:
        raise Failed("this test needs root: it mounts a small tmpfs")
    with Stage("disk") as stage:
        small = stage.folder / "small"
        small.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(small)], check=True)
        try:
            stage.env["RM_DEMO_DIR"] = stage.programs.path(small)
            sim, service = stage.sim, stage.start()
            buy(sim, 2)
            wait_for("seen", lambda: [p["size"] for p in service.account()["positions"]] == [2])
            with open(small / "filler", "wb", buffering=0) as filler:
                try:
                    while True:
                        filler.write(b"x" * 4096)
                except OSError:
                    pass  # full
            for price in (20000, 19900, 19870, 19860):
                sim.do("price", contract=MNQ, price=price)
            wait_for("flat on a full disk", lambda: not sim.positions())
            service.wait_state("locked")
            wait_for("the alarm stands", lambda: any(a["severity"] == "critical" for a in service.status()["service"]["alarms"] + service.account()["alarms"]))
            require(not all(l["durable"] for l in service.account()["locks"]), "a lock was called durable on a full disk")
            buy(sim, 1)
            wait_for("the lock is guarded from memory", lambda: not sim.positions())
            (small / "filler").unlink()
            wait_for("with room again the lock is written", lambda: all(l["durable"] for l in service.account()["locks"]), 60)
            service.kill()
            service = stage.start("locked")
        finally:
            if stage.service and stage.service.running():
                stage.service.kill()
            subprocess.run(["umount", "-l", str(small)], check=False)


CASES = [every_program_knows_help_version_and_bad_usage, a_configuration_with_many_mistakes_names_them_all, a_configuration_that_one_may_not_read_is_a_matter_of_rights, the_example_is_accepted_and_says_what_its_environment_lacks, an_account_the_venue_does_not_list_is_said,
         nonsense_from_the_venue_is_never_taken_for_flat, raw_records_do_not_crash_it_and_are_not_skipped_in_silence,
         a_database_that_cannot_be_used_stops_the_start_with_a_clear_error, a_full_disk_while_running_stops_no_enforcement_and_stands_as_an_alarm]

if __name__ == "__main__":
    sys.exit(run_cases(CASES))
