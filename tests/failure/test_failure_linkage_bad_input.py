"""Bad records: no exception, no link."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pytest
from tests.linkage_population import ENCOUNTERS, IDENTIFIERS, IDENTITIES, PEOPLE

from traboule.linkage.resolve import LinkInputs, resolve
from traboule.linkage.weights.model import declared_model

BAD = [
    "",
    " ",
    "🙂🙂",
    "x" * 500,
    "\u202eevil\u202c",
    "aбγ王م",
    "\x00\x01",
    "'; DROP TABLE people; --",
    "٠١٢٣٤٥",
    "-",
    "\ufeff",
    "\ud7ff",
    "N/A",
    "0000-00-00",
]


def two(bad: str, kind: str) -> LinkInputs:
    people, identities, identifiers = [], [], []
    for record in ("FR/a/1", "ML/a/1"):
        people.append(
            {
                "record": record,
                "unit": record[:2],
                "sex": bad,
                "citizenships": [bad],
                "age_band": bad,
                "birth_precision": bad,
            }
        )
        identities.append({"record": record, "unit": record[:2], **dict.fromkeys(IDENTITIES.names[2:], bad)})
        identifiers.append(
            {"record": f"{record}/i", "unit": bad, "person_record": record, "kind": kind, "value": bad, "issuer": bad}
        )
    return LinkInputs(
        pa.Table.from_pylist(people, schema=PEOPLE),
        pa.Table.from_pylist(identities, schema=IDENTITIES),
        pa.Table.from_pylist(identifiers, schema=IDENTIFIERS),
        date(2024, 9, 29),
        ENCOUNTERS.empty_table(),
    )


@pytest.mark.parametrize("bad", BAD, ids=range(len(BAD)))
@pytest.mark.parametrize("kind", ["passport", "phone", "imei", "iban", "address", "no such kind", ""])
def test_bad_text_everywhere_raises_nothing_and_keeps_every_record(bad: str, kind: str) -> None:
    result = resolve(two(bad, kind), model=declared_model())
    assert result.clusters.num_rows == 2


@pytest.mark.parametrize("bad", ["", " ", "🙂🙂", "\x00\x01", "-", "\ufeff"])
def test_what_says_nothing_links_nothing(bad: str) -> None:
    result = resolve(two(bad, "passport"), model=declared_model())
    assert "automatic" not in result.links["status"].to_pylist()


def test_identifiers_of_nobody_and_of_the_unknown_are_left_out() -> None:
    inputs = two("Haddad", "phone")
    strangers = pa.Table.from_pylist(
        [
            {"record": "a", "unit": "FR", "person_record": None, "kind": "phone", "value": "+33639982147"},
            {"record": "b", "unit": "FR", "person_record": "XX/x/9", "kind": "phone", "value": "+33639982147"},
        ],
        schema=IDENTIFIERS,
    )
    result = resolve(LinkInputs(inputs.people, inputs.identities, strangers, inputs.on), model=declared_model())
    assert result.clusters.num_rows == 2
