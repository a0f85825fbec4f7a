"""Measures with the real service against the simulated venue. Times are the simulator's, on its own steady clock: from its write of a hub record to
its having read the request that answers it."""
import json
import os
import pathlib
import sqlite3
import time

from bench_stage import MNQ, RULES, newest, setting, spread, stage_for, user_events
from drive import ACCOUNT, Failed, Process, wait_for

CLOSES = ("/Position/closeContract", "/Position/partialCloseContract")
# The venue tells so much later: by then this program, which asked for the event, has read its answer, hung up and sleeps. Without it the venue
# was often busy with that hanging up, on one of two cores, when the request came in.
ASKED_EARLIER = "5ms"


def contracts_of(sim):
    return [p["contractId"] for p in sim.get("/sim/prices")["prices"]]


def rest_one(sim):
    """An order that would make it 6 of 5."""
    sim.do("place", account=ACCOUNT, contract=MNQ, type="limit", side="buy", size=1, limit_price=19000)


def hold_five(stage):
    stage.sim.do("place", account=ACCOUNT, contract=MNQ, type="market", side="buy", size=5)


def shown_orders(events):
    """When each open order was first shown."""
    out = {}
    for e in events:
        if e["target"] == "GatewayUserOrder" and e["data"]["status"] == 1:
            out.setdefault(e["data"]["id"], e["steady_ns"])
    return out


def cancels(sim, since):
    out = {}
    for request in sim.requests(since, "/Order/cancel"):
        out.setdefault(request["body"]["orderId"], request["steady_ns"])
    return out


def pairs_us(shown, first, wanted):
    out = [(first[order] - at) / 1000 for order, at in shown.items() if order in first]
    if len(out) < wanted:
        raise Failed(f"only {len(out)} of {wanted} breaches could be paired with a request")
    return out


# -- wire to wire -------------------------------------------------------------------


def breaches(sim, count):
    """Rests an order that breaches, again and again, and pairs the record that shows it with the cancel that comes for it."""
    since_event, since_request = newest(user_events(sim)), newest(sim.requests())
    for _ in range(count):
        rest_one(sim)
        time.sleep(0.02)  # nobody else runs while it is answered, and what follows a cancel is not measured with the next breach
    wait_for("every breach was answered", lambda: not sim.live_orders())
    return pairs_us(shown_orders(user_events(sim, since_event)), cancels(sim, since_request), count)


def bare_at(stage):
    """A bare Beast program that reads the same frame and writes the same request."""
    bare = Process([str(stage.programs.folder / "bench-bare"), str(stage.sim.port), "demo", "demo-key-0001", str(ACCOUNT)], stage.folder / "bare.log")
    wait_for("the bare program is ready", lambda: "bare: ready" in bare.lines)
    return bare


def against(out, base):
    out["ratio_median"] = round(out["median"] / base["median"], 2)
    out["ratio_p99"] = round(out["p99"] / base["p99"], 2)
    return out


def wire_to_wire_us():
    """The service and the floor take turns, each at a venue of its own: whatever else this machine does meets both."""
    left, in_a_row = setting("BREACHES", 2000), 50
    ours, floor = [], []
    with stage_for("wire") as stage, stage_for("bare") as other:
        service = stage.start()
        hold_five(stage)
        for venue in (stage, other):
            venue.sim.switch(event_delay=ASKED_EARLIER)
        service.wait_state("active")
        bare = bare_at(other)
        try:
            while left > 0:
                count = min(left, in_a_row)
                for sim, found in ((stage.sim, ours), (other.sim, floor)):
                    time.sleep(0.5)  # what the other one has led to is over
                    found += breaches(sim, count)
                left -= count
        finally:
            bare.kill()
        inner = [e["latency_us"] for e in service.journal() if e["kind"] == "answer" and e.get("latency_us")][1:]
    out, base = spread(ours), spread(floor)
    out["bare"] = base
    against(out, base)
    if inner:
        out["read_to_written"] = spread(inner)
    return out


# -- the path, counted -----------------------------------------------------------------


def path_once(stage):
    time.sleep(0.5)  # what came before is over
    counter = Process([str(stage.programs.folder / "bench-path"), str(stage.service.process.pid)], stage.folder / "path.log")
    try:
        wait_for("the counter holds the service", lambda: "ready" in counter.lines or not counter.running())
        rest_one(stage.sim)
        wait_for("it is counted", lambda: not counter.running(), 60)  # a second on a machine that does nothing else
    except Failed:
        counter.kill()
    counter.reader.join(10)
    wait_for("the order is cancelled", lambda: not stage.sim.live_orders(), 60)
    if counter.lines and counter.lines[-1].startswith("{"):
        return json.loads(counter.lines[-1])
    return {"not_counted": counter.text().strip()[-300:]}  # not everywhere may one program look into another


