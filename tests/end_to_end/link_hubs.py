"""Streams that stall, break, lose and repeat; accounts that nobody can judge meanwhile; orders and accounts that are not ours."""
import signal
import time

from link_stage import (ACCOUNT, LOOSE, MNQ, LinkStage, OtherSession, RefusingFront, buy, call, closes, elsewhere, ends_flat_and_locked, eventually, fall, flat,
                        holding, holds, hubs_at, lose_hubs, other_login, refuse_hubs, require, sizes)


# -- hubs -------------------------------------------------------------------------

def L1_a_stalled_stream_is_audited_past_and_counts_as_down_after_20_s():
    with holding("l1", 1) as (stage, sim, service):
        sim.do("drop", hub="user", mode="stall")
        stalled = time.monotonic()
        elsewhere(sim, 6)
        eventually("the audit finds 7 contracts and reduces them to 5", lambda: sim.positions() == {MNQ: 5}, 30)
        require(time.monotonic() - stalled < 19 or service.told("link", "silent"), "it was not the audit")
        eventually("the stall is noticed", lambda: service.told("link", "silent"), 60)
        service.wait_state("active", 60)
        fall(sim)
        ends_flat_and_locked(stage)


def L1_a_stall_while_flat_hides_nothing_for_long():
    with LinkStage("l1b") as stage:
        sim, service = stage.sim, stage.start()
        sim.do("drop", hub="all", mode="stall")
        elsewhere(sim, 7)
        sim.do("place", account=ACCOUNT, contract=MNQ, type="limit", side="buy", size=1, limit_price=19500, tag="rest-1")
        eventually("what happened in the silence is found and reduced", lambda: sim.positions() == {MNQ: 5} and not sim.live_orders(), 90)
        eventually("how long it was blind, and that a position was open, is in the journal", lambda: service.told("link", "blind for", "a position was open"), 90)


def L2_a_token_is_renewed_at_80_percent_and_the_hubs_go_over_to_it():
    with holding("l2", 2, venue="token_life: 10s") as (stage, sim, service):
        first = {h: c["connection"] for h, c in hubs_at(sim).items()}
        eventually("validated twice", lambda: len(sim.requests(ending="/Auth/validate")) >= 2, 60)
        require(len(sim.requests(ending="/Auth/loginKey")) == 1, "validate was to do, not a new login")
        eventually("both hubs are new connections", lambda: set(hubs_at(sim)) == {"user", "market"} and all(hubs_at(sim)[h]["connection"] != first[h] for h in first))
        service.wait_state("active", 30)
        fall(sim)
        ends_flat_and_locked(stage)


def L2_where_validate_fails_a_login_takes_its_place():
    with LinkStage("l2b", venue="token_life: 8s") as stage:
        sim, service = stage.sim, stage.start()
        sim.do("fault", path="/api/Auth/validate", mode="success_false", error_code=3, count=0)
        first = {h: c["connection"] for h, c in hubs_at(sim).items()}
        eventually("a second login", lambda: len(sim.requests(ending="/Auth/loginKey")) >= 2, 60)
        eventually("the hubs took the new token", lambda: set(hubs_at(sim)) == {"user", "market"} and all(hubs_at(sim)[h]["connection"] != first[h] for h in first))
        service.wait_state("active", 30)
        buy(sim, 2)
        holds(service, 2)
        fall(sim)
        ends_flat_and_locked(stage)


def L2_a_renewal_that_fails_altogether_does_not_make_a_live_link_blind():
    with LinkStage("l2c", venue="token_life: 30s") as stage:
        sim, service = stage.sim, stage.start()
        sim.do("fault", path="/api/Auth/*", mode="error500", count=3)
        eventually("the failed renewal is an alarm", lambda: any("login: HTTP 500" in a for a in service.alarms()), 60)
        require(service.link()["state"] == "live", f"the old token serves, but the link is {service.link()}")
        eventually("and over once it worked", lambda: not any("login" in a for a in service.alarms()), 60)
        service.wait_state("active", 30)


def L2_all_tokens_end_at_once_and_the_close_gets_through():
    with holding("l2d", 2) as (stage, sim, service):
        logins = len(sim.requests(ending="/Auth/loginKey"))
        sim.do("expire_tokens")
        fall(sim)
        ends_flat_and_locked(stage)
        require(len([r for r in closes(sim) if r.get("success")]) == 1, f"one close was to be carried out: {closes(sim)}")
        require(len(sim.requests(ending="/Auth/loginKey")) - logins <= 2, "one login at a time")
        service.wait_state("locked")
        eventually("the hubs are back with the new token", lambda: set(hubs_at(sim)) == {"user", "market"} and service.link()["state"] == "live")


