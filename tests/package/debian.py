#!/usr/bin/env python3
"""The Debian package in a fresh Debian 12, which is booted with its own systemd: installed, looked at as a second user, run against the simulated
venue, killed, hung, upgraded, cut off, removed, purged.

Use: debian.py PACKAGE.deb. Needs root, debootstrap, man-db, lintian and systemd-analyze. The fresh system is kept in build/package for the next run.
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tools" / "lib"))
from booted import Booted, why_not  # noqa: E402
from drive import ACCOUNT, Failed, Programs, Simulator, run_cases, wait_for  # noqa: E402

PACKAGE = pathlib.Path(sys.argv.pop(1)).resolve() if len(sys.argv) > 1 else None
WORK = TOP / "build" / "package"
BASE, ROOT = WORK / "bookworm.tar", WORK / "root"
UNIT = TOP / "etc" / "systemd" / "risk-manager.service"
SHIPPED = "usr/share/risk-manager"
OLD_LIMIT = 4  # contracts, in the older package's presets
PROGRAMS = ("risk-manager", "risk-admin", "risk-trader", "risk-inspect")
SECRET = "demo-key-0001"
MNQ = "CON.F.US.MNQ.Z26"
CONFIG = """version: 1
service: {{ data_dir: /var/lib/risk-manager, socket: /run/risk-manager/risk-manager.sock }}
calendar: {{ timezone: UTC, daily_reset: "{reset}" }}
brokers: [{{ id: sim, kind: projectx, api_url: "http://127.0.0.1:{port}", user_hub_url: "http://127.0.0.1:{port}/hubs/user", market_hub_url: "http://127.0.0.1:{port}/hubs/market", user_name: "${{TOPSTEPX_USERNAME}}", api_key_file: topstepx.key }}]
presets: topstepx-presets.yaml
profiles: {{ firm: {{ preset: {{ name: topstepx-50k }} }} }}
accounts: [{{ id: 126244, broker: sim, profile: firm, rules: {{ daily_loss_limit: {{ limit: 500 }} }} }}]
"""


def run(*command, check=True, **more):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, timeout=600, **more)
    if check and done.returncode != 0:
        raise Failed(f"{' '.join(map(str, command))} ended with {done.returncode}: {(done.stdout + done.stderr)[-800:]}")
    return done


def inside(*command, user=None, check=True, env=None):
    who = [f"--userspec={user}"] if user else []
    return run("chroot", *who, ROOT, *command, check=check, env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/", **(env or {})})


def require(truth, what):
    if not truth:
        raise Failed(what)


def told_in_the_readme():
    """What the README tells to type, in order: what is installed and set up here is that, word for word."""
    text = re.search(r"^\*Debian:\*(.*?)Tested under", (TOP / "README.md").read_text(), re.M | re.S)[1]
    found = re.findall(r"`([^`]+)`", text)
    require(len(found) == 3 and found[0].startswith("apt install ") and found[1].startswith("risk-manager ") and found[2].startswith("systemctl "), f"the README tells other steps: {found}")
    return found


def mirror():
    """The machine's own Debian mirror."""
    rows = run("apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE) $(COMPONENT)", "Created-By: Packages").stdout.split("\n")
    for row in rows:
        parts = row.split()
        if len(parts) == 3 and parts[1] in ("bookworm", "stable", "oldstable") and parts[2] == "main":
            return parts[0]
    raise Failed("apt knows no Debian 12 source on this machine")


