"""Stops one thread of a running program, as if it hung; the others go on. Linux, by ptrace: of a Windows program under wine too. Standard library only."""
import ctypes
import os
import pathlib
import re

SEIZE, INTERRUPT, WALL = 0x4206, 0x4207, 0x40000000
LIBC = ctypes.CDLL(None, use_errno=True)
LIBC.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
LIBC.ptrace.restype = ctypes.c_long


def threads(pid):
    """Name -> numbers of the threads that have it."""
    out = {}
    for folder in pathlib.Path(f"/proc/{pid}/task").iterdir():
        try:
            out.setdefault((folder / "comm").read_text().strip(), []).append(int(folder.name))
        except OSError:
            pass
    return out


def why_not():
    """Why this machine lets nobody do that; nothing where it does."""
    child = os.fork()
    if child == 0:
        os.read(os.pipe()[0], 1)
        os._exit(0)
    try:
        Frozen(child)
    except OSError as e:
        return str(e)
    finally:
        os.kill(child, 9)
        os.waitpid(child, WALL)
    return ""


class Frozen:
    """A thread that stands still until the process ends. Only the thread of the test that made it may use it."""

    def __init__(self, thread):
        self.thread = thread
        self.is_first = int(re.search(r"^Tgid:\s*(\d+)", pathlib.Path(f"/proc/{thread}/status").read_text(), re.M)[1]) == thread
        for request in (SEIZE, INTERRUPT):
            if LIBC.ptrace(request, thread, None, None) != 0:
                raise OSError(ctypes.get_errno(), f"ptrace({request:#x}, {thread}): {os.strerror(ctypes.get_errno())}")
        os.waitpid(thread, WALL)  # it has stopped

    def reap(self):
        """Once the process was ended: it is not gone before its thread's end was taken note of. The first thread's end is the process's own."""
        if self.is_first:
            return
        try:
            os.waitpid(self.thread, WALL | os.WNOHANG)
        except ChildProcessError:
            pass