def L3_another_session_takes_over_and_is_not_fought():
    with holding("l3", 1, venue="switches: { sessions: evict }") as (stage, sim, service):
        other = OtherSession(sim.port)
        eventually("the conflict is said", lambda: service.link()["state"] == "conflict" and any("another session" in a for a in service.alarms()))
        since, requests = time.monotonic(), len(sim.requests())
        elsewhere(sim, 6)
        eventually("guarded over REST meanwhile", lambda: sim.positions() == {MNQ: 5}, 30)
        if time.monotonic() - since < 28:
            require(hubs_at(sim)["user"]["user"] == "demo" and len(hubs_at(sim)) == 1, f"it came back during the cool-down: {hubs_at(sim)}")
            require(service.link()["state"] == "conflict", "the state is lost")
        require(len(sim.requests()) > requests, "nothing was read")
        fall(sim)
        ends_flat_and_locked(stage)
        other.close()
        eventually("after the cool-down it is live again", lambda: service.link()["state"] == "live", 90)
        require(time.monotonic() - since > 25, "it did not wait")


def L3_a_logout_event_without_a_close_is_a_conflict_too():
    with LinkStage("l3b") as stage:
        sim, service = stage.sim, stage.start()
        sim.do("logout_event", hub="user", close=False)
        eventually("the conflict is said", lambda: service.link()["state"] == "conflict")
        elsewhere(sim, 7)
        eventually("guarded over REST meanwhile", lambda: sim.positions() == {MNQ: 5}, 30)
        require(service.told("link", "conflict"), "not in the journal")


def L7_after_a_reconnect_everything_is_subscribed_and_read_again():
    with holding("l7", 1, venue="switches: { allow_reconnect: false }") as (stage, sim, service):
        wanted = lambda: {h: {k: c[k] for k in ("accounts", "orders", "positions", "trades", "quotes", "market_trades")} for h, c in hubs_at(sim).items()}
        eventually("the contract's quotes are subscribed", lambda: wanted()["market"]["quotes"] == [MNQ])
        before = wanted()
        size = 1
        for mode in ("cut", "close", "close_error"):
            sim.do("drop", hub="all", mode=mode)
            elsewhere(sim, 1)  # in the gap, or just after it
            size += 1
            holds(service, size)
            eventually(f"{mode}: subscribed as before", lambda: wanted() == before)
            service.wait_state("active", 60)
        require(len([t for t in sim.rows("trades")]) == 4, "the scenario is wrong")
        fall(sim)
        ends_flat_and_locked(stage)


def L7_a_subscription_that_is_refused_makes_its_account_blind_until_it_is_granted():
    with LinkStage("refused", accounts=(ACCOUNT, 200001)) as stage:
        front = RefusingFront(stage.sim.port, left=4)  # of the user hub's 7 subscriptions the orders of the first account
        stage.point_at(f"http://127.0.0.1:{stage.sim.port}", user_hub=f"http://127.0.0.1:{front.port}")
        sim, service = stage.sim, stage.start(state="blind")
        eventually("it is said", lambda: any(f"SubscribeOrders({ACCOUNT}) was refused" in a for a in service.alarms()))
        service.wait_state("active", 30, 200001)
        require(service.account()["state"] == "blind" and "SubscribeOrders" in service.account()["why"], f"not blind: {service.account()}")
        sim.do("place", account=ACCOUNT, contract=MNQ, type="limit", side="buy", size=9, limit_price=19000, tag="unseen")
        eventually("an order that no event tells of is found and cancelled", lambda: not sim.live_orders(), 30)
        service.wait_state("active", 60)
        require(front.left == 0, "it was not asked for again")
        eventually("the alarm is over", lambda: not any("was refused" in a for a in service.alarms()))
        require(len(hubs_at(sim)) == 2, "the hub was given up for it")
        front.close()


def L8_a_late_event_does_not_outlive_the_venues_own_list():
    with LinkStage("l8") as stage:
        sim, service = stage.sim, stage.start()
        sim.do("hub_fault", hub="user", event="GatewayUserPosition", mode="delay", count=1, delay_ms=6000)
        buy(sim, 2)  # its position event is held back
        sim.do("drop", hub="user", mode="cut")
        buy(sim, 3)
        holds(service, 5)
        time.sleep(6.5)  # the old event (2 contracts) comes over the new connection now
        holds(service, 5)
        buy(sim, 2)
        eventually("7 are reduced to 5 all the same", lambda: sim.positions() == {MNQ: 5})


