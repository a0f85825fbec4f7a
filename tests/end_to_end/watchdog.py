"""The real service with one of its threads stopped, as if it hung: the process ends by itself, so that whoever watches over it starts it again."""
import pathlib
import re
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools" / "lib"))
from drive import Failed, Programs, Stage, run_cases, wait_for  # noqa: E402
from freeze import Frozen, threads, why_not  # noqa: E402


def require(truth, what):
    if not truth:
        raise Failed(what)


def process_of(stage):
    """The program's own process: under wine the one that was started is it too, for wine puts it in its own place."""
    return stage.service.process.pid


def freeze(stage, name):
    """Stops the thread of that name; the one that was there first when the process's own name is asked for."""
    pid = process_of(stage)
    if name == "main":
        return Frozen(pid)
    found = wait_for(f"a thread named {name}", lambda: threads(pid).get(name), 30)
    return Frozen(min(found))  # those that it has made have its name too


def ends_by_itself(stage, frozen, limit):
    """Waits for the end; gives the exit code and for how long it took."""
    began = time.monotonic()
    def look():
        frozen.reap()
        return not stage.service.running()
    wait_for("the process ends by itself", look, limit)
    return stage.service.process.returncode, time.monotonic() - began


def said(stage, words):
    """In the log's file and on standard error: it ended with those words, and is guarded again at the next start with its state."""
    text = stage.service.text()
    require(re.search(words + "; ending the process", text), f"the log does not say why: {text[-600:]}")


def a_service_whose_actors_hang_ends_within_a_minute_and_a_half_and_comes_back():
    with Stage("watchdog") as stage:
        stage.start(timeout=120)
        time.sleep(10)  # several times as long as between two signs of life: what keeps it alive is heard
        code, took = ends_by_itself(stage, freeze(stage, "network"), 240)
        require(code == 1 and took > 30, f"ended with {code} after {took:.0f} s")
        said(stage, "gave no sign of life for a minute")
        stage.start(timeout=120)
        lines = [e["text"] for e in stage.service.journal() if e["kind"] == "service"]
        require(any("unclean end" in line for line in lines), f"the journal does not tell how the run before ended: {lines}")


def a_stop_that_hangs_ends_within_its_budget():
    if Programs().windows:
        print("        not here: a Windows program that was started by hand knows no SIGTERM; windows_service.py has it through the service manager")
        return
    for name in ("network", "main"):
        with Stage("watchdog") as stage:
            stage.start(timeout=60)
            frozen = freeze(stage, name)
            stage.service.process.terminate()
            code, took = ends_by_itself(stage, frozen, 120)
            require(code == 1 and took > 5, f"{name}: ended with {code} after {took:.0f} s")
            said(stage, "the stop took longer than its 10 s")


if __name__ == "__main__":
    why = why_not()
    if why:
        print(f"NOT SHOWN HERE, for this machine lets nobody stop another's thread ({why}): that a service that hangs ends by itself")
        sys.exit(77)  # skipped, as meson has it
    sys.exit(run_cases([a_service_whose_actors_hang_ends_within_a_minute_and_a_half_and_comes_back, a_stop_that_hangs_ends_within_its_budget]))
