"""Withhold from figures what tells of few persons, for whoever may not see protected persons.

In: figures and explanations as plain values, and an operation's thresholds. Out: the same in the same shape, with
headlines alone of what counts persons, and None for a headline below the threshold. Guaranteed: ``below`` is the
threshold that a count or its range does not reach, and what is None is fewer or its range; a count of persons by
state, sex, age, nationality, incident or record leaves the engine through a release alone, whose disclosure control
knows everything issued before; two counts an hour apart would otherwise tell of the one person filed between them.
Headlines stay: every release prints them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from traboule.figures.definition import FigureDefinition, dictionary
from traboule.operation.operation import ReleasePolicy

_RANGE = ("low", "high")
_HEADLINE = ("value", *_RANGE)
_COUNTS = (*_HEADLINE, "rows")
_BARE: Mapping[str, Any] = {
    **dict.fromkeys(("counted", "declared_only", "held")),
    "breakdowns": {},
    "declared": [],
    "compared": [],
}


def threshold_of(definition: FigureDefinition, policy: ReleasePolicy) -> int:
    """Return the smallest headline that is shown of a figure; 0 for one that counts no persons."""
    if definition.unit != "person":
        return 0
    return max(policy.threshold, policy.minors_threshold) if definition.requires else policy.threshold


def of_figures(plain: Mapping[str, Any], policy: ReleasePolicy) -> dict[str, Any]:
    """Return a run of figures, as :meth:`CountedFigures.to_json` gives it, without what tells of few persons."""
    figures = [_figure(figure, _threshold(figure["id"], policy)) for figure in plain["figures"]]
    return {
        **plain,
        "figures": figures,
        "since": [of_difference(difference, policy) for difference in plain["since"]],
        "extra": {},
        "other_declared": [],
        "remarks": [remark for remark in plain["remarks"] if not _threshold(remark["figure"], policy)],
    }


def of_explanation(plain: Mapping[str, Any], policy: ReleasePolicy) -> dict[str, Any]:
    """Return an explanation of a figure; of one that counts persons its headline and how many records are behind it."""
    threshold = _threshold(plain["definition"]["id"], policy)
    if not threshold:
        return dict(plain)
    contributing: dict[str, Any] = {"total": None, "records": None, "page": 1, "pages": 1, "entries": []}
    without = {"by_state": {}, "without": {}, "contributing": contributing, "open_links": [], "remarks": []}
    return {**_figure(plain, threshold), **without}


def of_difference(plain: Mapping[str, Any], policy: ReleasePolicy) -> dict[str, Any]:
    """Return the change of a figure between two instants; of one that counts persons without its reasons."""
    threshold = _threshold(plain["figure"], policy)
    if not threshold:
        return dict(plain)
    # Each end is what the figure of its instant shows anyway: a large one is never called few beside a small one.
    ends = {name: None if plain[name] < threshold else plain[name] for name in ("old", "new")}
    return {**plain, **ends, "steps": [], "below": threshold if None in ends.values() else None}


def of_estimate(plain: Mapping[str, Any], policy: ReleasePolicy) -> dict[str, Any]:
    """Return an estimate of the unseen without the overlap of lists; without any count where few are on some list."""
    if plain["seen"] >= _threshold(plain["figure"], policy):
        return {**plain, "overlap": None}
    counts = dict.fromkeys(("overlap", "seen", "unseen", "low", "high"))
    return {**plain, **counts, "pairs": [], "models": 0, "warnings": []}


def _threshold(figure: str, policy: ReleasePolicy) -> int:
    return threshold_of(dictionary()[figure], policy)


def _figure(plain: Mapping[str, Any], threshold: int) -> dict[str, Any]:
    """Return a figure's headline; ``below`` is the threshold that it, or its range, does not reach, else None.

    A small value is withheld whole, a range that reaches below the threshold without its value.
    """
    if not threshold:
        return dict(plain)
    is_small = plain["value"] < threshold
    reaches_below = min(plain[name] for name in _HEADLINE) < threshold
    withheld = _COUNTS if is_small else _RANGE if reaches_below else ()
    counts = {name: None if name in withheld else plain[name] for name in _COUNTS}
    bare = {**counts, **_BARE, "below": threshold if reaches_below else None}
    if withheld:
        bare["interval"] = None
    return {**plain, **{name: value for name, value in bare.items() if name in plain or name == "below"}}
