"""Every rule with the real programs: from the YAML file over the simulated venue to the requests that it saw, the lock in the status, a
SIGKILL, a restart, and the lock's end. One account per rule, one service, one market. Then: every event that a rule declares has reached it."""
import datetime
import pathlib
import re
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools" / "lib"))
from drive import Failed, Stage, now_utc, run_cases, wait_for  # noqa: E402

MNQ, ES, CL = "CON.F.US.MNQ.Z26", "CON.F.US.EP.Z26", "CON.F.US.CLE.F27"
CLOSED_AFTER, OPEN_AFTER, RESET_AFTER, WEEK_AFTER = 30, 50, 80, 100  # seconds after the start


def require(truth, what):
    if not truth:
        raise Failed(what)


def clock(seconds):
    return (START + datetime.timedelta(seconds=seconds)).strftime("%H:%M:%S")


START = now_utc()

# rule: (its block, the kind of lock, or None, what its lock ends with)
RULES = {
    "max_contracts": ("{ limit: 2 }", None),
    "max_contracts_per_instrument": ("{ default_limit: 5, limits: { ES: 1 } }", None),
    "daily_realized_loss": ("{ limit: 100 }", "daily"),
    "daily_loss_limit": ("{ limit: 400 }", "daily"),
    "daily_profit_target": ("{ target: 400 }", "daily"),
    "trading_hours": ('{ sessions: [{ days: ALL, from: "%s", to: "%s" }, { days: ALL, from: "%s", to: "%s" }] }' % (clock(-3600), clock(CLOSED_AFTER), clock(OPEN_AFTER), clock(7200)), "time"),
    "weekly_loss_limit": ("{ limit: 400 }", "weekly"),
    "max_drawdown": ("{ limit: 400 }", "daily"),
    "max_trades_per_day": ("{ limit: 2 }", "daily"),
    "trade_frequency": ("{ min_interval: %ds }" % OPEN_AFTER, "time"),
    "session_block": ('{ blocks: [{ from: "%s", to: "%s" }] }' % (clock(CLOSED_AFTER), clock(OPEN_AFTER)), "time"),
    "trailing_stop": ("{ activate_at: 300, trail: 100 }", None),
    "max_exposure": ("{ limit: 400000 }", None),
    "position_loss_limit": ("{ limit: 300 }", None),
    "position_profit_target": ("{ target: 300 }", None),
    "cooldown_after_loss": ("{ tiers: [{ loss: 100, cooldown: %ds }] }" % OPEN_AFTER, "time"),
    "require_stop_loss": ("{ grace: 3s }", None),
    "symbol_block": ('{ symbols: ["C?"] }', None),
    "auth_guard": ("{}", "can_trade"),
    "trade_management": ("{ break_even: { at_ticks: 4, offset_ticks: 1 }, trail: { activate_ticks: 8, ticks: 4 }, place_missing: true }", None),
    "daily_realized_profit": ("{ target: 400 }", "daily"),
}
IDS = {rule: 300001 + i for i, rule in enumerate(RULES)}


def configuration(folder):
    reset = START + datetime.timedelta(seconds=WEEK_AFTER)
    lines = ["version: 1", 'service: { data_dir: "${RM_DEMO_DIR}", socket: "${RM_DEMO_SOCKET}" }',
             'calendar: { timezone: UTC, daily_reset: "%s", weekly_reset: { day: %s, time: "%s" }, data: always-open.yaml }'
             % (clock(RESET_AFTER), reset.strftime("%A").lower(), clock(WEEK_AFTER)),
             "brokers:", "  - { id: sim, kind: projectx, api_url: 'http://127.0.0.1:${RM_DEMO_PORT}', user_hub_url: 'http://127.0.0.1:${RM_DEMO_PORT}/hubs/user', "
             "market_hub_url: 'http://127.0.0.1:${RM_DEMO_PORT}/hubs/market', user_name: demo, api_key: '${RM_DEMO_API_KEY}', requests_per_minute: 3000 }",
             "accounts:"]
    for rule, (block, _) in RULES.items():
        block = block.replace("ALL", "[sun, mon, tue, wed, thu, fri, sat]")
        lines.append("  - { id: %d, broker: sim, rules: { %s: %s } }" % (IDS[rule], rule, block))
    (folder / "rules.yaml").write_text("\n".join(lines) + "\n")
    (folder / "always-open.yaml").write_text('source: this test\nas_of: 2026-11-01\ntimezone: UTC\nmarkets: { default: [{ days: [sun, mon, tue, wed, thu, fri, sat], from: "00:00", to: "00:00" }] }\n')
    (folder / "market.yaml").write_text(
        "login: { user_name: demo, api_key: demo-key-0001 }\nrate_limits: { general: { requests: 5000, window: 60s } }\naccounts:\n"
        + "".join(f"  - {{ id: {i}, balance: 50000 }}\n" for i in IDS.values())
        + "contracts:\n  - { root: MNQ, month: Z6, price: 20000 }\n  - { root: ES, month: Z6, price: 5950 }\n  - { root: CL, month: F7, price: 70 }\nstart: subscribed\n")
    return folder / "rules.yaml", folder / "market.yaml"


