"""Switches and faults of the simulator that no other scenario turns: each of them with the real service, which must be right under both answers."""
import contextlib
import socket
import time

from link_questions import token_ends_on_a_live_hub, under
from link_stage import (ACCOUNT, LOOSE, MNQ, LinkStage, buy, call, closes, elsewhere, ends_flat_and_locked, eventually, fall, flat, holding, holds, hubs_at,
                        other_login, require)


def net_of(sim):
    return float(next(a for a in sim.get("/sim/view")["accounts"] if a["id"] == ACCOUNT)["net_pnl"])


def realized(service):
    told = service.account()["pnl"]["realized_day"]
    return None if told is None else float(told)


def agrees(sim, service):
    """I5: to the cent, and twice, so that no later list takes it back."""
    for _ in range(2):
        eventually("realized is the venue's", lambda: realized(service) is not None and abs(realized(service) - net_of(sim)) < 0.005, 40)


# -- open questions of projectx.md 6 --------------------------------------------------

def open_questions_1_events_in_an_order_that_changes_from_fill_to_fill():
    for seed in (7, 8):
        under(f"random-{seed}", f"event_order: random, event_seed: {seed}")


def open_questions_9_the_venue_liquidates_by_a_mark_of_its_own():
    for mark in ("last", "bid_ask"):
        with holding(f"mark-{mark}", 2, venue=f"switches: {{ venue_loss_limit: 300, venue_mark: {mark} }}") as (stage, sim, service):
            sim.do("price", contract=MNQ, price=20030)  # 380 and more: beyond the venue's limit, within ours
            eventually("the venue has closed it", lambda: flat(sim))
            holds(service, 0)
            eventually("and says that nobody may trade", lambda: not service.account()["can_trade"])
            agrees(sim, service)
            require(not closes(sim), f"{mark}: a close was sent beside the venue's own: {closes(sim)}")


def open_questions_11_stop_limit_orders_taken_or_refused():
    for answer in ("accept", "reject"):
        with holding(f"stoplimit-{answer}", 2, venue=f"switches: {{ stop_limit: {answer} }}") as (stage, sim, service):
            token = other_login(sim.port)
            order = {"accountId": ACCOUNT, "contractId": MNQ, "type": 3, "side": 1, "size": 2, "stopPrice": 19000, "limitPrice": 18990}
            status, said = call(sim.port, "/api/Order/place", order, token)
            require(status == 200 and said["success"] == (answer == "accept") and said["orderId"], f"{answer}: {said}")
            if answer == "accept":
                eventually("it is seen", lambda: [o["type"] for o in service.account()["orders"]] == ["stop_limit"])
            fall(sim)
            ends_flat_and_locked(stage)
            require(len(closes(sim)) == 1, f"{answer}: one close was to be sent, there were {len(closes(sim))}")
            require(service.account()["locks"][0]["attempts"] == 0, "what stood before the lock is no attempt")


def open_questions_14_tokens_end_and_live_hubs_are_closed_without_an_error():
    token_ends_on_a_live_hub("close")


def open_questions_14_tokens_end_and_live_hubs_are_cut():
    token_ends_on_a_live_hub("cut")


# -- what lists, prices and limits may be like -----------------------------------------

def I5_trades_that_the_list_shows_late():
    with holding("tradelag", 3, venue="switches: { trade_list_lag: 6s }", rules=LOOSE) as (stage, sim, service):
        sim.do("price", contract=MNQ, price=20100)
        elsewhere(sim, 1, side="sell")
        holds(service, 2)
        sim.do("hub_fault", hub="user", mode="lose", count=0)
        elsewhere(sim, 1, side="sell")  # only lists can tell of it, and the trades' one late
        sim.do("drop", hub="user", mode="cut")
        sim.do("clear_faults")
        service.wait_state("active", 60)
        holds(service, 1)
        agrees(sim, service)


def I5_a_voided_trade_counts_no_more():
    with holding("void", 2, rules=LOOSE) as (stage, sim, service):
        sim.do("price", contract=MNQ, price=20100)
        elsewhere(sim, 2, side="sell")
        holds(service, 0)
        agrees(sim, service)
        before = realized(service)
        trade = max(t["id"] for t in sim.get(f"/sim/trades?account={ACCOUNT}")["trades"])
        sim.do("void_trade", trade=trade)
        eventually("the loss has gone", lambda: realized(service) > before + 50)
        agrees(sim, service)


