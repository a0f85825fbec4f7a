"""The ground under the service gives way: the database, the folder, the local socket. Whatever it is, the accounts are guarded all the same."""
import json
import os
import pathlib
import select
import socket
import sqlite3
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools" / "lib"))
from drive import ACCOUNT, TOP, Failed, Service, Stage, run_cases, wait_for  # noqa: E402

MNQ = "CON.F.US.MNQ.Z26"
OTHER = 126245


def require(truth, what):
    if not truth:
        raise Failed(what)


def buy(sim, size, account=ACCOUNT):
    sim.do("place", account=account, contract=MNQ, type="market", side="buy", size=size)


def two_accounts(stage_folder):
    """The demo's configuration and market, with a second account like the first."""
    text = (TOP / "etc" / "demo.yaml").read_text()
    head, accounts = text[:text.index("accounts:")], text[text.index("accounts:"):]
    first = accounts[len("accounts:\n"):]
    config = stage_folder / "two.yaml"
    config.write_text(head + "accounts:\n" + first + first.replace(str(ACCOUNT), str(OTHER)))
    market = stage_folder / "two-market.yaml"
    market.write_text("login: { user_name: demo, api_key: demo-key-0001 }\naccounts:\n" + "".join(
        f"  - {{ id: {each}, name: PRAC-V2-{each}, balance: 50000, can_trade: true, simulated: true }}\n" for each in (ACCOUNT, OTHER)) +
        "contracts:\n  - { root: MNQ, month: Z6 }\nstart: subscribed\n")
    return config, market


def rows_that_cannot_be_read_cost_no_account_its_guard():
    folder = pathlib.Path(__import__("tempfile").mkdtemp(prefix="rm-ground-"))
    config, market = two_accounts(folder)
    with Stage("rows", scenario=market, config=config) as stage:
        sim, service = stage.sim, stage.start()
        sim.set_price(MNQ, 20000)
        service.admin("lock", str(ACCOUNT), "--mode", "flat", "--for", "1h", "--reason", "a test")
        wait_for("durable", lambda: all(l["durable"] for l in service.account()["locks"]))
        service.kill()
        rows = sqlite3.connect(stage.folder / "riskmanager.db")
        require(rows.execute("update locks set mode = 'garbage'").rowcount == 1, "there was no lock to spoil")
        rows.commit()
        rows.close()
        service = stage.start("locked")
        lock = service.account()["locks"][0]
        require((lock["rule"], lock["mode"]) == ("lost_memory", "flat") and "garbage" in lock["reason"], f"{lock}")
        require(any("cannot be read" in a["what"] and a["severity"] == "critical" for a in service.account()["alarms"]), f"{service.account()['alarms']}")
        service.wait_state("active", account=OTHER)
        buy(sim, 1)
        buy(sim, 7, OTHER)
        wait_for("the spoiled account is held flat, the other to its limit", lambda: not sim.positions() and sim.positions(OTHER) == {MNQ: 5}, 30)
        service.admin("unlock", str(ACCOUNT), "--reason", "looked at")
        service.wait_state("active")
        wait_for("the case of the lock is over", lambda: service.account()["enforcement"][-1]["state"] == "done")
        buy(sim, 7)
        wait_for("its rules guard it", lambda: sim.positions() == {MNQ: 5}, 30)
        service.kill()
        service = stage.start()
        require(service.account()["locks"] == [], "what was mended came back")


def storm(path, clients, lines):
    """So many clients that ask for the whole journal, eight times each, and read what they get."""
    line = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "journal", "params": {"limit": lines}}).encode() + b"\n"
    out = []
    for _ in range(clients):
        one = socket.socket(socket.AF_UNIX)
        one.connect(str(path))
        one.setblocking(False)
        one.send(line * 8)
        out.append(one)
    return out, line


