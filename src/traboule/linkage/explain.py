"""Explain a link field by field: what was compared, at which level, with how many bits, under which model.

Input: a link's scores and evidence. Output: JSON that holds levels and bits but no person's values, and from it
sentences in four languages, as a list or with both records side by side. The bits of all fields and of the prior add up
to the weight. Of a record, only the precision of a field is shown, never its value.
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

from traboule.core.language.messages import catalogue, fill
from traboule.linkage.arrays.text_encoding import combine_codes
from traboule.linkage.arrays.unique import EncodedTexts, Integers, first_occurrences
from traboule.linkage.evidence import Evidence
from traboule.linkage.matching.score import Scores
from traboule.linkage.store.links import EVIDENCE
from traboule.linkage.things.scoring import thing_labels
from traboule.linkage.weights.comparisons import COMPARISONS, LEVEL_OF

_LABELS = {(comparison.name, level.value): level.label for comparison in COMPARISONS for level in comparison.levels}
# The lowest level at which two records have the same value; lower positive levels are close.
_SAME_FROM = {
    "name": LEVEL_OF["name_sounds_alike"],
    "birth": LEVEL_OF["birth_same"],
    "citizenship": LEVEL_OF["citizenship_same"],
    "document": LEVEL_OF["document_same"],
    **{"company_name": 3, "address_words": 3, "address_number": 2},
    **{"advert_text": 3, "account_name": 4, "company_number": 2},
}

_FIELDS = sorted(comparison.name for comparison in COMPARISONS)
# Fields adjusted by term frequency: their bits differ between pairs at one level.
_BY_FREQUENCY = sorted(
    comparison.name for comparison in COMPARISONS if any(level.frequency for level in comparison.levels)
)
# Codes of a side that cannot be compared.
_NOTHING_TO_COMPARE = frozenset({"missing", "nameless", "stopped", "short"})
_BEHIND_SIDES = '"strong":'  # The next key in sorted order.


@dataclass(frozen=True, slots=True)
class EvidenceLine:
    """One line of an explanation: the field and the level in words, and the bits it adds or takes."""

    field: str
    level: str
    bits: float


@dataclass(frozen=True, slots=True)
class SideBySide:
    """One field of two records: what each holds in words, without its value, and how the two compare.

    ``verdict``: same, close, different, or missing where one side has nothing; ``comparison``: the same in words.
    """

    field: str
    left: str
    right: str
    verdict: str
    comparison: str
    bits: float


@dataclass(frozen=True, slots=True)
class EvidenceConstants:
    """What the evidence of all links has in common: the model's hash, and its prior in bits."""

    model_hash: str
    prior: float


def evidence_json(
    scores: Scores,
    evidence: Evidence,
    place: int,
    constants: EvidenceConstants,
) -> str:
    """Return the evidence of the pair at ``place`` as canonical JSON: sorted keys, no spaces."""
    # Formatted by hand: live links are written one by one, and a JSON encoder is slower.
    levels = [(name, int(scores.levels[name][place])) for name in _FIELDS]
    bits = (f'"{name}":[{level},{round(float(scores.bits[name][place]), 4)}]' for name, level in levels if level >= 0)
    return (
        f'{{"against":{_kinds(evidence.against, place)},"fields":{{{",".join(bits)}}},'
        f'"medium":{_kinds(evidence.medium, place)},"model":"{constants.model_hash}",'
        f'"prior":{round(constants.prior, 4)},'
        f'"relatives":{round(float(scores.relatives[place]), 4)},"strong":{_kinds(evidence.strong, place)}}}'
    )


def _kinds(evidence: Mapping[str, npt.NDArray[np.bool_]], place: int) -> str:
    """Return a pair's kinds of evidence as JSON."""
    return "[" + ",".join(f'"{kind}"' for kind in sorted(evidence) if evidence[kind][place]) + "]"


def with_sides(evidence: str, sides: str) -> str:
    """Return evidence with what both records hold inserted, as :meth:`FieldSummaries.texts` writes it."""
    cut = evidence.rindex(_BEHIND_SIDES)
    return f'{evidence[:cut]}"sides":{{{sides}}},{evidence[cut:]}'


def without_sides(evidence: str) -> str:
    """Return evidence without what both records hold."""
    begin = evidence.find('"sides":{')
    return evidence if begin < 0 else evidence[:begin] + evidence[evidence.rindex(_BEHIND_SIDES) :]


