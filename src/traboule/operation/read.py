"""Read opened operations back.

In: a code. Out: the operation, as its file was when it was opened.
"""

from __future__ import annotations

from traboule.core.errors import NotFound
from traboule.core.language.spelling import nearest
from traboule.operation.models import OperationOpened
from traboule.operation.operation import Operation, load


def opened(code: str) -> Operation:
    """Return the opened operation ``code``. Raises NotFound (``operation-unknown``) where none is."""
    row = OperationOpened.objects.filter(code=code).first()
    if row is None:
        raise NotFound("operation-unknown", operation=code, near=nearest(code, opened_codes()))
    return load(row.content)


def opened_codes() -> tuple[str, ...]:
    """Return the codes of all opened operations, sorted."""
    return tuple(OperationOpened.objects.order_by("code").values_list("code", flat=True))
