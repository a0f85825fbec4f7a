"""A Debian in a folder, booted: systemd is the first process of namespaces of its own (processes, mounts, host name, control groups).

The network is the machine's, so that what runs inside reaches a venue outside; of the kernel's settings and devices it gets nothing to change.
"""
import fcntl
import os
import pathlib
import pty
import select
import subprocess
import sys
import termios
import time

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tools" / "lib"))
from drive import Failed, wait_for  # noqa: E402

BOOT = r"""
echo $$ > "$2/cgroup.procs"
exec unshare --pid --fork --kill-child --mount --uts --ipc --cgroup --propagation private sh -euc '
  mount --bind "$1" "$1"
  mount -t proc proc "$1/proc"
  mount --bind "$1/proc/sys" "$1/proc/sys"
  mount -o remount,bind,ro "$1/proc/sys"
  mount -t sysfs -o ro sysfs "$1/sys"
  mount -t cgroup2 cgroup2 "$1/sys/fs/cgroup"
  mount -t tmpfs -o mode=755 tmpfs "$1/run"
  mount -t tmpfs -o mode=755 tmpfs "$1/dev"
  mkdir "$1/dev/shm" "$1/dev/pts"
  mount -t devpts -o newinstance,ptmxmode=666,mode=620 devpts "$1/dev/pts"
  ln -s pts/ptmx "$1/dev/ptmx"
  ln -s /proc/self/fd "$1/dev/fd"
  for device in null zero full random urandom tty; do touch "$1/dev/$device"; mount --bind "/dev/$device" "$1/dev/$device"; done
  exec env -i container=risk-test PATH=/usr/sbin:/usr/bin chroot "$1" /lib/systemd/systemd --system --unit=multi-user.target
' sh "$1"
"""
# What a machine of its own would have, and this one must not touch.
NOT_HERE = ("console-getty.service", "getty.target", "systemd-remount-fs.service", "systemd-modules-load.service", "systemd-journald-audit.socket",
            "sys-kernel-debug.mount", "sys-kernel-tracing.mount", "sys-fs-fuse-connections.mount", "dev-hugepages.mount", "dev-mqueue.mount",
            "apt-daily.timer", "apt-daily-upgrade.timer", "e2scrub_all.timer", "dpkg-db-backup.timer", "modprobe@.service")


def groups_root():
    """Where the machine's second kind of control groups is mounted, by itself or beside the first."""
    for line in pathlib.Path("/proc/mounts").read_text().splitlines():
        if line.split()[2] == "cgroup2":
            return pathlib.Path(line.split()[1])
    raise Failed("this machine has no cgroup2: systemd cannot be booted here")


def why_not():
    """Why this machine lets nobody boot anything (a container without rights, most likely); nothing where it does."""
    try:
        group = groups_root() / f"risk-try-{os.getpid()}"
        group.mkdir()
    except (Failed, OSError) as e:
        return str(e)
    try:
        tried = subprocess.run(["unshare", "--pid", "--fork", "--mount", "--uts", "--ipc", "--cgroup", "--propagation", "private", "sh", "-euc",
                                "mount -t tmpfs tmpfs /mnt; mkdir /mnt/p /mnt/c; mount -t proc proc /mnt/p; mount -t cgroup2 cgroup2 /mnt/c; mount --bind /mnt/p /mnt/p"],
                               capture_output=True, text=True, timeout=60)
        return tried.stderr.strip() or f"unshare ended with {tried.returncode}" if tried.returncode else ""
    finally:
        group.rmdir()


class Booted:
    """Boots `root`; `log` gets what goes wrong before there is a journal."""

    def __init__(self, root, log):
        self.root = root
        for unit in NOT_HERE:
            link = root / "etc/systemd/system" / unit
            if not link.is_symlink():
                link.symlink_to("/dev/null")
        self.group = groups_root() / f"risk-test-{os.getpid()}"
        self.group.mkdir(exist_ok=True)
        with open(log, "ab") as out:
            self.outer = subprocess.Popen(["sh", "-c", BOOT, "sh", str(root), str(self.group)], stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        try:
            self.first = int(wait_for("the first process", lambda: pathlib.Path(f"/proc/{self.outer.pid}/task/{self.outer.pid}/children").read_text().split(), 20)[0])
            wait_for("systemd has booted", lambda: self.run("systemctl", "is-system-running", check=False).stdout.strip() in ("running", "degraded"), 90)
        except Failed as e:
            self.power_off()
            raise Failed(f"{e}; {pathlib.Path(log).read_text(errors='replace')[-600:]}") from None

    def run(self, *command, user=None, check=True):
        who = ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups"] if user else []
        done = subprocess.run(["nsenter", "-t", str(self.first), "-p", "-m", "-u", "-i", "-C", "-r", "-w", "env", "-i", "PATH=/usr/sbin:/usr/bin", "HOME=/",
                               "SYSTEMD_PAGER=", *who, *map(str, command)], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300)
        if check and done.returncode != 0:
            raise Failed(f"{' '.join(map(str, command))} ended with {done.returncode}: {(done.stdout + done.stderr)[-800:]}")
        return done

    def type(self, command, answers, timeout=120):
        """Runs a command line on a terminal of its own, as a person does: `answers` has what is typed after what is asked. Gives all that was shown."""
        ours, theirs = pty.openpty()
        try:
            asked = subprocess.Popen(["nsenter", "-t", str(self.first), "-p", "-m", "-u", "-i", "-C", "-r", "-w", "env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "TERM=linux",
                                      "sh", "-c", command], stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
                                     preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        finally:
            os.close(theirs)
        shown, looked, end = "", 0, time.monotonic() + timeout
        try:
            while time.monotonic() < end:
                if select.select([ours], [], [], 1)[0]:
                    try:
                        shown += os.read(ours, 4096).decode(errors="replace")
                    except OSError:  # the other side is closed
                        break
                for question, answer in answers.items():
                    if question in shown[looked:]:
                        looked = len(shown)
                        os.write(ours, (answer + "\n").encode())
            code = asked.wait(max(1, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            code = None
        finally:
            asked.kill()
            os.close(ours)
        if code != 0:
            raise Failed(f"{command} ended with {code}: {shown[-800:]}")
        return shown

    def signal(self, name, number, **more):
        if number <= 1: # 0 is the whole group of whoever sends it
            raise Failed(f"there is no process {number} to send {name}")
        return self.run("sh", "-c", f"kill -{name} {number}", **more)

    def names(self):
        """What runs inside."""
        return self.run("sh", "-c", "cat /proc/[0-9]*/comm").stdout.split()

    def show(self, unit, name):
        return self.run("systemctl", "show", "-P", name, unit).stdout.strip()

    def power_off(self):
        """Everything inside ends at once, as when the plug is pulled."""
        if self.outer.poll() is None:
            self.outer.kill() # --kill-child: and with it the first process, and with that all the others
        self.outer.wait(20)
        wait_for("all processes are gone", lambda: not [p for f in self.group.rglob("cgroup.procs") for p in f.read_text().split()], 30)
        for folder in sorted(self.group.rglob("*/"), key=lambda f: -len(f.parts)):
            folder.rmdir()
        self.group.rmdir()
