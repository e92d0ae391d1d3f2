"""Open an operation (the verb ``open``): an operation file becomes an operation that returns can be filed for.

In: the file's text, who opens it and when. Out: the operation. Guaranteed: to open the same content again changes
nothing but what communiqués say (``press``, ``country_names``); content that differs otherwise under a code in use is a
Conflict and changes nothing at all.
"""

from __future__ import annotations

from datetime import datetime

from traboule.core.errors import Conflict
from traboule.core.permissions import Actor
from traboule.operation.models import OperationOpened
from traboule.operation.operation import Operation, load


def open_operation(text: str, *, by: Actor, at: datetime) -> Operation:
    """Open the operation of the file ``text`` and return it.

    Raises Invalid with every fault of the file, and Conflict (``operation-differs``) when its code is
    open with other content. ``at`` is an aware moment. The door holds the transaction.
    """
    operation = load(text)
    opened, _new = OperationOpened.objects.get_or_create(
        code=operation.code,
        defaults={
            "title": operation.title("en"),
            "content": text,
            "content_hash": operation.content_hash,
            "opened_at": at,
            "opened_by": by.name,
        },
    )
    if opened.content_hash != operation.content_hash:
        raise Conflict("operation-differs", operation=operation.code)
    if load(opened.content).to_json() != operation.to_json():
        opened.content = text
        opened.save(update_fields=["content"])
    return operation
