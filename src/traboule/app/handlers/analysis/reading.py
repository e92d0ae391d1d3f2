"""Cut from the register what the reader of an analysis may see, and build the reader's network from it.

In: a call and an operation. Out: tables and a network. Guaranteed: for the desk everything is computed from persons who
are not protected as the register stands, and from the desk's own run of links; a network is never a larger one with
parts removed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from traboule.analysis.network import Network, NetworkInputs, build_network
from traboule.app.dispatch import Call
from traboule.linkage.decisions import AUTOMATIC, JUDGED_MATCH
from traboule.linkage.models import ClusterMember, LinkRun, ThingLink
from traboule.linkage.stop_list import stops_of
from traboule.linkage.store.links import CLUSTERS_SCHEMA
from traboule.linkage.store.runs import latest_run
from traboule.operation.operation import Operation
from traboule.operation.stops import with_current_stops
from traboule.register import personal
from traboule.register.personal import Purpose
from traboule.register.protected import protected_records, rows_without, without_protected


@dataclass(frozen=True, slots=True)
class ReaderView:
    """The register's tables and identifiers as one reader may see them, and the network that they make."""

    tables: Mapping[str, pa.Table]
    identifiers: pa.Table
    network: Network


def view_of(call: Call, operation: Operation) -> ReaderView:
    """Return what the actor of ``call`` may see of an operation. Raises NotFound before anything was linked."""
    protected = call.by.sees_protected
    run = latest_run(operation.code, protected=protected)
    tables: Mapping[str, pa.Table]
    tables, births, identifiers = personal.with_identifiers(
        operation.code, at=None, context=call.context, purpose=Purpose.LINKAGE
    )
    if not protected:
        hidden = protected_records(tables, births, operation.start)
        tables = without_protected(tables, hidden)
        identifiers = rows_without(identifiers, "person_record", hidden)
    inputs = NetworkInputs(tables, identifiers, _clusters(run), _things(run), stops_of(with_current_stops(operation)))
    return ReaderView(tables, identifiers, build_network(inputs))


def _clusters(run: LinkRun) -> pa.Table:
    rows = list(ClusterMember.objects.filter(run_id=run.run_id).order_by("record").values_list("record", "cluster"))
    records, clusters = zip(*rows, strict=True) if rows else ((), ())
    return pa.table({"record": list(records), "cluster": list(clusters)}, schema=CLUSTERS_SCHEMA)


def _things(run: LinkRun) -> list[tuple[str, str]]:
    """Return the links between things that are followed: the certain ones, and those that a person judged."""
    links = ThingLink.objects.filter(run_id=run.run_id, status__in=(AUTOMATIC, JUDGED_MATCH))
    return list(links.order_by("left", "right").values_list("left", "right"))
