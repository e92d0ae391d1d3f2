"""Open an operation (the verb ``open``): an operation file becomes an operation that returns can be filed for.

In: the file's text, who opens it and when. Out: the operation. Guaranteed: to open the same content again changes
nothing but what communiqués say (``press``, ``country_names``); content that differs otherwise under a code in use is a
Conflict and changes nothing at all. What was opened is only ever added to, and sealed.
"""

from __future__ import annotations

from datetime import datetime

from traboule.core.errors import Conflict
from traboule.core.permissions import Actor
from traboule.operation.models import OperationOpened
from traboule.operation.operation import Operation, load
from traboule.operation.read import last_opening
from traboule.operation.seal import seal_of
from traboule.operation.sealed_file import file_of, seal_file


def open_operation(text: str, *, by: Actor, at: datetime) -> Operation:
    """Open the operation of the file ``text`` and return it.

    Raises Invalid with every fault of the file, and Conflict when its code is open with other content
    (``operation-differs``) or what is stored was changed (``operation-altered``). ``at`` is an aware moment. Dispatch
    holds the transaction.
    """
    operation = load(text)
    earlier = last_opening(operation.code, sealed=False)
    if earlier is not None:
        if earlier.content_hash != operation.content_hash:
            raise Conflict("operation-differs", operation=operation.code)
        if earlier.seal and load(file_of(earlier)).to_json() == operation.to_json():
            return operation
    number = earlier.number + 1 if earlier else 1
    row = OperationOpened(
        code=operation.code,
        number=number,
        title=seal_file(operation.code, number, "title", operation.title("en")),
        content=seal_file(operation.code, number, "content", text),
        content_hash=operation.content_hash,
        opened_at=at,
        opened_by=by.name,
    )
    row.seal = seal_of(row)
    row.save(force_insert=True)
    return operation