def fresh_system():
    """A Debian 12 with nothing but systemd, its bus and what the package depends on."""
    depends = re.split(r"[,|]", run("dpkg-deb", "-f", PACKAGE, "Depends").stdout)
    provided = {}
    for row in run("dpkg-query", "-W", "-f", "${Package}|${Provides}\n").stdout.split("\n"):
        package, _, names = row.partition("|")
        for name in re.findall(r"[a-z0-9][a-z0-9.+-]+", re.sub(r"\([^)]*\)", "", names)):
            provided[name] = package
    # debootstrap knows no virtual packages: whoever provides it on this machine stands for it.
    names = sorted({"systemd", "dbus"} | {provided.get(name, name) for name in (d.split("(")[0].strip() for d in depends) if name})
    wanted = " ".join(names)
    note = BASE.with_suffix(".names")
    if not BASE.exists() or not note.exists() or note.read_text() != wanted:
        building = WORK / "building"
        shutil.rmtree(building, ignore_errors=True)
        run("debootstrap", "--variant=minbase", "--include=" + ",".join(names), "bookworm", building, mirror())
        run("tar", "-C", building, "-cf", BASE, "--exclude=./var/cache/apt/archives/*.deb", ".")
        note.write_text(wanted)
        shutil.rmtree(building, ignore_errors=True)
    shutil.rmtree(ROOT, ignore_errors=True)
    ROOT.mkdir(parents=True)
    run("tar", "-C", ROOT, "-xf", BASE)


def the_unit_is_valid_and_hardened():
    require(ROOT.exists(), "install first")
    text = UNIT.read_text()
    tried = WORK / "risk-manager.service" # the same, for this machine: the program where it was built, no manual page
    tried.write_text("\n".join(line for line in text.split("\n") if not line.startswith("Documentation=")).replace("/usr/bin/risk-manager", str(TOP / "build/bin/risk-manager")))
    said = run("systemd-analyze", "verify", "--man=no", tried, check=False)
    ours = [line for line in (said.stdout + said.stderr).split("\n") if "risk-manager" in line]
    require(not ours, f"systemd-analyze verify: {ours}")
    said = run("systemd-analyze", "security", "--offline=yes", "--threshold=20", UNIT, check=False)
    require(said.returncode == 0, "exposure above 2.0: " + said.stdout[-200:])
    for line in ("Type=notify", "Restart=always", "NoNewPrivileges=yes", "ProtectSystem=strict", "MemoryDenyWriteExecute=yes"):
        require(line in text, f"the unit lacks {line}")


def older_package():
    """The same with a smaller version number, and data files of its time."""
    folder = WORK / "older"
    shutil.rmtree(folder, ignore_errors=True)
    run("dpkg-deb", "-R", PACKAGE, folder)
    control = folder / "DEBIAN" / "control"
    control.write_text(re.sub(r"^Version: .*$", "Version: 0.0.1", control.read_text(), flags=re.M))
    presets = folder / SHIPPED / "topstepx-presets.yaml"
    presets.write_text(presets.read_text().replace("max_contracts: { limit: 5,", f"max_contracts: {{ limit: {OLD_LIMIT},"))
    with open(folder / SHIPPED / "cme-calendar.yaml", "a") as calendar:
        calendar.write("# older\n")
    run("dpkg-deb", "--root-owner-group", "-Znone", "--build", folder, ROOT / "opt" / "risk-manager_0.0.1_amd64.deb")


def installed_version():
    return inside("dpkg-query", "-W", "-f", "${Version}", "risk-manager").stdout


def it_installs_in_a_fresh_debian():
    fresh_system()
    older_package()
    began = time.monotonic()
    inside("sh", "-c", "cd /opt && " + told_in_the_readme()[0])
    Lab.took = time.monotonic() - began
    print(f"        installed in {Lab.took:.1f} s by: {told_in_the_readme()[0]}")
    shutil.copy(PACKAGE, ROOT / "opt" / "risk-manager.deb")
    require(installed_version() == "0.0.1", "the older package is not the one installed")
    for program in PROGRAMS:
        require("0." in inside(f"/usr/bin/{program}", "--version").stdout, f"{program} --version")
    require("risk-manager" in inside("getent", "passwd", "risk-manager").stdout, "no user risk-manager")
    require("riskadmin" in inside("getent", "group", "riskadmin").stdout, "no group riskadmin")
    require("no errors" in inside("/usr/bin/risk-manager", "check-config", "/etc/risk-manager/risk-manager.yaml",
                                  env={"TOPSTEPX_USERNAME": "a"}).stdout, "the first configuration has mistakes")
    # What an administrator and the service write is nobody's to overwrite at an upgrade.
    require(not inside("dpkg-query", "-W", "-f", "${Conffiles}", "risk-manager").stdout.strip(), "dpkg thinks that the configuration is its own")
    require(inside("dpkg", "--verify", "risk-manager").stdout == "", "what lies there is not what the package has")
    require(not list((ROOT / "etc/risk-manager").glob("*s.yaml")) and not (ROOT / "etc/risk-manager/cme-calendar.yaml").exists(), "data files lie where no upgrade renews them")