def evidence_texts(
    scores: Scores, evidence: Evidence, places: Integers, constants: EvidenceConstants, sides: EncodedTexts
) -> pa.Array[Any]:
    """Return the evidence of the pairs at ``places`` as :func:`evidence_json` writes it, as a dictionary array.

    ``sides``: what both records hold, -1 for pairs that are neither to be judged nor judged. Pairs with the same levels
    and evidence differ only in the bits adjusted by term frequency; their text is made once, and these are inserted.
    """
    if not len(places):
        return pa.array([], EVIDENCE)
    first, pattern = first_occurrences(_pattern_codes(scores, evidence, places))
    parts = [_split_evidence(evidence_json(scores, evidence, place, constants)) for place in places[first].tolist()]
    *before, behind = ((column, pattern) for column in zip(*parts, strict=True))
    summary_texts, text_number = sides
    summary_column = ["", *(f'"sides":{{{part}}},' for part in summary_texts)], text_number + 1
    between = *(_bits_of(scores, name, places) for name in _BY_FREQUENCY), summary_column
    codes, _ = combine_codes((pattern, len(parts)), *((text_number, len(texts)) for texts, text_number in between))
    first, number = first_occurrences(codes)
    columns = *(part for pair in zip(before, between, strict=True) for part in pair), behind
    join: Any = pc.binary_join_element_wise
    written = join(*(pa.array(texts, pa.string()).take(text_number[first]) for texts, text_number in columns), "")
    return pa.DictionaryArray.from_arrays(number.astype(np.int32), written)


def _bits_of(scores: Scores, name: str, places: Integers) -> EncodedTexts:
    """Return the bits of a comparison as texts, empty where there was nothing to compare."""
    bits = scores.bits[name][places]
    first, bits_number = first_occurrences(bits)
    texts = {"": 0}
    number = np.array([texts.setdefault(str(round(value, 4)), len(texts)) for value in bits[first].tolist()])
    return [*texts], np.where(scores.levels[name][places] >= 0, number[bits_number], 0)


def _pattern_codes(scores: Scores, evidence: Evidence, places: Integers) -> Integers:
    """Return a number for each pair at ``places``, equal where levels and kinds of evidence are equal."""
    codes = np.zeros(len(places), dtype=np.int64)
    for comparison in COMPARISONS:
        codes <<= 4
        codes |= scores.levels[comparison.name][places] + 1
    for kinds in (evidence.strong, evidence.medium, evidence.against):
        for _, flags in sorted(kinds.items()):
            codes <<= 1
            codes |= flags[places]
    return codes


def _split_evidence(text: str) -> tuple[str, ...]:
    """Return evidence divided before the bits of each field adjusted by term frequency, before what both sides hold,
    and after that. A part is empty where the text lacks the field."""
    parts, remaining = [], text
    for name in _BY_FREQUENCY:
        field_at = remaining.find(f'"{name}":[')
        begin = remaining.index(",", field_at) + 1 if field_at >= 0 else 0
        parts.append(remaining[:begin])
        remaining = remaining[remaining.index("]", begin) :] if field_at >= 0 else remaining
    cut = remaining.rindex(_BEHIND_SIDES)
    return *parts, remaining[:cut], remaining[cut:]


def explain(evidence: str, language: str) -> list[EvidenceLine]:
    """Return the lines that explain a link from its ``evidence``, the heaviest first, in ``language``."""
    read: Mapping[str, dict[str, tuple[int, float]]] = json.loads(evidence)
    lines = [
        EvidenceLine(
            field=word("fields", name, language),
            level=word("levels", _label(name, level), language),
            bits=bits,
        )
        for name, (level, bits) in read["fields"].items()
    ]
    return sorted(lines, key=lambda line: (-abs(line.bits), line.field))


def grounds(evidence: str, language: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return in words what in a link's ``evidence`` allows an automatic link (rule 11), and what forbids it."""
    read: Mapping[str, list[str]] = json.loads(evidence)
    carried = (word("kinds", kind, language) for kind in (*read["strong"], *read["medium"]))
    return tuple(carried), tuple(word("against", kind, language) for kind in read["against"])


def side_by_side(evidence: str, language: str) -> list[SideBySide]:
    """Return the fields of two records side by side from a link's ``evidence``, the heaviest first.

    A field that neither record holds is left out. Evidence stored without sides gives only the compared fields.
    """
    read = json.loads(evidence)
    compared: Mapping[str, tuple[int, float]] = read["fields"]
    summaries: Mapping[str, tuple[str, str]] = read.get("sides", {})
    lines = []
    for name in sorted({*compared, *summaries}):
        left, right = summaries.get(name, ("held", "held"))
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