class Market:
    """The trader, and what is seen of his accounts."""

    def __init__(self, stage):
        self.stage, self.sim, self.tags = stage, stage.sim, 0

    def place(self, rule, side, size, contract=MNQ, type="market", **more):
        self.tags += 1
        return self.sim.do("place", account=IDS[rule], contract=contract, side=side, size=size, type=type, tag=f"t{self.tags}", **more)

    def held(self, rule):
        return self.sim.positions(IDS[rule])

    def orders(self, rule):
        return self.sim.live_orders(IDS[rule])

    def row(self, rule):
        return self.stage.service.account(IDS[rule])

    def locks(self, rule):
        return [(l["rule"], l["mode"]) for l in self.row(rule)["locks"]]

    def flat(self, rule):
        return not self.held(rule) and not self.orders(rule)

    def requests(self, rule, ending):
        return [r for r in self.sim.requests(ending=ending) if str(IDS[rule]) in str(r)]


def enter(m):
    """What each trader holds before anything happens."""
    for rule in ("daily_realized_loss", "daily_loss_limit", "weekly_loss_limit", "max_drawdown", "position_loss_limit", "cooldown_after_loss", "trading_hours", "session_block", "auth_guard"):
        m.place(rule, "buy", 2 if rule not in ("trading_hours", "session_block") else 1)
    for rule in ("daily_profit_target", "daily_realized_profit", "position_profit_target", "trailing_stop", "trade_management"):
        m.place(rule, "sell", 2)
    for rule in ("daily_loss_limit", "weekly_loss_limit"):
        m.place(rule, "sell", 2, type="stop", stop_price=19000)
        m.place(rule, "buy", 1, type="limit", limit_price=19500)
    for rule, size in (("daily_loss_limit", 2), ("daily_profit_target", -2), ("auth_guard", 2), ("trade_management", -2)):
        wait_for(f"{rule} is in the market", lambda: [p["size"] for p in m.row(rule)["positions"]] == [size])


def sizes(m):
    """max_contracts, max_contracts_per_instrument, max_exposure, symbol_block: what is too much is reduced, the rest stays."""
    m.place("max_contracts", "buy", 3, ES)
    m.place("max_contracts_per_instrument", "buy", 2, MNQ)
    m.place("max_contracts_per_instrument", "buy", 3, ES)
    m.place("max_exposure", "buy", 2, ES)
    m.place("symbol_block", "buy", 1, MNQ)
    m.place("symbol_block", "sell", 2, CL)
    m.place("symbol_block", "buy", 1, CL, "limit", limit_price=60)
    wait_for("max_contracts leaves 2", lambda: m.held("max_contracts") == {ES: 2})
    wait_for("per instrument leaves 1 ES and all MNQ", lambda: m.held("max_contracts_per_instrument") == {ES: 1, MNQ: 2})
    wait_for("max_exposure leaves one", lambda: m.held("max_exposure") == {ES: 1})
    wait_for("symbol_block leaves MNQ alone", lambda: m.held("symbol_block") == {MNQ: 1} and not m.orders("symbol_block"))
    require(m.requests("max_contracts", "partialCloseContract"), "max_contracts: no partial close was sent")
    m.place("max_contracts", "buy", 1, ES, "limit", limit_price=5000)
    m.place("max_exposure", "buy", 1, ES, "limit", limit_price=5000)
    wait_for("orders that would exceed it are cancelled", lambda: not m.orders("max_contracts") and not m.orders("max_exposure"))
    require(m.requests("max_contracts", "Order/cancel"), "max_contracts: no cancel was sent")
    for rule in ("max_contracts", "max_exposure", "symbol_block"):
        require(m.row(rule)["locks"] == [], f"{rule} does not lock")


def counts(m):
    """max_trades_per_day, trade_frequency: no further entry, exits stay."""
    m.place("max_trades_per_day", "buy", 1)
    wait_for("the first trade is seen", lambda: m.row("max_trades_per_day")["positions"])
    m.place("max_trades_per_day", "buy", 1)
    m.place("trade_frequency", "buy", 1)
    for rule in ("max_trades_per_day", "trade_frequency"):
        wait_for(f"{rule} locks", lambda: m.locks(rule) == [(rule, "reduce_only")])
    held = {rule: m.held(rule)[MNQ] for rule in ("max_trades_per_day", "trade_frequency")}
    for rule in held:
        m.place(rule, "buy", 1)
        wait_for(f"{rule}: the next entry is reduced away", lambda: m.held(rule) == {MNQ: held[rule]} and m.row(rule)["locks"][0]["attempts"] == 1)


