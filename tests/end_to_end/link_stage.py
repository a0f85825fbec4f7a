"""What the scenarios of link.py share: a stage with a configuration of its own, cheap questions, another device, a TLS front."""
import asyncio
import base64
import contextlib
import http.client
import json
import os
import pathlib
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools" / "lib"))
from drive import ACCOUNT, Failed, Service, Stage, wait_for  # noqa: E402

MNQ = "CON.F.US.MNQ.Z26"
CLOSES = ("/Position/closeContract", "/Position/partialCloseContract")
KEY = "demo-key-0001"

CONFIG = """
version: 1
service: {{ data_dir: "${{RM_DEMO_DIR}}", socket: "${{RM_DEMO_SOCKET}}" }}
calendar: {{ timezone: UTC, daily_reset: "${{RM_DEMO_RESET}}" }}
brokers: [{{ id: sim, kind: projectx, api_url: "{api}", user_hub_url: "{user_hub}/hubs/user", market_hub_url: "{market_hub}/hubs/market", user_name: demo, api_key: "${{RM_DEMO_API_KEY}}"{broker} }}]
fail_safe: {{ after: {after}, action: {action} }}
accounts:
{accounts}
"""
RULES = "daily_loss_limit: { limit: 500 }, max_contracts: { limit: 5 }"


def require(truth, what):
    if not truth:
        raise Failed(what)


class LinkStage(Stage):
    """`venue` is added to the simulator's scenario; `broker` to the login's configuration; `front` replaces the simulator's address."""

    def __init__(self, name, venue="", accounts=(ACCOUNT,), watched=None, rules=RULES, after="60s", action="flatten_if_unprotected", broker=""):
        self.notes = pathlib.Path(tempfile.mkdtemp(prefix=f"rm-{name}-in-"))
        scenario = self.notes / "venue.yaml"
        rows = "".join(f"  - {{ id: {a}, balance: 50000 }}\n" for a in accounts)
        scenario.write_text(f"login: {{ user_name: demo, api_key: {KEY} }}\naccounts:\n{rows}contracts:\n  - {{ root: MNQ, month: Z6, price: 20125 }}\nstart: subscribed\n{venue}\n")
        super().__init__(name, scenario=scenario)
        self.config = self.notes / "risk-manager.yaml"
        self.wanted = dict(after=after, action=action, broker=broker,
                           accounts="".join(f"  - {{ id: {a}, broker: sim, rules: {{ {rules} }} }}\n" for a in (watched or accounts)))
        self.point_at(f"http://127.0.0.1:{self.sim.port}")

    def point_at(self, api, hubs=None, broker=None, user_hub=None):
        if broker is not None:
            self.wanted["broker"] = broker
        self.config.write_text(CONFIG.format(api=api, user_hub=user_hub or hubs or api, market_hub=hubs or api, **self.wanted))

    def start(self, state="active", timeout=60):
        self.service = CheapService(self.programs, self.config, self.folder, self.env)
        if state:
            self.service.wait_state(state, timeout)
        return self.service

    def close(self, keep=False):
        super().close(keep)
        for path in self.notes.iterdir():
            path.unlink()
        self.notes.rmdir()


class CheapService(Service):
    """Asks over the local socket itself: many scenarios side by side would start too many programs otherwise."""

    def admin(self, method, *arguments, check=True):
        params = {"limit": 5000} if method == "journal" else {}
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(30)
            s.connect(self.socket)
            s.sendall(json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode() + b"\n")
            text = b""
            while not text.endswith(b"\n"):
                more = s.recv(1 << 20)
                if not more:
                    raise Failed("the service closed the local socket")
                text += more
        answer = json.loads(text)
        if "result" not in answer:
            raise Failed(f"{method}: {answer}")
        return answer["result"]

    def link(self):
        return self.status()["service"]["broker"][0]

    def alarms(self, account=ACCOUNT):
        return [a["what"] for a in self.status()["service"]["alarms"] + self.account(account)["alarms"]]

    def told(self, kind, *words):
        """Journal lines of this kind with all of these words."""
        return [e for e in self.journal() if e["kind"] == kind and all(w in e["text"] for w in words)]


def eventually(what, look, timeout=60.0):
    """Like wait_for, but gentle: many of these wait at once."""
    def slowly():
        seen = look()
        if not seen:
            time.sleep(0.15)
        return seen
    return wait_for(what, slowly, timeout)


