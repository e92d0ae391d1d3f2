"""A stop-list that grows while a matcher lives: what arrives from then on is read with it."""

from __future__ import annotations

import json

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from tests.unit.linkage.test_linkage_field_summaries import ON, inputs

from traboule.linkage.live.matcher import LiveMatcher
from traboule.linkage.live.record_reader import ArrivedReturn
from traboule.linkage.stop_list import stop_list
from traboule.linkage.weights.model import declared_model

ENTRY = {"kind": "phone", "value": "+22365001234", "reason": "a shelter’s, said Mali"}


def of(state: str) -> ArrivedReturn:
    """Return what one state filed of her: both file her telephone."""
    given = inputs()

    def rows(table: pa.Table) -> pa.Table:
        return table.filter(pc.equal(table["unit"], state))

    return ArrivedReturn(rows(given.people), rows(given.identities), rows(given.identifiers))


@pytest.mark.parametrize("stopped", [False, True])
def test_what_arrives_later_is_read_with_it(stopped: bool) -> None:
    live = LiveMatcher(declared_model(), ON)
    live.receive(of("FR"))
    if stopped:
        live.stops = stop_list([ENTRY])
    live.receive(of("ML"))
    ((_, _, edge),) = live.links()
    assert ("phones" in json.loads(edge.evidence)["medium"]) is not stopped
    assert (ENTRY["reason"] in live.stopped["reason"].to_pylist()) is stopped
