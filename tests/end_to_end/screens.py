"""The trader's screen and the inspector's console, in real terminals, against the real service and the simulated venue."""
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools" / "lib"))
from drive import ACCOUNT, TOP, Failed, Stage, run_cases, wait_for  # noqa: E402
from terminal import Terminal  # noqa: E402

CONTRACT = "CON.F.US.MNQ.Z26"
SIZES = [(80, 24), (120, 40), (200, 60)]
NOBODY = 65534
COLOUR = re.compile(r"\x1b\[[0-9;]*(?:3[0-7]|9[0-7])(?:;[0-9]+)*m")


def require(truth, what):
    if not truth:
        raise Failed(what)


def screen(stage, *arguments, columns=80, rows=24, env=None):
    return Terminal(stage.programs.command("risk-trader", "--socket", stage.env["RM_DEMO_SOCKET"], *arguments), columns, rows, env)


def breach(stage):
    """Two bought, and the price falls until the daily loss limit is reached."""
    stage.sim.do("place", account=ACCOUNT, contract=CONTRACT, type="market", side="buy", size=2, tag="entry")
    wait_for("the service sees 2", lambda: [p["size"] for p in stage.service.account()["positions"]] == [2])
    stage.sim.do("price", contract=CONTRACT, price=19990)
    return stage.service.wait_state("locked")


def inspect(stage, *arguments, code=0, user=None):
    """risk-inspect as a script runs it; as another system user where one is given."""
    command = stage.programs.command("risk-inspect", "--socket", stage.env["RM_DEMO_SOCKET"], *arguments)
    if user is not None:
        command = ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", *command]
    done = subprocess.run(command, capture_output=True, timeout=60)
    if done.returncode != code:
        raise Failed(f"risk-inspect {' '.join(map(str, arguments))} ended with {done.returncode}, not {code}: {done.stdout.decode()[-400:]}{done.stderr.decode()[-400:]}")
    return done.stdout.decode() + (done.stderr.decode() if code else "")


def actors(stage):
    return {row["name"]: row for row in json.loads(inspect(stage, "--json", "tree"))["actors"]}


# -- the trader's screen --------------------------------------------------------------


def the_frame_has_all_that_the_mock_up_shows_at_every_size():
    with Stage("frames") as stage:
        stage.start()
        stage.sim.do("place", account=ACCOUNT, contract=CONTRACT, type="market", side="buy", size=2, tag="entry")
        for columns, rows in SIZES:
            with screen(stage, columns=columns, rows=rows) as terminal:
                frame = terminal.wait("Risk Manager V34", "PRAC-V2-126244", "[ok] ACTIVE", "Lockout: none", "Day P&L:", "Unrealized:", "+2 @ 20125", "max_contracts", "2 / 5", "[ok] daily_loss_limit",
                                      "Recent enforcement", "no action needed", "sim live", "r refresh", "q quit")
                require(all(len(line) <= columns for line in frame.split("\n")), f"a line is longer than {columns}:\n{frame}")
                terminal.keys("q")
                terminal.wait_end(0)
        with screen(stage, columns=80, rows=24) as terminal:  # and when somebody pulls at the window
            terminal.wait("[ok] ACTIVE")
            for columns, rows in SIZES[::-1]:
                terminal.resize(columns, rows)
                wait_for(f"the layout for {columns} columns", lambda: any(corner in terminal.frame() for corner in "┌╭") == (columns >= 100))
                frame = terminal.wait("[ok] ACTIVE", "Recent enforcement", "q quit", *(["UTC"] if columns >= 80 else []))
                require(("┌" in frame or "╭" in frame) == (columns >= 100), f"not the layout for {columns} columns:\n{frame}")


def a_breach_appears_by_itself_with_its_countdown():
    with Stage("breach") as stage:
        stage.start()
        with screen(stage) as terminal:
            terminal.wait("[ok] ACTIVE")
            breach(stage)
            frame = terminal.wait("[!!] LOCKED", "daily_loss_limit", "reached the loss limit", "[ok] done", "none")
            left = re.search(r"for (\d+):(\d\d):(\d\d), until", frame)
            require(left, f"no countdown:\n{frame}")

            def counts_down():
                now = re.search(r"for (\d+):(\d\d):(\d\d), until", terminal.frame())
                return now and now.groups() < left.groups()
            wait_for("the countdown goes on", counts_down)
            stage.sim.do("place", account=ACCOUNT, contract=CONTRACT, type="market", side="buy", size=1, tag="again")
            terminal.wait("attempts: 1")


