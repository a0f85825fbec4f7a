"""Requests, the budget, the login and TLS under every answer."""
import time

from link_stage import (ACCOUNT, KEY, MNQ, Authority, CheapService, LinkStage, TlsFront, buy, closes, elsewhere, ends_flat_and_locked, eventually, fall, flat,
                        holding, holds, hubs_at, require)


# -- requests ---------------------------------------------------------------------

def L4_reads_that_are_refused_with_429_do_not_use_up_what_a_close_needs():
    with holding("l4", 2) as (stage, sim, service):
        eventually("it is priced", lambda: service.account()["positions"][0]["unrealized"] is not None)
        for path in ("/api/Position/searchOpen", "/api/Order/*", "/api/Trade/search", "/api/Account/search"):
            sim.do("fault", path=path, mode="429", count=0)
        eventually("the audits are refused", lambda: [r for r in sim.requests() if r["status"] == 429])
        before = len(sim.requests())
        fall(sim)
        eventually("closed while no read gets through", lambda: not sim.positions(), 40)
        require(len(sim.requests()) - before < 30, "the reads stormed on")
        eventually("not called done before it was read back", lambda: service.account()["enforcement"][-1]["state"] == "working")
        eventually("and it says so", lambda: any("not at its goal" in a for a in service.alarms()), 40)
        sim.do("clear_faults")
        ends_flat_and_locked(stage, 90)


def L4_retry_after_is_honoured_and_the_close_comes_right_behind_it():
    with holding("l4b", 2, venue="switches: { retry_after: 4 }") as (stage, sim, service):
        sim.do("fault", path="/api/Position/closeContract", mode="429", count=1)
        fall(sim)
        ends_flat_and_locked(stage)
        ours = [r for r in sim.requests() if r["path"].startswith("/api/")]
        refused = next(i for i, r in enumerate(ours) if r["status"] == 429)
        pause = (ours[refused + 1]["steady_ns"] - ours[refused]["steady_ns"]) / 1e9
        require(pause > 3.9, f"the next request came {pause:.1f} s after a 429 that asked for 4 s")


def I11_many_cancels_leave_the_last_requests_for_closes():
    with holding("i11", 5, venue="rate_limits: { general: { requests: 60, window: 60s } }", broker=", requests_per_minute: 60") as (stage, sim, service):
        for i in range(55):
            sim.do("place", account=ACCOUNT, contract=MNQ, type="limit", side="buy", size=1, limit_price=19000 - i, tag=f"storm-{i}")
        eventually("cancels are used up", lambda: service.link()["requests_left"] <= 10, 30)
        for price in (20100, 20060):
            sim.do("price", contract=MNQ, price=price)
        eventually("the close goes through at once", lambda: not sim.positions(), 15)
        require(not [r for r in sim.requests() if r["status"] == 429], "the venue's limit was passed")
        ends_flat_and_locked(stage, 150)


def L5_L6_answers_that_are_no_yes_are_never_taken_for_one():
    with holding("l5", 2) as (stage, sim, service):
        sim.do("fault", path="/api/Position/closeContract", mode="success_false", error_code=7, count=1)
        fall(sim)
        ends_flat_and_locked(stage)
        for mode in ("html", "empty", "error500", "null_list", "execute_then_500", "execute_then_drop"):
            sim.do("fault", path="/api/Position/closeContract", mode=mode, count=1)
            before = len([r for r in closes(sim)])
            elsewhere(sim, 2)
            eventually(f"{mode}: flat all the same", lambda: flat(sim) and len(closes(sim)) > before)
            eventually(f"{mode}: read back", lambda: service.account()["enforcement"][-1]["state"] == "done")
            require(not any(v < 0 for v in sim.positions().values()), f"{mode}: turned")
            if mode.startswith("execute"):
                require(len(closes(sim)) == before + 1, f"{mode}: it was carried out, and asked for again: {len(closes(sim)) - before}")


