"""Measures the service against a floor in the same run: a bare Beast program that reads the same frame and writes the same request.

tools/bench [--json] [NAME…]: wire_to_wire_us, messages, idle. Times are the simulator's, on its own steady clock: from its write of the
breaching hub record to its having read the enforcing request.
"""
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from drive import ACCOUNT, Failed, Process, Programs, Simulator, Stage, TOP, wait_for  # noqa: E402

MNQ = "CON.F.US.MNQ.Z26"
BREACHES = int(os.environ.get("RM_BENCH_BREACHES", "2000"))
CONFIG = """version: 1
service: { data_dir: "${RM_DEMO_DIR}", socket: "${RM_DEMO_SOCKET}", log: { level: error } }
calendar: { timezone: UTC, daily_reset: "${RM_DEMO_RESET}" }
brokers: [{ id: sim, kind: projectx, api_url: "http://127.0.0.1:${RM_DEMO_PORT}", user_hub_url: "http://127.0.0.1:${RM_DEMO_PORT}/hubs/user", market_hub_url: "http://127.0.0.1:${RM_DEMO_PORT}/hubs/market", user_name: demo, api_key: "${RM_DEMO_API_KEY}", requests_per_minute: 1000000 }]
profiles: { default: { rules: { daily_loss_limit: { limit: 500000 }, daily_profit_target: { target: 500000 }, max_contracts: { limit: 5 }, trade_frequency: { min_interval: 1ms } } } }
accounts: [ACCOUNTS]
"""


def spread(values):
    ordered = sorted(values)
    return {"median": round(statistics.median(ordered), 1), "p99": round(ordered[int(len(ordered) * 0.99) - 1], 1), "max": round(ordered[-1], 1), "count": len(ordered)}


def stage_for(name, accounts=1):
    folder = TOP / "build" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / f"{name}.yaml"
    config.write_text(CONFIG.replace("ACCOUNTS", ", ".join(f"{{ id: {ACCOUNT + i}, broker: sim, profile: default }}" for i in range(accounts))))
    return Stage("bench-" + name, scenario=TOP / "etc" / "bench-market.yaml", config=config)


def listed(answer, name):
    return answer[name] if isinstance(answer, dict) else answer


def breaches(sim):
    """Rests an order that would make it 6 of 5, again and again, and pairs the record that shows it with the cancel that comes for it."""
    since_event, since_request = listed(sim.get("/sim/events?since=0"), "events")[-1]["seq"], sim.requests()[-1]["seq"]
    for _ in range(BREACHES):
        sim.do("place", account=ACCOUNT, contract=MNQ, type="limit", side="buy", size=1, limit_price=19000)
        time.sleep(0.008)  # nobody else runs while it is answered, and what follows a cancel is not measured with the next breach
    wait_for("every breach was answered", lambda: not sim.live_orders())
    shown = {}
    for event in listed(sim.get(f"/sim/events?since={since_event}"), "events"):
        text = json.dumps(event).replace(" ", "").replace("\\", "")
        if "GatewayUserOrder" in text and '"status":1,' in text:
            shown.setdefault(int(text.split('"id":')[1].split(",")[0]), event["steady_ns"])
    first = {}
    for request in sim.requests(since_request, "/Order/cancel"):
        first.setdefault(request["body"]["orderId"], request["steady_ns"])
    pairs = [(first[order] - at) / 1000 for order, at in shown.items() if order in first]
    if len(pairs) < BREACHES:
        raise Failed(f"only {len(pairs)} of {BREACHES} breaches could be paired with a request")
    return pairs


def wire_to_wire_us():
    with stage_for("wire") as stage:
        service = stage.start()
        stage.sim.do("place", account=ACCOUNT, contract=MNQ, type="market", side="buy", size=5)
        service.wait_state("active")
        ours = breaches(stage.sim)
        inner = [e["latency_us"] for e in service.journal() if e["kind"] == "answer" and e.get("latency_us")][1:]
    with stage_for("bare") as stage:
        bare = Process([str(stage.programs.folder / "bench-bare"), str(stage.sim.port), "demo", "demo-key-0001", str(ACCOUNT)], stage.folder / "bare.log")
        wait_for("the bare program is ready", lambda: "bare: ready" in bare.lines)
        time.sleep(0.2)
        try:
            floor = breaches(stage.sim)
        finally:
            bare.kill()
    out = spread(ours)
    base = spread(floor)
    out["bare"] = base
    out["ratio_median"] = round(out["median"] / base["median"], 2)
    out["ratio_p99"] = round(out["p99"] / base["p99"], 2)
    if inner:
        out["read_to_written"] = spread(inner)
    return out


def messages():
    done = subprocess.run([str(Programs().folder / "bench-hops"), "100000"], capture_output=True, timeout=120, check=True)
    return json.loads(done.stdout.decode().splitlines()[-1])


def idle():
    with stage_for("idle", 5) as stage:
        service = stage.start()
        pid = service.process.pid

        def counters():
            status = pathlib.Path(f"/proc/{pid}/status").read_text()
            times = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            switches = 0
            for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
                for line in (task / "status").read_text().splitlines():
                    if line.startswith("voluntary_ctxt_switches"):
                        switches += int(line.split()[1])
            return int(status.split("VmRSS:")[1].split()[0]) / 1024, (int(times[11]) + int(times[12])) / os.sysconf("SC_CLK_TCK"), switches

        time.sleep(2)
        _, cpu, switches = counters()
        time.sleep(10)
        rss, cpu_after, switches_after = counters()
        return {"accounts": 5, "rss_mb": round(rss, 1), "cpu_percent": round((cpu_after - cpu) * 10, 2), "wakeups_per_s": round((switches_after - switches) / 10, 1)}


MEASURES = {"wire_to_wire_us": wire_to_wire_us, "messages": messages, "idle": idle}


def main():
    names = [a for a in sys.argv[1:] if not a.startswith("-")] or list(MEASURES)
    unknown = [n for n in names if n not in MEASURES]
    if unknown:
        print(f"tools/bench: unknown measure {unknown[0]}; there are: {', '.join(MEASURES)}", file=sys.stderr)
        return 2
    results = {}
    for name in names:
        if "--json" not in sys.argv:
            print(f"== {name} …", flush=True)
        results[name] = MEASURES[name]()
        if "--json" not in sys.argv:
            for key, value in results[name].items():
                print(f"   {key:18} {value}", flush=True)
    if "--json" in sys.argv:
        print(json.dumps(results))
    return 0


if __name__ == "__main__":
    sys.exit(main())