def keep_asking(storming, until, limit=60):
    """Until that is so; how many were served meanwhile."""
    clients, line = storming
    served = 0
    ends = time.monotonic() + limit
    while not until():
        if time.monotonic() > ends:
            raise Failed(f"not within {limit} s, in the middle of a storm of questions")
        for one in select.select(clients, [], [], 0.05)[0]:
            try:
                heard = one.recv(1 << 20)
                served += heard.count(b'"result"')
                one.send(line * heard.count(b"\n")) if heard else clients.remove(one)
            except OSError:
                clients.remove(one)
    return served


def whoever_reads_the_journal_holds_up_no_lock():
    with Stage("storm") as stage:
        sim, service = stage.sim, stage.start()
        for i in range(1500):  # something to read
            sim.do("place", account=ACCOUNT, contract=MNQ, type="limit", side="buy", size=1, limit_price=15000 - i)
        wait_for("journalled", lambda: len(service.journal()) > 1500, 120)
        storming = storm(stage.env["RM_DEMO_SOCKET"], 56, 10000)
        order = subprocess.Popen(stage.programs.command("risk-admin", "--socket", stage.env["RM_DEMO_SOCKET"], "lock", str(ACCOUNT), "--mode", "flat", "--for", "30m", "--reason", "in a storm"),
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        keep_asking(storming, lambda: order.poll() is not None)
        kept = sqlite3.connect(f"file:{stage.folder / 'riskmanager.db'}?mode=ro", uri=True)
        served = keep_asking(storming, lambda: kept.execute("select count(*) from locks").fetchone()[0] == 1)
        require(served <= 40, f"{served} readers were served before the lock was written")
        service.kill()
        service = stage.start("locked")


def two_services_never_share_a_folder():
    with Stage("twice") as stage:
        service = stage.start()
        env = dict(stage.env, RM_DEMO_SOCKET=str(stage.folder / "second.sock"))
        (stage.folder / "second").mkdir()
        second = Service(stage.programs, stage.config, stage.folder / "second", env)
        code = second.process.wait(30)
        require(code == 1 and "another risk-manager works with the data folder" in second.text(), f"{code}: {second.text()[-400:]}")
        require(service.account()["state"] == "active", "the first one was disturbed")
        require(not any(f"version" in e["text"] and "started" in e["text"] for e in service.journal()[1:] if e["kind"] == "service"), "the second one began")


def a_socket_that_was_removed_comes_back_and_a_socket_or_log_that_cannot_be_made_stops_no_guard():
    with Stage("socket") as stage:
        sim, service = stage.sim, stage.start()
        path = pathlib.Path(stage.env["RM_DEMO_SOCKET"])
        path.unlink()
        wait_for("the socket is there again", path.exists, 20)
        wait_for("and answers", lambda: service.account()["state"] == "active")
        service.kill()
        path.unlink(missing_ok=True)
        path.mkdir()
        (path / "something").write_text("in the way")
        log = next(stage.folder.rglob("logs/risk-manager.log"))
        log.unlink()
        log.mkdir()
        service = stage.start(state=None)
        wait_for("said on the terminal", lambda: "nobody can look or give orders" in service.text() and "the log on disk lacks what follows" in service.text(), 20)
        buy(sim, 7)
        wait_for("guarded all the same", lambda: sim.positions() == {MNQ: 5}, 30)
        (path / "something").unlink()
        path.rmdir()
        log.rmdir()
        wait_for("the socket is there", path.exists, 20)
        wait_for("the log is there", lambda: log.is_file() and "can connect again" in log.read_text(), 20)
        service.wait_state("active")


def a_database_that_another_program_holds_at_the_start_is_waited_for():
    with Stage("held") as stage:
        service = stage.start()
        service.kill()
        holder = sqlite3.connect(stage.folder / "riskmanager.db", isolation_level=None)
        holder.execute("PRAGMA locking_mode = EXCLUSIVE")
        holder.execute("BEGIN EXCLUSIVE")
        holder.execute("INSERT OR REPLACE INTO meta VALUES('held', '1')")
        service = stage.start(state=None)
        wait_for("it says who is in the way, and goes on", lambda: "it starts all the same" in service.text(), 30)
        require(service.running(), "it ended")
        holder.execute("COMMIT")
        holder.close()
        wait_for("it guards", lambda: service.account()["state"] in ("active", "locked"), 60)
        wait_for("nothing waits", lambda: not any("nothing is durable" in a["what"] for a in service.status()["service"]["alarms"]), 60)


def a_disk_that_is_full_at_the_start_takes_no_lock_away():
    if os.geteuid() != 0:
        raise Failed("this test needs root: it mounts a small tmpfs")
    with Stage("full") as stage:
        small = stage.folder / "small"
        small.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(small)], check=True)
        try:
            stage.env["RM_DEMO_DIR"] = str(small)
            sim, service = stage.sim, stage.start()
            service.admin("lock", str(ACCOUNT), "--mode", "flat", "--for", "1h", "--reason", "a test")
            wait_for("durable", lambda: all(l["durable"] for l in service.account()["locks"]))
            service.kill()
            with open(small / "filler", "wb", buffering=0) as filler:
                try:
                    while True:
                        filler.write(b"x" * 4096)
                except OSError:
                    pass
            service = stage.start("locked")
            require(service.account()["locks"][0]["rule"] == "manual", f"{service.account()['locks']}")
            buy(sim, 1)
            wait_for("guarded on a full disk", lambda: not sim.positions(), 30)
            (small / "filler").unlink()
            wait_for("with room again all is durable", lambda: all(l["durable"] for l in service.account()["locks"]) and not any(
                "nothing is durable" in a["what"] for a in service.status()["service"]["alarms"] + service.account()["alarms"]), 60)
        finally:
            if stage.service and stage.service.running():
                stage.service.kill()
            subprocess.run(["umount", "-l", str(small)], check=False)


