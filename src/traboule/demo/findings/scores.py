"""Compare what the analysis reports with what was planted: precision and recall of each kind of finding.

In: the plain result of ``networks.findings`` and the generator's truth. Out: by kind its precision and recall.
Guaranteed: what nobody reports has no precision, and what nobody planted has no recall: both are null then.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from itertools import combinations
from typing import Any

from traboule.demo.findings.planted import Planted

Score = dict[str, float | None]
_ALIKE = 0.5  # Two groups are one where they share more than half of the actions of either.
_PERSONS = ("suspect", "victim")


def scores(reported: Mapping[str, Any], truth: Planted, person_of: Mapping[str, int]) -> dict[str, Score]:
    """Return precision and recall by kind of finding."""
    facilitators = [person_of.get(row["record"], row["record"]) for row in reported["facilitators"]]
    pairs = {(row["left"], row["right"]) for row in reported["pairs"]}
    seen = [
        person_of.get(row["record"], row["record"])
        if row["kind"] in _PERSONS
        else truth.thing_of.get(row["record"], row["record"])
        for row in reported["seen"]
    ]
    return {
        "groups": _groups(reported["groups"], truth),
        "facilitators": _score(facilitators, truth.facilitators),
        "corridors": _score(_corridors(reported["corridors"]), truth.corridors),
        "convergence": _score(pairs, truth.convergence),
        "recurrence": _score(seen, truth.persons | truth.things),
        "adverts": _adverts(reported["offers"], truth.adverts),
    }


def _score(reported: Collection[Hashable], planted: Collection[Hashable]) -> Score:
    right = sum(row in planted for row in reported)
    reached = len(set(reported) & set(planted))
    return {"precision": _share(right, len(reported)), "recall": _share(reached, len(planted))}


def _share(part: int, total: int) -> float | None:
    return round(part / total, 3) if total else None


def _groups(reported: Sequence[Mapping[str, Any]], truth: Planted) -> Score:
    """Score the groups that are found again; a group may be named after any record of an action."""
    groups = [{truth.action_of[name] for name in row["actions"]} for row in reported if row["stable"]]
    right = sum(any(_is_same(group, planted) for planted in truth.groups) for group in groups)
    matched = sum(any(_is_same(group, planted) for group in groups) for planted in truth.groups)
    return {"precision": _share(right, len(groups)), "recall": _share(matched, len(truth.groups))}


def _is_same(group: Collection[int], planted: Collection[int]) -> bool:
    shared = len(set(group) & set(planted))
    return shared > _ALIKE * len(group) and shared > _ALIKE * len(planted)


def _corridors(rows: Iterable[Mapping[str, Any]]) -> set[tuple[str, str]]:
    """Return the ends between which several persons travelled, by whatever means."""
    persons: dict[tuple[str, str], int] = {}
    for row in rows:
        ends = (row["start"], row["end"])
        persons[ends] = persons.get(ends, 0) + row["persons"]
    return {ends for ends, travellers in persons.items() if travellers > 1}


def _adverts(rows: Iterable[Mapping[str, Any]], offer_of: Mapping[str, str]) -> Score:
    """Score pairs of adverts of one offer."""
    reported = {pair for row in rows for pair in combinations(sorted(row["adverts"]), 2)}
    same: dict[str, list[str]] = {}
    for record, offer in offer_of.items():
        same.setdefault(offer, []).append(record)
    return _score(reported, {pair for records in same.values() for pair in combinations(sorted(records), 2)})
