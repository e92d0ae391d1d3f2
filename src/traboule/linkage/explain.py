"""Why two records are linked: field by field, what was compared, at which level, with how many bits, under which model.

In come a link's scores and evidence; out goes JSON that holds levels and bits but no value of any person, and from it
sentences in four languages, line by line or with both records side by side. It promises: pure; the bits of all fields
and of the prior add up to the weight; what is shown of a record is how precisely it holds a field, never the value.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from traboule.core.words import catalogue, fill
from traboule.linkage.arrays.distinct import Integers, Repeated, first_of_each
from traboule.linkage.evidence import Evidence
from traboule.linkage.fields.texts import together
from traboule.linkage.kept.links import EVIDENCE
from traboule.linkage.score import Scores
from traboule.linkage.things.weighed import thing_labels
from traboule.linkage.weights.comparisons import COMPARISONS

_LABELS = {(each.name, level.value): level.label for each in COMPARISONS for level in each.levels}
# The lowest level of a field at which two records say the same; above nothing and below that they are close.
_SAME_FROM = {"name": 5, "birth": 5, "citizenship": 2, "document": 2} | {"company_name": 3, "address_words": 3}
_SAME_FROM |= {"address_number": 2, "advert_text": 3, "account_name": 4, "company_number": 2}

_FIELDS = sorted(each.name for each in COMPARISONS)
# Those whose bits differ between pairs at one level, since what is rare says more.
_WEIGHED = sorted(each.name for each in COMPARISONS if any(level.frequency for level in each.levels))
# What a side holds where nothing of it is compared with anything.
_NOTHING_TO_COMPARE = frozenset({"missing", "nameless", "stopped", "short"})
_BEHIND_SIDES = '"strong":'  # In the order of keys.


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


@dataclass(frozen=True, slots=True)
class Told:
    """What the evidence of all links says alike: the model's hash, and its prior in bits."""

    model_hash: str
    prior: float


def evidence_json(
    scores: Scores,
    evidence: Evidence,
    place: int,
    told: Told,
) -> str:
    """Return the evidence of the pair at ``place`` as canonical JSON, keys sorted and nothing between them."""
    # Written out, since a live link is told one by one: nothing here needs what a writer of any JSON does.
    levels = [(name, int(scores.levels[name][place])) for name in _FIELDS]
    bits = (f'"{name}":[{level},{round(float(scores.bits[name][place]), 4)}]' for name, level in levels if level >= 0)
    return (
        f'{{"against":{_kinds(evidence.against, place)},"fields":{{{",".join(bits)}}},'
        f'"medium":{_kinds(evidence.medium, place)},"model":"{told.model_hash}","prior":{round(told.prior, 4)},'
        f'"relatives":{round(float(scores.relatives[place]), 4)},"strong":{_kinds(evidence.strong, place)}}}'
    )


def _kinds(evidence: Mapping[str, npt.NDArray[np.bool_]], place: int) -> str:
    """Return the kinds of evidence that a pair has, as JSON."""
    return "[" + ",".join(f'"{kind}"' for kind in sorted(evidence) if evidence[kind][place]) + "]"


def with_sides(evidence: str, sides: str) -> str:
    """Return evidence without sides with what both records hold, as :meth:`Sides.texts` writes it."""
    cut = evidence.rindex(_BEHIND_SIDES)
    return f'{evidence[:cut]}"sides":{{{sides}}},{evidence[cut:]}'


def without_sides(evidence: str) -> str:
    """Return evidence without what both records hold."""
    begin = evidence.find('"sides":{')
    return evidence if begin < 0 else evidence[:begin] + evidence[evidence.rindex(_BEHIND_SIDES) :]


def evidence_texts(scores: Scores, evidence: Evidence, places: Integers, told: Told, sides: Repeated) -> pa.Array[Any]:
    """Return the evidence of the pairs at ``places`` as :func:`evidence_json` writes it: a dictionary array, since most
    pairs of a batch say word for word what another says.

    ``sides``: what both records hold, -1 where nobody is to judge or has. Pairs at the same levels, on the same
    evidence, differ in nothing but the bits of what is rare or common: their text is made once, and these put in.
    """
    if not len(places):
        return pa.array([], EVIDENCE)
    first, alike = first_of_each(_alike(scores, evidence, places))
    parts = [_parted(evidence_json(scores, evidence, place, told)) for place in places[first].tolist()]
    *before, behind = ((column, alike) for column in zip(*parts, strict=True))
    held, which = sides
    shown = ["", *(f'"sides":{{{each}}},' for each in held)], which + 1
    between = *(_bits_of(scores, name, places) for name in _WEIGHED), shown
    codes, _ = together((alike, len(parts)), *((which, len(texts)) for texts, which in between))
    first, number = first_of_each(codes)
    columns = *(each for pair in zip(before, between, strict=True) for each in pair), behind
    join: Any = pc.binary_join_element_wise
    written = join(*(pa.array(texts, pa.string()).take(which[first]) for texts, which in columns), "")
    return pa.DictionaryArray.from_arrays(number.astype(np.int32), written)


def _bits_of(scores: Scores, name: str, places: Integers) -> Repeated:
    """Return the bits of a comparison as texts, empty where there was nothing to compare."""
    bits = scores.bits[name][places]
    first, which = first_of_each(bits)
    texts = {"": 0}
    number = np.array([texts.setdefault(str(round(each, 4)), len(texts)) for each in bits[first].tolist()])
    return [*texts], np.where(scores.levels[name][places] >= 0, number[which], 0)


def _alike(scores: Scores, evidence: Evidence, places: Integers) -> Integers:
    """Return a number for each pair at ``places``, the same where levels and kinds of evidence are the same."""
    found = np.zeros(len(places), dtype=np.int64)
    for each in COMPARISONS:
        found <<= 4
        found |= scores.levels[each.name][places] + 1
    for kinds in (evidence.strong, evidence.medium, evidence.against):
        for _, flags in sorted(kinds.items()):
            found <<= 1
            found |= flags[places]
    return found


def _parted(text: str) -> tuple[str, ...]:
    """Return what stands before the bits of each of the fields weighed by frequency (nothing where the text has none:
    the parts beside meet there), before what both sides hold, and behind that."""
    parts, rest = [], text
    for name in _WEIGHED:
        where = rest.find(f'"{name}":[')
        begin = rest.index(",", where) + 1 if where >= 0 else 0
        parts.append(rest[:begin])
        rest = rest[rest.index("]", begin) :] if where >= 0 else rest
    cut = rest.rindex(_BEHIND_SIDES)
    return *parts, rest[:cut], rest[cut:]


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


def grounds(evidence: str, language: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return in words what of a link's ``evidence`` may link two records at once (rule 11), and what forbids it."""
    read: Mapping[str, list[str]] = json.loads(evidence)
    carried = (word("kinds", kind, language) for kind in (*read["strong"], *read["medium"]))
    return tuple(carried), tuple(word("against", kind, language) for kind in read["against"])


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
        why_not = "missing" if {left, right} & _NOTHING_TO_COMPARE else "apart"
        words = word("verdicts", why_not, language) if level < 0 else word("levels", _label(name, level), language)
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
