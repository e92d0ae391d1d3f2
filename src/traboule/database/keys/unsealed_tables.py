"""Refuse to migrate a database whose rows were stored before they were sealed.

In: names of tables. Out: a step of a migration. Guaranteed: a table that ever held a row is refused, even if row
security hides its rows from who migrates: its cleartext would stay in the files and the journal.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from traboule.core.errors import Unready


def refuse_unsealed(*tables: str) -> Callable[[Any, Any], None]:
    """Return a step that raises Unready where one of ``tables`` takes room on disk."""

    def step(_apps: Any, editor: Any) -> None:
        with editor.connection.cursor() as cursor:
            for table in tables:
                cursor.execute("SELECT pg_relation_size(%s::regclass)", [table])
                if cursor.fetchone()[0]:
                    raise Unready("database-unsealed")

    return step
