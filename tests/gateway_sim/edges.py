#!/usr/bin/env python3
"""Runs gateway-sim (argv[1]) at its edges: TLS, cut answers, the life of hub connections. Exit 0 = all held."""
import http.client
import json
import pathlib
import socket
import ssl
import subprocess
import sys
import tempfile
import time

import smoke
from smoke import ACCOUNT, MNQ, Hub, Sim, check, user_hub


def tls(binary):
    with tempfile.TemporaryDirectory() as folder:
        cert, key = pathlib.Path(folder, "cert.pem"), pathlib.Path(folder, "key.pem")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost", "-addext",
                        "subjectAltName=DNS:localhost,IP:127.0.0.1", "-out", cert, "-keyout", key], check=True, capture_output=True)
        sim = Sim(binary, "--tls-cert", str(cert), "--tls-key", str(key))
        line = sim.process.stdout.readline()
        check(line.startswith("gateway-sim TLS on 127.0.0.1:"), f"second line: {line!r}")
        port = int(line.rsplit(":", 1)[1])
        sim.login()
        trusting = ssl.create_default_context(cafile=cert)
        link = http.client.HTTPSConnection("localhost", port, timeout=10, context=trusting)
        for _ in range(2):  # one connection, two requests
            link.request("POST", "/api/Position/searchOpen", json.dumps({"accountId": ACCOUNT}), {"Authorization": "Bearer " + sim.token})
            check(json.loads(link.getresponse().read())["positions"] == [], "https")
        try:
            http.client.HTTPSConnection("localhost", port, timeout=10).request("GET", "/api/Status/ping")
            check(False, "a certificate that nobody signed was taken")
        except ssl.SSLError:
            pass
        plain = Hub.dial
        Hub.dial = lambda self, _: trusting.wrap_socket(socket.create_connection(("127.0.0.1", port), timeout=5), server_hostname="localhost")
        try:
            hub = user_hub(sim)
            sim.sim("foreign_fill", contract="MNQ", side="buy", size=1)
            check(hub.event("GatewayUserTrade")[0]["data"]["size"] == 1, "an event over wss")
            hub.event("GatewayUserPosition"), hub.event("GatewayUserAccount")
            sim.sim("drop", hub="user", mode="close_error")
            check(hub.next()["type"] == 7 and hub.closed(), "closed over wss")
            hub = user_hub(sim)
            sim.sim("drop", hub="user")
            check(hub.closed(), "cut over wss")
        finally:
            Hub.dial = plain
        sim.stop()


def broken_answers(sim):
    sim.sim("fault", path="/api/Position/searchOpen", mode="truncate")
    try:
        sim.api("Position/searchOpen", {"accountId": ACCOUNT})
        check(False, "half an answer was taken for a whole one")
    except http.client.IncompleteRead:
        pass
    check(sim.api("Position/searchOpen", {"accountId": ACCOUNT})[1]["success"], "and then all is well")
    began = time.monotonic()
    sim.sim("fault", path="/api/*", mode="error500", **{"for": "400ms"})
    seen = set()
    while time.monotonic() - began < 0.35:
        seen.add(sim.api("Position/searchOpen", {"accountId": ACCOUNT})[0])
    check(500 in seen, "an outage of some time")
    time.sleep(0.2)
    check(sim.api("Position/searchOpen", {"accountId": ACCOUNT})[0] == 200, "the outage is over")


def sessions(sim):
    def switch(**values):
        sim.sim("switch", set=values)
    first = user_hub(sim)
    switch(sessions="refuse_new")
    Hub(sim, "user", expect=409)
    switch(sessions="evict")
    second = user_hub(sim)
    check(first.event("GatewayLogout") and first.closed(), "the older one is evicted")
    switch(sessions="evict_other_tokens")
    market = Hub(sim, "market")
    check(second.quiet(), "another hub with the same token is no rival")
    sim.login()
    Hub(sim, "market")
    check(second.event("GatewayLogout") and second.closed() and market.closed(), "another token is")
    switch(sessions="login_evicts")
    third = user_hub(sim)
    sim.login()
    check(third.event("GatewayLogout") and third.closed(), "a login ends what was before")
    switch(sessions="allow", hub_life="60ms")
    check(Hub(sim, "user").closed(), "a short life")
    switch(hub_life="0")
    check(Hub(sim, "user").quiet(0.3), "a long life")


def ended_tokens(sim):
    for how in ("close", "close_error", "cut", "stay", "mute"):
        sim.sim("switch", set={"token_expiry": how})
        sim.login()
        hub = user_hub(sim)
        sim.sim("expire_tokens")
        if how == "close_error":
            check(hub.next()["type"] == 7, "a close record")
        if how in ("stay", "mute"):
            time.sleep(0.6)
            sim.sim("foreign_fill", contract=MNQ, side="buy", size=1)
            check(hub.quiet(0.5) == (how == "mute"), how)
        else:
            check(hub.closed(), how)
    sim.sim("switch", set={"token_expiry": "stay"})
    sim.login()


def main():
    binary = sys.argv[1]
    sim = Sim(binary)
    sim.login()
    for part in (broken_answers, sessions, ended_tokens):
        part(sim)
    sim.stop()
    tls(binary)
    print(f"edges: {smoke.checks} checks held")


if __name__ == "__main__":
    main()
