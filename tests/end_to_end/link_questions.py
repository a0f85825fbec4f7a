"""Open questions of projectx.md section 6 that concern the link, under both answers."""
import subprocess
import time

from link_stage import (ACCOUNT, MNQ, LinkStage, OtherSession, buy, call, closes, elsewhere, ends_flat_and_locked, eventually, fall, flat, holding, holds,
                        hubs_at, other_login, require)


# -- open questions of projectx.md, both answers ----------------------------------

def under(name, switches="", duplicate=False, reorder=False, cents=True):
    with LinkStage(name, venue=f"switches: {{ {switches} }}" if switches else "") as stage:
        sim, service = stage.sim, stage.start()
        if duplicate:
            sim.do("hub_fault", mode="duplicate", count=0)
        if reorder:
            sim.do("hub_fault", hub="user", mode="reorder", count=4)
        buy(sim, 2)
        holds(service, 2)
        sim.do("place", account=ACCOUNT, contract=MNQ, type="limit", side="sell", size=2, limit_price=21000, tag="target-1")
        eventually("the order is seen", lambda: len(service.account()["orders"]) == 1)
        sim.do("drop", hub="user", mode="close_error")
        service.wait_state("active", 60)
        fall(sim)
        ends_flat_and_locked(stage)
        require(len(closes(sim)) == 1, f"one close was to be sent, there were {len(closes(sim))}")
        net = next(a for a in sim.get("/sim/view")["accounts"] if a["id"] == ACCOUNT)["net_pnl"]
        tolerance = 0.005 if cents else 5  # without commissions on the wire only the balance tells them
        eventually(f"realized is the venue's {net}", lambda: abs(float(net) - float(service.account()["pnl"]["realized_day"])) < tolerance, 20)
        elsewhere(sim, 1)
        eventually("an attempt is undone", lambda: flat(sim) and len(closes(sim)) == 2)
        eventually("and counted once", lambda: service.account()["locks"][0]["attempts"] == 1)


def open_questions_bare_envelopes_old_schema_fragments_and_no_reconnect():
    under("bare", "envelope: bare, schema: lean2025, market_trade: object, completion: 'null', fragment_bytes: 16, allow_reconnect: false", cents=False)


def open_questions_partial_quotes_commissions_in_lists_and_delayed_fills():
    under("partial", "quotes: partial, rest_commissions: true, market_fill_delay: 300ms, reply_delay: 100ms, close_cancels_children: true")


def open_questions_averages_and_profits_with_more_decimals_than_anybody_needs():
    under("decimals", "long_decimals: true")


def open_questions_13_a_list_whose_fees_have_the_commissions_in_them():
    under("fees", "rest_fees: with_commissions")


def open_questions_13_commissions_do_not_count_twice_towards_a_limit():
    with LinkStage("feelimit", venue="switches: { rest_fees: with_commissions }", rules="daily_realized_loss: { limit: 6 }") as stage:
        sim, service = stage.sim, stage.start()
        for _ in range(2):
            buy(sim, 2)
            holds(service, 2)
            sim.do("place", account=ACCOUNT, contract=MNQ, type="market", side="sell", size=2)
            holds(service, 0)
        net = next(a for a in sim.get("/sim/view")["accounts"] if a["id"] == ACCOUNT)["net_pnl"]
        realized = lambda: float(service.account()["pnl"]["realized_day"])  # noqa: E731
        eventually("realized as the stream tells it", lambda: abs(realized() - float(net)) < 0.005)
        before = len(sim.requests(ending="/Trade/search"))
        sim.do("drop", hub="user", mode="cut")  # all of it is read again, as a list
        eventually("the list was read", lambda: len(sim.requests(ending="/Trade/search")) > before)
        service.wait_state("active", 60)
        require(abs(realized() - float(net)) < 0.005 and not service.account()["locks"], f"the list made {realized()} of {net}: {service.account()['locks']}")


# -- what cannot be read, and streams that say half ---------------------------------

def unreadable(sim, value="3", field="type"):
    sim.do("hub_fault", hub="user", event="GatewayUserPosition", mode="set", field=field, value=value, count=0)
    sim.do("fault", path="/api/Position/searchOpen", mode="set", field=field, value=value, count=0)


def I8_a_position_whose_row_cannot_be_read_is_closed_in_a_flat_lock():
    with LinkStage("unreadlock") as stage:
        sim, service = stage.sim, stage.start()
        locked = subprocess.run(stage.programs.command("risk-admin", "--socket", service.socket, "lock", ACCOUNT, "--mode", "flat", "--for", "30m", "--reason", "test"),
                                capture_output=True, env=service.env, timeout=60)
        require(locked.returncode == 0, f"no lock: {locked.stderr.decode()}")
        unreadable(sim)
        elsewhere(sim, 3)
        eventually("closed", lambda: flat(sim), 30)
        eventually("read back", lambda: service.account()["enforcement"][-1]["state"] == "done", 60)


