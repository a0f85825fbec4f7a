#!/usr/bin/env python3
"""The Debian package in a fresh Debian 12: installed, looked at as a second user, run against the simulated venue, removed, purged.

Use: debian.py PACKAGE.deb. Needs root, debootstrap and systemd-analyze. The fresh system is kept in build/package for the next run.
"""
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tools" / "lib"))
from drive import ACCOUNT, Failed, Programs, Simulator, run_cases, wait_for  # noqa: E402

PACKAGE = pathlib.Path(sys.argv.pop(1)).resolve() if len(sys.argv) > 1 else None
WORK = TOP / "build" / "package"
BASE, ROOT = WORK / "bookworm.tar", WORK / "root"
UNIT = TOP / "etc" / "systemd" / "risk-manager.service"
SECRET = "demo-key-0001"
MNQ = "CON.F.US.MNQ.Z26"
CONFIG = """version: 1
service: {{ data_dir: /var/lib/risk-manager, socket: /run/risk-manager/risk-manager.sock }}
calendar: {{ timezone: UTC, daily_reset: "{reset}" }}
brokers: [{{ id: sim, kind: projectx, api_url: "http://127.0.0.1:{port}", user_hub_url: "http://127.0.0.1:{port}/hubs/user", market_hub_url: "http://127.0.0.1:{port}/hubs/market", user_name: "${{TOPSTEPX_USERNAME}}", api_key_file: topstepx.key }}]
accounts: [{{ id: 126244, broker: sim, rules: {{ daily_loss_limit: {{ limit: 500 }} }} }}]
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


def mirror():
    """The machine's own Debian mirror."""
    rows = run("apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE) $(COMPONENT)", "Created-By: Packages").stdout.split("\n")
    for row in rows:
        parts = row.split()
        if len(parts) == 3 and parts[1] in ("bookworm", "stable", "oldstable") and parts[2] == "main":
            return parts[0]
    raise Failed("apt knows no Debian 12 source on this machine")


def fresh_system():
    """A Debian 12 with nothing but what the package depends on."""
    depends = re.split(r"[,|]", run("dpkg-deb", "-f", PACKAGE, "Depends").stdout)
    provided = {}
    for row in run("dpkg-query", "-W", "-f", "${Package}|${Provides}\n").stdout.split("\n"):
        package, _, names = row.partition("|")
        for name in re.findall(r"[a-z0-9][a-z0-9.+-]+", re.sub(r"\([^)]*\)", "", names)):
            provided[name] = package
    # debootstrap knows no virtual packages: whoever provides it on this machine stands for it.
    names = sorted({provided.get(name, name) for name in (d.split("(")[0].strip() for d in depends) if name})
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


def it_installs_in_a_fresh_debian():
    fresh_system()
    shutil.copy(PACKAGE, ROOT / "tmp" / "risk-manager.deb")
    inside("dpkg", "-i", "/tmp/risk-manager.deb")
    for program in ("risk-manager", "risk-admin", "risk-trader", "risk-inspect"):
        require("0." in inside(f"/usr/bin/{program}", "--version").stdout, f"{program} --version")
        require((ROOT / "usr/share/man").glob(f"man*/{program}.*.gz"), f"no manual page of {program}")
    require("risk-manager" in inside("getent", "passwd", "risk-manager").stdout, "no user risk-manager")
    require("riskadmin" in inside("getent", "group", "riskadmin").stdout, "no group riskadmin")
    require("no errors" in inside("/usr/bin/risk-manager", "check-config", "/etc/risk-manager/risk-manager.yaml",
                                  env={"TOPSTEPX_USERNAME": "a"}).stdout, "the first configuration has mistakes")


def others_read_nothing_that_is_not_theirs():
    inside("adduser", "--quiet", "--disabled-password", "--gecos", "", "trader")
    for path in ("/etc/risk-manager/risk-manager.yaml", "/etc/risk-manager/secrets.env", "/etc/risk-manager/topstepx.key"):
        require(inside("cat", path, user="trader", check=False).returncode != 0, f"a trader can read {path}")
    for path in ("/var/lib/risk-manager", "/etc/risk-manager"):
        require(inside("ls", path, user="trader", check=False).returncode != 0, f"a trader can list {path}")
    require(inside("cat", "/etc/risk-manager/secrets.env", user="risk-manager", check=False).returncode != 0, "the service's own user can read the secrets file: systemd hands it over")
    require(inside("sh", "-c", "echo x >> /usr/bin/risk-manager", user="trader", check=False).returncode != 0, "a trader can write the program")
    require(inside("/usr/bin/risk-trader", "--once", user="trader", check=False).returncode == 3, "risk-trader without a service must end with 3")


