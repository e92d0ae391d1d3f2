"""Read a return: the only function that turns a file into raw rows.

In: a path or bytes (workbook, delimited files, JSON) and the name the sender gave it. Out: a RawReturn. Guaranteed: the
file is never parsed in this process; its name never becomes a path; a file that is not acceptable is refused in words
that name it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath

from traboule.core.errors import NotFound, Refused
from traboule.returns.raw import RawReturn
from traboule.returns.reading.child import DEFAULT_LIMITS, Limits, answer_of
from traboule.returns.reading.parse import from_json
from traboule.returns.reading.prescan import MEGABYTE, MOST_UPLOADED

Source = Path | bytes
_LONGEST_NAME = 200


def read(source: Source, *, file_name: str = "", limits: Limits = DEFAULT_LIMITS) -> RawReturn:
    """Return what a file holds. ``file_name`` is needed for bytes; a path's own name serves otherwise.

    Raises NotFound (file-not-found), Refused (a code beginning ``file-``), Unready (reader-unready).
    """
    name = _plain_name(file_name or (source.name if isinstance(source, Path) else ""))
    if isinstance(source, Path):
        if not source.is_file():
            raise NotFound("file-not-found", file=name)
        size = source.stat().st_size
    else:
        size = len(source)
    if size > MOST_UPLOADED:
        raise Refused("file-large", file=name, most=MOST_UPLOADED // MEGABYTE)
    content = source.read_bytes() if isinstance(source, Path) else source
    answer = answer_of("parse", content, {}, file_name=name, limits=limits)
    try:
        return from_json(answer)
    except (ValueError, KeyError, TypeError, AttributeError) as error:  # A child is not trusted.
        raise Refused("file-costly", file=name) from error


def read_many(files: Iterable[tuple[str, Source]], *, at_once: int = 2) -> Iterator[RawReturn | Refused]:
    """Yield the raw return of each (name, source), or its refusal, in the order given; ``at_once`` children work."""
    with ThreadPoolExecutor(max_workers=at_once, thread_name_prefix="read") as threads:
        yield from threads.map(_read_or_refusal, files)


def _read_or_refusal(file: tuple[str, Source]) -> RawReturn | Refused:
    name, source = file
    try:
        return read(source, file_name=name)
    except Refused as refusal:
        return refusal


def _plain_name(file_name: str) -> str:
    """Return the last part of a name, without characters that hide or reorder: for showing only."""
    last = PurePosixPath(file_name.replace("\\", "/")).name
    return "".join(sign for sign in last if sign.isprintable())[:_LONGEST_NAME] or "?"