def stops(m):
    """require_stop_loss and trade_management."""
    m.place("require_stop_loss", "buy", 2)
    wait_for("the position without a stop is closed", lambda: m.requests("require_stop_loss", "closeContract") and m.flat("require_stop_loss"), 20)
    m.place("require_stop_loss", "buy", 1)
    m.place("require_stop_loss", "sell", 1, type="stop", stop_price=19000)
    time.sleep(4)  # longer than the grace: nothing may happen
    require(m.held("require_stop_loss") == {MNQ: 1}, "require_stop_loss closed a position that has its stop")


def fall(m):
    """The market falls by 120 points: 480 for two contracts."""
    for price in (19960, 19920, 19900, 19880):
        m.sim.do("price", contract=MNQ, price=price)
        time.sleep(0.1)
    for rule in ("daily_realized_loss", "cooldown_after_loss"):
        m.place(rule, "sell", 2)  # the trader takes his loss
    m.place("daily_realized_profit", "buy", 2)
    for rule in ("daily_realized_loss", "daily_loss_limit", "weekly_loss_limit", "max_drawdown", "cooldown_after_loss", "daily_profit_target", "daily_realized_profit"):
        wait_for(f"{rule}: flat and locked", lambda: m.flat(rule) and m.locks(rule) == [(rule, "flat")])
    for rule in ("daily_loss_limit", "weekly_loss_limit", "max_drawdown", "daily_profit_target"):
        require(m.requests(rule, "closeContract"), f"{rule}: no close was sent")
    for rule in ("position_loss_limit", "position_profit_target"):
        wait_for(f"{rule}: closed", lambda: m.flat(rule) and m.requests(rule, "closeContract"))
        require(m.locks(rule) == [], f"{rule} does not lock")
    wait_for("trade_management has placed its stop", lambda: [o["stopPrice"] for o in m.orders("trade_management")] == [19881])
    for price in (19878, 19875):
        m.sim.do("price", contract=MNQ, price=price)
    wait_for("and moved it", lambda: [o["stopPrice"] for o in m.orders("trade_management")] == [19876] and m.requests("trade_management", "Order/modify"))
    require(m.held("trade_management") == {MNQ: -2}, "trade_management must not close anything")


def rise(m):
    for price in (19890, 19910):
        m.sim.do("price", contract=MNQ, price=price)
    wait_for("trailing_stop: closed", lambda: m.flat("trailing_stop") and m.requests("trailing_stop", "closeContract"))
    require(m.locks("trailing_stop") == [], "trailing_stop does not lock")
    wait_for("the moved stop has closed the position", lambda: m.flat("trade_management"))


def authority(m):
    m.sim.do("set_can_trade", account=IDS["auth_guard"], can_trade=False)
    wait_for("auth_guard: flat and locked", lambda: m.flat("auth_guard") and m.locks("auth_guard") == [("auth_guard", "flat")], 20)


def until(seconds):
    time.sleep(max(0.0, (START + datetime.timedelta(seconds=seconds) - now_utc()).total_seconds()))


def closed_hours(m):
    until(CLOSED_AFTER)
    for rule in ("trading_hours", "session_block"):
        wait_for(f"{rule}: flat and locked", lambda: m.flat(rule) and m.locks(rule) == [(rule, "flat")])
        m.place(rule, "buy", 1)
        wait_for(f"{rule}: what is bought all the same is closed", lambda: m.flat(rule) and m.row(rule)["locks"][0]["attempts"] == 1)


def catalogue(stage):
    """The names of all rules there are, as the program itself lists them."""
    file = stage.folder / "no-such-rule.yaml"
    file.write_text("version: 1\naccounts: [{ id: 1, broker: x, rules: { qqqqqqqqqqqqqqqqqqqq: {} } }]\n")
    done = subprocess.run(stage.programs.command("risk-manager", "check-config", file), capture_output=True, timeout=60)
    return set(re.search(r"there is no such rule; known are: (.*)", done.stderr.decode()).group(1).replace(",", "").split())