def I5_fills_worse_than_the_price():
    under("slip", "slippage_ticks: 12")


def partial_closes_whichever_field_the_venue_reads():
    for field in ("strict", "compat"):
        with LinkStage(f"field-{field}", venue=f"switches: {{ partial_close_field: {field} }}") as stage:
            sim = stage.sim
            stage.start()
            elsewhere(sim, 7)
            eventually("7 are reduced to 5", lambda: sim.positions() == {MNQ: 5})
            require([r["body"].get("size") for r in closes(sim)] == [2], f"{field}: {closes(sim)}")


def N16_a_date_header_that_is_an_hour_wrong_is_said_and_nothing_is_unguarded():
    for which in ("date_ahead", "date_behind"):
        with LinkStage(which, venue=f"switches: {{ {which}: 3600s }}") as stage:
            sim, service = stage.sim, stage.start()
            eventually(f"{which}: both clocks are shown", lambda: [a for a in service.alarms() if "PC's clock says" in a])
            buy(sim, 2)
            holds(service, 2)
            fall(sim)
            ends_flat_and_locked(stage)


def small_messages_are_enough_for_the_hubs():
    """What the service sends to a hub is small: a venue that takes no more than 300 bytes at once takes all of it."""
    with holding("inbound", 2, venue="switches: { inbound_limit: 300 }") as (stage, sim, service):
        fall(sim)
        ends_flat_and_locked(stage)
        require(service.link()["state"] == "live" and len(service.told("link", "live")) == 1, f"the link was down: {service.told('link')}")


# -- connections ------------------------------------------------------------------------

def half_open(port):
    """Upgraded, and then not a word: no handshake."""
    s = socket.create_connection(("127.0.0.1", port), timeout=20)
    s.sendall((f"GET /hubs/user?access_token={other_login(port)} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
               "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n").encode())
    return s


def a_hub_that_hardly_waits_for_the_handshake():
    with LinkStage("shake", venue="switches: { handshake_timeout: 1s }") as stage:
        sim, service = stage.sim, stage.start()
        with contextlib.closing(half_open(sim.port)) as s:
            heard = b""
            while b"\x88" not in heard.partition(b"\r\n\r\n")[2]:  # its close frame: the venue has had enough
                more = s.recv(4096)
                require(more, f"cut without a word: {heard}")
                heard += more
        service.wait_state("active")
        require(len(service.told("link", "live")) == 1, f"ours was thrown out, too: {service.told('link')}")


def L1_hub_connections_that_end_every_few_seconds():
    with LinkStage("hublife", venue="switches: { hub_life: 3s }") as stage:
        sim, service = stage.sim, stage.start()
        buy(sim, 2)
        eventually("it is known", lambda: [p["size"] for p in service.account()["positions"]] == [2])
        time.sleep(7)  # two lives
        fall(sim)
        eventually("flat", lambda: flat(sim), 60)
        eventually("locked", lambda: [x["rule"] for x in service.account()["locks"]] == ["daily_loss_limit"])
        require(len(sim.requests(ending="/Auth/loginKey")) <= 2, "a connection that ends is no reason to log in again")


def L3_hub_connections_that_end_at_once_are_not_stormed():
    with LinkStage("hubshort", venue="switches: { hub_life: 60ms }") as stage:
        sim = stage.sim
        stage.start(state=None)
        time.sleep(10)
        clients = len(sim.get("/sim/clients")["clients"])
        require(clients < 40, f"{clients} hub connections within 10 s")
        elsewhere(sim, 7)
        eventually("guarded all the same", lambda: sim.positions() == {MNQ: 5}, 60)
        require(len(sim.requests(ending="/Auth/loginKey")) <= 3, "it logged in again and again")


def open_questions_10_a_venue_that_sends_no_pings():
    """Silence is no proof of life: both hubs count as down after 20 s of it, and are connected anew, again and again."""
    with LinkStage("nopings", venue="switches: { keep_alive: 0s }") as stage:
        sim, service = stage.sim, stage.start()
        sim.prices.clear()
        eventually("it has been blind, and is live again", lambda: len(service.told("link", "live")) >= 3, 90)
        elsewhere(sim, 7)
        eventually("guarded all the same", lambda: sim.positions() == {MNQ: 5}, 40)
        require(len(sim.requests(ending="/Auth/loginKey")) == 1, "silence is no reason to log in again")