def path():
    """What the service's thread does from the read of a breaching record to the write of the cancel, counted and not timed: the least of some."""
    with stage_for("path") as stage:
        service = stage.start()
        hold_five(stage)
        service.wait_state("active")
        breaches(stage.sim, setting("WARM", 100))
        found = [path_once(stage) for _ in range(setting("PATHS", 5))]
        return min(found, key=lambda one: one.get("instructions", float("inf")))


# -- flatten ------------------------------------------------------------------------


def flatten_one(sim, held):
    """One contract too many is filled by another device; gives the times from that record to the first and to the last close."""
    for contract in held:
        sim.do("foreign_fill", account=ACCOUNT, contract=contract, side="buy", size=1)
    wait_for("all are held", lambda: len(sim.positions()) == len(held))
    time.sleep(0.15)  # what that led to is over
    since_event, since_request = newest(user_events(sim)), newest(sim.requests())
    sim.do("foreign_fill", account=ACCOUNT, contract=held[0], side="buy", size=1)
    wait_for("flat again", lambda: not sim.positions(), 30)
    event = next(e for e in user_events(sim, since_event) if e["target"] == "GatewayUserPosition" and e["data"]["size"] == 2)
    sent = [r["steady_ns"] for r in sim.requests(since_request) if r["path"].endswith(CLOSES)]
    if len(sent) < len(held):
        raise Failed(f"{len(sent)} closes for {len(held)} contracts")
    time.sleep(0.15)  # read back
    return (sent[0] - event["steady_ns"]) / 1000, (sent[len(held) - 1] - event["steady_ns"]) / 1000


def flatten_us():
    out = []
    for count in (n for n in (1, 5, 20) if n <= setting("CONTRACTS", 20)):
        rules = "max_contracts: { limit: %d, count: gross, on_breach: { action: flatten } }" % count
        with stage_for("flatten", rules=rules, scenario="bench-contracts.yaml") as stage:
            stage.start()
            stage.sim.switch(event_delay=ASKED_EARLIER)
            held = contracts_of(stage.sim)[:count]
            times = [flatten_one(stage.sim, held) for _ in range(setting("FLATTENS", 30))]
        first, last = spread([t[0] for t in times]), spread([t[1] for t in times])
        out.append({"contracts": count, "first": first, "last": last, **{k: last[k] for k in ("median", "p99", "max")}})
    return out


# -- flood --------------------------------------------------------------------------


def journalled(stage):
    """How many lines of each kind the service has kept."""
    with sqlite3.connect(f"file:{stage.folder / 'riskmanager.db'}?mode=ro", uri=True, timeout=10) as db:
        return dict(db.execute("SELECT kind, COUNT(*) FROM journal WHERE account = ? GROUP BY kind", (ACCOUNT,)))


def counted(events):
    kinds = {"GatewayUserOrder": "order", "GatewayUserTrade": "fill", "GatewayUserPosition": "position"}
    out = dict.fromkeys(kinds.values(), 0)
    for e in events:
        if e["target"] in kinds:
            out[kinds[e["target"]]] += 1
    return out


