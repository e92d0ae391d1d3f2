"""Why two records are linked: field by field, what was compared, at which level, with how many bits, under which model.

In come a link's scores and evidence; out goes JSON that holds levels and bits but no value of any person, and from it
sentences in four languages. It promises: pure; the bits of all fields and of the prior add up to the weight.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from traboule.core.words import catalogue, fill
from traboule.linkage.evidence import Evidence
from traboule.linkage.score import Scores
from traboule.linkage.weights.comparisons import COMPARISONS

_LABELS = {(each.name, level.value): level.label for each in COMPARISONS for level in each.levels}


@dataclass(frozen=True, slots=True)
class Reason:
    """One line of an explanation: the field and the level in words, and the bits it adds or takes."""

    field: str
    level: str
    bits: float


def evidence_json(scores: Scores, evidence: Evidence, place: int, *, model_hash: str, prior: float) -> str:
    """Return the evidence of the pair at ``place`` as canonical JSON."""
    content = {
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
    return json.dumps(content, sort_keys=True, separators=(",", ":"))


def explain(evidence: str, language: str) -> list[Reason]:
    """Return the lines that explain a link from its ``evidence``, the heaviest first, in ``language``."""
    read: Mapping[str, dict[str, tuple[int, float]]] = json.loads(evidence)
    lines = [
        Reason(
            field=word("fields", name, language),
            level=word("levels", _LABELS[name, level], language),
            bits=bits,
        )
        for name, (level, bits) in read["fields"].items()
    ]
    return sorted(lines, key=lambda line: (-abs(line.bits), line.field))


def word(group: str, code: str, language: str, **values: object) -> str:
    """Return the wording of ``code`` in ``words.yaml`` (its groups are the file's first level)."""
    return fill(catalogue("traboule.linkage", "words.yaml")[group][code], language, values)