def I8_a_position_whose_row_cannot_be_read_is_closed_by_the_fail_safe():
    with LinkStage("unreadsafe", after="10s", action="flatten") as stage:
        sim, service = stage.sim, stage.start()
        unreadable(sim)
        buy(sim, 3)
        eventually("it says what it cannot read", lambda: "type" in service.account()["why"], 20)
        eventually("closed", lambda: flat(sim), 40)
        eventually("read back", lambda: service.account()["enforcement"][-1]["state"] == "done", 60)


def I8_a_position_with_a_nonsensical_average_counts_with_its_size():
    with LinkStage("unreadavg", after="300s") as stage:
        sim, service = stage.sim, stage.start()
        unreadable(sim, "1e300", "averagePrice")
        buy(sim, 7)
        eventually("7 are reduced to 5", lambda: sim.positions() == {MNQ: 5}, 30)
        eventually("and it is not evaluable", lambda: service.account()["state"] == "not_evaluable" and "averagePrice" in service.account()["why"])


def I8_position_events_that_are_lost_while_no_list_can_be_read_are_no_flat_account():
    with LinkStage("lostboth", after="10s", action="flatten") as stage:
        sim, service = stage.sim, stage.start()
        sim.do("hub_fault", hub="user", event="GatewayUserPosition", mode="lose", count=0)
        sim.do("fault", path="/api/Position/searchOpen", mode="error500", count=0)
        buy(sim, 4)
        eventually("it says that it does not know", lambda: service.account()["state"] == "not_evaluable" and "by its trades" in service.account()["why"], 20)
        eventually("closed by what the trades say", lambda: flat(sim), 40)
        sim.do("clear_faults")
        eventually("read back", lambda: service.account()["enforcement"][-1]["state"] == "done", 60)


# -- prices that are older than they look --------------------------------------------

def priced(service):
    eventually("it is priced", lambda: service.account()["positions"][0]["unrealized"] is not None)


def L1_an_old_quote_that_is_sent_again_and_again_is_no_price_of_now():
    with LinkStage("oldquotes") as stage:
        sim, service = stage.sim, stage.start()
        sim.prices.clear()
        buy(sim, 2)
        holds(service, 2)
        sim.do("price", contract=MNQ, price=20125)
        priced(service)
        sim.switch(quotes="stale")
        for _ in range(120):  # as often as the market moves
            sim.do("price", contract=MNQ, price=19000)
            if flat(sim):
                break
            time.sleep(0.5)
        ends_flat_and_locked(stage)
        require(sim.requests(ending="/History/retrieveBars"), "no bar was read")


def I8_bid_and_ask_tell_the_price_where_trades_are_lost():
    with LinkStage("lasttrade", venue="switches: { quotes: partial }") as stage:
        sim, service = stage.sim, stage.start()
        sim.prices.clear()
        buy(sim, 2)
        holds(service, 2)
        sim.do("price", contract=MNQ, price=20125)
        priced(service)
        sim.do("hub_fault", hub="market", event="GatewayTrade", mode="lose", count=0)
        sim.do("fault", path="/api/History/retrieveBars", mode="null_list", count=0)  # nor does a bar tell it
        fall(sim)
        ends_flat_and_locked(stage)


def I8_a_bar_of_three_days_ago_is_no_price_of_now():
    with LinkStage("oldbar", after="300s") as stage:
        sim, service = stage.sim, stage.start()
        sim.prices.clear()
        buy(sim, 1)
        holds(service, 1)
        sim.do("price", contract=MNQ, price=20125)
        priced(service)
        sim.do("fault", path="/api/History/retrieveBars", mode="set", field="t", value='"2020-11-23T10:00:00+00:00"', count=0)
        sim.switch(quotes="frozen")
        eventually("not evaluable", lambda: service.account()["state"] == "not_evaluable" and "stale" in service.account()["why"], 60)
        eventually("and why is an alarm", lambda: any("newest bar" in a and "2020" in a for a in service.alarms()))
        require(service.account()["positions"][0]["mark"] == "20125.00", f"the old bar became the mark: {service.account()['positions']}")


def open_questions_every_event_twice():
    under("twice", duplicate=True)


def open_questions_the_events_of_a_fill_in_reverse():
    under("reverse", reorder=True)