def each_program_has_a_manual_page():
    pages = ROOT / "usr/share/man"
    for program in PROGRAMS:
        found = pathlib.Path(run("man", "-M", pages, "-w", program).stdout.strip())
        require(pages in found.parents, f"man finds {found} for {program}")
        require(re.search(rf'"{program} - \S+', run("lexgrog", found).stdout), f"the page of {program} has no name that man can list")
        said = run("man", "--warnings", "-l", found, env=dict(os.environ, LC_ALL="C.UTF-8", MANWIDTH="100", MAN_KEEP_STDERR="1"))
        require(program in said.stdout and not said.stderr.strip(), f"the page of {program}: {said.stderr[:300]}")


def lintian_finds_nothing():
    said = run("lintian", "--allow-root", "--fail-on", "error,warning", PACKAGE, check=False)
    require(said.returncode == 0, (said.stdout + said.stderr)[-1500:])


def others_read_nothing_that_is_not_theirs():
    inside("adduser", "--quiet", "--disabled-password", "--gecos", "", "trader")
    for path in ("/etc/risk-manager/risk-manager.yaml", "/etc/risk-manager/secrets.env", "/etc/risk-manager/topstepx.key"):
        require(inside("cat", path, user="trader", check=False).returncode != 0, f"a trader can read {path}")
    for path in ("/var/lib/risk-manager", "/etc/risk-manager"):
        require(inside("ls", path, user="trader", check=False).returncode != 0, f"a trader can list {path}")
    require(inside("cat", "/etc/risk-manager/secrets.env", user="risk-manager", check=False).returncode != 0, "the service's own user can read the secrets file: systemd hands it over")
    require(inside("sh", "-c", "echo x >> /usr/bin/risk-manager", user="trader", check=False).returncode != 0, "a trader can write the program")
    require(inside("/usr/bin/risk-trader", "--once", user="trader", check=False).returncode == 3, "risk-trader without a service must end with 3")


class Lab:
    """The booted Debian and the venue outside it, for the cases that follow each other."""
    machine = sim = None
    took = 0.0  # seconds to install

    @classmethod
    def boot(cls):
        cls.machine = Booted(ROOT, WORK / "boot.log")

    @classmethod
    def venue(cls):
        cls.sim = Simulator(Programs(TOP / "build" / "bin", ""), WORK, TOP / "etc" / "demo-market.yaml")
        cls.sim.set_price(MNQ, 20125)

    @classmethod
    def prepare(cls):
        """By hand, in the three files that the package names."""
        reset = time.strftime("%H:%M:%S", time.gmtime(time.time() + 6 * 3600))
        (ROOT / "etc/risk-manager/risk-manager.yaml").write_text(CONFIG.format(port=cls.sim.port, reset=reset))
        (ROOT / "etc/risk-manager/topstepx.key").write_text(SECRET + "\n")
        (ROOT / "etc/risk-manager/secrets.env").write_text("TOPSTEPX_USERNAME=demo\n")

    @classmethod
    def account(cls):
        return json.loads(cls.machine.run("risk-trader", "--json", user="trader").stdout)["accounts"][0]

    @classmethod
    def contracts(cls):
        """The limit of max_contracts that is in force: it comes from the presets."""
        return next(int(r["limit"]) for r in cls.account()["rules"] if r["rule"] == "max_contracts")

    @classmethod
    def main(cls):
        return int(cls.machine.show("risk-manager", "MainPID"))

    @classmethod
    def locked_again(cls):
        """The lock of before, guarded: an order does not live long."""
        wait_for("locked", lambda: cls.account()["state"] == "locked", 60)
        lock = cls.account()["locks"][0]
        require(lock["rule"] == "daily_loss_limit", f"another lock: {lock}")
        wait_for("the link is live", lambda: json.loads(cls.machine.run("risk-admin", "--json", "status").stdout)["service"]["broker"][0]["state"] == "live", 60)
        cls.sim.do("place", account=ACCOUNT, contract=MNQ, type="limit", side="buy", size=1, limit_price=19000)
        wait_for("the order is cancelled", lambda: not cls.sim.live_orders() and cls.account()["locks"][0]["attempts"] == lock["attempts"] + 1, 60)

    @classmethod
    def end(cls):
        if cls.machine:
            cls.machine.power_off()
        if cls.sim:
            cls.sim.kill()


