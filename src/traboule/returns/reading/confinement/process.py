"""Take from this process, for good, what reading a file does not need."""

from __future__ import annotations

import ctypes
import mimetypes
import sys
import sysconfig
from pathlib import Path

import traboule
from traboule.returns.reading.confinement import landlock, seccomp

_NO_NEW_PRIVILEGES = 38  # linux/prctl.h
_OWN_USERS, _OWN_NETWORK, _OWN_MESSAGES = 0x10000000, 0x40000000, 0x08000000  # linux/sched.h
# Where the loader and the standard library look for what they load on demand.
_SYSTEM = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/share/zoneinfo", "/etc/ld.so.cache")


def confine() -> str:
    """Confine this process and its children; return a letter for each layer that the kernel did not allow.

    ``n``: namespaces of its own, with no network device; ``f``: files other than the program's own; ``c``: system
    calls that open sockets, start programs or reach into other processes.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    lacking = "" if libc.unshare(_OWN_USERS | _OWN_NETWORK | _OWN_MESSAGES) == 0 else "n"
    libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    if not landlock.restrict(libc, _readable()):
        lacking += "f"
    if not seccomp.restrict(libc):
        lacking += "c"
    return lacking


def _readable() -> set[Path]:
    """Return the places of the program: its source, its packages and the standard library."""
    places = {Path(place) for place in (*_SYSTEM, *mimetypes.knownfiles)} | {Path(traboule.__file__).parent}
    places |= {Path(place) for name, place in sysconfig.get_paths().items() if name.endswith(("lib", "stdlib"))}
    # A folder that is only on the path is opened to imports by name, and lists what it holds beside the program.
    return places | {Path(entry) for entry in sys.path if "site-packages" in entry or "dist-packages" in entry}