def the_service_goes_away_and_comes_back():
    with Stage("away") as stage:
        stage.start()
        with screen(stage) as terminal:
            terminal.wait("[ok] ACTIVE", "| data 0:00:0")
            stage.service.kill()
            terminal.wait("Trying again", "old", "[??] sim live", "[ok] ACTIVE")  # what was last known stays, and says that it is old
            stage.start()
            terminal.wait("[ok] ACTIVE", "[ok] sim live", "| data 0:00:0", gone=["Trying again"], timeout=30)
            terminal.keys("q")
            terminal.wait_end(0)
        stage.service.stop()
        with screen(stage) as terminal:  # opened while nobody is there
            terminal.wait("not reachable", "Trying again")
            stage.start()
            terminal.wait("[ok] ACTIVE", timeout=30)


def keys_colours_and_no_colours():
    with Stage("keys") as stage:
        stage.start()
        seen = {}
        for name, arguments, env in [("dark", [], {}), ("light", [], {"COLORFGBG": "0;15"}), ("none", [], {"NO_COLOR": "1"}), ("plain", ["--theme", "plain"], {})]:
            with screen(stage, *arguments, env=env) as terminal:
                terminal.wait("[ok] ACTIVE")
                seen[name] = set(COLOUR.findall(terminal.frame(colours=True)))
                terminal.keys("?")
                terminal.wait("another account", "Nothing can be changed here")
                terminal.keys("?")
                terminal.wait("[ok] ACTIVE", gone=["another account"])
                terminal.keys("r", "Down", "Up", "Right", "Left")
                terminal.wait("[ok] ACTIVE")
                terminal.keys("Escape" if name == "none" else "C-c" if name == "plain" else "q")
                terminal.wait_end(0)
        require(not seen["none"] and not seen["plain"], f"colours where none are wanted: {seen}")
        require(seen["dark"] and seen["light"] and seen["dark"] != seen["light"], f"dark and light look the same: {seen}")


def several_accounts_have_tabs():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="rm-tabs-"))
    config, market = folder / "two.yaml", folder / "two-market.yaml"
    config.write_text((TOP / "etc" / "demo.yaml").read_text() + "  - { id: 126300, name: EVAL-126300, broker: sim, rules: { max_contracts: { limit: 1 } } }\n")
    market.write_text((TOP / "etc" / "demo-market.yaml").read_text().replace("contracts:", "  - { id: 126300, name: EVAL-126300, balance: 1000, can_trade: true, simulated: true }\ncontracts:"))
    with Stage("tabs", config=config, scenario=market) as stage:
        stage.start()
        stage.service.wait_state("active", account=126300)
        with screen(stage) as terminal:
            terminal.wait(">[ok] PRAC-V2-126244<", "[ok] EVAL-126300", "daily_loss_limit")
            terminal.keys("Right")
            terminal.wait(">[ok] EVAL-126300<", "0 / 1", gone=["daily_loss_limit"])
            terminal.keys("Right")
            terminal.wait(">[ok] PRAC-V2-126244<", "daily_loss_limit")
            terminal.keys("2")
            terminal.wait(">[ok] EVAL-126300<")


def a_screen_that_is_opened_later_shows_the_day_before_it():
    with Stage("morning") as stage:
        stage.start()
        stage.sim.do("place", account=ACCOUNT, contract=CONTRACT, type="market", side="buy", size=2, tag="entry")
        wait_for("the service sees 2", lambda: [p["size"] for p in stage.service.account()["positions"]] == [2])
        stage.sim.do("price", contract=CONTRACT, price=20025)
        wait_for("a loss of 400", lambda: float(stage.service.account()["pnl"]["day"]) < -390)
        stage.sim.do("price", contract=CONTRACT, price=20125)
        wait_for("and back", lambda: float(stage.service.account()["pnl"]["day"]) > -50)
        strokes = lambda frame: [c for c in frame if 0x2800 < ord(c) <= 0x28FF and ((ord(c) & 0x47) == 0x47 or (ord(c) & 0xB8) == 0xB8)]
        for columns, rows in SIZES:
            with screen(stage, columns=columns, rows=rows) as terminal:
                terminal.wait("[ok] ACTIVE", "-500")
                wait_for("the dip is drawn", lambda: strokes(terminal.frame()))
                if columns == SIZES[-1][0]:  # a day that is begun by hand has no dip
                    stage.service.admin("reset", str(ACCOUNT), "daily", "--reason", "a new day")
                    terminal.keys("r")
                    wait_for("the new day's curve", lambda: not strokes(terminal.frame()))


# -- the inspector --------------------------------------------------------------------


