"""The service as Windows runs it: installed through the service control manager, started, stopped, killed, taken away. Under wine 8.

What wine cannot show, and a Windows must: it carries out no failure actions (so the killed service is started by hand here, unless it comes back),
keeps no security descriptor of the service object and of files (windows_lists.py says which come back), knows no second user (so nobody tries to
stop the service without the right to), and its event log is a stub.
"""
import datetime
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools" / "lib"))
from drive import ACCOUNT, TOP, Failed, Process, Programs, Simulator, now_utc, run_cases, wait_for  # noqa: E402
from freeze import Frozen, threads, why_not  # noqa: E402
from windows_lists import lists_are_those_of_the_document  # noqa: E402
import json  # noqa: E402

MNQ = "CON.F.US.MNQ.Z26"
PRODUCT = "RiskManagerV34"
CONFIG = """version: 1
service:
  data_dir: '{data}'
  log: {{ folder: 'C:\\ProgramData\\RiskManagerV34\\logs', level: info }}
calendar: {{ timezone: UTC, daily_reset: "{reset}" }}
brokers:
  - {{ id: sim, kind: projectx, api_url: "http://127.0.0.1:{port}", user_hub_url: "http://127.0.0.1:{port}/hubs/user", market_hub_url: "http://127.0.0.1:{port}/hubs/market", user_name: demo, api_key_file: secrets/topstepx.key }}
presets: topstepx-presets.yaml
profiles: {{ firm: {{ preset: {{ name: topstepx-50k }} }} }}
accounts:
  - {{ id: 126244, broker: sim, profile: firm, rules: {{ daily_loss_limit: {{ limit: 500 }} }} }}
"""


def require(truth, what):
    if not truth:
        raise Failed(what)