def buy(sim, size=2, account=ACCOUNT):
    return sim.do("place", account=account, contract=MNQ, type="market", side="buy", size=size)


def elsewhere(sim, size, side="buy", account=ACCOUNT, **more):
    """A fill by another device."""
    return sim.do("foreign_fill", account=account, contract=MNQ, side=side, size=size, **more)


def sizes(service, account=ACCOUNT):
    return {p["contract"]: p["size"] for p in service.account(account)["positions"]}


def holds(service, size, account=ACCOUNT):
    eventually(f"the service sees {size} contracts", lambda: sizes(service, account) == ({MNQ: size} if size else {}))


@contextlib.contextmanager
def holding(name, size, **more):
    """A stage whose account has bought so many contracts, which the service knows: the stage, its simulator, its service."""
    with LinkStage(name, **more) as stage:
        service = stage.start()
        buy(stage.sim, size)
        holds(service, size)
        yield stage, stage.sim, service


def flat(sim, account=ACCOUNT):
    return not sim.positions(account) and not sim.live_orders(account)


def fall(sim, to=19860):
    for price in (20100, 20000, 19900, to):
        sim.do("price", contract=MNQ, price=price)


def closes(sim):
    return [r for r in sim.requests() if r["path"].endswith(CLOSES)]


def ends_flat_and_locked(stage, timeout=60):
    """The simulator's own books: 0 contracts, no order, never turned."""
    eventually("0 contracts and 0 orders at the venue", lambda: flat(stage.sim), timeout)
    row = stage.service.wait_state("locked", timeout)
    require(row["locks"][0]["rule"] == "daily_loss_limit", f"wrong lock: {row['locks']}")
    eventually("the case is done", lambda: stage.service.account()["enforcement"][-1]["state"] == "done", timeout)
    require(not stage.sim.positions(), "it did not stay flat")


def hubs_at(sim):
    return {c["hub"]: c for c in sim.get("/sim/clients")["clients"] if c["ready"] and not c["ended"]}


LOOSE = "daily_loss_limit: { limit: 100000 }"


def refuse_hubs(sim):
    for hub in ("user", "market"):
        sim.do("fault", path=f"/hubs/{hub}", mode="error500", count=0)


def lose_hubs(stage):
    refuse_hubs(stage.sim)
    stage.sim.do("drop", hub="all", mode="cut")
    stage.service.wait_state("blind", 30)


# -- another device ---------------------------------------------------------------

def call(port, path, body, token=None):
    """One REST call by somebody else: status, and the answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    with contextlib.closing(connection):
        headers = {"Content-Type": "application/json"}
        if token:
            headers["Authorization"] = "Bearer " + token
        connection.request("POST", path, json.dumps(body), headers)
        answer = connection.getresponse()
        text = answer.read().decode()
    return answer.status, json.loads(text) if text else None


def other_login(port):
    return call(port, "/api/Auth/loginKey", {"userName": "demo", "apiKey": KEY})[1]["token"]


class OtherSession:
    """Somebody else's connection to a hub: opened, shaken hands with, and held."""

    def __init__(self, port, hub="user"):
        token = other_login(port)
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=20)
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall((f"GET /hubs/{hub}?access_token={token} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                             f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n").encode())
        head = b""
        while b"\r\n\r\n" not in head:
            head += self.socket.recv(4096)
        require(b" 101 " in head.split(b"\r\n")[0], f"the other session was not let in: {head[:80]}")
        text = b'{"protocol":"json","version":1}\x1e'
        mask = os.urandom(4)
        self.socket.sendall(bytes([0x81, 0x80 | len(text)]) + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(text)))

    def close(self):
        self.socket.close()


# -- fronts: something between the service and the simulator ----------------------

