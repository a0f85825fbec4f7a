"""What a newcomer does: starts the demo, sees the breach, crashes the account's actor, takes the lock away."""
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools" / "lib"))
from drive import ACCOUNT, TOP, Failed, Programs, run_cases  # noqa: E402
from terminal import Terminal  # noqa: E402


def the_demo_plays_and_its_next_steps_work():
    programs = Programs()
    with Terminal(["RM_BIN=" + str(programs.folder), sys.executable, TOP / "tools" / "lib" / "demo.py"], 100, 40) as demo:
        demo.wait("[ok] ACTIVE", timeout=60)
        demo.wait("[!!] LOCKED", "daily_loss_limit", "reached the loss limit", timeout=60)
        demo.keys("q")
        frame = demo.wait("Press a key to end the demo", "risk-admin unlock", timeout=180)
        socket = re.search(r"RISK_MANAGER_SOCKET=(\S+)", frame).group(1)

        def run(name, *arguments):
            done = subprocess.run(programs.command(name, "--socket", socket, *arguments), capture_output=True, timeout=60)
            if done.returncode != 0:
                raise Failed(f"{name} {arguments} ended with {done.returncode}: {done.stdout.decode()[-300:]}{done.stderr.decode()[-300:]}")
            return done.stdout.decode()
        if "LOCKED" not in run("risk-trader", "--once"):
            raise Failed("there is no lock to take away")
        if "is back" not in run("risk-inspect", "crash", "account"):
            raise Failed("the account's actor did not come back")
        run("risk-admin", "unlock", ACCOUNT, "--reason", "I have seen it")
        text = run("risk-trader", "--once")
        if "ACTIVE" not in text or "LOCKED" in text:
            raise Failed(f"the lock is not gone:\n{text}")
        demo.keys("Space")
        demo.wait("demo: PASS", "[ended with 0]", timeout=60)


CASES = [the_demo_plays_and_its_next_steps_work]

if __name__ == "__main__":
    sys.exit(run_cases(CASES))
