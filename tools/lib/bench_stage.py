"""What the measures of tools/bench share: stages, figures, and how a record and the request that answers it are found in the simulator's books."""
import json
import math
import os
import pathlib
import statistics

from drive import ACCOUNT, Failed, Stage, TOP

MNQ = "CON.F.US.MNQ.Z26"
CONFIG = """version: 1
service: { data_dir: "${RM_DEMO_DIR}", socket: "${RM_DEMO_SOCKET}", log: { level: error } }
calendar: { timezone: UTC, daily_reset: "${RM_DEMO_RESET}" }
brokers: [{ id: sim, kind: projectx, api_url: "http://127.0.0.1:${RM_DEMO_PORT}", user_hub_url: "http://127.0.0.1:${RM_DEMO_PORT}/hubs/user", market_hub_url: "http://127.0.0.1:${RM_DEMO_PORT}/hubs/market", user_name: demo, api_key: "${RM_DEMO_API_KEY}", requests_per_minute: 1000000 }]
profiles: { default: { rules: { RULES } } }
accounts: [ACCOUNTS]
"""
RULES = "daily_loss_limit: { limit: 500000 }, daily_profit_target: { target: 500000 }, max_contracts: { limit: 5 }, trade_frequency: { min_interval: 1ms }"


def setting(name, usual):
    """A number from the environment: RM_BENCH_BREACHES, RM_BENCH_FLATTENS, RM_BENCH_FLOOD_S, RM_BENCH_KILLS,
    RM_BENCH_EVENTS, RM_BENCH_ACCOUNTS, RM_BENCH_CONTRACTS, RM_BENCH_IDLE_S."""
    return int(os.environ.get("RM_BENCH_" + name, usual))


def spread(values, digits=1):
    ordered = sorted(values)
    if not ordered:
        raise Failed("nothing was measured")
    return {"median": round(statistics.median(ordered), digits), "p99": round(ordered[math.ceil(len(ordered) * 0.99) - 1], digits),
            "max": round(ordered[-1], digits), "count": len(ordered)}


def stage_for(name, accounts=1, rules=RULES, scenario="bench-market.yaml"):
    folder = TOP / "build" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / f"{name}.yaml"
    rows = ", ".join(f"{{ id: {ACCOUNT + i}, broker: sim, profile: default }}" for i in range(accounts))
    config.write_text(CONFIG.replace("RULES", rules).replace("ACCOUNTS", rows))
    return Stage("bench-" + name, scenario=TOP / "etc" / scenario, config=config)


def user_events(sim, since=0):
    """Records of the user hub, each with what it carries: target, action and data."""
    found = sim.get(f"/sim/events?since={since}&hub=user")
    out = []
    for row in found["events"]:
        for record in row["text"].split("\x1e"):
            if '"target":"GatewayUser' in record:
                said = json.loads(record)
                carried = said["arguments"][0]
                out.append({"seq": row["seq"], "steady_ns": row["steady_ns"], "target": said["target"], "data": carried.get("data", carried)})
    return out


def newest(rows):
    return rows[-1]["seq"] if rows else 0