def blind_from_the_start_it_guards_over_REST_N16():
    with LinkStage("n16", venue=f"positions:\n  - {{ account: {ACCOUNT}, contract: MNQ, size: 7, average_price: 20120 }}") as stage:
        refuse_hubs(stage.sim)
        service = stage.start(state="blind")
        eventually("the position that was open before is reduced", lambda: stage.sim.positions() == {MNQ: 5}, 40)
        require(service.account()["state"] == "blind" and service.account()["why"], "it must say that it is blind")
        eventually("the alarm stands", lambda: any("a position is open and cannot be judged" in a for a in service.alarms()))


def N16_what_was_open_before_the_start_is_known_and_judged():
    with LinkStage("n16b", venue=f"positions:\n  - {{ account: {ACCOUNT}, contract: MNQ, size: -2, average_price: 20120 }}") as stage:
        sim = stage.sim
        sim.do("place", account=ACCOUNT, contract=MNQ, type="stop", side="buy", size=2, stop_price=21000, tag="stop-1")
        service = stage.start()
        require(sizes(service) == {MNQ: -2} and len(service.account()["orders"]) == 1, "not known after the start")
        for price in (20200, 20300, 20400):
            sim.do("price", contract=MNQ, price=price)
        ends_flat_and_locked(stage)


def a_breach_by_price_during_an_outage_is_enforced_with_marks_from_bars():
    with LinkStage("bars") as stage:
        sim, service = stage.sim, stage.start()
        lose_hubs(stage)
        elsewhere(sim, 2)
        holds(service, 2)
        fall(sim)
        ends_flat_and_locked(stage)
        require(sim.requests(ending="/History/retrieveBars"), "no bar was read")
        require(service.told("link", "blind", "user hub"), "the outage is not in the journal")


def a_loss_taken_elsewhere_during_an_outage_locks():
    with LinkStage("taken") as stage:
        sim, service = stage.sim, stage.start()
        lose_hubs(stage)
        elsewhere(sim, 2)
        fall(sim)
        elsewhere(sim, 2, side="sell")
        service.wait_state("locked", 40)
        require(service.account()["locks"][0]["rule"] == "daily_loss_limit", "wrong lock")
        elsewhere(sim, 1)
        eventually("the lock is guarded over REST", lambda: len(closes(sim)) == 1 and flat(sim), 40)
        sim.do("clear_faults")
        eventually("live again, and the journal says for how long it was not", lambda: service.told("link", "live", "blind for"), 90)


def events_that_are_lost_are_found_by_the_audit_journalled_and_alarmed():
    with holding("lost", 1) as (stage, sim, service):
        sim.do("hub_fault", hub="user", mode="lose", count=0)
        elsewhere(sim, 6)
        eventually("the audit finds 7 contracts and reduces them to 5", lambda: sim.positions() == {MNQ: 5}, 40)
        require(service.told("reconcile", MNQ), "the difference is not in the journal")
        require(service.told("alarm", "the stream did not tell"), "the difference is no alarm")


def an_event_told_by_halves_is_read_within_seconds():
    with LinkStage("halves") as stage:
        sim, service = stage.sim, stage.start()
        sim.do("hub_fault", hub="user", event="GatewayUserTrade", mode="lose", count=1)
        buy(sim, 2)
        eventually("the trade is read", lambda: service.told("fill", "from the venue's list"), 20)
        fall(sim)
        ends_flat_and_locked(stage)


# -- whose account, whose orders --------------------------------------------------

def B3_orders_of_another_device_are_guarded_like_any_other():
    with LinkStage("b3") as stage:
        sim, service = stage.sim, stage.start()
        token = other_login(sim.port)
        place = lambda **order: call(sim.port, "/api/Order/place", {"accountId": ACCOUNT, "contractId": MNQ, **order}, token)
        require(place(type=2, side=0, size=7)[1]["success"], "the other device could not trade")
        eventually("7 are reduced to 5", lambda: sim.positions() == {MNQ: 5})
        require(place(type=1, side=0, size=1, limitPrice=19000)[1]["success"], "no order")
        eventually("an order that would exceed it is cancelled", lambda: not sim.live_orders())
        fall(sim)
        ends_flat_and_locked(stage)
        done = len(closes(sim))
        require(place(type=2, side=1, size=2)[1]["success"], "no order")
        eventually("a fill during the lock is closed", lambda: flat(sim) and len(closes(sim)) > done)
        require(service.account()["locks"][0]["attempts"] == 1, f"one attempt: {service.account()['locks']}")


