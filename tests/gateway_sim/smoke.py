#!/usr/bin/env python3
"""Runs gateway-sim (argv[1]) and talks to it as a client would. Standard library only. Exit 0 = all held."""
import atexit
import base64
import http.client
import json
import os
import re
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

ACCOUNT, MNQ = 126244, "CON.F.US.MNQ.Z26"
checks = 0


def check(condition, what):
    global checks
    checks += 1
    if not condition:
        raise AssertionError(what)


class Sim:
    def __init__(self, binary, *args):
        self.process = subprocess.Popen([binary, "--port", "0", *args], stdout=subprocess.PIPE, text=True)
        atexit.register(self.process.kill)
        line = self.process.stdout.readline()
        found = re.fullmatch(r"gateway-sim listening on 127\.0\.0\.1:(\d+)\n", line)
        check(found, f"start line: {line!r}")
        self.port, self.token = int(found.group(1)), None

    def call(self, method, path, body=None, token=True, timeout=5):
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        headers = {"Content-Type": "application/json"}
        if token and self.token:
            headers["Authorization"] = "Bearer " + (self.token if token is True else token)
        try:
            link.request(method, path, None if body is None else json.dumps(body), headers)
            answer = link.getresponse()
            text = answer.read().decode()
        finally:
            link.close()
        try:
            return answer.status, json.loads(text, parse_float=str)
        except ValueError:
            return answer.status, text

    def api(self, path, body, **kw):
        return self.call("POST", "/api/" + path, body, **kw)

    def sim(self, verb, **body):
        status, answer = self.call("POST", "/sim/" + verb, body)
        check(status == 200, f"/sim/{verb} {body}: {status} {answer}")
        return answer

    def look(self, what):
        return self.call("GET", "/sim/" + what)[1]

    def login(self):
        status, answer = self.api("Auth/loginKey", {"userName": "demo", "apiKey": "demo-key-0001"})
        check(status == 200 and answer["success"], f"login: {answer}")
        self.token = answer["token"]

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        check(self.process.wait(5) == 0, "SIGTERM ends it with 0")


