"""The Windows programs: gateway-sim.exe and risk-manager.exe, a breach, a lock, a kill, the lock again; and the programs of people over the pipe."""
import json
import os
import pathlib
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools" / "lib"))
from drive import ACCOUNT, TOP, Failed, Process, Stage, run_cases, wait_for  # noqa: E402

MNQ = "CON.F.US.MNQ.Z26"


class Holder(Process):
    """Has a file open so that nobody else can open it. Our own program does it: it holds risk-manager.lock in its data folder, and that is
    another name of the file here."""

    def __init__(self, stage, file):
        folder = stage.folder / "holder"
        folder.mkdir()
        os.link(file, folder / "risk-manager.lock")
        text = (TOP / "etc" / "demo.yaml").read_text().replace("${RM_DEMO_PORT}", "1")  # a venue that is not there
        (folder / "holder.yaml").write_text(text)
        env = {**os.environ, **stage.env, "RM_DEMO_DIR": stage.programs.path(folder), "RM_DEMO_SOCKET": stage.env["RM_DEMO_SOCKET"] + "-holder"}
        super().__init__(stage.programs.command("risk-manager", "run", "--config", stage.programs.path(folder / "holder.yaml")), folder / "holder.log", env)
        wait_for("the file is held", lambda: " starts with " in self.text(), 90)


def a_breach_ends_flat_and_locked_and_the_lock_outlives_the_process_also_while_a_user_holds_the_configuration():
    with Stage("windows") as stage:
        config = stage.folder / "own.yaml"
        shutil.copy2(stage.config, config)
        stage.config = config
        sim, service = stage.sim, stage.start(timeout=90)
        sim.do("place", account=ACCOUNT, contract=MNQ, type="market", side="buy", size=2)
        wait_for("the service sees 2", lambda: [p["size"] for p in service.account()["positions"]] == [2], 60)
        for price in (20000, 19900, 19870, 19860):
            sim.do("price", contract=MNQ, price=price)
        wait_for("flat", lambda: not sim.positions() and not sim.live_orders(), 60)
        row = service.wait_state("locked", 60)
        wait_for("the lock is on disk", lambda: all(l["durable"] for l in service.account()["locks"]), 60)
        service.kill()
        holder = Holder(stage, config)
        service = stage.start("locked", timeout=90, arguments=("--data-dir", stage.programs.path(stage.folder)))
        if not [a for a in service.status()["service"]["alarms"] if "the configuration cannot be used" in a["what"] and "own.yaml" in a["what"]]:
            raise Failed(f"the configuration is held, and nothing is said: {service.status()['service']['alarms']}")
        holder.kill()
        again = service.account()["locks"]
        if (again[0]["rule"], again[0]["until"]) != (row["locks"][0]["rule"], row["locks"][0]["until"]):
            raise Failed(f"the lock changed: {row['locks']} {again}")
        wait_for("live again", lambda: service.status()["service"]["broker"][0]["state"] == "live", 60)
        sim.do("place", account=ACCOUNT, contract=MNQ, type="limit", side="buy", size=1, limit_price=19000)
        wait_for("the lock is guarded", lambda: not sim.live_orders() and service.account()["locks"][0]["attempts"] == 1, 60)
        zones = service.status()["service"]["tz_data"]
        if not zones["version"] or zones["age_days"] is None:
            raise Failed(f"the age of the zone data that the program carries is not known: {zones}")
        if not service.admin("journal", "--verify")["whole"]:
            raise Failed("the journal is not whole")
        wait_for("the configuration is its own again", lambda: not any("cannot be used" in a["what"] for a in service.status()["service"]["alarms"]), 60)


def the_programs_of_people_speak_over_the_pipe():
    with Stage("people") as stage:
        sim, service = stage.sim, stage.start(timeout=90)
        sim.do("place", account=ACCOUNT, contract=MNQ, type="market", side="buy", size=2)
        wait_for("the service sees 2, and what they are worth", lambda: [p["size"] for p in service.account()["positions"] if p["mark"]] == [2], 60)

        def run(program, *arguments, code=0):
            done = subprocess.run(stage.programs.command(program, "--socket", service.socket, *arguments), capture_output=True, timeout=120)
            said = done.stdout.decode(errors="replace") + (done.stderr.decode(errors="replace") if code else "")
            if done.returncode != code:
                raise Failed(f"{program} {arguments} ended with {done.returncode}, not {code}: {said[-300:]}{done.stderr.decode(errors='replace')[-300:]}")
            return said

        def has(text, *parts):
            for part in parts:
                if part not in text:
                    raise Failed(f"{part} is missing:\n{text}")
        has(run("risk-trader", "--once"), "PRAC-V2-126244", "ACTIVE", "daily_loss_limit")
        if json.loads(run("risk-trader", "--json"))["schema"] != 1:
            raise Failed("risk-trader --json is no status object")
        has(run("risk-inspect", "tree"), f"account/{ACCOUNT}", "broker/sim", "RESTARTS")
        has(run("risk-inspect", "show", "account"), "talks to", "broker/sim")
        has(run("risk-inspect", "crash", "timers"), "is back")
        has(run("risk-inspect", "show", "acount", code=2), "there is no actor")
        has(run("risk-admin", "rules"), "max_contracts", "2")
        has(run("risk-admin", "config", "show"), "# The configuration of tools/demo")
        changed = stage.folder / "changed.yaml"
        changed.write_text(stage.config.read_text().replace("max_contracts: { limit: 5 }", "max_contracts: { limit: 1 }"))
        has(run("risk-admin", "config", "check", stage.programs.path(changed)), "{ limit: 5 } -> { limit: 1 }", "BREACH AT ONCE")
        has(run("risk-admin", "lock", ACCOUNT, "--mode", "reduce_only", "--for", "1h", "--reason", "a test"), "done:")
        has(run("risk-admin", "locks"), "manual")
        has(run("risk-admin", "unlock", ACCOUNT, "--reason", "a test"), "done:")
        has(run("risk-admin", "unlock", ACCOUNT, "--reason", "a test", code=1), "not locked")
        has(run("risk-admin", "logs", "--tail", "50"), "service: risk-manager")
        service.kill()
        for program, arguments in (("risk-trader", ["--once"]), ("risk-inspect", ["tree"]), ("risk-admin", ["status"])):
            run(program, *arguments, code=3)


if __name__ == "__main__":
    sys.exit(run_cases([a_breach_ends_flat_and_locked_and_the_lock_outlives_the_process_also_while_a_user_holds_the_configuration, the_programs_of_people_speak_over_the_pipe]))
