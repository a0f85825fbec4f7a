"""Lists that are old, or that the venue refuses: what they do not show is neither gone nor given back."""
import time

from link_stage import ACCOUNT, MNQ, LinkStage, buy, closes, eventually, fall, flat, holds, require, sizes


def I3_an_old_account_list_does_not_end_the_lock_until_can_trade():
    with LinkStage("canlag", venue="switches: { account_list_lag: 3s }", rules="auth_guard: {}") as stage:
        sim, service = stage.sim, stage.start()
        time.sleep(4)  # the lists can tell of that time
        sim.do("set_can_trade", account=ACCOUNT, can_trade=False)
        eventually("it is locked", lambda: service.account()["locks"])
        sim.do("drop", hub="user", mode="cut")
        eventually("it was blind", lambda: service.told("link", "it was blind for"))
        until = time.monotonic() + 6
        while time.monotonic() < until:
            row = service.account()
            require(row["locks"] and not row["can_trade"], f"the lock is gone: {row['state']}, canTrade {row['can_trade']}")
            time.sleep(0.3)
        sim.do("set_can_trade", account=ACCOUNT, can_trade=True)
        eventually("it is free", lambda: not service.account()["locks"])


def F2_one_refused_order_query_hides_no_suspended_orders():
    with LinkStage("v2once", venue="switches: { close_cancels_children: false, bracket_mode: auto_oco }", rules="daily_loss_limit: { limit: 500 }") as stage:
        sim, service = stage.sim, stage.start()
        buy(sim, 2)
        holds(service, 2)
        sim.do("place", account=ACCOUNT, contract=MNQ, type="limit", side="buy", size=1, limit_price=20000, stop_loss_ticks=-100, take_profit_ticks=100)
        eventually("the entry and its children are known", lambda: len(service.account()["orders"]) == 3)
        sim.do("fault", path="/api/Order/v2/query", mode="404", count=0, **{"for": "14s"})
        eventually("it is said", lambda: [a for a in service.alarms() if "order query v2" in a], 60)
        until = time.monotonic() + 10
        while time.monotonic() < until:
            require(len(service.account()["orders"]) == 3, f"orders {service.account()['orders']}")
            time.sleep(0.5)
        eventually("the query is asked again, and the alarm is over", lambda: not [a for a in service.alarms() if "order query v2" in a], 90)


def F2_where_the_order_query_is_refused_nothing_is_confirmed_until_it_answers():
    with LinkStage("v2flat", venue="switches: { close_cancels_children: false, bracket_mode: auto_oco }", rules="daily_loss_limit: { limit: 500 }") as stage:
        sim, service = stage.sim, stage.start()
        buy(sim, 2)
        holds(service, 2)
        sim.do("fault", path="/api/Order/v2/query", mode="404", count=0, **{"for": "12s"})
        fall(sim)
        eventually("it is flat", lambda: flat(sim))
        eventually("and that is confirmed", lambda: (service.account()["enforcement"] or [{}])[-1].get("state") == "done", 90)
        queries = [r for r in sim.requests() if r["path"].endswith("/Order/v2/query")]
        require(queries[-1]["status"] == 200, f"confirmed by {queries[-1]}")
        eventually("it is locked", lambda: service.account()["state"] == "locked")


def I1_a_stop_whose_news_were_lost_is_found_before_the_position_is_closed():
    with LinkStage("stopask", rules="require_stop_loss: { grace: 20s }") as stage:
        sim, service = stage.sim, stage.start()
        sim.do("hub_fault", hub="user", event="GatewayUserOrder", mode="lose", count=0)
        sim.do("fault", path="/api/Order/v2/query", mode="error500", count=0, **{"for": "23s"})  # no list until after the grace
        buy(sim, 1)
        sim.do("place", account=ACCOUNT, contract=MNQ, type="stop", side="sell", size=1, stop_price=19000)
        eventually("the stop is found", lambda: service.account()["orders"], 60)
        rule = lambda: next(r for r in service.account()["rules"] if r["rule"] == "require_stop_loss")
        eventually("the rule is content", lambda: rule()["state"] == "ok")
        require(not closes(sim) and sizes(service), "the position was closed although its stop stands at the venue")


def I8_a_page_of_orders_that_cannot_be_read_hides_no_later_page():
    with LinkStage("pages", rules="daily_loss_limit: { limit: 500 }") as stage:
        sim, service = stage.sim, stage.start()
        for i in range(103):
            sim.do("place", account=ACCOUNT, contract=MNQ, type="limit", side="buy", size=1, limit_price=19000 - i)
        eventually("all are known", lambda: len(service.account()["orders"]) == 103)
        sim.do("fault", path="/api/Order/v2/query", mode="set", field="side", value="9", count=0)
        before = len(sim.requests(ending="/Position/searchOpen"))
        eventually("the lists were read again and again", lambda: len(sim.requests(ending="/Position/searchOpen")) > before + 3)
        require(len(service.account()["orders"]) == 103, f"{len(service.account()['orders'])} orders are left")
        require(not service.told("reconcile", "no longer at the venue"), "orders that live were taken for gone")


def I8_a_contract_that_the_venue_no_longer_knows_makes_nobody_blind_but_who_holds_it():
    with LinkStage("expired", after="10s") as stage:
        sim, service = stage.sim, stage.start()
        buy(sim, 1)
        sim.do("place", account=ACCOUNT, contract=MNQ, type="market", side="sell", size=1)
        eventually("flat again", lambda: len(service.told("fill")) == 2 and not sizes(service))
        service.kill()  # the weekend, and the contract expires
        sim.do("fault", path="/api/Contract/searchById", mode="success_false", error_code=1, count=0)
        service = stage.start()
        eventually("it is said", lambda: [a for a in service.alarms() if "specification" in a])
        until = time.monotonic() + 8
        while time.monotonic() < until:
            require(service.account()["state"] == "active", f"it is {service.account()['state']}: {service.account()['why']}")
            time.sleep(0.15)
        buy(sim, 1)
        eventually("what is held there cannot be judged", lambda: service.account()["state"] == "not_evaluable")
        eventually("and is closed by the fail-safe", lambda: closes(sim) and flat(sim))
        sim.do("clear_faults")
        eventually("the venue knows it again", lambda: not [a for a in service.alarms() if "specification" in a])


def an_alarm_about_a_bar_that_nobody_wants_any_more_is_over():
    with LinkStage("oldbar") as stage:
        sim, service = stage.sim, stage.start()
        buy(sim, 1)
        holds(service, 1)
        sim.do("fault", path="/api/History/retrieveBars", mode="error500", count=0)
        sim.do("hub_fault", hub="market", mode="lose", count=0)
        eventually("it is said", lambda: [a for a in service.alarms() if "newest bar" in a])
        sim.do("place", account=ACCOUNT, contract=MNQ, type="market", side="sell", size=1)
        eventually("it is over", lambda: not [a for a in service.alarms() if "newest bar" in a], 90)


CASES = [I3_an_old_account_list_does_not_end_the_lock_until_can_trade, F2_one_refused_order_query_hides_no_suspended_orders,
         F2_where_the_order_query_is_refused_nothing_is_confirmed_until_it_answers, I8_a_page_of_orders_that_cannot_be_read_hides_no_later_page,
         an_alarm_about_a_bar_that_nobody_wants_any_more_is_over,
         I8_a_contract_that_the_venue_no_longer_knows_makes_nobody_blind_but_who_holds_it,
         I1_a_stop_whose_news_were_lost_is_found_before_the_position_is_closed]