def a_value_of_any_length_is_only_a_mistake():
    with Stage("long") as stage:
        service = stage.start()
        for text in (f'api_key: "{"a" * 60000}"', "x: [" + "a: " * 15000, "# api_key: '" + "a" * 60000, "api_key:\n  " + "a" * 60000):
            file = stage.folder / "long.yaml"
            file.write_text("version: 1\n" + text + "\n")
            done = subprocess.run(stage.programs.command("risk-admin", "--socket", stage.env["RM_DEMO_SOCKET"], "config", "check", file), capture_output=True, timeout=60)
            require(done.returncode in (1, 2) and done.stderr + done.stdout, f"{text[:30]}: {done.returncode}")
            require(service.running(), f"it died of {text[:30]}")
        require(service.account()["state"] == "active", "it was disturbed")


def many_accounts_begin_anew_with_large_pages():
    """Once, in the same process, with the same arguments; and a breach is answered as ever."""
    with Stage("many") as stage:
        text = (TOP / "etc" / "demo.yaml").read_text()
        first = text[text.index("accounts:\n") + len("accounts:\n"):]
        stage.config = stage.folder / "many.yaml"
        stage.config.write_text(text + "".join(first.replace(str(ACCOUNT), str(900000 + each)) for each in range(499)))
        service = stage.start(timeout=60)
        environment = pathlib.Path(f"/proc/{service.process.pid}/environ").read_bytes().split(b"\0")
        require([e for e in environment if e.startswith(b"GLIBC_TUNABLES=")] == [b"GLIBC_TUNABLES=glibc.malloc.hugetlb=1"], f"{environment}")
        require(service.text().count(" starts with ") == 1, "it started twice")
        buy(stage.sim, 6)
        wait_for("the sixth is taken away", lambda: stage.sim.positions() == {MNQ: 5})


if __name__ == "__main__":
    sys.exit(run_cases([rows_that_cannot_be_read_cost_no_account_its_guard, whoever_reads_the_journal_holds_up_no_lock, two_services_never_share_a_folder,
                        a_socket_that_was_removed_comes_back_and_a_socket_or_log_that_cannot_be_made_stops_no_guard, a_database_that_another_program_holds_at_the_start_is_waited_for,
                        a_disk_that_is_full_at_the_start_takes_no_lock_away, a_value_of_any_length_is_only_a_mistake, many_accounts_begin_anew_with_large_pages]))
