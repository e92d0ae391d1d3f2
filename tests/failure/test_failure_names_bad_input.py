"""Bad names: no exception, no link."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.examples import examples
from tests.linkage_population import ENCOUNTERS, IDENTIFIERS, IDENTITIES, PEOPLE

from traboule.linkage.names.comparison import compare
from traboule.linkage.names.log_odds import name_bits
from traboule.linkage.names.table import FiledName, name_table
from traboule.linkage.names.tokens import MOST_TOKENS, token_texts
from traboule.linkage.names.writing.romanisation import LONGEST_TOKEN
from traboule.linkage.resolve import LinkInputs, resolve
from traboule.linkage.weights.model import declared_model

NOTHING = ["", " ", "🙂🙂", "\u202e\u202c", "\u200f", "12345", "٠١٢٣", "-", "???", "\x00\x01", "\ufeff", "،؛؟"]
BAD = [
    *NOTHING,
    "x" * 500,
    "محمد " * 100,
    "王" * 500,
    "Ивaнов",  # A Latin a among Cyrillic letters.
    "aбγ王م",
    "\u202eevil\u202c",
    "A" + "\u0301" * 300,
    "Mohamed🙂Ali",
    "'; DROP TABLE people; --",
    "김김김김김김김김",
    "ー" * 40,
    "ْ" * 40,
    "־׳״",
    "ab\ud7ffc",
]


def pair(one: str, two: str) -> tuple[int, float]:
    table, numbers = name_table([FiledName(one, two), FiledName(two, one), FiledName("Haddad", "Samir")])
    levels = compare(table, numbers[[0, 1]], numbers[[2, 2]])
    assert compare(table, numbers[[2, 2]], numbers[[0, 1]]).tolist() == levels.tolist()
    bits = name_bits(table, numbers[[0]], numbers[[2]])
    assert np.isfinite(bits).all()
    return int(levels[0]), float(bits[0])


@pytest.mark.parametrize("bad", BAD, ids=range(len(BAD)))
def test_a_bad_name_matches_no_good_one(bad: str) -> None:
    assert pair(bad, "")[0] <= 1
    assert pair(bad, bad)[0] <= 1


@pytest.mark.parametrize("bad", NOTHING, ids=range(len(NOTHING)))
def test_what_is_no_name_is_compared_with_nothing(bad: str) -> None:
    assert pair(bad, bad) == (-1, 0.0)


@pytest.mark.parametrize("bad", BAD, ids=range(len(BAD)))
def test_a_bad_name_filed_twice_links_nobody(bad: str) -> None:
    people = [{"record": f"{unit}/a/1", "unit": unit, "sex": "male", "citizenships": ["FR"]} for unit in ("FR", "ML")]
    identities = [
        {"record": person["record"], "unit": person["unit"], "family_name": bad, "given_names": bad}
        for person in people
    ]
    inputs = LinkInputs(
        pa.Table.from_pylist(people, schema=PEOPLE),
        pa.Table.from_pylist(identities, schema=IDENTITIES),
        IDENTIFIERS.empty_table(),
        date(2024, 9, 29),
        ENCOUNTERS.empty_table(),
    )
    result = resolve(inputs, model=declared_model())
    assert "automatic" not in result.links["status"].to_pylist()
    assert len(set(result.clusters["cluster"].to_pylist())) == 2


@settings(max_examples=examples(150), deadline=None)
@given(st.text(max_size=80), st.text(max_size=80))
def test_any_text_becomes_a_few_short_tokens(family: str, given_names: str) -> None:
    found = token_texts(family, given_names)
    assert len(found) <= MOST_TOKENS
    assert all(0 < len(token) <= LONGEST_TOKEN and token.isascii() and token.islower() for token in found)
    pair(family, given_names)
