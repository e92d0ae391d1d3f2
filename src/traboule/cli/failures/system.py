"""Errors of the operating system as errors that say in words what happened and what to do.

Comes in: an ``OSError``. Goes out: a :class:`TrabouleError` with the path as it was written. Promises: every one has a
sentence; one that nobody foresaw names the system's own reason.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping
from typing import Final

from traboule.core.errors import NotFound, Refused, TrabouleError, Unready

UNREADY: Final[Mapping[int, str]] = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT, errno.EFBIG), "disk-full"),
    **dict.fromkeys((errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN), "machine-exhausted"),
}
REFUSED: Final[Mapping[int, str]] = {
    **dict.fromkeys((errno.EACCES, errno.EPERM), "place-closed"),
    errno.EROFS: "place-read-only",
    **dict.fromkeys((errno.ENOTDIR, errno.EEXIST), "place-not-folder"),
    errno.EISDIR: "place-not-file",
    **dict.fromkeys((errno.ENAMETOOLONG, errno.ELOOP, errno.EINVAL), "place-unnameable"),
}


def in_words(failure: OSError, unnamed: str) -> TrabouleError:
    """Return the error that says ``failure``; ``unnamed`` stands for a place the system does not name."""
    place = os.fsdecode(failure.filename) if isinstance(failure.filename, str | bytes) else unnamed
    number = failure.errno or 0
    if number in UNREADY:
        return Unready(UNREADY[number], place=place)
    if number in REFUSED:
        return Refused(REFUSED[number], place=place)
    if number == errno.ENOENT:
        return NotFound("place-missing", place=place)
    return Unready("place-faulty", place=place, reason=failure.strerror or type(failure).__name__)