def events_have_arrived(m):
    """I9, N1: of every rule there is, every event that it says it needs; and it has judged all of it, just now."""
    require(catalogue(m.stage) == set(RULES), f"this test lacks {catalogue(m.stage) ^ set(RULES)}")
    answer = m.stage.service.admin("rules")
    heard = {rule["rule"] for account in answer["accounts"] for rule in account["rules"]}
    require(heard == set(RULES), f"not in the answer: {set(RULES) ^ heard}")
    for account in answer["accounts"]:
        for rule in account["rules"]:
            require(rule["needs"] and rule["limit"] is not None and rule["used"] is not None and isinstance(rule["fraction"], (int, float)), f"{rule}")
            age = (datetime.datetime.fromisoformat(answer["now"].replace("Z", "+00:00")) - datetime.datetime.fromisoformat(rule["evaluated"].replace("Z", "+00:00"))).total_seconds()
            require(age < 10, f"{rule['rule']} was evaluated {age} s ago")
            missing = [kind for kind in rule["needs"] if not rule["events"].get(kind)]
            require(not missing, f"{rule['rule']} never heard of: {missing}")
            require(rule["evaluated"] and rule["state"] in ("ok", "warn", "breach"), f"{rule['rule']}: {rule['state']} {rule['reason']}")
            require(set(rule) >= {"used", "limit", "fraction", "events", "number"}, f"{rule['rule']}: {sorted(rule)}")


def every_rule_from_the_file_to_the_request_and_to_the_end_of_its_lock():
    folder = pathlib.Path(__import__("tempfile").mkdtemp(prefix="rm-rules-config-"))
    config, market = configuration(folder)
    with Stage("rules", scenario=market, config=config) as stage:
        stage.sim.set_price(MNQ, 20000)
        stage.sim.set_price(ES, 5950)
        stage.sim.set_price(CL, 70)
        stage.start(state=None)
        m = Market(stage)
        for rule in RULES:
            wait_for(f"{rule} is guarded", lambda: m.row(rule)["state"] in ("active", "locked"), 40)
        enter(m)
        sizes(m)
        counts(m)
        authority(m)
        fall(m)
        rise(m)
        stops(m)
        closed_hours(m)
        events_have_arrived(m)

        # As if it had never stopped.
        before = {rule: m.locks(rule) for rule in RULES}
        stage.service.kill()
        stage.start(state=None)
        for rule in RULES:
            wait_for(f"{rule}: the locks of before {before[rule]}", lambda: m.locks(rule) == before[rule], 40)
        m.place("daily_loss_limit", "buy", 1)
        wait_for("daily_loss_limit: still guarded", lambda: m.flat("daily_loss_limit") and m.row("daily_loss_limit")["locks"][0]["attempts"] >= 1, 30)
        m.place("max_contracts", "buy", 2, ES)
        wait_for("max_contracts: still guarded", lambda: m.held("max_contracts") == {ES: 2}, 30)

        # The ends.
        m.sim.do("set_can_trade", account=IDS["auth_guard"], can_trade=True)
        wait_for("auth_guard: free when the venue says so", lambda: m.locks("auth_guard") == [], 20)
        require(any(m.locks(rule) for rule in ("trading_hours", "session_block")) or now_utc() > START + datetime.timedelta(seconds=OPEN_AFTER), "a session's lock ended too early")
        until(OPEN_AFTER)
        for rule in ("trading_hours", "session_block"):
            wait_for(f"{rule}: free at the session's start", lambda: m.locks(rule) == [])
        for rule in ("trade_frequency", "cooldown_after_loss"):
            wait_for(f"{rule}: free after its time", lambda: m.locks(rule) == [], RESET_AFTER)
        if now_utc() < START + datetime.timedelta(seconds=RESET_AFTER - 3):
            for rule, (_, end) in RULES.items():
                require(end not in ("daily", "weekly") or m.locks(rule) == [(rule, "reduce_only" if rule == "max_trades_per_day" else "flat")], f"{rule}: {m.locks(rule)} before the reset")
        until(RESET_AFTER)
        for rule, (_, end) in RULES.items():
            if end == "daily":
                wait_for(f"{rule}: free after the daily reset", lambda: m.locks(rule) == [])
        weekly = [(rule, m.locks(rule)) for rule, (_, end) in RULES.items() if end == "weekly"]
        if now_utc() < START + datetime.timedelta(seconds=WEEK_AFTER - 3):
            require(all(locks == [(rule, "flat")] for rule, locks in weekly), f"the daily reset ended {weekly}")
        until(WEEK_AFTER)
        for rule, _ in weekly:
            wait_for(f"{rule}: free after the weekly reset", lambda: m.locks(rule) == [])
        m.place("daily_loss_limit", "buy", 1)
        wait_for("a trade of the new day stays", lambda: m.row("daily_loss_limit")["positions"])
        require(m.held("daily_loss_limit") == {MNQ: 1}, "the new day's trade was undone")


if __name__ == "__main__":
    sys.exit(run_cases([every_rule_from_the_file_to_the_request_and_to_the_end_of_its_lock]))