def open_questions_10_a_venue_that_waits_for_our_pings_no_longer_than_it_must():
    with LinkStage("ourpings", venue="switches: { client_timeout: 17s }") as stage:
        sim, service = stage.sim, stage.start()
        sim.prices.clear()
        time.sleep(40)  # twice as long as it would wait
        require(len(service.told("link", "live")) == 1 and service.link()["state"] == "live", f"it was thrown out: {service.told('link')}")
        buy(sim, 7)
        eventually("7 are reduced to 5", lambda: sim.positions() == {MNQ: 5})


def L3_a_logout_event_whose_connection_is_closed():
    with LinkStage("logoutclose") as stage:
        sim, service = stage.sim, stage.start()
        sim.do("logout_event", hub="user", close=True)
        eventually("a conflict", lambda: service.link()["state"] == "conflict")
        elsewhere(sim, 7)
        eventually("guarded over REST meanwhile", lambda: sim.positions() == {MNQ: 5}, 40)
        require(not [c for c in hubs_at(sim).values() if c["hub"] == "user"], "it fought for its session")


# -- answers ----------------------------------------------------------------------------

def F5_a_close_that_is_done_long_before_its_answer():
    with holding("latedone", 2) as (stage, sim, service):
        sim.do("fault", path="/api/Position/closeContract", mode="execute_then_delay", delay_ms=6000)
        fall(sim)
        ends_flat_and_locked(stage)
        require(len(closes(sim)) == 1, f"sent {len(closes(sim))} times")


def F5_a_close_that_the_venue_calls_malformed():
    with holding("malformed", 2) as (stage, sim, service):
        sim.do("fault", path="/api/Position/closeContract", mode="400")
        fall(sim)
        ends_flat_and_locked(stage)
        require(len(closes(sim)) == 2, f"sent {len(closes(sim))} times")


def I8_rows_and_events_that_lack_a_member():
    """Of an order, of a position: what is left is not enough to know, and the account says so until it is there again."""
    for event, path, field in (("GatewayUserOrder", "/api/Order/*", "side"), ("GatewayUserPosition", "/api/Position/searchOpen", "size")):
        with LinkStage(f"lacks-{field}", after="300s", rules=LOOSE) as stage:
            sim, service = stage.sim, stage.start()
            sim.do("hub_fault", hub="user", event=event, mode="remove", field=field, count=0)
            sim.do("fault", path=path, mode="remove", field=field, count=0)
            sim.do("place", account=ACCOUNT, contract=MNQ, type="limit", side="buy", size=1, limit_price=19000)
            buy(sim, 1)
            eventually(f"{field} is missed", lambda: service.account()["state"] == "not_evaluable" and field in service.account()["why"])
            sim.do("clear_faults")
            service.wait_state("active", 60)
            require([p["size"] for p in service.account()["positions"]] == [1] and len(service.account()["orders"]) == 1, "not all is known again")


# -- orders that cannot be read ------------------------------------------------------------

def unreadable_orders(sim, field, value):
    sim.do("hub_fault", hub="user", event="GatewayUserOrder", mode="set", field=field, value=value, count=0)
    for path in ("/api/Order/searchOpen", "/api/Order/v2/query", "/api/Order/search"):
        sim.do("fault", path=path, mode="set", field=field, value=value, count=0)


def I8_an_order_that_cannot_be_read_is_cancelled_by_its_number_in_a_flat_lock():
    """It rests at the venue until somebody cancels it: the simulator's own books say whether it is gone."""
    for number, (field, value) in enumerate((("side", "7"), ("size", "-3"), ("size", "1e300"), ("status", '"what"'), ("contractId", "null"))):
        with holding(f"badorder-{number}", 2) as (stage, sim, service):
            fall(sim)
            ends_flat_and_locked(stage)
            unreadable_orders(sim, field, value)
            sim.do("place", account=ACCOUNT, contract=MNQ, type="limit", side="buy", size=2, limit_price=15000)
            eventually(f"{field}={value}: cancelled", lambda: flat(sim), 40)
            eventually("it says what it could not read", lambda: service.told("alarm", "not understood", field))
            eventually("and counted", lambda: service.account()["locks"][0]["attempts"] == 1)
            eventually("read back", lambda: service.account()["enforcement"][-1]["state"] == "done", 60)


CASES = [value for name, value in list(globals().items())
         if callable(value) and getattr(value, "__module__", "") == __name__ and name.startswith(("open_questions_", "I5_", "I8_", "L1_", "L3_", "F5_", "N16_", "partial_", "small_", "a_hub_"))]