def answers_that_never_come_hold_up_nothing_else():
    with holding("never", 2, broker=", timeouts: { connect: 2s, request: 2s }") as (stage, sim, service):
        for path in ("/api/Trade/search", "/api/Account/search"):
            sim.do("fault", path=path, mode="timeout", count=0)
        for hub in ("user", "market"):
            sim.do("fault", path=f"/hubs/{hub}", mode="timeout", count=0)
        sim.do("drop", hub="all", mode="cut")
        eventually("blind, and says why", lambda: service.account()["state"] == "blind" and any("no answer in time" in a for a in service.alarms()), 30)
        elsewhere(sim, 5)
        eventually("positions are read without the trades: 7 are reduced to 5", lambda: sim.positions() == {MNQ: 5}, 40)
        sim.do("fault", path="/api/Position/closeContract", mode="timeout", count=1)
        fall(sim)
        ends_flat_and_locked(stage)
        require(len([r for r in closes(sim) if r["path"].endswith("/closeContract")]) == 2, "the close that got no answer was to be asked for once more")


def L6_a_login_page_instead_of_json_is_no_login():
    with LinkStage("l6") as stage:
        sim = stage.sim
        sim.do("fault", path="/api/Auth/loginKey", mode="html", count=2)
        sim.do("fault", path="/api/Auth/loginKey", mode="empty", count=1)
        service = stage.start(state="blind")
        eventually("it says what it got", lambda: any("login" in a for a in service.alarms()))
        service.wait_state("active", 60)


# -- the login --------------------------------------------------------------------

def refused_logins_are_said_not_hammered_and_leak_nothing(mode, code):
    with LinkStage(f"login-{mode}") as stage:
        sim = stage.sim
        sim.do("fault", path="/api/Auth/loginKey", mode=mode, count=0, **({"error_code": code} if code else {}))
        service = stage.start(state="blind")
        eventually("it says that the login failed", lambda: "login" in service.account()["why"] and any("login" in a for a in service.alarms()))
        time.sleep(8)
        logins = len(sim.requests(ending="/Auth/loginKey"))
        require(logins == 1, f"{logins} logins within 8 s")
        sim.do("clear_faults")
        service.wait_state("active", 60)  # it tries again by itself, 30 s later
        sim.do("expire_tokens")
        sim.do("drop", hub="all", mode="cut")
        eventually("logged in again", lambda: len(sim.requests(ending="/Auth/loginKey")) >= 3)
        service.wait_state("active", 60)
        said = str(service.status()) + str(service.journal())
        service.stop()
        for path in stage.folder.rglob("*"):
            if path.is_file() and path.name != "gateway-sim.log":
                said += path.read_bytes().decode("latin-1")
        require(KEY not in said, "the API key stands in a log, the status, the journal or the database")
        require("eyJhbGciOi" not in said and "access_token" not in said, "a token stands in a log, the status, the journal or the database")


def a_key_refused_with_401_is_said_not_hammered_and_leaks_nothing():
    refused_logins_are_said_not_hammered_and_leak_nothing("401", None)


def a_key_refused_with_200_and_success_false_is_said_not_hammered_and_leaks_nothing():
    refused_logins_are_said_not_hammered_and_leak_nothing("success_false", 3)


def a_market_hub_that_alone_refuses_the_token_leaves_the_user_hub_alone():
    with LinkStage("market401") as stage:
        sim, service = stage.sim, stage.start()
        sim.do("fault", path="/hubs/market", mode="401", count=0)
        user = hubs_at(sim)["user"]["connection"]
        sim.do("drop", hub="market", mode="cut")
        eventually("the market hub's refusal is said", lambda: any("the market hub does not accept" in a for a in service.alarms()))
        elsewhere(sim, 7)
        eventually("guarded by the user hub's events", lambda: sim.positions() == {MNQ: 5}, 30)
        time.sleep(4)
        require(hubs_at(sim)["user"]["connection"] == user, "the user hub was given up")
        require(len(sim.requests(ending="/Auth/loginKey")) <= 2, "it hammered on the login")
        sim.do("clear_faults")
        service.wait_state("active", 60)