class Machine:
    """A Windows of its own: a fresh wine prefix, with the programs unpacked as from the archive. The venue is another machine's."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="rm-service-"))
        self.prefix = self.folder / "wine"
        programs = Programs()
        self.kit = self.folder / "kit"
        self.kit.mkdir()
        for name in ("risk-manager", "risk-admin", "gateway-sim"):
            shutil.copy2(programs.folder / (name + ".exe"), self.kit)
        for name in ("risk-manager.yaml", "cme-calendar.yaml", "topstepx-presets.yaml"):
            shutil.copy2(TOP / "etc" / name, self.kit)
        self.programs = Programs(self.kit, " ".join(programs.wrapper))
        os.environ["WINEPREFIX"] = str(self.folder / "venue")
        self.sim = Simulator(self.programs, self.folder, TOP / "etc" / "demo-market.yaml")
        self.sim.set_price(MNQ, 20125)
        os.environ["WINEPREFIX"] = str(self.prefix)
        self.power_on()
        self.c = self.prefix / "drive_c"
        self.root, self.installed = self.c / "ProgramData" / PRODUCT, self.c / "Program Files" / PRODUCT

    def power_on(self):
        """Wine's Windows is there as long as somebody runs a program in it: any will do."""
        shown = dict(os.environ, WINEDEBUG="-all,fixme+advapi,fixme+eventlog,fixme+service,trace+service")  # the stubs tell what they were given
        self.session = Process(self.programs.command("gateway-sim", "--port", 0), self.folder / "session.log", shown)
        wait_for("the session", lambda: any("listening on" in line for line in self.session.lines), 120)

    def power_off(self):
        server = shutil.which("wineserver64") or shutil.which("wineserver", path="/usr/lib/wine:" + os.environ["PATH"]) or "/usr/lib/wine/wineserver64"
        subprocess.run([server, "-k"], capture_output=True, timeout=60)
        wait_for("nothing runs any more", lambda: not self.pids(""), 60)

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        if kind is not None:
            for log in (self.root / "logs").glob("*.log"):
                print("--- the end of " + log.name + ":\n" + "\n".join(log.read_text(errors="replace").splitlines()[-20:]), file=sys.stderr)
        self.sim.kill()
        for pid in [*self.pids(""), *self.pids("", self.folder / "venue")]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        shutil.rmtree(self.folder, ignore_errors=True)

    def pids(self, words, prefix=None):
        """What runs in this Windows with that in its command line."""
        found = []
        for folder in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                if words in line and ("WINEPREFIX=" + str(prefix or self.prefix)).encode() in (folder / "environ").read_bytes().split(b"\0"):
                    found.append(int(folder.name))
            except OSError:
                pass
        return found

    def service_pids(self):
        return self.pids("\\risk-manager.exe service")

    def config(self, data="C:\\ProgramData\\RiskManagerV34\\data"):
        file = self.kit / "mine.yaml"
        reset = (now_utc() + datetime.timedelta(hours=6)).strftime("%H:%M:%S")
        file.write_text(CONFIG.format(data=data, reset=reset, port=self.sim.port))
        return self.programs.path(file)

    def run(self, name, *arguments, code=0, text=""):
        done = subprocess.run(self.programs.command(name, *arguments), input=text.encode(), capture_output=True, timeout=240)
        said = (done.stdout + done.stderr).decode(errors="replace")
        require(code is None or done.returncode == code, f"{name} {' '.join(arguments)} ended with {done.returncode}, not {code}: {said[-700:]}")
        return said

    def admin(self, *arguments):
        return json.loads(self.run("risk-admin", "--json", *arguments))

    def account(self):
        return next(row for row in self.admin("status")["accounts"] if row["id"] == ACCOUNT)

    def install(self, *more, code=0, data="C:\\ProgramData\\RiskManagerV34\\data"):
        return self.run("risk-manager", "install", "--config", self.config(data), "--read-key", *more, text="demo-key-0001\n", code=code)

    def wait_account(self, state):
        def look():
            row = self.account()
            return row if row["state"] == state else None
        return wait_for(f"the account is {state}", look, 120)

    def events(self):
        """(id, weight) of what was given to the event log."""
        return {(int(i, 16), int(w, 16)) for w, i in re.findall(r"ReportEventW \(\w+,0x(\w+),0x\w+,0x(\w+),", self.session.text())}

    def states(self):
        """(state, check-point, wait hint in ms) as the service has told the manager, in that order. Wine's own services, whose hint is another, told theirs before."""
        rows = re.findall(r"SetServiceStatus \S+ \S+ (\S+) \S+ \S+ \S+ (\S+) (\S+)", self.session.text())
        all_told = [tuple(int(word, 16) for word in row) for row in rows]
        return all_told[all_told.index((2, 1, 30000)):] if (2, 1, 30000) in all_told else []

    def breach(self):
        self.wait_account("active")
        self.sim.do("place", account=ACCOUNT, contract=MNQ, type="market", side="buy", size=2)
        wait_for("the service sees 2", lambda: [p["size"] for p in self.account()["positions"]] == [2], 60)
        for price in (20000, 19900, 19870, 19860):
            self.sim.do("price", contract=MNQ, price=price)
        wait_for("flat", lambda: not self.sim.positions() and not self.sim.live_orders(), 60)
        self.wait_account("locked")
        return wait_for("the lock is on disk", lambda: [l for l in self.account()["locks"] if l["durable"]], 60)[0]

    def guarded(self, lock):
        """The same lock, and an order that does not live long."""
        row = self.wait_account("locked")
        require((row["locks"][0]["rule"], row["locks"][0]["until"]) == (lock["rule"], lock["until"]), f"the lock changed: {lock} {row['locks']}")
        before = row["locks"][0]["attempts"]
        wait_for("live again", lambda: self.admin("status")["service"]["broker"][0]["state"] == "live", 120)
        self.sim.do("place", account=ACCOUNT, contract=MNQ, type="limit", side="buy", size=1, limit_price=19000)
        wait_for("the lock is guarded", lambda: not self.sim.live_orders() and self.account()["locks"][0]["attempts"] == before + 1, 90)


