"""Drives the real programs: the simulated venue, the service, and the questions one may ask them.

Used by tools/demo and by tests/end_to_end. Standard library only.
"""
import datetime
import http.client
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

TOP = pathlib.Path(__file__).resolve().parents[2]
ACCOUNT = 126244


class Failed(Exception):
    """Something did not come out as it must; the text says what and what was seen instead."""


def now_utc():
    return datetime.datetime.now(datetime.timezone.utc)


def wait_for(what, look, timeout=15.0):
    """Polls `look` until it gives something true; fails with the last value seen."""
    end = time.monotonic() + timeout
    seen = None
    while time.monotonic() < end:
        try:
            seen = look()
            if seen:
                return seen
        except (OSError, Failed, KeyError, IndexError, ValueError) as e:
            seen = e
        time.sleep(0.02)
    raise Failed(f"waited {timeout:.0f} s for: {what}; last seen: {seen!r}")


class Programs:
    """Where the programs are, and how they are run (natively, or under wine)."""

    def __init__(self, folder=None, wrapper=None):
        self.folder = pathlib.Path(folder or os.environ.get("RM_BIN") or TOP / "build" / "bin")
        wrapper = wrapper if wrapper is not None else os.environ.get("RM_WRAPPER", "")
        self.wrapper = wrapper.split() if wrapper else []
        self.suffix = ".exe" if self.wrapper or not (self.folder / "risk-manager").exists() and (self.folder / "risk-manager.exe").exists() else ""
        self.windows = bool(self.suffix)

    def command(self, name, *arguments):
        return [*self.wrapper, str(self.folder / (name + self.suffix)), *map(str, arguments)]

    def path(self, path):
        """A path as the programs understand it."""
        return "Z:" + str(path).replace("/", "\\") if self.windows else str(path)


