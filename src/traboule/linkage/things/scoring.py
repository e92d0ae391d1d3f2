"""Turn compared things into links, with the same table, tiers and explanations as for persons.

Input: the level of each field, and which pairs have strong, medium or contradicting evidence. Output: a table of links
(``LINKS_SCHEMA``), sorted. The bits of the fields and of the prior add up to the weight. An automatic link needs one
strong or two independent medium pieces of evidence and no contradiction (rule 11).

The weights are declared in ``things.yaml`` and not learned: no operation files enough companies or adverts. Each
explanation names their hash as its model.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from hashlib import blake2b
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from traboule.core.language.messages import catalogue
from traboule.linkage.decisions import (
    AUTOMATIC,
    LINKED_FROM,
    OPEN,
    REJECTED,
    SHOWN_FROM,
    SIDE_BY_SIDE,
    STATUS_OF_VERDICT,
    TIERS,
)
from traboule.linkage.store.links import LINKS_SCHEMA
from traboule.linkage.verdicts import LinkVerdict

Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Levels = npt.NDArray[np.int8]

MISSING = -1


@dataclass(frozen=True)
class ThingComparison:
    """Pairs of one kind of thing, by record number, and what was found of each.

    ``levels``: field to the level of every pair, MISSING where one side has nothing. ``strong``, ``medium``,
    ``against``: kind of evidence to the pairs that have it. ``field_codes``: from a record's number to field and code
    of what it holds (group ``sides`` in ``words.yaml``), never the value.
    """

    kind: str
    left: Integers
    right: Integers
    levels: Mapping[str, Levels]
    strong: Mapping[str, Flags] = field(default_factory=dict)
    medium: Mapping[str, Flags] = field(default_factory=dict)
    against: Mapping[str, Flags] = field(default_factory=dict)
    skipped: Mapping[str, int] = field(default_factory=dict)
    field_codes: Callable[[int], Mapping[str, str]] = field(default=lambda place: {})


def thing_catalogue() -> Mapping[str, Any]:
    """Return ``things.yaml``: the declared weights and words of things."""
    return catalogue("traboule.linkage.things", "things.yaml")


@cache
def thing_weights() -> tuple[dict[str, dict[int, tuple[str, float]]], dict[str, float], str]:
    """Return field to level to (label, bits); kind to the bits of the prior; and the hash of both."""
    read = thing_catalogue()["weights"]
    levels = {
        name: {int(level): (label, round(math.log2(m / u), 4)) for level, (label, m, u) in by_level.items()}
        for name, by_level in read["fields"].items()
    }
    priors = {kind: round(math.log2(share / (1 - share)), 4) for kind, share in read["priors"].items()}
    content = json.dumps([levels, priors], sort_keys=True)
    return levels, priors, blake2b(content.encode(), digest_size=8, person=b"traboule-things").hexdigest()


def thing_labels() -> dict[tuple[str, int], str]:
    """Return (field, level) to the label in ``words.yaml``."""
    return {
        (name, level): label for name, by_level in thing_weights()[0].items() for level, (label, _) in by_level.items()
    }


def quantity_code(values: Collection[object]) -> str:
    """Return how many values a record holds, as a code of the group ``sides``."""
    return ("missing", "one", "several")[min(len(values), 2)]


def links_table(
    records: Sequence[str], compared: ThingComparison, verdicts: Mapping[tuple[int, int], LinkVerdict] | None = None
) -> pa.Table:
    """Return the links of one kind; pairs that are neither probable, nor on evidence, nor judged are left out.

    ``verdicts``: by the numbers of two records; they bind whatever the evidence.
    """
    fields, priors, model = thing_weights()
    prior, size = priors[compared.kind], len(compared.left)
    bits = {name: _level_bits(fields[name], levels) for name, levels in compared.levels.items()}
    weight = np.full(size, prior)
    for part in bits.values():
        weight += part
    probability = 1.0 / (1.0 + np.exp2(-weight))
    strong, media, against = (_count_flags(part, size) for part in (compared.strong, compared.medium, compared.against))
    status = np.full(size, OPEN, dtype=object)
    status[((strong > 0) | (media >= 2)) & (against == 0) & (probability >= LINKED_FROM)] = AUTOMATIC
    status[probability < SHOWN_FROM] = REJECTED
    for place, pair in enumerate(zip(compared.left.tolist(), compared.right.tolist(), strict=True) if verdicts else ()):
        if verdicts and pair in verdicts:
            status[place] = STATUS_OF_VERDICT[verdicts[pair]]
    tier = np.where(strong > 0, 2, np.where(media > 0, 1, 0))
    stored = np.flatnonzero((status != REJECTED) | (tier > 0)).tolist()
    rows = {
        "left": [records[compared.left[place]] for place in stored],
        "right": [records[compared.right[place]] for place in stored],
        "weight": weight[stored],
        "probability": probability[stored],
        "tier": [TIERS[int(tier[place])] for place in stored],
        "status": status[stored].tolist(),
        "evidence": _evidence_texts(compared, bits, stored, (model, prior), status),
    }
    return pa.table(rows, schema=LINKS_SCHEMA).sort_by([("left", "ascending"), ("right", "ascending")])


def _level_bits(levels: Mapping[int, tuple[str, float]], pair_levels: Levels) -> npt.NDArray[np.float64]:
    table = np.zeros(max(levels) + 2)
    for level, (_, bits) in levels.items():
        table[level] = bits
    return np.where(pair_levels == MISSING, 0.0, table[np.maximum(pair_levels, 0)])


def _count_flags(kinds: Mapping[str, Flags], size: int) -> Integers:
    total = np.zeros(size, dtype=np.int64)
    for flags in kinds.values():
        total += flags
    return total


def _evidence_texts(
    compared: ThingComparison,
    bits: Mapping[str, npt.NDArray[np.float64]],
    stored: Sequence[int],
    constants: tuple[str, float],
    status: npt.NDArray[np.object_],
) -> list[str]:
    """Return the evidence of each stored pair; of pairs to be judged or judged, with what both sides hold.

    Pairs with the same levels and flags have the same evidence, which is written once.
    """
    kinds = (compared.strong, compared.medium, compared.against)
    columns = [*compared.levels.values(), *(flags.astype(np.int8) for kind in kinds for flags in kind.values())]
    table = np.stack(columns, axis=1)[stored]
    _, first, same = np.unique(table, axis=0, return_index=True, return_inverse=True)
    contents = [_evidence(compared, bits, stored[place], constants) for place in first.tolist()]
    texts = [_canonical(content) for content in contents]
    return [
        _canonical({**contents[group], "sides": _sides(compared, place)})
        if status[place] in SIDE_BY_SIDE
        else texts[group]
        for place, group in zip(stored, same.reshape(-1).tolist(), strict=True)
    ]


def _sides(compared: ThingComparison, place: int) -> dict[str, list[str]]:
    ours, theirs = (compared.field_codes(int(side[place])) for side in (compared.left, compared.right))
    return {name: [ours[name], theirs[name]] for name in ours}


def _canonical(content: Mapping[str, Any]) -> str:
    return json.dumps(content, sort_keys=True, separators=(",", ":"))


def _evidence(
    compared: ThingComparison, bits: Mapping[str, npt.NDArray[np.float64]], place: int, constants: tuple[str, float]
) -> dict[str, Any]:
    """Return the evidence in the form of :func:`traboule.linkage.explain.evidence_json`."""
    return {
        "thing": compared.kind,
        "model": constants[0],
        "prior": constants[1],
        "fields": {
            name: [int(levels[place]), round(float(bits[name][place]), 4)]
            for name, levels in compared.levels.items()
            if levels[place] != MISSING
        },
        "strong": sorted(kind for kind, flags in compared.strong.items() if flags[place]),
        "medium": sorted(kind for kind, flags in compared.medium.items() if flags[place]),
        "against": sorted(kind for kind, flags in compared.against.items() if flags[place]),
    }