def N17_only_the_configured_account_is_touched_wherever_it_stands_in_the_list():
    others = (1000, 900000)
    with LinkStage("n17", accounts=(1000, ACCOUNT, 900000), watched=(ACCOUNT,)) as stage:
        sim, service = stage.sim, stage.start()
        for account in others:
            buy(sim, 9, account)
            sim.do("place", account=account, contract=MNQ, type="limit", side="buy", size=9, limit_price=19000, tag=f"rest-{account}")
        buy(sim, 2)
        holds(service, 2)
        fall(sim)
        ends_flat_and_locked(stage)
        for account in others:
            require(sim.positions(account) == {MNQ: 9} and len(sim.live_orders(account)) == 1, f"account {account} was touched")
        touched = [r for r in sim.requests() if isinstance(r["body"], dict) and r["body"].get("accountId") in others]
        require(not touched, f"requests for accounts that are not ours: {touched[:3]}")


def B5_an_account_that_has_no_rules_is_said():
    with LinkStage("b5", accounts=(ACCOUNT, 200001), watched=(ACCOUNT,)) as stage:
        service = stage.start()
        eventually("the account without rules is named", lambda: any("no rule guards" in a and "200001" in a for a in service.alarms()))
        require(not any("no rule guards" in a and str(ACCOUNT) in a for a in service.alarms()), "a guarded one is named, too")
    with LinkStage("b5-all", accounts=(ACCOUNT, 200001), watched=(ACCOUNT, 200001)) as stage:
        service = stage.start(state=None)
        for account in (ACCOUNT, 200001):
            service.wait_state("active", 90, account)
        eventually("nothing is said of accounts that are guarded", lambda: not any("no rule guards" in a for a in service.alarms()))


def B5_an_account_that_is_taken_out_of_the_configuration_is_said_and_one_that_was_a_mistake_is_forgotten():
    with LinkStage("b5-out", accounts=(ACCOUNT, 200001), watched=(ACCOUNT, 200001, 999)) as stage:
        service = stage.start(state=None)
        service.wait_state("active", 90, ACCOUNT)
        eventually("the mistake is said", lambda: any("999" in a and "does not list" in a for a in service.alarms()))
        stage.wanted["accounts"] = "".join(row for row in stage.wanted["accounts"].splitlines(True) if str(ACCOUNT) in row)
        stage.point_at(f"http://127.0.0.1:{stage.sim.port}")
        service.process.send_signal(signal.SIGHUP)
        eventually("the account without rules is named", lambda: any("no rule guards" in a and "200001" in a for a in service.alarms()))
        require(not any("999" in a for a in service.alarms()), f"an account that is not there any more is still an alarm: {service.alarms()}")
        service.wait_state("active", 90, ACCOUNT)


def several_accounts_share_30_percent_of_the_budget_for_audits():
    mine = tuple(range(200001, 200013))
    with LinkStage("many", accounts=mine, rules=LOOSE) as stage:
        sim = stage.sim
        service = stage.start(state=None)
        for account in mine:
            service.wait_state("active", 90, account)
            buy(sim, 1, account)
        # First each account learns by two whole readings from where on its balance is held against its trades; they count in the budget too.
        eventually("all balances are known", lambda: sum("from here on it is held" in e["text"] for e in service.journal()) == len(mine), 60)
        since = sim.requests()[-1]["seq"]
        eventually("audits go on", lambda: len(sim.requests(since, "/Position/searchOpen")) > len(sim.requests(since, "/Trade/search")), 70)
        since = sim.requests()[-1]["seq"]
        time.sleep(35)
        audits = [r for r in sim.requests(since) if r["path"].endswith(("/Position/searchOpen", "/Order/v2/query"))]
        whole = len(sim.requests(since, "/Trade/search"))  # readings of everything are no audits: balances moved, two minutes went by
        require(12 <= len(audits) - 2 * whole <= 60, f"{len(audits) - 2 * whole} audit requests in 35 s (and {whole} whole readings); 30 % of 200 are 60")
        require({r["body"].get("accountId", r["body"].get("filter", {}).get("accountId")) for r in audits} == set(mine), "an account was left out")
        require(not [r for r in sim.requests() if r["status"] == 429], "the venue's limit was passed")
        require(service.link()["requests_left"] >= 20, "nothing is left for closing")


