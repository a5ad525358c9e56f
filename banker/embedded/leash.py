"""Run as a script, it becomes a server that is tied to the console's life.

    python -I -S leash.py CONSOLE_PID SIGNAL UID GID -- COMMAND …

On Linux the server gets SIGNAL when the thread of the console that started it ends, however it
ends. UID and GID are -1 where the server runs as the console's own user. It imports nothing of
banker: it may run where the packages are out of the server user's reach.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def become(console: int, ending: int, uid: int, gid: int, command: list[str]) -> None:
    """Replaces this process by the command. A change of user after the tie would cut it."""
    os.umask(0o077)
    if uid >= 0:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, ending)
    if os.getppid() != console:
        raise SystemExit("the console has gone")
    # Python ignores these two, and what is ignored stays so in the command.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    try:
        os.execv(command[0], command)  # noqa: S606  (no shell is the point)
    except OSError as error:
        raise SystemExit(f"FATAL:  {command[0]}: {error.strerror}") from None


if __name__ == "__main__":
    console, ending, uid, gid = (int(argument) for argument in sys.argv[1:5])
    become(console, ending, uid, gid, sys.argv[6:])
