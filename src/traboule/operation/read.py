"""Read opened operations back.

In: a code. Out: the operation, as its file was when it was opened. Guaranteed: its seal and its hash are checked first;
a row that was changed in the database is refused, and nothing is read from it.
"""

from __future__ import annotations

from traboule.core.errors import Conflict, NotFound
from traboule.core.language.spelling import nearest
from traboule.operation.models import OperationOpened
from traboule.operation.operation import Operation, load
from traboule.operation.seal import is_as_opened
from traboule.operation.sealed_file import file_of


def opened(code: str) -> Operation:
    """Return the opened operation ``code``.

    Raises NotFound (``operation-unknown``) where none is, Conflict where what is stored of it was changed
    (``operation-altered``) or bears no seal (``operation-unsealed``).
    """
    row = last_opening(code, sealed=True)
    if row is None:
        raise NotFound("operation-unknown", operation=code, near=nearest(code, opened_codes()))
    return load(file_of(row))


def last_opening(code: str, *, sealed: bool) -> OperationOpened | None:
    """Return the last opening of ``code``, None where there is none.

    All its openings are checked, so that none can be changed to look like an earlier one. Raises Conflict as
    :func:`opened` does; without a seal only where ``sealed``: rows of earlier versions have none.
    """
    rows = list(OperationOpened.objects.filter(code=code).order_by("number"))
    if any(row.seal and not is_as_opened(row) for row in rows):
        raise Conflict("operation-altered", operation=code)
    last = rows[-1] if rows else None
    if sealed and last is not None and not last.seal:
        raise Conflict("operation-unsealed", operation=code)
    return last


def opened_codes() -> tuple[str, ...]:
    """Return the codes of all opened operations, sorted."""
    return tuple(OperationOpened.objects.order_by("code").values_list("code", flat=True).distinct())
