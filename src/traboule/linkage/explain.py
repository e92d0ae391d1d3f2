"""Why two records are linked: field by field, what was compared, at which level, with how many bits, under which model.

In come a link's scores and evidence; out goes JSON that holds levels and bits but no value of any person, and from it
sentences in four languages, line by line or with both records side by side. It promises: pure; the bits of all fields
and of the prior add up to the weight; what is shown of a record is how precisely it holds a field, never the value.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from traboule.core.words import catalogue, fill
from traboule.linkage.evidence import Evidence
from traboule.linkage.score import Scores
from traboule.linkage.things.weighed import thing_labels
from traboule.linkage.weights.comparisons import COMPARISONS

_LABELS = {(each.name, level.value): level.label for each in COMPARISONS for level in each.levels}
# The lowest level of a field at which two records say the same; above nothing and below that they are close.
_SAME_FROM = {"name": 5, "birth": 5, "citizenship": 2, "document": 2} | {"company_name": 3, "address_words": 3}
_SAME_FROM |= {"address_number": 2, "advert_text": 3, "account_name": 4, "company_number": 2}


@dataclass(frozen=True, slots=True)
class Reason:
    """One line of an explanation: the field and the level in words, and the bits it adds or takes."""

    field: str
    level: str
    bits: float


@dataclass(frozen=True, slots=True)
class SideBySide:
    """One field of two records: what each holds in words, without its value, and how the two compare.

    ``verdict``: same, close, different, or missing where a side has nothing; ``comparison`` says it in words.
    """

    field: str
    left: str
    right: str
    verdict: str
    comparison: str
    bits: float


def evidence_json(
    scores: Scores,
    evidence: Evidence,
    place: int,
    *,
    model_hash: str,
    prior: float,
    sides: tuple[Mapping[str, str], Mapping[str, str]] | None = None,
) -> str:
    """Return the evidence of the pair at ``place`` as canonical JSON.

    ``sides``: field to what the left and the right record hold (codes of :mod:`~traboule.linkage.fields.sides`); given
    for links that somebody is to judge.
    """
    content: dict[str, object] = {
        "model": model_hash,
        "prior": round(prior, 4),
        "relatives": round(float(scores.relatives[place]), 4),
        "fields": {
            each.name: [int(scores.levels[each.name][place]), round(float(scores.bits[each.name][place]), 4)]
            for each in COMPARISONS
            if scores.levels[each.name][place] >= 0
        },
        "strong": sorted(kind for kind, flags in evidence.strong.items() if flags[place]),
        "medium": sorted(kind for kind, flags in evidence.medium.items() if flags[place]),
        "against": sorted(kind for kind, flags in evidence.against.items() if flags[place]),
    }
    if sides is not None:
        content["sides"] = {name: [sides[0][name], sides[1][name]] for name in sorted(sides[0])}
    return json.dumps(content, sort_keys=True, separators=(",", ":"))


def explain(evidence: str, language: str) -> list[Reason]:
    """Return the lines that explain a link from its ``evidence``, the heaviest first, in ``language``."""
    read: Mapping[str, dict[str, tuple[int, float]]] = json.loads(evidence)
    lines = [
        Reason(
            field=word("fields", name, language),
            level=word("levels", _label(name, level), language),
            bits=bits,
        )
        for name, (level, bits) in read["fields"].items()
    ]
    return sorted(lines, key=lambda line: (-abs(line.bits), line.field))


def side_by_side(evidence: str, language: str) -> list[SideBySide]:
    """Return the fields of two records beside each other from a link's ``evidence``, the heaviest first.

    A field that neither record holds is left out. Evidence kept without sides gives only the fields compared.
    """
    read = json.loads(evidence)
    compared: Mapping[str, tuple[int, float]] = read["fields"]
    held: Mapping[str, tuple[str, str]] = read.get("sides", {})
    lines = []
    for name in sorted({*compared, *held}):
        left, right = held.get(name, ("held", "held"))
        if name not in compared and left == right == "missing":
            continue
        level, bits = compared.get(name, (-1, 0.0))
        verdict = _verdict(name, level)
        words = word("verdicts", "missing", language) if level < 0 else word("levels", _label(name, level), language)
        ours, theirs = word("sides", left, language), word("sides", right, language)
        lines.append(SideBySide(word("fields", name, language), ours, theirs, verdict, words, bits))
    return sorted(lines, key=lambda line: (-abs(line.bits), line.field))


def _verdict(name: str, level: int) -> str:
    if level <= 0:
        return "missing" if level < 0 else "different"
    return "same" if level >= _SAME_FROM.get(name, 1) else "close"


def _label(name: str, level: int) -> str:
    return _LABELS.get((name, level)) or thing_labels()[name, level]


def word(group: str, code: str, language: str, **values: object) -> str:
    """Return the wording of ``code`` in ``words.yaml`` (its groups are the file's first level)."""
    return fill(catalogue("traboule.linkage", "words.yaml")[group][code], language, values)