def from_install_to_uninstall():
    with Machine() as windows:
        require("not installed" in windows.run("risk-manager", "status", code=4), "there is a service before there is one")
        windows.install()
        windows.run("risk-manager", "status")
        require(windows.service_pids(), "no process of the installed service: it runs from somewhere else")
        for folder in ("data", "config/secrets"):
            require((windows.root / folder).stat().st_mode & 0o007 == 0, f"others have rights in {folder}")
        # The service runs before its pipe is there to be looked at.
        wait_for("the lists are those of the document", lambda: lists_are_those_of_the_document(windows.run("risk-manager", "status", "--check", code=None)) or True, 60)
        require("FAILURE_ACTIONS not implemented: period 86400" in windows.session.text(), "the service manager was given no failure actions that count anew each day")
        lock = windows.breach()

        windows.run("risk-admin", "service", "stop")
        wait_for("the process is gone", lambda: not windows.service_pids(), 60)
        windows.run("risk-manager", "status", code=3)
        windows.run("risk-admin", "service", "start")
        windows.guarded(lock)

        for pid in windows.service_pids():
            os.kill(pid, signal.SIGKILL)
        wait_for("the process is gone", lambda: not windows.service_pids(), 60)
        try:
            wait_for("the failure action", windows.service_pids, 12)
            print("        wine has carried out the failure action")
        except Failed:
            print("        wine does not carry out failure actions: the killed service is started by hand; a Windows must show this")
            windows.run("risk-admin", "service", "stop", code=None)
            windows.run("risk-admin", "service", "start")
        windows.guarded(lock)

        before = windows.service_pids()
        said = windows.run("risk-manager", "install")
        require("stays" in said and "running" in said, f"installed again: {said}")
        require(not set(before) & set(windows.service_pids()), "the old process still runs")
        windows.guarded(lock)

        windows.run("risk-manager", "uninstall", "--keep-data")
        require(not windows.service_pids() and (windows.root / "data" / "riskmanager.db").exists(), "uninstalled with the data kept")
        windows.run("risk-manager", "status", code=4)
        windows.run("risk-manager", "install")
        windows.guarded(lock)
        windows.run("risk-manager", "uninstall")
        windows.run("risk-manager", "status", code=4)
        require(not windows.root.exists() and not windows.installed.exists(), "uninstalled, but not all is gone")
        # start, stop: information; breach, lock: warning
        require(windows.events() >= {(1, 4), (2, 4), (3, 2), (4, 2)}, f"the event log was given {sorted(windows.events())}")


def contracts_in(text):
    return int(re.search(r"max_contracts: \{ limit: (\d+),", text)[1])


def data_files_that_nobody_changed_are_renewed_by_installing_again():
    name = "topstepx-presets.yaml"
    with Machine() as windows:
        shipped, own = windows.installed / name, windows.root / "config" / name
        def set_kit(limit):
            text = (TOP / "etc" / name).read_text().replace("max_contracts: { limit: 5,", f"max_contracts: {{ limit: {limit},")
            require(contracts_in(text) == limit, "the presets have another form")
            (windows.kit / name).write_text(text)
        def in_force():
            return [int(r["limit"]) for r in windows.account()["rules"] if r["rule"] == "max_contracts"]
        set_kit(4)
        windows.install()
        require(not own.exists() and contracts_in(shipped.read_text()) == 4, "the data files lie where no installation renews them")
        wait_for("the shipped data is in force", lambda: in_force() == [4], 60)
        shutil.copy(shipped, own)  # as versions before put it there
        set_kit(6)
        windows.run("risk-manager", "install")
        require(not own.exists(), "a data file that nobody changed was kept")
        wait_for("the renewed data is in force", lambda: in_force() == [6], 60)
        own.write_text(shipped.read_text().replace("limit: 6,", "limit: 3,"))
        set_kit(7)
        windows.run("risk-manager", "install")
        require(contracts_in(own.read_text()) == 3 and contracts_in(shipped.read_text()) == 7, "a data file that the administrator has changed was replaced")
        wait_for("the administrator's own data is in force", lambda: in_force() == [3], 60)


def it_starts_with_windows_and_goes_on_guarding():
    with Machine() as windows:
        windows.install()
        lock = windows.breach()
        windows.power_off()  # without a word to anybody
        windows.power_on()
        wait_for("the service starts with Windows", windows.service_pids, 120)
        windows.guarded(lock)


def an_installation_that_fails_leaves_nothing():
    with Machine() as windows:
        bad = windows.c / "bad"
        (bad / "riskmanager.db").mkdir(parents=True)
        said = windows.install(code=1, data="C:\\bad")
        require("the database cannot be opened" in said, f"why it failed is not told: {said}")
        windows.run("risk-manager", "status", code=4)
        require(not windows.root.exists() and not windows.installed.exists(), "something is left of it")
        require(not windows.service_pids(), "it runs")


def a_mistake_in_the_configuration_changes_nothing():
    with Machine() as windows:
        windows.install()
        before = windows.service_pids()
        bad = windows.kit / "bad.yaml"
        bad.write_text("version: 1\nacounts: []\n")
        require("acounts" in windows.run("risk-manager", "install", "--config", windows.programs.path(bad), code=1), "the mistake is not named")
        require(before and before == windows.service_pids(), "the running service was touched")
        # One that is put there behind everybody's back: the service starts with the one that was in force, and says so.
        (windows.root / "config" / "risk-manager.yaml").write_text("version: 1\nacounts: []\n")
        windows.run("risk-admin", "service", "restart")
        windows.wait_account("active")
        require([a for a in windows.admin("status")["service"]["alarms"] if "the configuration cannot be used" in a["what"] and "acounts" in a["what"]], "no alarm")
        windows.run("risk-admin", "service", "stop")
        # With none that ever was in force: not started, and said where an administrator looks.
        (windows.root / "data" / "last-good.config").unlink()
        windows.run("risk-admin", "service", "start", code=None)
        require("the configuration has mistakes" in windows.run("risk-manager", "status", code=3), "the service does not say why it ended")
        require((8, 1) in windows.events(), f"the event log was given {sorted(windows.events())}")