class Service:
    """What systemd would start, as the unit says: its user, its runtime folder, the secrets in its environment."""

    def __init__(self, port):
        reset = time.strftime("%H:%M:%S", time.gmtime(time.time() + 6 * 3600))
        (ROOT / "etc/risk-manager/risk-manager.yaml").write_text(CONFIG.format(port=port, reset=reset))
        (ROOT / "etc/risk-manager/topstepx.key").write_text(SECRET + "\n")
        inside("install", "-d", "-o", "risk-manager", "-g", "risk-manager", "-m", "0755", "/run/risk-manager")
        self.process = subprocess.Popen(["chroot", "--userspec=risk-manager:risk-manager", ROOT, "/usr/bin/risk-manager", "service"],
                                        env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "TOPSTEPX_USERNAME": "demo"},
                                        stdout=subprocess.DEVNULL, stderr=open(WORK / "service.log", "ab"), start_new_session=True)

    def status(self):
        return json.loads(inside("/usr/bin/risk-trader", "--json", user="trader").stdout)["accounts"][0]

    def kill(self):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(20)


def it_protects_after_kill_and_restart_and_the_trader_cannot_touch_it():
    (WORK / "service.log").write_text("")
    sim = Simulator(Programs(TOP / "build" / "bin", ""), WORK, TOP / "etc" / "demo-market.yaml")
    service = None
    try:
        sim.set_price(MNQ, 20125)
        service = Service(sim.port)
        wait_for("the account is guarded", lambda: service.status()["state"] == "active", 40)
        require(inside("/usr/bin/risk-admin", "flatten", str(ACCOUNT), "--reason", "no", user="trader", check=False).returncode == 4, "a trader may flatten")
        require(inside("kill", "-9", str(service.process.pid), user="trader", check=False).returncode != 0, "a trader may kill it")
        sim.do("place", account=ACCOUNT, contract=MNQ, type="market", side="buy", size=2)
        sim.set_price(MNQ, 19870)
        wait_for("flattened and locked", lambda: sim.positions() == {} and service.status()["state"] == "locked", 40)
        service.kill()
        service = Service(sim.port)
        wait_for("still locked", lambda: service.status()["state"] == "locked" and service.status()["locks"][0]["rule"] == "daily_loss_limit", 40)
        require(SECRET not in (WORK / "service.log").read_text(errors="replace"), "the key is in the log")
    finally:
        if service:
            service.kill()
        sim.kill()


def removing_keeps_the_locks_and_purging_takes_everything():
    inside("dpkg", "-r", "risk-manager")
    require(not (ROOT / "usr/bin/risk-manager").exists(), "the program is still there")
    require((ROOT / "var/lib/risk-manager/riskmanager.db").exists() and (ROOT / "etc/risk-manager/risk-manager.yaml").exists(), "removing took the data")
    inside("dpkg", "-i", "/tmp/risk-manager.deb")
    require((ROOT / "var/lib/risk-manager/riskmanager.db").exists(), "installing again took the data")
    inside("dpkg", "-P", "risk-manager")
    for path in ("var/lib/risk-manager", "etc/risk-manager", "usr/bin/risk-manager"):
        require(not (ROOT / path).exists(), f"/{path} is left behind")
    require("risk-manager" not in inside("getent", "passwd", "risk-manager", check=False).stdout, "the user is left behind")


if __name__ == "__main__":
    if not PACKAGE or os.geteuid() != 0:
        sys.exit("debian.py: needs root and the package's path")
    sys.exit(run_cases([it_installs_in_a_fresh_debian, the_unit_is_valid_and_hardened, others_read_nothing_that_is_not_theirs,
                        it_protects_after_kill_and_restart_and_the_trader_cannot_touch_it, removing_keeps_the_locks_and_purging_takes_everything]))