def rights_of_the_files_are_kept():
    for file, who in {"topstepx.key": "risk-manager risk-manager 600", "secrets.env": "root root 600", "risk-manager.yaml": "root risk-manager 660"}.items():
        require(inside("stat", "-c", "%U %G %a", "/etc/risk-manager/" + file).stdout.strip() == who, f"{file} is no longer {who}")


def the_first_run_asks_the_venue_and_its_accounts_are_guarded():
    Lab.venue()
    config = ROOT / "etc/risk-manager/risk-manager.yaml"
    config.write_text(re.sub(r"https://(api|rtc)\.topstepx\.com", f"http://127.0.0.1:{Lab.sim.port}", config.read_text()))
    Lab.boot()
    wait_for("without a login it is not tried again and again", lambda: Lab.machine.show("risk-manager", "ActiveState") == "failed", 60)
    began = time.monotonic()
    shown = Lab.machine.type(told_in_the_readme()[1], {"User name": "demo", "API key": SECRET, "Which accounts": "", "Which of the firm's limits": "topstepx-50k"})
    require("guarded: 126244" in shown and SECRET not in shown, f"the setup says: {shown[-800:]}")
    Lab.machine.run("sh", "-c", told_in_the_readme()[2])
    wait_for("the account is guarded", lambda: Lab.account()["state"] == "active" and "daily_loss_limit" in [r["rule"] for r in Lab.account()["rules"]], 60)
    rights_of_the_files_are_kept()
    print(f"        set up and guarded in {time.monotonic() - began:.1f} s by: {'; '.join(told_in_the_readme()[1:])}; with the installation {time.monotonic() - began + Lab.took:.1f} s")
    Lab.machine.power_off()
    shutil.rmtree(ROOT / "var/lib/risk-manager")  # the cases below begin with another configuration, and nothing known
    inside("install", "-d", "-o", "risk-manager", "-g", "risk-manager", "-m", "0700", "/var/lib/risk-manager")


def it_starts_with_the_machine_as_a_confined_user_and_guards():
    Lab.prepare()
    Lab.boot()
    wait_for("the service runs, started by nobody", lambda: Lab.machine.show("risk-manager", "ActiveState") == "active", 60)
    status = dict(line.split(":\t", 1) for line in Lab.machine.run("cat", f"/proc/{Lab.main()}/status").stdout.splitlines() if ":\t" in line)
    require(status["Uid"].split()[0] == inside("id", "-u", "risk-manager").stdout.strip(), f"it runs as {status['Uid']}")
    require((int(status["CapEff"], 16), status["NoNewPrivs"], status["Seccomp"]) == (0, "1", "2"), f"it is not confined: {status}")
    wait_for("the account is guarded", lambda: Lab.account()["state"] == "active", 60)
    Lab.sim.do("place", account=ACCOUNT, contract=MNQ, type="market", side="buy", size=2)
    Lab.sim.set_price(MNQ, 19870)
    wait_for("flattened and locked", lambda: Lab.sim.positions() == {} and Lab.account()["state"] == "locked", 60)
    Lab.locked_again()


