"""Rows held at the door, as counting is told of them."""

from __future__ import annotations

import pyarrow as pa
import pytest

from traboule.core.record_names import record
from traboule.figures.resolved.inputs import Inputs


@pytest.mark.parametrize("agency", ["Police", "Police/Brigade", "50 % Police"])
def test_a_held_correction_of_a_row_in_force_is_no_further_row(agency: str) -> None:
    held_rows = [{"unit": "ML", "agency": agency, "table": "people", "row_id": row} for row in ("2024/1", "P2")]
    in_force = {"record": [record("ML", agency, "2024/1")], "unit": ["ML"], "agency": [agency]}
    tables = {"held": pa.Table.from_pylist(held_rows), "people": pa.table(in_force)}
    empty = pa.table({})
    assert Inputs(tables, empty, empty).rows_held() == {"people": 1}
