"""A real terminal of a given size (tmux), to drive programs that people sit in front of."""
import os
import shlex
import subprocess
import tempfile
import time

from drive import Failed, wait_for


class Terminal:
    """Runs one command in it. Keys in, frames out; closed with everything in it."""

    def __init__(self, command, columns=80, rows=24, env=None):
        self.socket = os.path.join(tempfile.mkdtemp(prefix="rm-tmux-"), "s")
        self.size = (columns, rows)
        settings = [f"{name}={value}" for name, value in (env or {}).items()]
        # The pane stays when the command ends, and its exit code is in the last line.
        line = "env " + " ".join(map(shlex.quote, [*settings, *map(str, command)])) + "; echo \"[ended with $?]\"; read _"
        plain = {name: value for name, value in os.environ.items() if name not in ("TMUX", "NO_COLOR", "COLORFGBG")}
        self._tmux("-f", "/dev/null", "new-session", "-d", "-s", "t", "-x", str(columns), "-y", str(rows), "sh", "-c", line,
                   env=dict(plain, TERM="xterm-256color", LANG="C.UTF-8", LC_ALL="C.UTF-8"))
        self._tmux("set-option", "-g", "status", "off")

    def _tmux(self, *arguments, env=None):
        done = subprocess.run(["tmux", "-u", "-S", self.socket, *arguments], capture_output=True, env=env, timeout=60)
        if done.returncode != 0:
            raise Failed(f"tmux {' '.join(arguments)[:200]}: {done.stderr.decode(errors='replace')}")
        return done.stdout.decode(errors="replace")

    def frame(self, colours=False):
        """What is to be seen now, as text; with the codes of its colours."""
        return self._tmux("capture-pane", "-p", *(["-e"] if colours else []), "-t", "t")

    def keys(self, *keys):
        """Names of tmux: "q", "Left", "C-c", "Enter"."""
        self._tmux("send-keys", "-t", "t", *keys)

    def type(self, text):
        self._tmux("send-keys", "-t", "t", "-l", text)

    def resize(self, columns, rows):
        self.size = (columns, rows)
        self._tmux("resize-window", "-t", "t", "-x", str(columns), "-y", str(rows))

    def wait(self, *texts, timeout=20.0, gone=()):
        """Waits until all these texts are to be seen, and none of the others; gives the frame."""
        frame = ""

        def look():
            nonlocal frame
            frame = self.frame()
            return all(text in frame for text in texts) and not any(text in frame for text in gone)
        try:
            wait_for(f"the terminal shows {texts}" + (f" and not {gone}" if gone else ""), look, timeout)
        except Failed as e:
            raise Failed(f"{e}\n--- it shows:\n{frame}") from None
        return frame

    def wait_end(self, code, timeout=20.0):
        return self.wait(f"[ended with {code}]", timeout=timeout)

    def close(self):
        try:
            self._tmux("kill-server")
        except Failed:
            pass

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        self.close()


def settle(terminal, seconds=1.0):
    """For pictures only: lets a frame come to rest."""
    time.sleep(seconds)
    return terminal.frame(colours=True)
