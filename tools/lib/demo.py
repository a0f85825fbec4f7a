"""One trader's day against the simulated venue, with the real programs over real sockets.

On a terminal the trader's screen is open meanwhile, and at the end the service goes on until a key is pressed, so that one can look
around: inside its actors with risk-inspect, and with risk-admin. With --headless the demo does that itself, and ends.
Every step is judged by the simulator's own books, not by what the service says of itself. Nothing fakes a clock: the daily reset is
configured to come a little more than a minute after the start.
"""
import datetime
import os
import pathlib
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from drive import ACCOUNT, TOP, Failed, Stage, now_utc, wait_for  # noqa: E402

CONTRACT = "CON.F.US.MNQ.Z26"
RESET_AFTER = 75  # seconds
# Beside etc/demo.yaml: a lock that an administrator can take away, because its rule is content once the position is closed.
TARGET_RULE = "      position_profit_target: { target: 200, on_breach: { action: flatten, lock: { mode: flat, until: daily_reset } } }\n"


class Timeline:
    def __init__(self, out, pace=0.0):
        self.out = out
        self.pace = pace  # seconds between what happens, for those who watch
        self.begun = time.monotonic()


    def head(self):
        print(f"{'elapsed':>9}  {'at the venue':<12}  {'who':<12} what happens (UTC)", file=self.out, flush=True)

    def say(self, market, who, text):
        print(f"{time.monotonic() - self.begun:7.3f} s  {market or ' ' * 12}  {who:<12} {text}", file=self.out, flush=True)
        time.sleep(2 * self.pace)


def market_time(row):
    stamp = (row or {}).get("time") or (row or {}).get("creationTimestamp") or ""
    return stamp[11:23]


def flat(sim):
    return not sim.positions() and not sim.live_orders()


def enforcing_requests(sim, since=0):
    return [r for r in sim.requests(since) if r["path"].endswith(("/Position/closeContract", "/Position/partialCloseContract", "/Order/cancel"))]


def last_sequence(sim):
    rows = sim.requests()
    return rows[-1]["seq"] if rows else 0


def require(truth, what):
    if not truth:
        raise Failed(what)


def crash_drill(stage, line):
    """The account's actor crashes, its supervisor brings it back, and nothing is forgotten."""
    service = stage.service
    before = [(l["rule"], l["until"], l["attempts"]) for l in service.account()["locks"]]
    done = subprocess.run(stage.programs.command("risk-inspect", "--socket", service.socket, "crash", f"account/{ACCOUNT}"), capture_output=True, timeout=60)
    require(done.returncode == 0, f"risk-inspect crash ended with {done.returncode}: {done.stderr.decode(errors='replace')}")
    said = done.stdout.decode().strip().splitlines()[-1]
    line.say("", "inspector", said)
    service.wait_state("locked", 40)
    require([(l["rule"], l["until"], l["attempts"]) for l in service.account()["locks"]] == before, "the account's actor came back without its locks")