class Process:
    """A program that runs until it is stopped; its output is kept."""

    def __init__(self, command, log, env=None):
        self.log_path = log
        self.log = open(log, "ab")
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self.log, stdin=subprocess.DEVNULL, env=env, start_new_session=True)
        self.lines = []
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.append(line.decode(errors="replace").rstrip())
            self.log.write(line)
            self.log.flush()

    def running(self):
        return self.process.poll() is None

    def kill(self):
        """SIGKILL: no chance to say goodbye."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait(20)

    def stop(self, timeout=20):
        """SIGTERM, and the exit code."""
        if self.running():
            self.process.terminate()
        try:
            return self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            raise Failed(f"it did not stop within {timeout} s after SIGTERM; log: {self.log_path}")

    def text(self):
        return pathlib.Path(self.log_path).read_text(errors="replace")


class Simulator(Process):
    """gateway-sim, and its own books over HTTP."""

    def __init__(self, programs, folder, scenario=None, arguments=()):
        extra = ["--scenario", programs.path(scenario)] if scenario else []
        super().__init__(programs.command("gateway-sim", "--port", 0, *extra, *arguments), folder / "gateway-sim.log")
        wait_for("gateway-sim says where it listens", lambda: any("listening on" in l for l in self.lines) or not self.running(), 60)
        heard = [l for l in self.lines if "listening on" in l]
        if not heard:
            raise Failed("gateway-sim did not start: " + self.text())
        self.port = int(heard[0].rsplit(":", 1)[1])
        self.tls_port = None
        if "--tls-cert" in map(str, arguments):
            line = wait_for("gateway-sim names its TLS port", lambda: next((l for l in self.lines if "TLS on" in l), None), 60)
            self.tls_port = int(line.rsplit(":", 1)[1])
        self.prices, self.price_lock, self.closed = {}, threading.Lock(), threading.Event()
        self.market = threading.Thread(target=self._trade_on, daemon=True)
        self.market.start()

    def _trade_on(self):
        """A market that trades: the last price again, so that nobody's mark grows stale. Never after its end: the port may be another's by then."""
        while not self.closed.wait(2) and self.running():
            with self.price_lock:
                for contract, price in self.prices.items():
                    if self.closed.is_set() or not self.running():
                        return
                    try:
                        self.ask("POST", "/sim/price", {"contract": contract, "price": price})
                    except (OSError, Failed):
                        pass

    def close_market(self):
        self.closed.set()
        with self.price_lock:  # what is on its way is answered before the port is given back
            pass

    def kill(self):
        self.close_market()
        super().kill()

    def stop(self, timeout=20):
        self.close_market()
        return super().stop(timeout)

    def set_price(self, contract, price):
        with self.price_lock:
            self.prices[contract] = price
            return self.ask("POST", "/sim/price", {"contract": contract, "price": price})

    def ask(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, None if body is None else json.dumps(body), {"Content-Type": "application/json"})
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            connection.close()
        if answer.status != 200:
            raise Failed(f"gateway-sim answered {answer.status} to {method} {path}: {text[:300]}")
        return json.loads(text) if text else None

    def get(self, path):
        return self.ask("GET", path)

    def switch(self, **values):
        """Sets switches of the venue while it runs; tools/gateway-sim/example.yaml lists them."""
        return self.ask("POST", "/sim/switch", {"set": values})

    def do(self, verb, **arguments):
        if verb == "price":
            return self.set_price(**arguments)
        return self.ask("POST", "/sim/" + verb, arguments)

    def rows(self, what, account=ACCOUNT):
        found = self.get(f"/sim/{what}?account={account}")
        return found[what] if isinstance(found, dict) else found

    def positions(self, account=ACCOUNT):
        """Signed contracts by contract, flat ones left out."""
        out = {}
        for row in self.rows("positions", account):
            size = row["size"] * (-1 if row.get("type") == 2 else 1)
            if size:
                out[row["contractId"]] = size
        return out

    def live_orders(self, account=ACCOUNT):
        return [o for o in self.rows("orders", account) if o["status"] in (1, 6, 7, 8)]

    def requests(self, since=0, ending=None):
        found = self.get(f"/sim/requests?since={since}")
        found = found["requests"] if isinstance(found, dict) else found
        return [r for r in found if ending is None or r["path"].endswith(ending)]


class Service(Process):
    """risk-manager run, and what it says through its local socket."""

    def __init__(self, programs, config, folder, env=None, arguments=()):
        self.programs = programs
        self.env = dict(os.environ, **(env or {}))
        self.socket = self.env["RM_DEMO_SOCKET"]
        super().__init__(programs.command("risk-manager", "run", "--config", programs.path(config), *arguments), folder / "risk-manager.log", self.env)

    def admin(self, *arguments, check=True):
        try:
            done = subprocess.run(self.programs.command("risk-admin", "--socket", self.socket, "--json", *arguments), capture_output=True, env=self.env, timeout=60)
        except subprocess.TimeoutExpired:
            raise Failed(f"risk-admin {' '.join(map(str, arguments))} did not end within 60 s")
        if check and done.returncode != 0:
            raise Failed(f"risk-admin {' '.join(map(str, arguments))} ended with {done.returncode}: {done.stderr.decode(errors='replace')[:300]}")
        return json.loads(done.stdout.decode()) if done.returncode == 0 else None

    def status(self):
        return self.admin("status")

    def account(self, account=ACCOUNT):
        for row in self.status()["accounts"]:
            if row["id"] == account:
                return row
        raise Failed(f"no account {account} in the status")

    def journal(self):
        found = self.admin("journal", "--limit", "10000")
        return found["entries"] if isinstance(found, dict) else found

    def wait_state(self, state, timeout=20.0, account=ACCOUNT):
        def look():
            if not self.running():
                raise Failed(f"the service ended with {self.process.returncode}: {self.text()[-600:]}")
            row = self.account(account)
            if row["state"] != state:
                raise Failed(f"state {row['state']} ({row['why']})")
            return row
        return wait_for(f"account {account} is {state}", look, timeout)


class Stage:
    """A folder of its own, the simulator, and a service that can be started, killed and started again."""

    def __init__(self, name="stage", scenario=None, reset=None, programs=None, config=None, sim_arguments=(), extra_env=None):
        self.programs = programs or Programs()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix=f"rm-{name}-"))
        self.config = pathlib.Path(config or TOP / "etc" / "demo.yaml")
        scenario = scenario or TOP / "etc" / "demo-market.yaml"
        self.sim = Simulator(self.programs, self.folder, scenario, sim_arguments)
        socket = f"\\\\.\\pipe\\{self.folder.name}" if self.programs.windows else str(self.folder / "risk-manager.sock")
        reset = reset or (now_utc() + datetime.timedelta(hours=6)).strftime("%H:%M:%S")
        self.env = {"RM_DEMO_PORT": str(self.sim.port), "RM_DEMO_DIR": self.programs.path(self.folder), "RM_DEMO_SOCKET": socket,
                    "RM_DEMO_RESET": reset, "RM_DEMO_API_KEY": "demo-key-0001", **(extra_env or {})}
        self.sim.set_price("CON.F.US.MNQ.Z26", 20125)
        self.service = None

    def start(self, state="active", timeout=30, arguments=()):
        self.service = Service(self.programs, self.config, self.folder, self.env, arguments)
        if state:
            self.service.wait_state(state, timeout)
        return self.service

    def close(self, keep=False):
        for process in (self.service, self.sim):
            if process and process.running():
                process.kill()
        if not keep:
            shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        if kind is not None:
            for name in ("risk-manager.log", "gateway-sim.log"):
                path = self.folder / name
                if path.exists():
                    print(f"--- the end of {name}:\n" + "\n".join(path.read_text(errors="replace").splitlines()[-25:]), file=sys.stderr)
        self.close()


def run_cases(cases):
    """Runs functions as test cases; the last line counts them. Names on the command line choose."""
    wanted = [a for a in sys.argv[1:] if not a.startswith("-")]
    passed = failed = 0
    for case in cases:
        if wanted and case.__name__ not in wanted:
            continue
        started = time.monotonic()
        try:
            case()
            passed += 1
            print(f"ok      {case.__name__} ({time.monotonic() - started:.1f} s)", flush=True)
        except Exception as e:  # the next case runs all the same
            failed += 1
            print(f"FAILED  {case.__name__}: {type(e).__name__}: {e}", flush=True)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0