def a_trader_may_look_and_not_touch():
    before = Lab.main()
    require(Lab.machine.run("systemctl", "status", "risk-manager", user="trader", check=False).returncode == 0, "a trader cannot see its state")
    for verb in ("stop", "restart", "kill", "disable", "mask", "reload"):
        said = Lab.machine.run("systemctl", "--no-ask-password", verb, "risk-manager", user="trader", check=False)
        require(said.returncode != 0 and re.search("denied|authentication", said.stderr), f"a trader may {verb} it: {said.stderr}")
    for number in ("KILL", "TERM", "STOP", "HUP"):
        said = Lab.machine.signal(number, before, user="trader", check=False)
        require(said.returncode != 0 and "not permitted" in said.stderr, f"a trader may send {number}: {said.stderr}")
    for command in (("flatten", ACCOUNT, "--reason", "no"), ("unlock", ACCOUNT, "--reason", "no")):
        require(Lab.machine.run("risk-admin", *command, user="trader", check=False).returncode == 4, f"a trader may {command[0]}")
    require(Lab.main() == before and Lab.machine.show("risk-manager", "ActiveState") == "active", "it was touched")


def killed_or_hung_systemd_brings_it_back_with_its_lock():
    before = Lab.main()
    Lab.machine.signal("KILL", before)
    wait_for("systemd has started it again", lambda: Lab.main() not in (0, before) and Lab.machine.show("risk-manager", "NRestarts") == "1", 30)
    Lab.locked_again()
    # A minute is the unit's; a shorter one here, the rest is as it is.
    folder = ROOT / "etc/systemd/system/risk-manager.service.d"
    folder.mkdir()
    (folder / "sooner.conf").write_text("[Service]\nWatchdogSec=5\n")
    Lab.machine.run("systemctl", "daemon-reload")
    Lab.machine.run("systemctl", "restart", "risk-manager")
    Lab.locked_again()
    hung = Lab.main()
    Lab.machine.signal("STOP", hung)
    wait_for("the watchdog has ended it and systemd started it again", lambda: Lab.main() not in (0, hung) and Lab.machine.show("risk-manager", "NRestarts") == "1", 60)
    Lab.locked_again()
    require("watchdog" in Lab.machine.run("journalctl", "-u", "risk-manager", "--no-pager").stdout.lower(), "the journal does not say why")
    shutil.rmtree(folder)
    Lab.machine.run("systemctl", "daemon-reload")


def an_ordered_stop_stays_and_a_start_has_the_lock():
    Lab.machine.run("systemctl", "stop", "risk-manager")
    require((Lab.machine.show("risk-manager", "ActiveState"), Lab.machine.show("risk-manager", "Result")) == ("inactive", "success"), "it did not stop in order")
    Lab.machine.run("systemctl", "start", "risk-manager")
    Lab.locked_again()