def day(stage, line, reset_at):
    sim = stage.sim
    line.head()
    line.say("", "demo", f"gateway-sim listens on 127.0.0.1:{sim.port}; the daily reset is at {reset_at:%H:%M:%S} UTC")
    service = stage.start()
    line.say("", "service", f"account {ACCOUNT} is active, its rules are on: " + ", ".join(r["rule"] for r in service.account()["rules"]))

    # 1. an entry that the rules allow
    sim.do("place", account=ACCOUNT, contract=CONTRACT, type="market", side="buy", size=2, tag="entry-1")
    wait_for("the simulator books 2 MNQ", lambda: sim.positions() == {CONTRACT: 2})
    wait_for("the service sees 2 MNQ", lambda: [p["size"] for p in service.account()["positions"]] == [2])
    position = sim.rows("positions")[0]
    line.say(market_time(sim.rows("trades")[-1]), "simulator", f"the trader bought 2 {CONTRACT} at {position['averagePrice']}")

    # 2. the price falls until the daily loss limit is reached
    before = last_sequence(sim)
    price, closes = 20125, []
    while price > 19800 and not closes:
        price -= 12.5
        sim.do("price", contract=CONTRACT, price=price)
        time.sleep(line.pace)
        deadline = time.monotonic() + (1.5 if price <= 20000 else 0.05)
        while time.monotonic() < deadline and not closes:
            closes = enforcing_requests(sim, before)
    require(closes, f"the price is {price}, the loss is beyond 500, and no enforcing request came")
    line.say(market_time(closes[0]), "simulator", f"the price fell to {price}; first enforcing request: {closes[0]['path']}")
    require(price <= 20000 + 12.5, f"flattened too early, at {price}: the loss limit was not reached")
    wait_for("the simulator's books are flat", lambda: flat(sim))
    realized = [t for t in sim.rows("trades") if t.get("profitAndLoss") is not None]
    line.say(market_time(realized[-1]), "simulator", f"flat; the closing trade made {realized[-1]['profitAndLoss']}")
    require(len([r for r in enforcing_requests(sim, before) if "closeContract" in r["path"]]) == 1, "more than one close was sent for one position")

    row = service.wait_state("locked")
    wait_for("the lock is on disk", lambda: all(l["durable"] for l in service.account()["locks"]))
    line.say("", "service", f"locked by {row['locks'][0]['rule']} until {row['locks'][0]['until']}: {row['locks'][0]['reason']}")
    latency = [e["latency_us"] for e in service.account()["enforcement"] if e.get("latency_us") is not None]
    require(latency, "the service does not know its latency")
    line.say("", "service", f"breaching event read -> enforcing request written: {latency[0]} us")

    # 3. the trader tries again, twice
    before = last_sequence(sim)
    sim.do("place", account=ACCOUNT, contract=CONTRACT, type="market", side="buy", size=1, tag="again-1")
    wait_for("a market order against the lock is closed at once", lambda: flat(sim) and enforcing_requests(sim, before))
    wait_for("the attempt is counted", lambda: service.account()["locks"][0]["attempts"] == 1)
    line.say(market_time(enforcing_requests(sim, before)[-1]), "simulator", "the trader's market order was filled, and closed at once; flat")
    before = last_sequence(sim)
    sim.do("place", account=ACCOUNT, contract=CONTRACT, type="limit", side="buy", size=1, limit_price=19000, tag="again-2")
    wait_for("a resting order against the lock is cancelled", lambda: flat(sim) and enforcing_requests(sim, before))
    wait_for("the second attempt is counted", lambda: service.account()["locks"][0]["attempts"] == 2)
    line.say(market_time(enforcing_requests(sim, before)[-1]), "simulator", "the trader's resting limit order was cancelled; flat")
    wait_for("the attempts are on disk", lambda: all(l["durable"] for l in service.account()["locks"]))

    # 4. the service is killed
    locks = service.account()["locks"]
    service.kill()
    line.say("", "demo", "the service was killed (SIGKILL)")
    service = stage.start("locked")
    again = service.account()["locks"]
    require([(l["rule"], l["until"], l["attempts"]) for l in again] == [(l["rule"], l["until"], l["attempts"]) for l in locks],
            f"the locks before the kill {locks} and after it {again} differ")
    line.say("", "service", f"started again: still locked until {again[0]['until']}, {again[0]['attempts']} attempts kept")
    wait_for("the link is live again", lambda: service.status()["service"]["broker"][0]["state"] == "live")
    before = last_sequence(sim)
    sim.do("place", account=ACCOUNT, contract=CONTRACT, type="market", side="sell", size=3, tag="again-3")
    wait_for("the lock is guarded after the restart", lambda: flat(sim) and enforcing_requests(sim, before))
    line.say(market_time(enforcing_requests(sim, before)[-1]), "simulator", "the trader sold 3 short after the restart: closed at once; flat")

    # 5. the daily reset frees the account
    require(now_utc() < reset_at, "the reset came before the demo had reached it; the machine is too slow for this schedule")
    require(service.account()["state"] == "locked", "free before the reset")
    service.wait_state("active", (reset_at - now_utc()).total_seconds() + 20)
    line.say("", "service", f"the daily reset of {reset_at:%H:%M:%S} UTC came: the account is free")
    require(now_utc() >= reset_at, "free before the reset")
    before = last_sequence(sim)
    sim.do("place", account=ACCOUNT, contract=CONTRACT, type="market", side="buy", size=1, tag="new-day")
    wait_for("the simulator books the new day's entry", lambda: sim.positions() == {CONTRACT: 1})
    wait_for("the service sees it", lambda: [p["size"] for p in service.account()["positions"]] == [1])
    require(sim.positions() == {CONTRACT: 1} and not enforcing_requests(sim, before), "a permitted trade of the new day was closed")
    line.say(market_time(sim.rows("trades")[-1]), "simulator", "the trader bought 1 on the new day, which the rules allow")

    # 6. a target is reached: closed, and locked for the day. This lock stays until somebody takes it away
    while price < 20400 and not enforcing_requests(sim, before):
        price += 25
        sim.do("price", contract=CONTRACT, price=price)
        time.sleep(0.5)
    row = service.wait_state("locked")
    wait_for("the simulator's books are flat", lambda: flat(sim))
    wait_for("the lock is on disk", lambda: all(l["durable"] for l in service.account()["locks"]))
    line.say("", "service", f"locked by {row['locks'][0]['rule']}: {row['locks'][0]['reason']}")


