"""What real situations come to: families, passports of parents, what goes from hand to hand, namesakes, twins."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.linkage_pair import KINDS, Row, pair

CASES = yaml.safe_load((Path(__file__).parents[2] / "golden" / "situations.yml").read_text(encoding="utf-8"))
TWINS = {"birth": "2009-05-04", "phone": "+93799418302"}


def rows(case: dict[str, Any]) -> tuple[Row, Row]:
    """Return the two records of a case: written out, or twins of whom only the names are."""
    if "names" in case:
        one, other = ({"name": name, "of": case["of"], **TWINS} for name in case["names"])
    else:
        one, other = case["one"], case["other"]
    return _filed(one), _filed(other)


def _filed(said: dict[str, Any]) -> Row:
    family, _, given = said.get("name", "").partition(",")
    return {
        "family_name": family.strip() or None,
        "given_names": given.strip() or None,
        "birth_date": str(said["birth"]) if "birth" in said else None,
        "sex": said.get("sex"),
        "age_band": said.get("band"),
        "citizenships": [said["of"]],
        "issuer": said.get("issuer", said["of"]),
        **{kind: said.get(kind) for kind in KINDS},
    }


def _found(case: dict[str, Any]) -> str:
    links = pair(*rows(case)).links.to_pylist()
    return str(links[0]["status"]) if links else "none"


@pytest.mark.parametrize("case", CASES["linked"], ids=lambda case: case["why"])
def test_is_linked_at_once(case: dict[str, Any]) -> None:
    assert _found(case) == "automatic"


@pytest.mark.parametrize("case", CASES["asked"], ids=lambda case: case["why"])
def test_is_not_linked_without_anybody_being_asked(case: dict[str, Any]) -> None:
    assert _found(case) in ("open", "rejected", "none")
