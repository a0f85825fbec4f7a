#!/usr/bin/env python3
"""RiskManagerSetup.exe under wine: installed without a question, running, guarding, installed again, taken away with and without the data.

Use: windows.py RiskManagerSetup.exe, with RM_BIN the Windows programs' folder and RM_WRAPPER tools/lib/wine-run.
"""
import os
import pathlib
import re
import signal
import subprocess
import sys
import time

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tests" / "end_to_end"))
sys.path.insert(0, str(TOP / "tools" / "lib"))
from drive import Failed, run_cases, wait_for  # noqa: E402
from windows_service import Machine, require  # noqa: E402

SETUP = pathlib.Path(sys.argv.pop(1)).resolve() if len(sys.argv) > 1 else None


def setup(windows, program, *arguments, code=0):
    said = windows.folder / "setup.log"  # not a pipe: what a shortcut starts under wine would keep it open
    with open(said, "wb") as log:
        done = subprocess.run([*windows.programs.wrapper, str(program), "/S", *arguments], stdin=subprocess.DEVNULL, stdout=log, stderr=log, timeout=300)
    require(done.returncode == code, f"{program.name} {' '.join(arguments)} ended with {done.returncode}: {said.read_text(errors='replace')[-500:]}")


def told_in_the_readme(program):
    """The arguments that the README gives that program to run without a screen, word for word; those in brackets are left out."""
    found = re.search(r"`" + re.escape(program) + r"\s+(/S[^`]*)`", (TOP / "README.md").read_text())
    require(found, f"the README does not tell how {program} runs without a screen")
    return re.sub(r"\[[^]]*\]", "", found[1]).split()


def uninstall(windows, *arguments):
    """The uninstaller copies itself away and returns at once: what it does is waited for."""
    setup(windows, windows.installed / "uninstall.exe", *arguments)
    wait_for("the programs are gone", lambda: not windows.installed.exists(), 120)
    windows.run("risk-manager", "status", code=4)
    require(not windows.service_pids(), "the service still runs")


def one_click_and_back():
    with Machine() as windows:
        key = windows.folder / "key"
        key.write_text("demo-key-0001\n")
        told = told_in_the_readme(SETUP.name)
        require(told == ["/S", "/CONFIG=FILE", "/KEYFILE=FILE"] and told_in_the_readme("uninstall.exe") == ["/S"], f"the README tells something else: {told}")
        began = time.monotonic()
        setup(windows, SETUP, f"/CONFIG={windows.config()}", f"/KEYFILE={windows.programs.path(key)}")
        print(f"        installed and running in {time.monotonic() - began:.1f} s (in a wine that runs already) by: {SETUP.name} {' '.join(told)}")
        windows.run("risk-manager", "status")
        require(windows.service_pids(), "the installed program does not run")
        for name in ("risk-manager.exe", "risk-admin.exe", "risk-trader.exe", "risk-inspect.exe", "install.ps1", "uninstall.ps1", "check-installation.ps1", "third-party.txt"):
            require((windows.installed / name).exists(), name + " was not installed")
        lock = windows.breach()
        windows.run("risk-admin", "service", "stop")
        wait_for("the process is gone", lambda: not windows.service_pids(), 60)
        windows.run("risk-admin", "service", "start")
        windows.guarded(lock)
        for pid in windows.service_pids():
            os.kill(pid, signal.SIGKILL)
        wait_for("the process is gone", lambda: not windows.service_pids(), 60)
        windows.run("risk-admin", "service", "stop", code=None)  # so that wine notices; a Windows carries out the failure action
        windows.run("risk-admin", "service", "start")
        windows.guarded(lock)
        setup(windows, SETUP)  # over the running one
        windows.guarded(lock)
        uninstall(windows)
        require((windows.root / "data" / "riskmanager.db").exists(), "the data is gone")
        setup(windows, SETUP)
        windows.guarded(lock)
        uninstall(windows, "/REMOVEDATA")
        require(not windows.root.exists(), "something is left of the data")


def a_failed_setup_leaves_nothing_and_one_without_a_login_says_that_nobody_is_guarded():
    with Machine() as windows:
        key = windows.folder / "key"
        key.write_text("demo-key-0001\n")
        (windows.c / "bad" / "riskmanager.db").mkdir(parents=True)
        setup(windows, SETUP, f"/CONFIG={windows.config(data='C:' + chr(92) + 'bad')}", f"/KEYFILE={windows.programs.path(key)}", code=2)
        windows.run("risk-manager", "status", code=4)
        require(not windows.root.exists() and not windows.installed.exists(), "something is left")
        logs = list(windows.c.glob("users/*/**/RiskManagerSetup.log"))
        require(len(logs) == 1 and "the database cannot be opened" in logs[0].read_text(errors="replace"), f"nobody is told why: {logs}")
        setup(windows, SETUP, code=3)  # without a login: installed, and said that nobody is guarded
        windows.run("risk-manager", "status", code=3)
        uninstall(windows, "/REMOVEDATA")


if __name__ == "__main__":
    if SETUP is None or not SETUP.exists():
        raise Failed("which setup program?")
    sys.exit(run_cases([one_click_and_back, a_failed_setup_leaves_nothing_and_one_without_a_login_says_that_nobody_is_guarded]))