def open_questions_a_snapshot_upon_subscribing_changes_nothing():
    with holding("snapshot", 2) as (stage, sim, service):
        told = [e["text"] for e in sim.get("/sim/events")["events"] if "GatewayUser" in str(e["text"])]
        require(len(told) >= 4, f"the simulator's own log is too short: {told}")
        for turn in range(2):  # as if each subscription began with what is known already
            sim.do("drop", hub="user", mode="cut")
            eventually("subscribed again", lambda: hubs_at(sim).get("user", {}).get("trades") == [ACCOUNT])
            for text in told:
                sim.do("raw", hub="user", text=text if isinstance(text, str) else str(text), append_separator=not str(text).endswith("\x1e"))
            service.wait_state("active", 60)
            holds(service, 2)
        fall(sim)
        ends_flat_and_locked(stage)
        require(len(closes(sim)) == 1, "more than one close")


# -- open questions about sessions, tokens and limits ---------------------------------

def token_ends_on_a_live_hub(how):
    """Without a renewal: the venue ends all tokens at once, in the middle of the day."""
    with holding(f"expiry-{how}", 1, venue=f"switches: {{ token_expiry: {how} }}") as (stage, sim, service):
        eventually("it is priced", lambda: service.account()["positions"][0]["unrealized"] is not None)
        time.sleep(1.2)  # nothing is left to be asked for: only the next audit meets the end of the token
        sim.do("expire_tokens")
        time.sleep(0.6)  # the simulator looks after its connections four times a second
        elsewhere(sim, 6)
        eventually(f"{how}: 7 are reduced to 5", lambda: sim.positions() == {MNQ: 5}, 40)
        eventually(f"{how}: live over new connections", lambda: service.link()["state"] == "live" and set(hubs_at(sim)) == {"user", "market"}, 60)
        fall(sim)
        ends_flat_and_locked(stage)


def L2_tokens_end_and_live_hubs_stay():
    token_ends_on_a_live_hub("stay")


def L2_tokens_end_and_live_hubs_are_closed():
    token_ends_on_a_live_hub("close_error")


def L2_tokens_end_and_live_hubs_fall_silent_but_for_their_pings():
    token_ends_on_a_live_hub("mute")


def L3_a_login_of_our_own_that_evicts_our_own_sessions_is_no_conflict():
    for rule in ("login_evicts", "evict_other_tokens"):
        with holding(f"own-{rule}", 2, venue=f"switches: {{ sessions: {rule} }}") as (stage, sim, service):
            sim.do("fault", path="/hubs/market", mode="401", count=1)
            sim.do("drop", hub="market", mode="cut")  # a hub that refuses the token has a new login made
            eventually(f"{rule}: logged in anew", lambda: len(sim.requests(ending="/Auth/loginKey")) == 2)
            eventually(f"{rule}: live again at once", lambda: service.link()["state"] == "live" and set(hubs_at(sim)) == {"user", "market"}, 20)
            require(not service.told("link", "conflict"), f"{rule}: it took itself for somebody else: {service.told('link')}")
            fall(sim)
            ends_flat_and_locked(stage)


def L3_while_another_session_is_preferred_it_waits_and_guards_over_REST():
    with LinkStage("refuse", venue="switches: { sessions: refuse_new }") as stage:
        sim = stage.sim
        other = OtherSession(sim.port)
        service = stage.start(state="blind")
        elsewhere(sim, 7)
        eventually("guarded over REST", lambda: sim.positions() == {MNQ: 5}, 40)
        eventually("it says what the hub says", lambda: "409" in service.account()["why"] or "market hub" in service.account()["why"])
        require(len(sim.requests(ending="/Auth/loginKey")) == 2, "it logged in again and again")  # the other session has, too
        other.close()
        service.wait_state("active", 90)


def L3_GatewayLogout_is_understood_whatever_it_carries():
    for shape in ("text", "none", "'null'", "wrapped"):
        with LinkStage(f"logout-{shape.strip(chr(39))}", venue=f"switches: {{ logout_arguments: {shape} }}") as stage:
            sim, service = stage.sim, stage.start()
            sim.do("logout_event", hub="market")
            eventually(f"{shape}: a conflict", lambda: service.link()["state"] == "conflict")
            require(not [a for a in service.alarms() if "not understood" in a], "it was taken for nonsense")


def limit_used_up_by_somebody_else(window, refused, key):
    with holding(f"limit-{window}", 2, venue=f"switches: {{ rate_window: {window}, rate_refused: {refused}, rate_key: {key} }}\nrate_limits: {{ general: {{ requests: 60, window: 15s }} }}",
                 broker=", requests_per_minute: 60") as (stage, sim, service):
        token = other_login(sim.port)  # with the same key
        while call(sim.port, "/api/Position/searchOpen", {"accountId": ACCOUNT}, token)[0] == 200:
            pass
        used_up = time.monotonic()
        fall(sim)
        eventually("closed soon after the venue lets anybody in", lambda: flat(sim), 60)
        require(time.monotonic() - used_up < 30, "it came too late")
        ends_flat_and_locked(stage)
        require(len([r for r in closes(sim) if r["status"] == 429]) < 6, "it stormed")


