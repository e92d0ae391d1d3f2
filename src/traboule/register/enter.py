"""Enter the rows of a checked return.

In: a checked return and its identifier. Out: what changed. Guaranteed: planned purely, then added, never altered; held
rows stay out; runs in the caller's transaction, so all or nothing. A correction is a return whose rows bear the
``row_id`` of earlier ones, with a higher version: to enter it *is* the amendment. A withdrawal is a return without
rows: to enter it is the withdrawal. So this stage has no verb for either, and only the filing state can do them (rule
18): ``returns.receive`` and row security let only that state file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from traboule.core.dates import PartialDate
from traboule.core.record_names import record
from traboule.database.arrow import append
from traboule.database.keys.derived import KeyPurpose, keyed_hash
from traboule.database.keys.process import process_key
from traboule.register import models
from traboule.register.agency_state import agency_state
from traboule.register.plan import EntryPlan, Key, ReturnReach, plan
from traboule.register.tables import (
    IDENTITY,
    NARRATIVES,
    OF_PERSONS,
    RENAMED,
    TABLES,
    blob_table,
    own_columns,
    sealed_types,
)
from traboule.returns.checked import CheckedReturn, CheckedRow
from traboule.returns.content import content_hash
from traboule.returns.receipt import EntryChanges
from traboule.returns.receive import storable
from traboule.returns.subjects.keys import Sealer, place

_ROW_COLUMNS = (
    *("operation", "unit", "agency", "row_id", "record", "version", "return_id", "entered_at"),
    *("sealed", "sealed_for"),
)
_VERSION_COLUMNS = ("sheet", "row_number", "content_hash", "missing", "source", "information", "handling")


def enter(checked: CheckedReturn, return_id: UUID, *, at: datetime) -> EntryChanges:
    """Add the rows of ``checked`` that are not held, and return in numbers what that changed.

    ``return_id`` is the return's own; ``at`` is the instant from which as-of queries see the rows. Whether the return
    may be filed is the caller's check (:func:`traboule.returns.receive.receive`).
    """
    hashes = _hashes(checked)
    decided = _plan_of(checked, return_id, hashes)
    entry = _EnteredReturn(checked, return_id, at, hashes)
    for table, model in TABLES.items():
        rows = [row for row in checked.tables.get(table, ()) if not row.held]
        if rows:
            _add(model, table, rows, entry)
    return EntryChanges(
        new=len(decided.new),
        changed=len(decided.changed),
        withdrawn=len(decided.withdrawn),
        unchanged=len(decided.unchanged),
        superseded=len(decided.superseded),
    )


def foresee(checked: CheckedReturn, *, return_id: UUID) -> EntryPlan:
    """Return, row by row, what entering ``checked`` would change; nothing is written."""
    return _plan_of(checked, return_id, _hashes(checked))


def _hashes(checked: CheckedReturn) -> dict[Key, str]:
    """Return the keyed hash of each row. A plain one would let whoever has the row's other fields try names."""
    key = process_key(KeyPurpose.HASH)
    rows = (row for rows in checked.tables.values() for row in rows if not row.held)
    return {(row.table, row.row_id): keyed_hash(key, "row", content_hash(row)) for row in rows}


def _plan_of(checked: CheckedReturn, return_id: UUID, hashes: dict[Key, str]) -> EntryPlan:
    cover = checked.cover
    filing = ReturnReach(
        return_id=return_id,
        agency=(cover.state, cover.agency),
        version=cover.version,
        supersedes=cover.supersedes,
        withdrawal=checked.kind == "withdrawn",
    )
    held_keys = {(row.table, row.row_id) for rows in checked.tables.values() for row in rows if row.held}
    return plan(agency_state(cover.operation, cover.state, cover.agency), filing, hashes, held_keys)


class _EnteredReturn:
    """One return being entered: what all of its rows have in common."""

    def __init__(self, checked: CheckedReturn, return_id: UUID, at: datetime, hashes: dict[Key, str]) -> None:
        self._hashes = hashes
        self._cover = checked.cover
        self._return_id = return_id
        self._at = at
        rows = (row for rows in checked.tables.values() for row in rows if not row.held)
        self._sealer = Sealer(self._cover.operation, self._cover.state, map(self._subject, rows), at=at)

    def row_columns(
        self, model: type[models.RegisterRow], row: CheckedRow, said: Mapping[str, object]
    ) -> tuple[object, ...]:
        """Return the values of ``_ROW_COLUMNS``; ``said`` is what is sealed."""
        cover = self._cover
        name, subject = record(cover.state, cover.agency, row.row_id), self._subject(row)
        where = place(blob_table(model, row.table), name, cover.version, self._return_id)
        return (
            *(cover.operation, cover.state, cover.agency, row.row_id, name),
            *(cover.version, self._return_id, self._at),
            *(self._sealer.seal(subject, said, where), subject),
        )

    def version_columns(self, row: CheckedRow) -> tuple[object, ...]:
        """Return the values of ``_VERSION_COLUMNS``."""
        values = row.values
        return (
            *(storable(row.sheet), row.row, self._hashes[row.table, row.row_id], dict(row.missing)),
            *(values.get("source"), values.get("information"), values.get("handling")),
        )

    def _subject(self, row: CheckedRow) -> str:
        """Return the record of the person a row is of, empty where it is of none."""
        column = OF_PERSONS.get(row.table)
        named = row.row_id if column == "row_id" else row.values.get(column or "")
        return record(self._cover.state, self._cover.agency, str(named)) if named else ""


def _add(model: type[models.Version], table: str, rows: Sequence[CheckedRow], entry: _EnteredReturn) -> None:
    columns = own_columns(model)
    fields = {column: field for (owner, field), column in RENAMED.items() if owner == table}
    names = [fields.get(column, column) for column in columns]
    sealed = {column: fields.get(column, column) for column in sealed_types(table)}
    version_rows = (
        (
            *entry.row_columns(model, row, _values(row, sealed)),
            *entry.version_columns(row),
            *(_stored(row.values.get(name)) for name in names),
        )
        for row in rows
    )
    append(model, (*_ROW_COLUMNS, *_VERSION_COLUMNS, *columns), version_rows)
    if table == "people":
        append(
            models.PersonIdentity,
            _ROW_COLUMNS,
            (
                entry.row_columns(models.PersonIdentity, row, _values(row, {name: name for name in IDENTITY}))
                for row in rows
            ),
        )
    if table in NARRATIVES:
        name = NARRATIVES[table]
        append(
            models.Narrative,
            (*_ROW_COLUMNS, "table", "field"),
            ((*entry.row_columns(models.Narrative, row, _values(row, {"text": name})), table, name) for row in rows),
        )
    append(
        models.AsFiled,
        (*_ROW_COLUMNS, "table"),
        ((*entry.row_columns(models.AsFiled, row, row.as_filed), table) for row in rows),
    )


def _values(row: CheckedRow, fields: Mapping[str, str]) -> dict[str, object]:
    """Return the values of ``fields`` (our name, the form's) as JSON holds them."""
    values = {name: _stored(row.values.get(field)) for name, field in fields.items()}
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()}


def _stored(value: object) -> object:
    """Return a checked value as its column keeps it: partial dates as ISO text, several codes as a list."""
    if isinstance(value, PartialDate):
        return value.iso()
    if isinstance(value, tuple):
        return list(value)
    return value
