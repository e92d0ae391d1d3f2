"""Landlock: let a process read below certain places only, write nowhere, and open no TCP connection.

Source: the Linux kernel's documentation, "Landlock: unprivileged access control", and ``linux/landlock.h``. The numbers
of its three calls are the same on every processor.
"""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

_CREATE, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_ASK_VERSION, _PATH_BENEATH = 1, 1
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
# Rights over files that the kernel knows from each version of its interface on.
_FILE_RIGHTS = {1: (1 << 13) - 1, 2: 1 << 13, 3: 1 << 14, 5: 1 << 15}
_NETWORK_FROM, _BIND_AND_CONNECT = 4, 0b11
_SCOPES_FROM, _ABSTRACT_SOCKETS_AND_SIGNALS = 6, 0b11


def restrict(libc: ctypes.CDLL, readable: Iterable[Path]) -> bool:
    """Restrict this process to reading below ``readable``; return False where the kernel has no Landlock.

    The process must have given up new privileges before.
    """
    version = libc.syscall(_CREATE, None, ctypes.c_size_t(0), _ASK_VERSION)
    if version < 1:
        return False
    handled = sum(rights for since, rights in _FILE_RIGHTS.items() if version >= since)
    attributes = struct.pack("=Q", handled)
    if version >= _NETWORK_FROM:
        attributes += struct.pack("=Q", _BIND_AND_CONNECT)
    if version >= _SCOPES_FROM:
        attributes += struct.pack("=Q", _ABSTRACT_SOCKETS_AND_SIGNALS)
    rules = libc.syscall(_CREATE, attributes, ctypes.c_size_t(len(attributes)), 0)
    if rules < 0:
        return False
    try:
        for path in readable:
            _allow(libc, rules, path)
        return bool(libc.syscall(_RESTRICT_SELF, rules, 0) == 0)
    finally:
        os.close(rules)


def _allow(libc: ctypes.CDLL, rules: int, path: Path) -> None:
    """Let what lies at or below ``path`` be read; a path that is not there needs no rule."""
    with suppress(OSError):
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
        try:
            rights = _READ_FILE | _READ_DIR if path.is_dir() else _READ_FILE
            libc.syscall(_ADD_RULE, rules, _PATH_BENEATH, struct.pack("=Qi", rights, place), 0)
        finally:
            os.close(place)
