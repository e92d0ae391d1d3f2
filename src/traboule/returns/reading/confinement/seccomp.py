"""Seccomp: refuse the system calls that open sockets, start programs or reach into other processes.

Source: the Linux kernel's documentation, "Seccomp BPF", and the tables of system calls of x86-64 and AArch64. A refused
call fails with EPERM, so that whoever tries gets an ordinary error.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct

_SET_SECCOMP, _FILTER = 22, 2
_LOAD, _JUMP_IF_EQUAL, _JUMP_IF_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_OFFSET_OF_CALL, _OFFSET_OF_ARCHITECTURE = 0, 4
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050000 | errno.EPERM, 0x80000000
# Calls of the second interface of x86-64 begin here: they are the same calls under other numbers.
_SECOND_INTERFACE = 0x40000000

# Architecture as the kernel names it, and the numbers of the calls.
_PROCESSORS = {
    "x86_64": (0xC000003E, "x86_64"),
    "aarch64": (0xC00000B7, "aarch64"),
}
_CALLS: dict[str, tuple[int, int]] = {
    # By name: the numbers on x86-64 and on AArch64.
    "socket": (41, 198),
    "connect": (42, 203),
    "bind": (49, 200),
    "listen": (50, 201),
    "execve": (59, 221),
    "execveat": (322, 281),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "pidfd_open": (434, 434),
    "pidfd_getfd": (438, 438),
    "kill": (62, 129),
    "tkill": (200, 130),
    "io_uring_setup": (425, 425),
    "open_by_handle_at": (304, 265),
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "bpf": (321, 280),
    "userfaultfd": (323, 282),
    "perf_event_open": (298, 241),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "shmget": (29, 194),
    "shmat": (30, 196),
    "mq_open": (240, 180),
}


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def restrict(libc: ctypes.CDLL) -> bool:
    """Refuse the calls from now on; return False on a processor or kernel on which that is not possible.

    The process must have given up new privileges before.
    """
    if platform.machine() not in _PROCESSORS:
        return False
    instructions = program(platform.machine())
    loaded = _Program(len(instructions) // 8, instructions)
    return bool(libc.prctl(_SET_SECCOMP, _FILTER, ctypes.byref(loaded), 0, 0) == 0)


def program(machine: str) -> bytes:
    """Return the filter for a processor, in the kernel's classic BPF: eight bytes an instruction."""
    architecture, _ = _PROCESSORS[machine]
    column = list(_PROCESSORS).index(machine)
    numbers = sorted(numbers[column] for numbers in _CALLS.values())
    lines = [
        (_LOAD, 0, 0, _OFFSET_OF_ARCHITECTURE),
        (_JUMP_IF_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _OFFSET_OF_CALL),
        (_JUMP_IF_AT_LEAST, len(numbers) + 1, 0, _SECOND_INTERFACE),
        *((_JUMP_IF_EQUAL, len(numbers) - place, 0, number) for place, number in enumerate(numbers)),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _REFUSE),
    ]
    return b"".join(struct.pack("=HBBI", *line) for line in lines)