def every_kind_of_actor_crashes_in_a_drill_and_comes_back_with_all_it_knew():
    with Stage("drill") as stage:
        stage.start()
        breach(stage)
        wait_for("the lock is on disk", lambda: all(l["durable"] for l in stage.service.account()["locks"]))
        locks = [(l["rule"], l["until"], l["attempts"]) for l in stage.service.account()["locks"]]
        for who in ["account", "enforcement", "max_contracts", "broker", "timers", "resets", "persistence", "inspector"]:
            said = inspect(stage, "crash", who)
            require("is back" in said and "a drill, ordered by" in said, f"crash {who} said: {said}")
        tree = actors(stage)
        for who in [f"account/{ACCOUNT}", f"enforcement/{ACCOUNT}", f"rule/{ACCOUNT}/max_contracts", "broker/sim", "timers", "resets", "persistence", "inspector"]:
            require(tree[who]["restarts"] == 1 and tree[who]["running"], f"{who}: {tree[who]}")
        stage.service.wait_state("locked", 40)
        wait_for("the link is live", lambda: stage.service.status()["service"]["broker"][0]["state"] == "live", 40)
        require([(l["rule"], l["until"], l["attempts"]) for l in stage.service.account()["locks"]] == locks, "the locks before and after the drills differ")
        stage.sim.do("place", account=ACCOUNT, contract=CONTRACT, type="market", side="buy", size=1, tag="again")
        wait_for("the lock is still guarded", lambda: stage.service.account()["locks"][0]["attempts"] == 1 and not stage.sim.positions())
        written = [e["text"] for e in stage.service.journal() if e["kind"] == "admin" and "drill" in e["text"]]
        require(len(written) == 8, f"the journal has {written}")  # persistence's own crash included
        crashes = [e["text"] for e in stage.service.journal() if e["kind"] == "crash"]
        require(len(crashes) == 8 and any(text.startswith("persistence ended") for text in crashes), f"the journal has {crashes}")
        for who, word in [("root", "supervisor"), (f"supervisor/{ACCOUNT}", "supervisor"), ("admin", "socket"), ("nobody", "there is no actor"), ("r", "could be any of")]:
            require(word in inspect(stage, "crash", who, code=2), f"crash {who} was not refused with a sentence")


def the_tree_and_one_actor_closely():
    with Stage("tree") as stage:
        stage.start()
        breach(stage)
        text = inspect(stage, "tree")
        for part in ["root", "persistence", "timers", "broker/sim", f"supervisor/{ACCOUNT}", f"account/{ACCOUNT}", f"enforcement/{ACCOUNT}", f"rule/{ACCOUNT}/daily_loss_limit", "resets", "inspector", "admin", "RESTARTS", "LAST ERROR"]:
            require(part in text, f"{part} is missing in the tree:\n{text}")
        for name, row in actors(stage).items():
            require(row["running"] and row["state"] and row["mailbox"] is not None, f"{name}: {row}")
            require(name in ("root",) or row["since"], f"{name} does not know since when")
        text = inspect(stage, "show", "account")
        for part in ["locked", "talks to", "broker/sim", "handled since it started", "last events", "lock", "daily_loss_limit"]:
            require(part in text, f"{part} is missing:\n{text}")
        require("breach" in inspect(stage, "show", "daily_loss_limit"), "the rule does not say that it has breached")
        require("case" in inspect(stage, "show", "enforcement"), "enforcement does not tell of its case")


def messages_are_seen_as_they_pass():
    with Stage("trace") as stage:
        stage.start()
        command = stage.programs.command("risk-inspect", "--socket", stage.env["RM_DEMO_SOCKET"], "--json", "trace", "account", "--count", 30, "--seconds", 60)
        with subprocess.Popen(command, stdout=subprocess.PIPE) as tracing:
            first = json.loads(tracing.stdout.readline())  # the clock's tick, if nothing else
            stage.sim.do("place", account=ACCOUNT, contract=CONTRACT, type="market", side="buy", size=1, tag="entry")
            rows = [first, *(json.loads(line) for line in tracing.stdout)]
            require(tracing.wait(60) == 0, "trace ended with an error")
        require([r["number"] for r in rows] == list(range(1, 31)), "messages are missing or out of order")
        require(any(r["message"].startswith("venue_event fill buy 1") for r in rows), f"the fill is not in the trace: {sorted({r['message'] for r in rows})}")
        require(any(r["message"].startswith("verdict") and r["from"] == "rule" for r in rows), "no verdict of a rule in the trace")
        require(any(r["answer"] for r in rows), "no answer to a question of the account in the trace")
        everybody = ["broker", "enforcement", "persistence", "timers", "resets", "daily_loss_limit", "inspector", "admin", "supervisor", "root"]
        with concurrent.futures.ThreadPoolExecutor(len(everybody)) as pool:  # nobody falls over being looked at
            list(pool.map(lambda who: inspect(stage, "trace", who, "--count", 5, "--seconds", 1), everybody))
        require(all(row["restarts"] == 0 for row in actors(stage).values()), "an actor fell over being traced")
        require(all(r["took_ns"] > 0 for r in rows) and any(r["waited_ns"] is not None for r in rows), "latencies are missing")


