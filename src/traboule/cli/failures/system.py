"""Translate errors of the operating system into errors that say what happened and what to do.

In: an ``OSError``. Out: a :class:`TrabouleError` with the path as the person wrote it. Guaranteed: every error has a
sentence; an unforeseen one gives the system's own reason.
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
    """Return the error for ``failure``; ``unnamed`` is the place where the system names none."""
    place = os.fsdecode(failure.filename) if isinstance(failure.filename, str | bytes) else unnamed
    number = failure.errno or 0
    if number in UNREADY:
        return Unready(UNREADY[number], place=place)
    if number in REFUSED:
        return Refused(REFUSED[number], place=place)
    if number == errno.ENOENT:
        return NotFound("place-missing", place=place)
    return Unready("place-faulty", place=place, reason=failure.strerror or type(failure).__name__)