class Hub:
    """A WebSocket client just good enough for SignalR's JSON protocol."""

    def dial(self, sim):
        return socket.create_connection(("127.0.0.1", sim.port), timeout=5)

    def __init__(self, sim, hub, token=None, query="", expect=101, version=1):
        self.socket = self.dial(sim)
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall((f"GET /hubs/{hub}?access_token={token or sim.token}{query} HTTP/1.1\r\nHost: x\r\n"
                             "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                             f"Sec-WebSocket-Key: {key}\r\n\r\n").encode())
        self.bytes, self.records, self.calls, self.pongs = b"", [], 0, 0
        head = self.until(b"\r\n\r\n").decode()
        check(head.startswith(f"HTTP/1.1 {expect}"), f"upgrade of {hub}: {head.splitlines()[0]}")
        if expect == 101:
            self.say({"protocol": "json", "version": version})
            check(self.next() == {}, "handshake answer")

    def until(self, end):
        while end not in self.bytes:
            got = self.socket.recv(65536)
            if not got:
                raise ConnectionError("closed")
            self.bytes += got
        head, self.bytes = self.bytes.split(end, 1)
        return head

    def exactly(self, n):
        while len(self.bytes) < n:
            got = self.socket.recv(65536)
            if not got:
                raise ConnectionError("closed")
            self.bytes += got
        part, self.bytes = self.bytes[:n], self.bytes[n:]
        return part

    def frame(self, opcode, payload):
        mask = os.urandom(4)
        n = len(payload)
        head = bytes([0x80 | opcode]) + (bytes([0x80 | n]) if n < 126 else bytes([0xFE]) + struct.pack(">H", n))
        self.socket.sendall(head + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(payload)))

    def text(self, text):
        self.frame(1, text.encode())

    def say(self, *records):
        self.text("".join(json.dumps(r) + "\x1e" for r in records))

    def message(self):
        whole = b""
        while True:
            first, second = self.exactly(2)
            n = second & 127
            n = struct.unpack(">H", self.exactly(2))[0] if n == 126 else \
                struct.unpack(">Q", self.exactly(8))[0] if n == 127 else n
            payload = self.exactly(n)
            opcode = first & 15
            if opcode == 8:
                raise ConnectionError("close frame")
            if opcode == 10:
                self.pongs += 1
                return b""
            whole += payload
            if first & 0x80:
                return whole

    def next(self, timeout=5):
        self.socket.settimeout(timeout)
        while not self.records:
            text = self.message().decode()
            self.records += [json.loads(part, parse_float=str) for part in text.split("\x1e") if part]
        return self.records.pop(0)

    def event(self, target, timeout=5):
        """The next event; it must be this one."""
        while True:
            record = self.next(timeout)
            if record.get("type") == 1:
                check(record["target"] == target, f"expected {target}, got {record}")
                check("invocationId" not in record, "events carry no invocationId")
                return record["arguments"]

    def invoke(self, target, *arguments):
        self.calls += 1
        self.say({"type": 1, "invocationId": str(self.calls), "target": target, "arguments": list(arguments)})
        while True:
            record = self.next()
            if record.get("type") == 3:
                check(record["invocationId"] == str(self.calls), f"completion {record}")
                return record

    def quiet(self, seconds=0.2):
        try:
            record = self.next(seconds)
        except (socket.timeout, TimeoutError):
            return True
        return record.get("type") == 6

    def closed(self, timeout=5):
        try:
            while True:
                self.next(timeout)
        except (socket.timeout, TimeoutError):
            return False
        except OSError:
            return True


def user_hub(sim):
    hub = Hub(sim, "user")
    for method, arguments in (("SubscribeAccounts", []), ("subscribeorders", [ACCOUNT]),
                              ("SubscribePositions", [ACCOUNT]), ("SUBSCRIBETRADES", [ACCOUNT])):
        check("error" not in hub.invoke(method, *arguments), method)
    return hub


def place(sim, **more):
    body = {"accountId": ACCOUNT, "contractId": MNQ, "type": 2, "side": 0, "size": 1, "limitPrice": None,
            "stopPrice": None, "trailPrice": None, "linkedOrderId": None}
    body.update(more)
    return sim.api("Order/place", body)


def login_and_envelopes(sim):
    check(sim.api("Account/search", {"onlyActiveAccounts": True})[0] == 401, "no token")
    status, answer = sim.api("Auth/loginKey", {"userName": "demo", "apiKey": "wrong"})
    check(status == 200 and not answer["success"] and answer["errorCode"] == 3 and answer["token"] is None, "bad key")
    status, answer = sim.api("Auth/loginKey", {"userName": "demo"})
    check(status == 400 and "apiKey" in answer["errors"], "missing field is a ProblemDetails")
    sim.login()
    parts = sim.token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    check(len(parts) == 3 and abs(claims["exp"] - time.time() - 86400) < 10, f"JWT shape: {claims}")
    check(sim.call("GET", "/api/Status/ping") == (200, "pong"), "ping")
    check(sim.api("Order/nothing", {})[0] == 404 and sim.call("GET", "/api/Order/search")[0] == 405, "404 and 405")
    accounts = sim.api("Account/search", {"onlyActiveAccounts": True})[1]["accounts"]
    check(set(accounts[0]) == {"id", "name", "balance", "canTrade", "isVisible", "simulated"}, "six account fields")
    contracts = sim.api("Contract/search", {"searchText": "mnq", "live": False})[1]["contracts"]
    check([c["id"] for c in contracts] == [MNQ] and contracts[0]["tickSize"] == "0.25", "contract search")
    check(sim.api("Contract/search", {"searchText": "MNQ", "live": True})[1]["contracts"] == [], "no live data")
    token = sim.api("Auth/validate", {})[1]["newToken"]
    check(token and token != sim.token, "validate renews")
    check(sim.api("Position/searchOpen", {"accountId": 1})[1]["errorCode"] == 1, "unknown account")


def market_order(sim):
    hub = user_hub(sim)
    status, answer = place(sim, size=2, customTag="first")
    check(status == 200 and answer["success"] and answer["orderId"] > 2**31, f"place: {answer}")
    orders = [hub.event("GatewayUserOrder")[0] for _ in range(2)]
    check([o["data"]["status"] for o in orders] == [6, 2] and orders[0]["action"] == 1, "order 6 then 2")
    check("limitPrice" not in orders[0]["data"], "hub omits nulls")
    check(re.search(r"\.\d{7}\+00:00$", orders[0]["data"]["updateTimestamp"]), "seven digits")
    trade = hub.event("GatewayUserTrade")[0]
    check(trade["action"] == 0 and "profitAndLoss" not in trade["data"], "opening half-turn has no P&L")
    check(trade["data"]["fees"] == "0.72" and trade["data"]["commissions"] == "0.5", f"costs: {trade}")
    position = hub.event("GatewayUserPosition")[0]
    check(position["action"] == 1 and position["data"]["size"] == 2 and position["data"]["type"] == 1, "position")
    account = hub.event("GatewayUserAccount")[0]
    check(account["data"]["balance"] == "49998.78", f"balance: {account}")
    status, answer = place(sim, customTag="first")
    check(status == 200 and answer["errorCode"] == 2 and answer["orderId"], "duplicate tag is rejected with an id")
    check(hub.event("GatewayUserOrder")[0]["data"]["status"] == 5, "rejected order on the stream")
    sim.sim("price", contract="MNQ", price=20126.25)
    answer = sim.api("Position/closeContract", {"accountId": ACCOUNT, "contractId": MNQ})[1]
    check(answer["success"] and "orderId" not in answer, "closeContract gives no order id")
    orders = [hub.event("GatewayUserOrder")[0]["data"] for _ in range(2)]
    check([o["status"] for o in orders] == [6, 2] and orders[0]["type"] == 2 and "customTag" not in orders[0], "close")
    trade = hub.event("GatewayUserTrade")[0]["data"]
    check(trade["profitAndLoss"] == 5 and trade["price"] == "20126.25", f"closing trade: {trade}")
    position = hub.event("GatewayUserPosition")[0]
    check(position["action"] == 2 and position["data"]["type"] == 0 and position["data"]["size"] == 0, "flat is action 2")
    check(hub.event("GatewayUserAccount")[0]["data"]["balance"] == "50002.56", "balance = sum of it all")
    rows = sim.api("Trade/search", {"accountId": ACCOUNT, "startTimestamp": "2020-01-01T00:00:00Z"})[1]["trades"]
    check(rows[0]["profitAndLoss"] == 5 and rows[1]["profitAndLoss"] is None and "commissions" not in rows[0], "trades")
    view = sim.look("view")["accounts"][0]
    check(view["net_pnl"] == "2.56" and view["realized_gross"] == 5, f"own view: {view}")
    hub.socket.close()


def brackets(sim):
    hub = user_hub(sim)
    sim.sim("price", contract="MNQ", price=20000)
    status, answer = place(sim, type=1, limitPrice=19990.25, stopLossBracket={"ticks": 20, "type": 4})
    check(answer["errorCode"] == 2 and "less than zero" in answer["errorMessage"], f"bracket sign: {answer}")
    hub.event("GatewayUserOrder")
    parent = place(sim, type=1, limitPrice=19990.25, customTag="b", stopLossBracket={"ticks": -20, "type": 4},
                   takeProfitBracket={"ticks": 40, "type": 1})[1]["orderId"]
    states = [(o["id"] - parent, o["status"]) for o in (hub.event("GatewayUserOrder")[0]["data"] for _ in range(3))]
    check(states == [(1, 8), (0, 1), (2, 8)], f"stop 8, entry, target 8: {states}")
    open_ids = [o["id"] for o in sim.api("Order/searchOpen", {"accountId": ACCOUNT})[1]["orders"]]
    check(open_ids == [parent], "searchOpen hides suspended children")
    found = sim.api("Order/v2/query", {"filter": {"accountId": ACCOUNT, "statuses": [8]}, "includeTotalCount": True})[1]
    check([o["parentOrderId"] for o in found["orders"]] == [parent, parent] and found["totalCount"] == 2, "v2/query")
    check(sim.api("Order/v2/query", {"pageSize": 5})[0] == 400, "v2/query without filter")
    sim.sim("price", contract="MNQ", price="19990")
    check(hub.event("GatewayUserOrder")[0]["data"]["filledPrice"] == "19990.25", "entry fills at its limit")
    for target in ("GatewayUserTrade", "GatewayUserPosition", "GatewayUserAccount"):
        hub.event(target)
    children = [hub.event("GatewayUserOrder")[0]["data"] for _ in range(2)]
    check([c["status"] for c in children] == [1, 1] and children[0]["limitPrice"] == "20000.25"
          and children[1]["stopPrice"] == "19985.25" and children[0]["linkedOrderId"] == parent + 1, f"woken: {children}")
    sim.api("Order/modify", {"accountId": ACCOUNT, "orderId": parent + 1, "stopPrice": 19988.5})
    check(hub.event("GatewayUserOrder")[0]["data"]["stopPrice"] == "19988.5", "modified")
    sim.api("Position/closeContract", {"accountId": ACCOUNT, "contractId": MNQ})
    for target in ("GatewayUserOrder",) * 2 + ("GatewayUserTrade", "GatewayUserPosition", "GatewayUserAccount"):
        hub.event(target)
    check(len(sim.api("Order/searchOpen", {"accountId": ACCOUNT})[1]["orders"]) == 2, "the close leaves the brackets")
    for order in (parent + 1, parent + 2):
        check(sim.api("Order/cancel", {"accountId": ACCOUNT, "orderId": order})[1]["success"], "cancel")
        check(hub.event("GatewayUserOrder")[0]["data"]["status"] == 3, "cancelled")
    check(sim.api("Order/cancel", {"accountId": ACCOUNT, "orderId": parent + 1})[1]["errorCode"] == 3, "twice")
    check(sim.api("Order/cancel", {"accountId": ACCOUNT, "orderId": 7})[1]["errorCode"] == 2, "unknown order")
    hub.socket.close()


def other_device(sim):
    hub = user_hub(sim)
    sim.sim("place", contract="MNQ", side="buy", size=3, fill_in=[1, 2])
    seen = [hub.event(t)[0]["data"] for t in ("GatewayUserOrder", "GatewayUserOrder", "GatewayUserTrade",
            "GatewayUserPosition", "GatewayUserAccount", "GatewayUserOrder", "GatewayUserTrade")]
    check([(o["status"], o["fillVolume"]) for o in (seen[0], seen[1], seen[5])] == [(6, 0), (1, 1), (2, 3)], "pieces")
    hub.event("GatewayUserPosition"), hub.event("GatewayUserAccount")
    answer = sim.api("Position/partialCloseContract", {"accountId": ACCOUNT, "contractId": MNQ, "closeSize": 1})
    check(answer[0] == 400, "closeSize is not size")
    answer = sim.api("Position/partialCloseContract", {"accountId": ACCOUNT, "contractId": MNQ, "size": 4})[1]
    check(answer["errorCode"] == 5, "more than there is")
    check(sim.api("Position/partialCloseContract", {"accountId": ACCOUNT, "contractId": MNQ, "size": 1})[1]["success"],
          "partial close")
    for target in ("GatewayUserOrder",) * 2 + ("GatewayUserTrade", "GatewayUserPosition", "GatewayUserAccount"):
        hub.event(target)
    sim.sim("foreign_fill", contract="MNQ", side="sell", size=5)
    hub.event("GatewayUserTrade")
    flipped = hub.event("GatewayUserPosition")[0]["data"]
    check(flipped["type"] == 2 and flipped["size"] == 3, "reversal in one fill")
    hub.event("GatewayUserAccount")
    sim.sim("set_can_trade", can_trade=False)
    check(hub.event("GatewayUserAccount")[0]["data"]["canTrade"] is False, "canTrade")
    answer = place(sim)[1]
    check(answer["errorCode"] == 10 and answer["orderId"], "place while canTrade is false")
    hub.event("GatewayUserOrder")
    sim.sim("set_can_trade", can_trade=True)
    sim.sim("market", contract="MNQ", state="paused")
    answer = sim.api("Position/closeContract", {"accountId": ACCOUNT, "contractId": MNQ})[1]
    check(answer["errorCode"] == 5 and answer["errorMessage"] is None, "close in a pause")
    sim.sim("market", contract="MNQ", state="open")
    sim.sim("close", contract="MNQ")
    trade = sim.look("trades")["trades"][0]["id"]
    before = sim.look("view")["accounts"][0]["balance"]
    sim.sim("void_trade", trade=trade)
    check(sim.look("view")["accounts"][0]["balance"] != before, "a voided trade gives its money back")
    hub.socket.close()


def market_hub(sim):
    hub = Hub(sim, "market", version=0)
    hub.invoke("SubscribeContractQuotes", MNQ)
    hub.invoke("SubscribeContractTrades", MNQ)
    hub.invoke("SubscribeContractMarketDepth", MNQ)
    sim.sim("price", contract=MNQ, price=20101.75)
    contract, quote = hub.event("GatewayQuote")
    check(contract == MNQ and quote["bestBid"] == "20101.5" and quote["bestAsk"] == 20102 and
          quote["symbol"] == "F.US.MNQ" and quote["lastPrice"] == "20101.75", f"quote: {quote}")
    contract, trades = hub.event("GatewayTrade")
    check(isinstance(trades, list) and trades[0]["price"] == "20101.75", f"trade: {trades}")
    contract, levels = hub.event("GatewayDepth")
    check([(row["type"], row["price"]) for row in levels] == [(4, "20101.5"), (3, 20102)], f"depth: {levels}")
    hub.invoke("UnsubscribeContractMarketDepth", MNQ)
    sim.sim("quote", contract="MNQ", bid=20100)
    check("bestAsk" not in hub.event("GatewayQuote")[1], "partial quote")
    sim.sim("flood", contract="MNQ", rate=2000, **{"for": "500ms"})
    for _ in range(1000):
        hub.event("GatewayQuote"), hub.event("GatewayTrade")
    status, bars = sim.api("History/retrieveBars", {
        "contractId": MNQ, "live": False, "startTime": "2020-01-01T00:00:00Z", "endTime": "2100-01-01T00:00:00Z",
        "unit": 1, "unitNumber": 1, "limit": 1, "includePartialBar": True})
    check(bars["bars"][0]["c"] == "20101.75" and len(bars["bars"]) == 1, f"bars: {bars}")
    hub.invoke("UnsubscribeContractQuotes", MNQ, "CON.F.US.MES.Z26")
    sim.sim("quote", contract="MNQ", bid=20100)
    check(hub.quiet(), "unsubscribed")
    hub.socket.close()


def signalr_rules(sim):
    status, answer = sim.call("POST", f"/hubs/user/negotiate?access_token={sim.token}", token=False)
    check(status == 200 and "connectionToken" not in answer and answer["negotiateVersion"] == 0, "negotiate v0")
    status, answer = sim.call("POST", "/hubs/user/negotiate?negotiateVersion=1")
    check(status == 200 and [t["transport"] for t in answer["availableTransports"]] == ["WebSockets"], "negotiate v1")
    hub = Hub(sim, "user", query="&id=" + answer["connectionToken"])
    Hub(sim, "user", query="&id=" + answer["connectionToken"], expect=409)
    Hub(sim, "user", query="&id=unknown", expect=404)
    Hub(sim, "user", token="a.b.c", expect=401)
    check(sim.call("POST", "/hubs/user/negotiate", token=False)[0] == 401, "negotiate without token")
    check(sim.call("HEAD", "/hubs/user/negotiate")[0] == 405, "HEAD negotiate")
    check(hub.invoke("Heartbeat", 1)["error"] == "Unknown hub method 'Heartbeat'", "unknown method")
    check("Failed to invoke" in hub.invoke("SubscribeOrders", str(ACCOUNT))["error"], "account id as text")
    hub.say({"type": 1, "target": "Nonsense", "arguments": []}, {"type": 6})
    hub.text('{"type":1,"invocationId":"77","target":"Subscribe')
    hub.text('Orders","arguments":[126244]}\x1e')
    check(hub.next() == {"type": 3, "invocationId": "77"}, "a record split over two messages")
    hub.frame(9, b"hi")
    hub.message()
    check(hub.pongs == 1, "pong")
    hub.say({"type": 1, "target": "x", "arguments": ["x" * 40000]})
    check(hub.closed(), "more than 32 KB from a client")


def faults(sim):
    path = "/api/Position/searchOpen"
    ask = lambda: sim.api("Position/searchOpen", {"accountId": ACCOUNT}, timeout=1)
    expected = {"html": 200, "empty": 200, "error500": 500, "401": 401, "429": 429}
    for mode, status in expected.items():
        sim.sim("fault", path=path, mode=mode)
        got = ask()
        check(got[0] == status and not isinstance(got[1], dict), f"{mode}: {got}")
    sim.sim("fault", path=path, mode="null_list", count=2)
    check(ask()[1]["positions"] is None and ask()[1]["success"], "null_list")
    sim.sim("fault", path="*", mode="success_false", error_code=5, error_message="no")
    check(ask()[1]["errorCode"] == 5, "success_false")
    for mode in ("timeout", "drop"):
        sim.sim("fault", path=path, mode=mode)
        try:
            ask()
            check(False, mode)
        except (OSError, http.client.HTTPException):
            pass
    sim.sim("fault", path="/api/Order/place", mode="execute_then_drop")
    before = len(sim.look("orders")["orders"])
    try:
        place(sim, customTag="ambiguous")
        check(False, "execute_then_drop")
    except (OSError, http.client.HTTPException):
        pass
    check(len(sim.look("orders")["orders"]) == before + 1, "it was executed all the same")
    sim.sim("close", contract="MNQ")
    sim.sim("fault", path=path, mode="delay", delay_ms=300)
    begin = time.monotonic()
    check(ask()[1]["success"] and time.monotonic() - begin >= 0.29, "delay")
    check([r["fault"] for r in sim.look("requests")["requests"] if "fault" in r][-1] == "delay", "faults are on record")
    logins = [r for r in sim.look("requests")["requests"] if r["path"].endswith("loginKey") and r.get("success")]
    check(logins[-1]["body"]["apiKey"] == "***", "keys are redacted")


def hub_faults(sim):
    hub = user_hub(sim)
    sim.sim("raw", hub="user", text='{"type":1,"target":"GatewayUserTrade","arguments":[NaN]}')
    check(hub.message() == b'{"type":1,"target":"GatewayUserTrade","arguments":[NaN]}\x1e', "raw text")
    sim.sim("raw", hub="user", text="x", append_separator=False, repeat_to_bytes=10_000_000)
    check(len(hub.message()) == 10_000_000, "a 10 MB frame")
    sim.sim("hub_fault", hub="user", event="GatewayUserTrade", mode="lose")
    sim.sim("hub_fault", hub="user", event="GatewayUserPosition", mode="duplicate")
    sim.sim("foreign_fill", contract="MNQ", side="buy", size=1)
    hub.event("GatewayUserPosition"), hub.event("GatewayUserPosition"), hub.event("GatewayUserAccount")
    sim.sim("hub_fault", mode="reorder", count=3)
    sim.sim("foreign_fill", contract="MNQ", side="sell", size=1)
    hub.event("GatewayUserAccount"), hub.event("GatewayUserPosition"), hub.event("GatewayUserTrade")
    sim.sim("drop", hub="user", mode="close_error")
    close = hub.next()
    check(close["type"] == 7 and close["allowReconnect"] and hub.closed(), f"close record: {close}")
    hub = user_hub(sim)
    sim.sim("drop", hub="user")
    check(hub.closed(), "cut")
    hub = user_hub(sim)
    sim.sim("logout_event", hub="user")
    check(hub.event("GatewayLogout") is not None and hub.closed(), "GatewayLogout, then closed")
    hub = user_hub(sim)
    sim.sim("drop", hub="user", mode="stall")
    hub.frame(9, b"anyone?")
    sim.sim("foreign_fill", contract="MNQ", side="buy", size=1)
    check(hub.quiet(0.5) and hub.pongs == 0, "a stalled hub says nothing at all")
    sim.sim("expire_tokens")
    check(sim.api("Account/search", {"onlyActiveAccounts": True})[0] == 401, "expired")
    Hub(sim, "user", expect=401)
    sim.login()
    sim.sim("fault", path="/hubs/market", mode="401")
    Hub(sim, "market", expect=401)


def timers_and_limits(binary):
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        file.write("""
rate_limits: {general: {requests: 5, window: 2s}}
switches: {keep_alive: 300ms, fragment_bytes: 64, client_timeout: 1200ms, retry_after: 2, envelope: bare, schema: lean2025}
token_life: 4s
accounts: [{id: 126244, balance: 1000}]
contracts: [{root: MNQ, month: Z6, price: 100}]
prices: [{contract: MNQ, every: 50ms, steps: [{at: 1s, price: 100}, {at: 3s, price: 110}]}]
trader:
  - {at: 1s, name: entry, do: place, contract: MNQ, side: buy, size: 2, tag: e1}
  - {after: entry, when: price MNQ >= 105, name: out, do: close, contract: MNQ}
  - {after: out + 1s, when: flat, do: log, text: script done}
""")
        file.flush()
        sim = Sim(binary, "--scenario", file.name, "--speed", "5")
        sim.login()
        time.sleep(0.3)
        check(not sim.look("script")["started"], "the script waits for a subscriber")
        hub = user_hub(sim)
        check("action" not in hub.event("GatewayUserOrder")[0], "bare envelope")
        time.sleep(1)
        script = sim.look("script")
        check(script["finished"] and [i["state"] for i in script["items"]] == ["done"] * 3, f"script: {script}")
        view = sim.look("view")["accounts"][0]
        check(float(view["realized_gross"]) >= 20, f"bought at 100, sold at 105 or above: {view}")
        check("commissions" not in [r for r in sim.look("events")["events"] if "UserTrade" in r["text"]][0]["text"],
              "lean schema")
        codes = [sim.api("Account/search", {"onlyActiveAccounts": True})[0] for _ in range(6)]
        check(codes == [200] * 5 + [429], f"rate limit: {codes}")
        while hub.next()["type"] != 6:
            pass
        check(hub.closed(3), "a client that says nothing is dropped")
        time.sleep(3.5)
        check(sim.api("Account/search", {"onlyActiveAccounts": True})[0] == 401, "the token has expired")
        sim.stop()


def bad_usage(binary):
    def run(*args):
        done = subprocess.run([binary, *args], capture_output=True, text=True, timeout=10)
        return done.returncode, done.stdout + done.stderr
    check(run("--version")[0] == 0 and run("--help")[0] == 0, "--version, --help")
    check(run()[0] == 2 and run("--port", "99999")[0] == 2 and run("--prot", "0")[0] == 2, "bad usage is 2")
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        file.write("accounts:\n  - id: 1\n    balanse: 5\n")
        file.flush()
        code, text = run("--port", "0", "--scenario", file.name)
        check(code == 2 and f"{file.name}:3: unknown key 'balanse'" in text and "'balance'" in text
              and text.count("\n") == 1, f"scenario error: {text}")


def main():
    binary = sys.argv[1]
    bad_usage(binary)
    sim = Sim(binary)
    for part in (login_and_envelopes, market_order, brackets, other_device, market_hub, signalr_rules, faults,
                 hub_faults):
        part(sim)
    sim.stop()
    timers_and_limits(binary)
    print(f"smoke: {checks} checks held")


if __name__ == "__main__":
    try:
        main()
    except (AssertionError, OSError, KeyError, ValueError) as error:
        import traceback
        traceback.print_exc()
        print(f"smoke: FAILED after {checks} checks: {error!r}", file=sys.stderr)
        sys.exit(1)
