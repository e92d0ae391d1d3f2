"""What the generator plants for an analyst, and how reports are scored against it."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from traboule.demo.filings import DemoOperation, generate
from traboule.demo.findings.scores import scores
from traboule.demo.world.cases import WorldActions
from traboule.demo.world.rings import CONVERGING, ring_crimes

PERFECT = {"precision": 1.0, "recall": 1.0}


@cache
def world() -> DemoOperation:
    return generate(7, scale=0.2)


def report(of: DemoOperation, *, empty: bool = False) -> dict[str, Any]:
    """Return what an analysis reports that finds everything, or nothing."""
    there, person_of = of.truth.planted, of.truth.person_of
    kinds = ("groups", "facilitators", "corridors", "pairs", "seen", "offers")
    if empty:
        return {kind: [] for kind in kinds}
    record_of = {person: record for record, person in person_of.items()}
    name_of = {action: record for record, action in there.action_of.items()}
    row_of = {thing: record for record, thing in there.thing_of.items()}
    offers: dict[str, list[str]] = {}
    for record, offer in there.adverts.items():
        offers.setdefault(offer, []).append(record)
    return {
        "groups": [{"actions": [name_of[action] for action in group], "stable": True} for group in there.groups],
        "facilitators": [{"record": record_of[person]} for person in there.facilitators],
        "corridors": [{"start": start, "end": end, "persons": 2} for start, end in there.corridors],
        "pairs": [{"left": left, "right": right} for left, right in there.convergence],
        "seen": [
            *({"kind": "suspect", "record": record_of[person]} for person in there.persons),
            *({"kind": "thing", "record": row_of[thing]} for thing in there.things),
        ],
        "offers": [{"adverts": records} for records in offers.values()],
    }


def test_a_report_of_the_truth_is_perfect() -> None:
    found = scores(report(world()), world().truth.planted, world().truth.person_of)
    assert found == dict.fromkeys(found, PERFECT)
    assert set(found) == {"groups", "facilitators", "corridors", "convergence", "recurrence", "adverts"}


def test_a_report_of_nothing_has_no_precision() -> None:
    found = scores(report(world(), empty=True), world().truth.planted, world().truth.person_of)
    assert found == {kind: {"precision": None, "recall": 0.0} for kind in found}


def test_half_a_group_is_no_group_and_a_wrong_person_costs_precision() -> None:
    told = report(world())
    told["groups"] = [{**group, "actions": group["actions"][:1]} for group in told["groups"]]
    told["facilitators"].append({"record": "XX/Police/P1"})
    found = scores(told, world().truth.planted, world().truth.person_of)
    assert found["groups"] == {"precision": 0.0, "recall": 0.0}
    assert found["facilitators"]["recall"] == 1.0
    assert found["facilitators"]["precision"] < 1.0


def test_rings_deal_in_the_crimes_that_converge() -> None:
    """In turn, in the order of time, ring by ring in one pair or the other."""
    ring = np.array([0, 0, 1, 2, -1, -1, 1, 0])
    nothing = np.zeros(len(ring), dtype=np.int64)
    start = np.array([30, 10, 5, 6, 7, 8, 4, 20])
    beside = ring_crimes(WorldActions(nothing, nothing, start, nothing, nothing, nothing, ring, nothing))
    (first, second), (third, fourth) = CONVERGING
    assert beside == [(first,), (first,), (fourth,), (first,), (), (), (third,), (second,)]


def test_groups_share_no_action_and_join_several() -> None:
    groups = world().truth.planted.groups
    assert all(len(group) > 1 for group in groups)
    assert len({action for group in groups for action in group}) == sum(map(len, groups))