def drill_and_unlock(stage, line):
    """What the reader of the next steps does."""
    sim, service = stage.sim, stage.service
    crash_drill(stage, line)
    before = last_sequence(sim)
    service.admin("unlock", ACCOUNT, "--reason", "the demo is at its end")
    service.wait_state("active")
    line.say("", "administrator", "took the lock away, with a reason that is in the journal")
    sim.do("place", account=ACCOUNT, contract=CONTRACT, type="market", side="buy", size=1, tag="unlocked")
    wait_for("the service sees the trade", lambda: [p["size"] for p in service.account()["positions"]] == [1])
    require(not enforcing_requests(sim, before), "a permitted trade was closed after the unlock")


def evening(stage, line):
    """The service is stopped in order, which closes nothing."""
    sim, service = stage.sim, stage.service
    held = sim.positions()
    code = service.stop()
    require(code == 0, f"the service ended with {code} after SIGTERM")
    require(sim.positions() == held, "a graceful stop must close nothing")
    line.say("", "service", "stopped in order; nothing was closed by that")


def play(*steps):
    try:
        for step in steps:
            step()
        return None
    except Exception as e:  # told at the end, in one line
        return f"{type(e).__name__}: {e}"


def next_steps(stage):
    bin_folder = os.path.relpath(stage.programs.folder)
    return f"""
The service goes on running, locked by a rule that has done its work. In another terminal, in this folder:

  export RISK_MANAGER_SOCKET={stage.env["RM_DEMO_SOCKET"]}
  {bin_folder}/risk-trader                  # the trader's screen again
  {bin_folder}/risk-inspect                 # the actors; type: tree, then: crash account, then: tree
  {bin_folder}/risk-admin unlock {ACCOUNT} --reason "I have seen it"
  {bin_folder}/risk-trader --once           # active again

"""


def wait_for_a_key(what):
    import termios
    import tty
    print(what, end=" ", flush=True)
    if not sys.stdin.isatty():
        sys.stdin.readline()
        return
    before = termios.tcgetattr(sys.stdin)
    try:
        tty.setcbreak(sys.stdin)
        sys.stdin.read(1)
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)
    print(flush=True)


def main():
    headless = "--headless" in sys.argv or not sys.stdout.isatty()
    reset_at = (now_utc() + datetime.timedelta(seconds=RESET_AFTER)).replace(microsecond=0)
    stage = Stage("demo", reset=reset_at.strftime("%H:%M:%S"))
    stage.config = stage.folder / "demo.yaml"
    stage.config.write_text((TOP / "etc" / "demo.yaml").read_text(encoding="utf-8").rstrip("\n") + "\n" + TARGET_RULE, encoding="utf-8")
    wrong = None
    try:
        if headless:
            line = Timeline(sys.stdout)
            wrong = play(lambda: day(stage, line, reset_at), lambda: drill_and_unlock(stage, line), lambda: evening(stage, line))
        else:
            told = stage.folder / "timeline.txt"
            result = []
            with open(told, "w", encoding="utf-8") as out:
                line = Timeline(out, pace=0.8)
                story = threading.Thread(target=lambda: result.append(play(lambda: day(stage, line, reset_at))))
                story.start()
                wait_for("the service's socket", lambda: stage.service is not None)
                print("\nThe trader's screen opens, and a day is played in it: after about fifteen seconds the daily loss limit is reached,\n"
                      "after 75 s the daily reset frees the account, and a last lock stands a little later. Then leave the screen with q.", flush=True)
                time.sleep(4)
                subprocess.run(stage.programs.command("risk-trader", "--socket", stage.env["RM_DEMO_SOCKET"]), check=False)
                if story.is_alive():
                    print(f"The screen is closed; the day goes on to its end, until about {reset_at + datetime.timedelta(seconds=10):%H:%M:%S} UTC …", flush=True)
                    story.join()
            print("\nWhat happened:", flush=True)
            print(told.read_text(encoding="utf-8"), end="")
            wrong = result[0]
            if not wrong:
                print(next_steps(stage))
                wait_for_a_key("Press a key to end the demo.")
                wrong = play(lambda: evening(stage, Timeline(sys.stdout)))
        if wrong:
            for name in ("risk-manager.log", "gateway-sim.log"):
                path = stage.folder / name
                if path.exists():
                    print(f"--- the end of {name}:\n" + "\n".join(path.read_text(errors="replace").splitlines()[-20:]))
    finally:
        stage.close()
    print(f"demo: FAIL: {wrong}" if wrong else "demo: PASS")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