def an_account_that_cannot_be_read_does_not_make_the_others_blind():
    with LinkStage("sick", accounts=(ACCOUNT, 200001), watched=(ACCOUNT, 999)) as stage:
        service = stage.start()
        row = eventually("the sick one says why", lambda: (lambda r: r if r["state"] in ("blind", "not_evaluable") and "list" in r["why"] else None)(service.account(999)))
        buy(stage.sim, 2)
        holds(service, 2)
        fall(stage.sim)
        ends_flat_and_locked(stage)
        require(service.account(999)["state"] in ("blind", "not_evaluable"), f"{row}")


# -- nobody can judge -------------------------------------------------------------

def fail_safe(name, action, stop, outcome):
    with LinkStage(name, rules=LOOSE, after="8s", action=action) as stage:
        sim, service = stage.sim, stage.start()
        buy(sim, 2)
        if stop:
            sim.do("place", account=ACCOUNT, contract=MNQ, type="stop", side="sell", size=stop, stop_price=19000, tag="stop-1")
        holds(service, 2)
        eventually("the stop is seen", lambda: len(service.account()["orders"]) == (1 if stop else 0))
        lose_hubs(stage)
        eventually("the alarm stands after 5 s", lambda: any("cannot be judged" in a for a in service.alarms()), 30)
        if outcome == "flat":
            eventually("flat by the fail-safe", lambda: flat(sim), 40)
            require(service.told("case", "could not be judged"), "the case does not say why")
            return
        time.sleep(8)
        require(sim.positions() == {MNQ: 2}, "it was not to be closed")
        eventually("the status says what is done", lambda: any(outcome in a for a in service.alarms()))
        if stop:
            sim.do("cancel", tag="stop-1")
            eventually("without the stop it is closed", lambda: flat(sim), 40)


def fail_safe_flatten_closes_whatever_protects_it():
    fail_safe("fs1", "flatten", 2, "flat")


def fail_safe_if_unprotected_closes_what_no_stop_covers():
    fail_safe("fs2", "flatten_if_unprotected", 1, "flat")


def fail_safe_if_unprotected_leaves_what_stops_cover_until_they_are_gone():
    fail_safe("fs3", "flatten_if_unprotected", 2, "stops at the venue cover it")


def fail_safe_alarm_only_says_so_and_does_nothing():
    fail_safe("fs4", "alarm_only", 0, "alarm_only")


CASES = [L7_a_subscription_that_is_refused_makes_its_account_blind_until_it_is_granted,
         L1_a_stalled_stream_is_audited_past_and_counts_as_down_after_20_s, L1_a_stall_while_flat_hides_nothing_for_long,
         L2_a_token_is_renewed_at_80_percent_and_the_hubs_go_over_to_it, L2_where_validate_fails_a_login_takes_its_place,
         L2_a_renewal_that_fails_altogether_does_not_make_a_live_link_blind, L2_all_tokens_end_at_once_and_the_close_gets_through,
         L3_another_session_takes_over_and_is_not_fought, L3_a_logout_event_without_a_close_is_a_conflict_too,
         L7_after_a_reconnect_everything_is_subscribed_and_read_again, L8_a_late_event_does_not_outlive_the_venues_own_list,
         blind_from_the_start_it_guards_over_REST_N16, N16_what_was_open_before_the_start_is_known_and_judged,
         a_breach_by_price_during_an_outage_is_enforced_with_marks_from_bars, a_loss_taken_elsewhere_during_an_outage_locks,
         events_that_are_lost_are_found_by_the_audit_journalled_and_alarmed, an_event_told_by_halves_is_read_within_seconds,
         B3_orders_of_another_device_are_guarded_like_any_other, B5_an_account_that_has_no_rules_is_said, B5_an_account_that_is_taken_out_of_the_configuration_is_said_and_one_that_was_a_mistake_is_forgotten, N17_only_the_configured_account_is_touched_wherever_it_stands_in_the_list,
         several_accounts_share_30_percent_of_the_budget_for_audits, an_account_that_cannot_be_read_does_not_make_the_others_blind,
         fail_safe_flatten_closes_whatever_protects_it, fail_safe_if_unprotected_closes_what_no_stop_covers,
         fail_safe_if_unprotected_leaves_what_stops_cover_until_they_are_gone, fail_safe_alarm_only_says_so_and_does_nothing]