def a_newer_package_goes_over_the_running_one():
    config = (ROOT / "etc/risk-manager/risk-manager.yaml").read_text()
    before = Lab.main()
    require(Lab.contracts() == OLD_LIMIT, f"the older data is not in force: {Lab.contracts()}")
    calendar, presets = (ROOT / "etc/risk-manager" / name for name in ("cme-calendar.yaml", "topstepx-presets.yaml"))
    shutil.copy(ROOT / SHIPPED / calendar.name, calendar)  # as versions before put it there
    Lab.machine.run("dpkg", "-i", "/opt/risk-manager.deb")
    require(installed_version() != "0.0.1", "it was not upgraded")
    require("# older" not in (ROOT / SHIPPED / calendar.name).read_text() and not calendar.exists(), "a data file that nobody changed was not renewed")
    wait_for("the renewed data is in force", lambda: Lab.contracts() == 5, 60)
    presets.write_text((ROOT / SHIPPED / presets.name).read_text().replace("max_contracts: { limit: 5,", "max_contracts: { limit: 3,"))
    inside("chgrp", "risk-manager", "/etc/risk-manager/" + presets.name)
    os.chmod(presets, 0o640)
    Lab.machine.run("dpkg", "-i", "/opt/risk-manager.deb")
    require("limit: 3," in presets.read_text(), "a data file that the administrator has changed was replaced")
    wait_for("the administrator's own data is in force", lambda: Lab.contracts() == 3, 60)
    require(not list((ROOT / "var/lib/risk-manager").glob("unchanged-*")), "notes of the upgrade are left")
    require(Lab.main() not in (0, before), "the old program still runs")
    require((ROOT / "etc/risk-manager/risk-manager.yaml").read_text() == config, "the upgrade changed the configuration")
    rights_of_the_files_are_kept()
    Lab.locked_again()


def after_a_power_cut_it_guards_again():
    Lab.machine.power_off()
    Lab.boot()
    wait_for("the service runs, started by nobody", lambda: Lab.machine.show("risk-manager", "ActiveState") == "active", 60)
    Lab.locked_again()
    require("unclean end" in Lab.machine.run("risk-admin", "--json", "journal").stdout, "the journal does not say how the run before ended")


def removing_keeps_the_locks_and_purging_takes_everything():
    Lab.machine.run("dpkg", "-r", "risk-manager")
    require("risk-manager" not in Lab.machine.names(), "the service still runs")
    require(not (ROOT / "usr/bin/risk-manager").exists(), "the program is still there")
    require((ROOT / "var/lib/risk-manager/riskmanager.db").exists() and (ROOT / "etc/risk-manager/risk-manager.yaml").exists(), "removing took the data")
    Lab.machine.run("dpkg", "-i", "/opt/risk-manager.deb")
    Lab.locked_again()
    said = Lab.machine.run("journalctl", "-u", "risk-manager", "--no-pager").stdout + "".join(f.read_text(errors="replace") for f in (ROOT / "var/lib/risk-manager").rglob("*.log"))
    require("Started" in said and SECRET not in said, "the key is in the log, or there is none")
    Lab.machine.run("dpkg", "-P", "risk-manager")
    require("risk-manager" not in Lab.machine.names(), "the service still runs")
    for path in ("var/lib/risk-manager", "etc/risk-manager", "usr/bin/risk-manager", "etc/systemd/system/multi-user.target.wants/risk-manager.service"):
        require(not os.path.lexists(ROOT / path), f"/{path} is left behind")
    require("risk-manager" not in inside("getent", "passwd", "risk-manager", check=False).stdout, "the user is left behind")
    require("riskadmin" not in inside("getent", "group", "riskadmin", check=False).stdout, "the group is left behind")


if __name__ == "__main__":
    if not PACKAGE or os.geteuid() != 0:
        sys.exit("debian.py: needs root and the package's path")
    try:
        cases = [it_installs_in_a_fresh_debian, each_program_has_a_manual_page, lintian_finds_nothing, the_unit_is_valid_and_hardened, others_read_nothing_that_is_not_theirs]
        booted = [the_first_run_asks_the_venue_and_its_accounts_are_guarded, it_starts_with_the_machine_as_a_confined_user_and_guards, a_trader_may_look_and_not_touch,
                  killed_or_hung_systemd_brings_it_back_with_its_lock, an_ordered_stop_stays_and_a_start_has_the_lock, a_newer_package_goes_over_the_running_one,
                  after_a_power_cut_it_guards_again, removing_keeps_the_locks_and_purging_takes_everything]
        why = why_not()
        if why:
            print(f"NOT SHOWN HERE, for this machine boots no systemd ({why}): " + ", ".join(case.__name__ for case in booted))
        code = run_cases(cases + ([] if why else booted))
    finally:
        Lab.end()
    sys.exit(code)