def flood():
    """Quotes of ten contracts at ten times the venue's peak, a quote and a trade by turns; meanwhile orders that breach, and fills. Nothing of the
    account's own may get lost: every record that the simulator wrote is a line of the service's journal, and the books are the same in the end."""
    seconds, per_contract = setting("FLOOD_S", 60), 1400
    rules = RULES.replace("min_interval: 1ms", "per_minute: { limit: 100000 }")
    with stage_for("flood", rules=rules, scenario="bench-contracts.yaml") as stage:
        sim, service = stage.sim, stage.start()
        contracts = contracts_of(sim)[:10]
        for contract in contracts:  # watched from now on: held once
            for side in ("buy", "sell"):
                sim.do("foreign_fill", account=ACCOUNT, contract=contract, side=side, size=1)
        hold_five(stage)
        wait_for("the service sees the position", lambda: service.account()["positions"] and service.account()["positions"][0]["size"] == 5)
        wait_for("quotes of all ten are subscribed", lambda: any(set(contracts) <= set(c["quotes"]) for c in sim.get("/sim/clients")["clients"]))
        settle(stage)
        mine = user_events(sim)
        since_event, since_request, before = newest(mine), newest(sim.requests()), journalled(stage)
        last_seq, events = since_event, []
        for contract in contracts:
            sim.do("flood", contract=contract, rate=per_contract // 2, **{"for": f"{seconds}s"})
        begun, placed, turn = time.monotonic(), 0, 0
        while time.monotonic() - begun < seconds:
            rest_one(sim)
            placed += 1
            time.sleep(0.02)
            if turn % 5 == 4:  # a fill out and a fill in
                for side in ("sell", "buy"):
                    sim.do("place", account=ACCOUNT, contract=MNQ, type="market", side=side, size=1)
                    time.sleep(0.01)
            if turn % 25 == 24:  # before the newest 200 000 push them out
                fresh = user_events(sim, last_seq)
                events += fresh
                last_seq = newest(fresh) or last_seq
            turn += 1
        took = time.monotonic() - begun
        wait_for("every breach was answered", lambda: not sim.live_orders(), 60)
        settle(stage)
        events += user_events(sim, last_seq)
        everything = newest(events) - since_event
        sent, after = counted(events), journalled(stage)
        lost = {kind: max(0, count - (after.get(kind, 0) - before.get(kind, 0))) for kind, count in sent.items()}
        status = service.account()
        same = {p["contract"]: p["size"] for p in status["positions"]} == sim.positions() and not status["orders"]
        net = float(next(a for a in sim.get("/sim/view")["accounts"] if a["id"] == ACCOUNT)["net_pnl"])
        same = same and abs(net - float(status["pnl"]["realized_day"])) < 0.005
        latency = pairs_us(shown_orders(events), cancels(sim, since_request), placed)
        return {"contracts": len(contracts), "seconds": round(took, 1), "quotes": everything - len(events), "quotes_per_s": round((everything - len(events)) / took),
                "events": sum(sent.values()), "sent": sent, "lost": sum(lost.values()), "lost_by_kind": lost, "books_agree": same, "latency_us": spread(latency)}


def settle(stage):
    """Waits until the journal has stopped growing."""
    def still():
        once = journalled(stage)
        time.sleep(0.3)
        return journalled(stage) == once
    wait_for("the journal is at rest", still, 60)


# -- kill ---------------------------------------------------------------------------


def kill_to_guarded_ms():
    """SIGKILL while five are held; meanwhile an order rests that would make it six. From the start of the new process to the cancel read by the venue."""
    whole, first_word = [], []
    with stage_for("kill") as stage:
        stage.start()
        hold_five(stage)
        wait_for("the service sees the position", lambda: stage.service.account()["positions"])
        settle(stage)
        for _ in range(setting("KILLS", 20)):
            stage.service.kill()
            since = newest(stage.sim.requests())
            rest_one(stage.sim)
            begun = time.monotonic_ns()
            stage.start(state=None)
            wait_for("the order is cancelled", lambda: not stage.sim.live_orders(), 30)
            requests = stage.sim.requests(since)
            first_word.append((requests[0]["steady_ns"] - begun) / 1e6)
            whole.append((next(r["steady_ns"] for r in requests if r["path"].endswith("/Order/cancel")) - begun) / 1e6)
            time.sleep(0.3)
    out = spread(whole)
    out["until_login"] = spread(first_word)
    return out


# -- idle ---------------------------------------------------------------------------


def counters(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    times = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    switches = 0
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        for line in (task / "status").read_text().splitlines():
            if line.startswith("voluntary_ctxt_switches"):
                switches += int(line.split()[1])
    return int(status.split("VmRSS:")[1].split()[0]) / 1024, (int(times[11]) + int(times[12])) / os.sysconf("SC_CLK_TCK"), switches


# Who watches while the service is idle: name -> a function of the stage that starts the watchers and gives their processes.
def screens(stage):
    """The trader's screen and the inspector's, both live."""
    from terminal import Terminal
    socket = stage.env["RM_DEMO_SOCKET"]
    trader = Terminal(stage.programs.command("risk-trader", "--socket", socket), 120, 40)
    inspector = Terminal(stage.programs.command("risk-inspect", "--socket", socket, "watch"), 160, 60)
    trader.wait("Recent enforcement")
    inspector.wait("LAST ERROR")
    return [trader, inspector]


WATCHERS = {"nobody": lambda stage: [], "screens": screens}


def idle_with(start_watchers):
    seconds = setting("IDLE_S", 10)
    with stage_for("idle", 5) as stage:
        service = stage.start()
        watchers = start_watchers(stage)
        try:
            pid = service.process.pid
            time.sleep(2)
            pids = [watcher.pid() for watcher in watchers]
            _, cpu, switches = counters(pid)
            watched = [counters(each)[1] for each in pids]
            time.sleep(seconds)
            rss, cpu_after, switches_after = counters(pid)
            watched = [counters(each)[1] - before for each, before in zip(pids, watched)]
        finally:
            for watcher in watchers:
                watcher.kill()
        out = {"accounts": 5, "rss_mb": round(rss, 1), "cpu_percent": round((cpu_after - cpu) * 100 / seconds, 2),
               "wakeups_per_s": round((switches_after - switches) / seconds, 1)}
        if watchers:
            out["watchers_cpu_percent"] = [round(each * 100 / seconds, 2) for each in watched]
        return out


def idle():
    out = idle_with(WATCHERS["nobody"])
    for name, start in WATCHERS.items():
        if name != "nobody":
            out["with_" + name] = idle_with(start)
    return out
