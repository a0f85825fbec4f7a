"""The service under systemd's protocol, against a socket of the test's own: ready, the watchdog, the stop; and who may do what with the unit."""
import os
import pathlib
import socket
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools" / "lib"))
from drive import Failed, Process, Stage, run_cases, wait_for  # noqa: E402


class Manager:
    """Hears what a service tells systemd."""

    def __init__(self, folder, abstract=False):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.address = f"@rm-notify-{os.getpid()}" if abstract else str(folder / "notify")
        self.socket.bind("\0" + self.address[1:] if abstract else self.address)
        self.heard = []

    def hear(self, seconds=20.0):
        """The next message, or nothing within that time."""
        self.socket.settimeout(seconds)
        try:
            self.heard.append(self.socket.recv(4096).decode())
        except TimeoutError:
            return None
        return self.heard[-1]

    def until(self, word, most=20):
        for _ in range(most):
            said = self.hear()
            if said is None:
                break
            if word in said.split("\n"):
                return said
        raise Failed(f"systemd was never told {word}; it heard {self.heard}")


def started(stage, manager):
    stage.env["NOTIFY_SOCKET"] = manager.address
    command = stage.programs.command("risk-manager", "service", "--config", stage.config)
    return Process(command, stage.folder / "risk-manager.log", dict(os.environ, **stage.env))


def ready_is_said_when_everybody_runs_and_the_watchdog_is_fed_until_the_stop():
    for abstract in (False, True):
        with Stage("systemd") as stage:
            manager = Manager(stage.folder, abstract)
            stage.service = started(stage, manager)
            first = manager.until("READY=1")
            if manager.heard[0] != first or f"MAINPID={stage.service.process.pid}" not in first:
                raise Failed(f"ready must come first, with the process's number: {manager.heard}")
            for _ in range(2):
                manager.until("WATCHDOG=1")
            stage.service.process.terminate()
            manager.until("STOPPING=1")
            if stage.service.process.wait(20) != 0:
                raise Failed(f"an ordered stop ends with {stage.service.process.returncode}")


def a_service_that_hangs_feeds_no_watchdog():
    with Stage("systemd") as stage:
        manager = Manager(stage.folder)
        stage.service = started(stage, manager)
        manager.until("READY=1")
        manager.until("WATCHDOG=1")
        stage.service.process.send_signal(19)  # SIGSTOP: as if it hung
        while manager.hear(0.2):
            pass
        if manager.hear(5) is not None:
            raise Failed("a process that hangs was said to be alive")
        stage.service.process.send_signal(18)
        manager.until("WATCHDOG=1")


def a_bad_configuration_is_never_ready_and_says_so_by_its_exit_code():
    with Stage("systemd") as stage:
        manager = Manager(stage.folder)
        stage.config = stage.folder / "bad.yaml"
        stage.config.write_text("version: 1\nacounts: []\n")
        stage.service = started(stage, manager)
        if stage.service.process.wait(20) != 2 or manager.hear(0.1) is not None:
            raise Failed(f"exit code {stage.service.process.returncode}, heard {manager.heard}")


def reload_by_signal_and_start_after_a_kill_are_journalled():
    with Stage("systemd") as stage:
        manager = Manager(stage.folder)
        stage.service = stage.start()
        stage.service.kill()
        stage.start()
        lines = [e["text"] for e in stage.service.journal() if e["kind"] == "service"]
        wait_for("the unclean end is told", lambda: any("unclean end" in line for line in lines), 1)
        stage.service.stop()
        stage.start()
        wait_for("the stop in order is told", lambda: any("stopped in order" in e["text"] for e in stage.service.journal() if e["kind"] == "service"), 10)


if __name__ == "__main__":
    sys.exit(run_cases([ready_is_said_when_everybody_runs_and_the_watchdog_is_fed_until_the_stop, a_service_that_hangs_feeds_no_watchdog,
                        a_bad_configuration_is_never_ready_and_says_so_by_its_exit_code, reload_by_signal_and_start_after_a_kill_are_journalled]))