def L4_a_limit_in_a_fixed_window_used_up_by_somebody_else_holds_a_close_up_for_no_longer_than_it_must():
    limit_used_up_by_somebody_else("fixed", "counted", "user")


def L4_a_limit_in_a_sliding_window_used_up_by_somebody_else_holds_a_close_up_for_no_longer_than_it_must():
    limit_used_up_by_somebody_else("sliding", "free", "everyone")


def N17_the_order_of_the_venues_list_does_not_matter():
    for order in ("ascending", "descending"):
        with LinkStage(f"order-{order}", accounts=(1000, ACCOUNT, 900000), watched=(ACCOUNT,), venue=f"switches: {{ account_order: {order} }}") as stage:
            sim, service = stage.sim, stage.start()
            buy(sim, 9, 1000)
            buy(sim, 9, 900000)
            buy(sim, 7)
            eventually("ours is reduced", lambda: sim.positions() == {MNQ: 5})
            require(sim.positions(1000) == {MNQ: 9} and sim.positions(900000) == {MNQ: 9}, "another account was touched")


def a_close_that_was_done_though_the_answer_says_401_is_not_done_twice():
    with holding("401done", 2) as (stage, sim, service):
        sim.do("fault", path="/api/Position/closeContract", mode="execute_then_401", count=1)
        fall(sim)
        ends_flat_and_locked(stage)
        require(len(closes(sim)) == 1, f"{len(closes(sim))} closes")
        for mode in ("execute_then_429", "execute_then_html"):
            sim.do("fault", path="/api/Position/closeContract", mode=mode, count=1)
            before = len(closes(sim))
            elsewhere(sim, 2)
            eventually(f"{mode}: flat", lambda: flat(sim) and len(closes(sim)) > before)
            eventually(f"{mode}: read back", lambda: service.account()["enforcement"][-1]["state"] == "done")
            require(len(closes(sim)) == before + 1, f"{mode}: {len(closes(sim)) - before} closes")


def open_questions_snapshots_upon_subscribing_and_doubled_subscriptions():
    for kind in ("state", "state_and_trades"):
        under(f"snap-{kind}", f"snapshot: {kind}, repeated_subscription: doubles, event_order: random_all, reversal: new_id")


CASES = [open_questions_bare_envelopes_old_schema_fragments_and_no_reconnect, open_questions_partial_quotes_commissions_in_lists_and_delayed_fills,
         open_questions_averages_and_profits_with_more_decimals_than_anybody_needs, open_questions_13_a_list_whose_fees_have_the_commissions_in_them,
         open_questions_13_commissions_do_not_count_twice_towards_a_limit, I8_a_position_whose_row_cannot_be_read_is_closed_in_a_flat_lock,
         I8_a_position_whose_row_cannot_be_read_is_closed_by_the_fail_safe, I8_a_position_with_a_nonsensical_average_counts_with_its_size,
         I8_position_events_that_are_lost_while_no_list_can_be_read_are_no_flat_account, L1_an_old_quote_that_is_sent_again_and_again_is_no_price_of_now,
         I8_bid_and_ask_tell_the_price_where_trades_are_lost, I8_a_bar_of_three_days_ago_is_no_price_of_now,
         open_questions_every_event_twice, open_questions_the_events_of_a_fill_in_reverse, open_questions_a_snapshot_upon_subscribing_changes_nothing,
         L2_tokens_end_and_live_hubs_stay, L2_tokens_end_and_live_hubs_are_closed, L2_tokens_end_and_live_hubs_fall_silent_but_for_their_pings,
         L3_a_login_of_our_own_that_evicts_our_own_sessions_is_no_conflict, L3_while_another_session_is_preferred_it_waits_and_guards_over_REST,
         L3_GatewayLogout_is_understood_whatever_it_carries, L4_a_limit_in_a_fixed_window_used_up_by_somebody_else_holds_a_close_up_for_no_longer_than_it_must,
         L4_a_limit_in_a_sliding_window_used_up_by_somebody_else_holds_a_close_up_for_no_longer_than_it_must, N17_the_order_of_the_venues_list_does_not_matter,
         a_close_that_was_done_though_the_answer_says_401_is_not_done_twice, open_questions_snapshots_upon_subscribing_and_doubled_subscriptions]