def an_installation_that_fails_over_a_running_service_leaves_it_running():
    with Machine() as windows:
        windows.install()
        lock = windows.breach()
        config, key = windows.root / "config" / "risk-manager.yaml", windows.root / "config" / "secrets" / "topstepx.key"
        good = config.read_text()
        # Half of the files are there already when one cannot be copied.
        (windows.kit / "attack-surface.md").mkdir()
        said = windows.run("risk-manager", "install", "--read-key", text="another-key\n", code=1)
        require("runs again" in said and "NOBODY" not in said, f"what became of the old one is not told: {said}")
        windows.guarded(lock)
        require(key.read_text() == "demo-key-0001\n", "the key is another one")
        require(not list(windows.installed.glob("*.before")), "old files are left")
        (windows.kit / "attack-surface.md").rmdir()
        # With this configuration the new one would not be in force: what runs is not stopped for it.
        before = windows.service_pids()
        config.write_text("version: 1\nacounts: []\n")
        require("runs on" in windows.run("risk-manager", "install", code=1) and windows.service_pids() == before, "the running service was touched")
        # A key that is put in before the mistake is seen is taken out again.
        said = windows.run("risk-manager", "install", "--read-key", text="another-key\n", code=1)
        require("acounts" in said and "runs again" in said and "NOBODY" not in said, f"the mistake is not named, or what follows from it: {said}")
        windows.guarded(lock)  # by what was in force last
        require(key.read_text() == "demo-key-0001\n", "the key that was there is gone")
        config.write_text(good)
        windows.run("risk-admin", "service", "start", code=None)
        windows.guarded(lock)


def while_it_starts_and_stops_its_check_points_rise_and_a_stop_that_hangs_is_ended():
    stopped, starting, stopping, running = 1, 2, 3, 4
    def rises(state, hint):
        points = [row[1] for row in windows.states() if row[0] == state]
        require(points == list(range(1, len(points) + 1)), f"the check-points do not rise by one: {windows.states()}")
        require({row[2] for row in windows.states() if row[0] == state} == {hint}, f"another wait hint: {windows.states()}")
        return len(points)
    with Machine() as windows:
        windows.install()
        require(rises(starting, 30000) >= 4, f"a start has fewer check-points than steps: {windows.states()}")
        require(windows.states()[-1] == (running, 0, 0), f"running has a check-point: {windows.states()}")
        windows.run("risk-admin", "service", "stop")
        wait_for("it has told that it stopped", lambda: windows.states()[-1] == (stopped, 0, 0), 60)
        require(rises(stopping, 12000) >= 2, f"a stop has no check-points: {windows.states()}")
    why = why_not()
    if why:
        print(f"        not shown here, for this machine lets nobody stop another's thread ({why}): a stop that hangs")
        return
    with Machine() as windows:
        windows.install()
        lock = windows.breach()
        pid = windows.service_pids()[0]
        frozen = Frozen(min(threads(pid)["network"]))
        subprocess.run(windows.programs.command("risk-admin", "service", "stop"), capture_output=True, timeout=240)
        def gone():
            frozen.reap()
            return not windows.service_pids()
        wait_for("the process has ended itself", gone, 120)
        require(rises(stopping, 12000) >= 5, f"nobody was told that the stop goes on: {windows.states()}")
        require("the stop took longer than its 10 s" in "".join(f.read_text(errors="replace") for f in (windows.root / "logs").glob("*.log")), "the log does not say why")
        windows.run("risk-admin", "service", "stop", code=None)  # so that wine notices
        windows.run("risk-admin", "service", "start")
        windows.guarded(lock)


if __name__ == "__main__":
    sys.exit(run_cases([from_install_to_uninstall, data_files_that_nobody_changed_are_renewed_by_installing_again, it_starts_with_windows_and_goes_on_guarding, an_installation_that_fails_leaves_nothing, a_mistake_in_the_configuration_changes_nothing,
                        an_installation_that_fails_over_a_running_service_leaves_it_running, while_it_starts_and_stops_its_check_points_rise_and_a_stop_that_hangs_is_ended]))