# -- TLS --------------------------------------------------------------------------

def TLS_with_a_trusted_authority_works_and_any_other_certificate_is_refused():
    with LinkStage("tls") as stage:
        sim = stage.sim
        good, bad = Authority(stage.folder, "good"), Authority(stage.folder, "bad")
        right = TlsFront(sim.port, *good.issue("localhost"))
        wrong_name = TlsFront(sim.port, *good.issue("elsewhere.example"))
        unknown = TlsFront(sim.port, *bad.issue("localhost"))
        trust = f', ca_file: "{good.file}"'
        for front, why in ((unknown, "certificate"), (wrong_name, "not issued for localhost")):
            stage.point_at(f"https://localhost:{front.port}", broker=trust)
            service = stage.start(state="blind")
            eventually(f"refused, and says why ({why})", lambda: any("TLS" in a and why in a for a in service.alarms()))
            eventually("the account says it, too", lambda: "TLS" in service.account()["why"])
            require(service.account()["state"] == "blind" and not sim.requests(), "something got through")
            service.kill()
        stage.point_at(f"https://localhost:{right.port}", broker=trust)
        service = stage.start()
        buy(sim, 2)
        holds(service, 2)
        fall(sim)
        ends_flat_and_locked(stage)
        service.kill()
        # Without ca_file it is the system's store that counts (OpenSSL lets a test name it).
        stage.point_at(f"https://localhost:{right.port}", broker="")
        service = stage.start(state=None)
        eventually("not in the system's store: refused", lambda: any("TLS" in a for a in service.alarms()))
        service.kill()
        stage.env["SSL_CERT_FILE"] = str(good.file)
        service = stage.start("locked")
        eventually("in the system's store: live", lambda: service.link()["state"] == "live")
        # One hub with a wrong certificate: blind, and guarded over REST.
        service.kill()
        stage.point_at(f"https://localhost:{right.port}", hubs=f"https://localhost:{wrong_name.port}")
        service = stage.start(state=None)
        eventually("the hubs are refused", lambda: "not issued for localhost" in service.account()["why"])
        elsewhere(sim, 1)
        eventually("the lock is guarded over REST", lambda: flat(sim), 40)
        for front in (right, wrong_name, unknown):
            front.close()


def TLS_a_ca_file_that_is_none_is_an_error_at_the_start():
    with LinkStage("cafile") as stage:
        file = stage.folder / "ca.pem"
        file.write_text("this is no certificate\n")
        stage.point_at(f"https://localhost:{stage.sim.port}", broker=f', ca_file: "{file}"')
        service = CheapService(stage.programs, stage.config, stage.folder, stage.env)
        code = service.process.wait(30)
        require(code == 2 and "ca_file" in service.text(), f"exit code {code}: {service.text()[-300:]}")


CASES = [answers_that_never_come_hold_up_nothing_else,
         L4_reads_that_are_refused_with_429_do_not_use_up_what_a_close_needs, L4_retry_after_is_honoured_and_the_close_comes_right_behind_it,
         I11_many_cancels_leave_the_last_requests_for_closes, L5_L6_answers_that_are_no_yes_are_never_taken_for_one,
         L6_a_login_page_instead_of_json_is_no_login, a_key_refused_with_401_is_said_not_hammered_and_leaks_nothing,
         a_key_refused_with_200_and_success_false_is_said_not_hammered_and_leaks_nothing, a_market_hub_that_alone_refuses_the_token_leaves_the_user_hub_alone,
         TLS_with_a_trusted_authority_works_and_any_other_certificate_is_refused, TLS_a_ca_file_that_is_none_is_an_error_at_the_start]