class Authority:
    """A certificate authority of our own, made for one test."""

    def __init__(self, folder, name):
        self.folder, self.name = folder, name
        self.key, self.file = folder / f"{name}.key", folder / f"{name}.pem"
        self.run("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", self.key, "-out", self.file, "-days", "2", "-subj", f"/CN={name}")

    @staticmethod
    def run(*arguments):
        done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, timeout=120)
        require(done.returncode == 0, f"openssl {arguments[0]}: {done.stderr.decode()[-300:]}")

    def issue(self, host):
        stem = self.folder / f"{self.name}-{host}"
        request, extra = stem.with_suffix(".csr"), stem.with_suffix(".ext")
        self.run("req", "-newkey", "rsa:2048", "-nodes", "-keyout", stem.with_suffix(".key"), "-out", request, "-subj", f"/CN={host}")
        extra.write_text(f"subjectAltName=DNS:{host}\n")
        self.run("x509", "-req", "-in", request, "-CA", self.file, "-CAkey", self.key, "-CAcreateserial", "-out", stem.with_suffix(".crt"), "-days", "2", "-extfile", extra)
        return stem.with_suffix(".crt"), stem.with_suffix(".key")


class TlsFront:
    """Ends TLS (where it has a certificate) on a port of its own and passes everything on to the simulator."""

    def __init__(self, port, certificate=None, key=None):
        self.context = None
        if certificate:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(certificate, key)
        self.behind, self.port, self.ready = port, 0, threading.Event()
        self.loop = asyncio.new_event_loop()
        self.loop.set_exception_handler(lambda *_: None)  # refused handshakes are what some tests are about
        threading.Thread(target=self._run, daemon=True).start()
        require(self.ready.wait(20), "the TLS front did not start")

    def _run(self):
        asyncio.set_event_loop(self.loop)
        server = self.loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self.context))
        self.port = server.sockets[0].getsockname()[1]
        self.ready.set()
        self.loop.run_forever()

    async def _serve(self, reader, writer):
        try:
            inner = await asyncio.open_connection("127.0.0.1", self.behind)
            await asyncio.gather(self._pump(reader, inner[1]), self._answer(inner[0], writer))
        except OSError:
            writer.close()

    async def _answer(self, source, sink):
        await self._pump(source, sink)

    @staticmethod
    async def _pump(source, sink):
        try:
            while True:
                data = await source.read(65536)
                if not data:
                    break
                sink.write(data)
                await sink.drain()
        except (OSError, ssl.SSLError):
            pass
        finally:
            with contextlib.suppress(RuntimeError):  # the front itself may be gone by then
                sink.close()

    def close(self):
        self.loop.call_soon_threadsafe(self.loop.stop)


class RefusingFront(TlsFront):
    """Turns the answers to the second subscription of a hub's connection into errors, `left` times: it and each time it is asked for again."""

    def __init__(self, port, left):
        self.left = left
        super().__init__(port)

    async def _answer(self, source, sink):
        try:
            sink.write(await source.readuntil(b"\r\n\r\n"))
            count = 0
            while True:
                head = await source.readexactly(2)
                size = head[1]
                if size >= 126:
                    more = await source.readexactly(2 if size == 126 else 8)
                    size, head = int.from_bytes(more, "big"), head + more
                body = await source.readexactly(size)
                if body.startswith(b'{"type":3,'):
                    count += 1
                    if self.left > 0 and (count == 2 or count > 7):  # 7 were asked for at first
                        self.left -= 1
                        body = body.split(b"\x1e")[0][:-1] + b',"error":"An error on the server."}\x1e' + body.split(b"\x1e", 1)[1]
                        head = bytes([head[0]]) + (bytes([len(body)]) if len(body) < 126 else bytes([126]) + len(body).to_bytes(2, "big"))
                sink.write(head + body)
                await sink.drain()
        except (OSError, EOFError, asyncio.IncompleteReadError):
            sink.close()


# -- many at once -----------------------------------------------------------------

def run_side_by_side(cases, at_once=8):
    """Most of the time the scenarios wait (20 s of silence, a cool-down): they wait together. The last line counts them."""
    wanted = [a for a in sys.argv[1:] if not a.startswith("-")]
    chosen = [c for c in cases if not wanted or any(w in c.__name__ for w in wanted)]
    results = []

    def run(case):
        started = time.monotonic()
        try:
            case()
            print(f"ok      {case.__name__} ({time.monotonic() - started:.1f} s)", flush=True)
            return True
        except Exception as e:  # the other cases run all the same
            print(f"FAILED  {case.__name__} ({time.monotonic() - started:.1f} s): {type(e).__name__}: {e}", flush=True)
            return False

    with ThreadPoolExecutor(at_once) as pool:
        results = list(pool.map(run, chosen))
    print(f"{sum(results)} passed, {len(results) - sum(results)} failed")
    return 0 if results and all(results) else 1