def the_prompt_completes_remembers_and_shows_the_drill():
    with Stage("prompt") as stage:
        stage.start()
        with Terminal(stage.programs.command("risk-inspect", "--socket", stage.env["RM_DEMO_SOCKET"]), 120, 40) as terminal:
            terminal.wait("inspect>", "tab completes")
            terminal.type("tr")
            terminal.keys("Tab", "Tab")
            terminal.wait("tree", "trace")
            terminal.type("ee")
            terminal.keys("Enter")
            terminal.wait("LAST ERROR", f"rule/{ACCOUNT}/max_contracts")
            terminal.type("crash acc")
            terminal.keys("Tab")
            terminal.wait(f"inspect> crash account/{ACCOUNT}")
            terminal.keys("Enter")
            terminal.wait(f"[ok] account/{ACCOUNT} is back", "a drill, ordered by")
            terminal.keys("Up", "Up", "Enter")  # tree once more
            terminal.wait("a drill, ordered by root" if os.geteuid() == 0 else "a drill, ordered by")
            terminal.type("trace timers 5")
            terminal.keys("Enter")
            terminal.wait("5 messages", "poll")
            terminal.type("shwo timers")
            terminal.keys("Enter")
            terminal.wait("there is no command 'shwo'", "show")
            terminal.type("watch")
            terminal.keys("Enter")
            terminal.wait("q leaves", "RESTARTS")
            terminal.keys("q")
            terminal.wait("inspect>", gone=["q leaves"])
            terminal.type("quit")
            terminal.keys("Enter")
            terminal.wait_end(0)


def watch_shows_a_crash_and_the_return():
    with Stage("watch") as stage:
        stage.start()
        with Terminal(stage.programs.command("risk-inspect", "--socket", stage.env["RM_DEMO_SOCKET"], "watch"), 160, 40) as terminal:
            terminal.wait("RESTARTS", f"[ok]     account/{ACCOUNT}")
            inspect(stage, "crash", "account")
            terminal.wait("a drill, ordered by")
            wait_for("one restart is shown", lambda: re.search(rf"account/{ACCOUNT}.* 1 +0:00:.*a drill", terminal.frame()))
            stage.service.stop()
            terminal.wait_end(3)


def a_trader_sees_all_and_crashes_nothing():
    if os.geteuid() != 0:
        print("        (needs root for a second system user: not run)")
        return
    with Stage("roles") as stage:
        os.chmod(stage.folder, 0o755)
        stage.start()
        for arguments in [("tree",), ("show", "account"), ("--json", "trace", "timers", "--count", 2)]:
            require(inspect(stage, *arguments, user=NOBODY), f"{arguments} says nothing to a trader")
        refused = inspect(stage, "crash", "account", code=4, user=NOBODY)
        require("needs an administrator" in refused, f"the refusal says: {refused}")
        require(actors(stage)[f"account/{ACCOUNT}"]["restarts"] == 0, "it crashed all the same")
        wait_for("the refusal is written down", lambda: any("crash" in e["text"] and "no administrator" in e["text"] for e in stage.service.journal()))
        once = subprocess.run(["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *stage.programs.command("risk-trader", "--socket", stage.env["RM_DEMO_SOCKET"], "--once")], capture_output=True, timeout=60)
        require(once.returncode == 0 and b"PRAC-V2-126244" in once.stdout, f"risk-trader --once as a trader: {once}")


def bad_use_and_nobody_there():
    with Stage("usage") as stage:
        require("reachable" in inspect(stage, "tree", code=3), "no sentence about the service that is away")
        for wrong in [("tre",), ("show",), ("trace", "x", "--count", "0"), ("--frobnicate",)]:
            inspect(stage, *wrong, code=2)
        inspect(stage, code=2)  # no terminal, no command
        require("crash" in inspect(stage, "--help"), "no help")
        stage.start()
        inspect(stage, "show", "acount", code=2)


CASES = [the_frame_has_all_that_the_mock_up_shows_at_every_size, a_breach_appears_by_itself_with_its_countdown, the_service_goes_away_and_comes_back, keys_colours_and_no_colours, a_screen_that_is_opened_later_shows_the_day_before_it,
         several_accounts_have_tabs, every_kind_of_actor_crashes_in_a_drill_and_comes_back_with_all_it_knew, the_tree_and_one_actor_closely, messages_are_seen_as_they_pass,
         the_prompt_completes_remembers_and_shows_the_drill, watch_shows_a_crash_and_the_return, a_trader_sees_all_and_crashes_nothing, bad_use_and_nobody_there]

if __name__ == "__main__":
    sys.exit(run_cases(CASES))
