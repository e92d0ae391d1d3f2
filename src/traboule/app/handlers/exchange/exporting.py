"""Export what an account may see in a format of the field, list what was exported, and check a recipient's copy.

In: a format, a recipient, a purpose. Out: files with their loss report. Guaranteed: a state exports its own rows and
the protection officer everybody's, as row security gives them; the desk what is of no protected person, without names.
Protected persons leave only by the protection officer and for their protection. Each export is stored with its
recipient, purpose and hashes, which the ledger's entry commits to, and names the records of persons it holds.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from traboule.app.dispatch import Call
from traboule.app.handlers.counting import read_register
from traboule.app.handlers.opening import the_operation
from traboule.core.codes import vocabulary
from traboule.core.errors import Refused
from traboule.core.language.spelling import nearest
from traboule.core.permissions import Role
from traboule.exchange import made
from traboule.exchange.declarations import FORMATS, declaration
from traboule.exchange.loss_page import loss_page
from traboule.exchange.losses import LossReport, loss_report
from traboule.exchange.made import ExportMade, ExportsMade
from traboule.exchange.selection import Selection, Terms, select
from traboule.exchange.writers import ftm, geojson, graphml, htcds, misp, stix, tables, unodc
from traboule.operation.operation import Operation
from traboule.register import personal
from traboule.register.personal import Purpose
from traboule.register.protected import protected_records, rows_without, without_protected

_WRITERS = {
    "csv": tables.csv,
    "parquet": tables.parquet,
    "stix": stix.bundle,
    "graphml": graphml.graph,
    "geojson": geojson.features,
    "ftm": ftm.entities,
    "misp": misp.events,
    "htcds": htcds.cases,
    "unodc": unodc.counts,
}
_PROTECTION = "protection"
_BIRTHS = ["record", "birth_date"]


@dataclass(frozen=True, slots=True)
class FormatExport:
    """One export: what is remembered of it, its loss report, its files and the pages of the report, and whose records
    it shows."""

    made: ExportMade
    losses: LossReport
    shown: tuple[str, ...]
    contents: Mapping[str, bytes] = field(repr=False)

    def to_json(self) -> dict[str, Any]:
        """Return the export without the content of its files."""
        return {**self.made.to_json(), "losses": self.losses.to_json(), "shown": list(self.shown)}


@dataclass(frozen=True, slots=True)
class _Order:
    """What was asked for."""

    format: str
    recipient: str
    purpose: str
    language: str


def export(
    call: Call, *, format: str, recipient: str, purpose: str, language: str = "en", operation: str | None = None
) -> FormatExport:
    """Export the rows of the actor's state, or for the protection officer everybody's.

    Raises Refused for a format or purpose that is none, without a recipient, and for an officer of several states.
    """
    order = _order(format, recipient, purpose, language)
    chosen = the_operation(operation)
    is_owner = call.by.role is Role.NATIONAL
    if is_owner and len(call.by.units) != 1:
        raise Refused("export-one-state")
    read = personal.complete_tables(chosen.code, at=call.at, context=call.context, purpose=Purpose.EXCHANGE)
    if is_owner:
        read = {name: _of_agencies(call, table) for name, table in read.items()}
    with_protected = call.by.role is Role.PROTECTION and order.purpose == _PROTECTION
    terms = Terms(chosen.start, call.at, with_protected, is_owner)
    return _made(call, chosen, order, select(chosen.code, read, read["people"].select(_BIRTHS), terms))


def export_unprotected(
    call: Call, *, format: str, recipient: str, purpose: str, language: str = "en", operation: str | None = None
) -> FormatExport:
    """Export what the desk may see: rows of persons who are not protected, without names, identifiers and texts.

    Raises Refused as :func:`export` does.
    """
    order = _order(format, recipient, purpose, language)
    chosen = the_operation(operation)
    read, births = read_register(call, chosen, call.at)
    protected = protected_records(read, births, chosen.start)
    seen, born = without_protected(read, protected), rows_without(births, "record", protected)
    seen.pop("returns", None)
    return _made(call, chosen, order, select(chosen.code, seen, born, Terms(chosen.start, call.at, opened=False)))


def list_exports(call: Call, *, operation: str | None = None, limit: int = 50) -> ExportsMade:
    """Return what was exported, the latest first, as far as the actor may see it."""
    return made.exports(the_operation(operation).code, limit=limit)


def check(call: Call, *, sha256: str, operation: str | None = None) -> ExportsMade:
    """Return the exports that the file of that hash was made by. Raises NotFound where there is none."""
    return made.export_of(the_operation(operation).code, sha256.strip().lower())


def _order(format: str, recipient: str, purpose: str, language: str) -> _Order:
    if format not in FORMATS:
        raise Refused("export-format", format=format, known=", ".join(FORMATS), near=nearest(format, FORMATS))
    purposes = vocabulary("export_purposes")
    code = purposes.find(purpose) or ""
    if not code:
        raise Refused("export-purpose", purpose=purpose, known=", ".join(purposes.codes))
    if not recipient.strip():
        raise Refused("export-recipient")
    return _Order(format, recipient.strip(), code, language)


def _of_agencies(call: Call, table: pa.Table) -> pa.Table:
    """Return the rows of the agencies that the actor speaks for."""
    if not call.by.agencies or "agency" not in table.column_names:
        return table
    own = [agency for agency in table["agency"].unique().to_pylist() if call.by.is_of_agency(str(agency))]
    return table.filter(pc.is_in(table["agency"], value_set=pa.array(own, pa.string())))


def _made(call: Call, operation: Operation, order: _Order, selection: Selection) -> FormatExport:
    """Write the files and the loss report, and store the export."""
    losses = loss_report(declaration(order.format), selection)
    files = dict(_WRITERS[order.format](selection))
    result = ExportMade(
        operation=operation.code,
        format=order.format,
        recipient=order.recipient,
        purpose=order.purpose,
        files=made.file_entries(files),
        rows=selection.total,
        at=call.at,
        by=call.by.name,
    )
    made_for = {"recipient": order.recipient, "purpose": order.purpose, "at": call.at.isoformat()}
    page = loss_page(losses, files, made_for, order.language)
    made.store(result, call.by)
    return FormatExport(result, losses, tuple(selection.persons), {**files, **_report(losses, page)})


def _report(losses: LossReport, page: bytes) -> dict[str, bytes]:
    """Return the files of the loss report."""
    plain = json.dumps(losses.to_json(), ensure_ascii=False, indent=1)
    return {"losses.json": plain.encode(), "losses.html": page}
