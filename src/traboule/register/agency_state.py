"""Read the state of one agency from the database, for the plan.

In: operation, unit, agency. Out: an :class:`AgencyState`. Guaranteed: read inside the caller's transaction, after which
the plan needs no database; linear in the agency's own rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from django.db import connection

from traboule.core.record_names import agency_prefix
from traboule.database.arrow import sql
from traboule.register.plan import AgencyState, BestVersion, Key, ReturnReach
from traboule.register.tables import TABLES
from traboule.returns.models import HeldRow, ReturnReceived

_BEST = sql.SQL("""(
    SELECT DISTINCT ON (record) {name}, row_id, version, return_id, content_hash FROM {table}
    WHERE operation = {operation} AND record >= {first} AND record < {last}
    ORDER BY record, version DESC, entered_at DESC, id DESC
)""")


def agency_state(operation: str, unit: str, agency: str) -> AgencyState:
    """Return what ``agency`` of ``unit`` has filed so far."""
    theirs = {"operation": operation, "unit": unit, "agency": agency}
    received = ReturnReceived.objects.filter(**theirs).order_by("version", "id")
    filings = [
        ReturnReach(return_id, (unit, agency), version, supersedes, withdrawal=kind == "withdrawn")
        for return_id, version, supersedes, kind in received.values_list("return_id", "version", "supersedes", "kind")
    ]
    held_keys: defaultdict[int, set[Key]] = defaultdict(set)
    aside = HeldRow.objects.filter(**theirs, refused=False)
    for version, table, row_id in aside.values_list("version", "table", "row_id"):
        held_keys[version].add((table, row_id))
    return AgencyState(filings, _best(operation, unit, agency) if filings else {}, dict(held_keys))


def current(operation: str, unit: str, agency: str) -> Mapping[Key, BestVersion]:
    """Return the rows of ``agency`` in force now, by table and row identifier: what a preview compares with."""
    return agency_state(operation, unit, agency).current()


def _best(operation: str, unit: str, agency: str) -> dict[Key, BestVersion]:
    """Return the best version of each row. Records sort by code point, where '0' follows '/'."""
    first = agency_prefix(unit, agency)
    parts = [
        _BEST.format(
            name=sql.Literal(name),
            table=sql.Identifier(model._meta.db_table),
            operation=sql.Literal(operation),
            first=sql.Literal(first),
            last=sql.Literal(first[:-1] + "0"),
        )
        for name, model in TABLES.items()
    ]
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(" UNION ALL ").join(parts))
        return {
            (table, row_id): BestVersion(version, return_id, content_hash)
            for table, row_id, version, return_id, content_hash in cursor.fetchall()
        }
