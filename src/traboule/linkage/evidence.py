"""Decide what may be done with a pair: link it, show it to a person, or reject it (rules 11 and 12).

Input: person records, pairs and their scores. Output: for each pair its tier of evidence, its contradictions and its
status. An automatic link needs one strong or two independent medium pieces of evidence, a high probability and no
contradiction. Neither a name alone nor a stopped identifier ever links.

    strong      document number and issuer, IMEI or IMSI, IBAN, VIN: each with no failed check digit
    medium      phone, plate and state, exact handle or e-mail address, card or wallet, full name with full birth date
    weak        everything else
    against     births differ; names differ, or agree only in part; sexes differ (unless the name is the same); the
                shared identifier can be passed on, and neither the whole name nor the whole birth date agrees
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from traboule.linkage.decisions import (
    AUTOMATIC,
    CODE,
    LINKED_FROM,
    MEDIUM_GROUPS,
    OPEN,
    REJECTED,
    SHOWN_FROM,
    STORED_FROM,
    STRONG_GROUPS,
)
from traboule.linkage.matching.packed_records import GROUP_BIT, has_several_tokens
from traboule.linkage.matching.score import Scores
from traboule.linkage.prepare import PersonRecords
from traboule.linkage.weights.comparisons import LEVEL_OF

Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

_SAME_NAME, _NAME_CONTAINED, _NAME_IN_PART, _SAME_BIRTH, _BIRTH_NEAR, _BIRTH_APART = (
    LEVEL_OF[label]
    for label in ("name_sounds_alike", "name_contained", "name_in_part", "birth_same", "birth_near", "birth_apart")
)
_STRONG_BITS = np.uint32(sum(GROUP_BIT[group] for group in STRONG_GROUPS))


@dataclass(frozen=True)
class Evidence:
    """The evidence of pairs. ``strong``, ``medium``, ``against``: kind of evidence to the pairs that have it.

    ``tier``: 0 weak, 1 medium, 2 strong. ``status``: the CODE of AUTOMATIC, OPEN or REJECTED.
    """

    strong: dict[str, Flags]
    medium: dict[str, Flags]
    against: dict[str, Flags]
    tier: npt.NDArray[np.int8]
    status: npt.NDArray[np.int8]


def is_stored(status: Any, tier: Any, probability: Any) -> Any:
    """Tell of a pair, or of an array of pairs, whether it is stored: all but improbable rejected pairs on weak
    evidence.

    ``status``: its CODE.
    """
    return (status != CODE[REJECTED]) | (tier > 0) | (probability >= STORED_FROM)


def weigh(records: PersonRecords, scores: Scores, left: Integers, right: Integers) -> Evidence:
    """Return tier, contradictions and status of each pair."""
    several = has_several_tokens(records)
    return judge_evidence(scores, several[left] & several[right])


def judge_evidence(scores: Scores, several: Flags) -> Evidence:
    """Return tier, contradictions and status of pairs. ``several``: whether both names have two tokens or more."""
    name, birth, sex = (scores.levels[field] for field in ("name", "birth", "sex"))
    strong = {group: (scores.shared & GROUP_BIT[group]) > 0 for group in STRONG_GROUPS}
    medium = {group: (scores.shared & GROUP_BIT[group]) > 0 for group in MEDIUM_GROUPS}
    medium["accounts"] = ((scores.shared & GROUP_BIT["accounts"]) > 0) & ~strong["ibans"]
    medium["name_and_birth"] = (name >= _NAME_CONTAINED) & (birth == _SAME_BIRTH) & several
    any_strong = (scores.shared & _STRONG_BITS) > 0
    media = np.zeros(len(name), dtype=np.int8)
    for flag in medium.values():
        media += flag
    births = (birth == _BIRTH_APART) | (birth == _BIRTH_NEAR)
    same_name = name >= _SAME_NAME
    enough = any_strong | (media >= 2)
    # Families share phones, cars and accounts; a child may have its parent's name and be entered in its passport.
    against = {
        "births": (birth == _BIRTH_APART) | ((birth == _BIRTH_NEAR) & ~(any_strong & same_name)),
        "names": (name >= 0) & (name <= _NAME_IN_PART),
        "sexes": (sex == 0) & ~same_name,
        "passed_on": enough & ~strong["documents"] & ~((same_name & several) | (birth == _SAME_BIRTH)),
    }
    contradicted = np.logical_or.reduce(list(against.values()))
    sufficient = enough & ~contradicted
    # Relatives and housemates share phones, addresses and cars, but differ in both name and birth.
    housemates = ~any_strong & births & (name >= 0) & (name <= 1)
    status = np.full(len(name), CODE[OPEN], dtype=np.int8)
    status[sufficient & (scores.probability >= LINKED_FROM)] = CODE[AUTOMATIC]
    status[(scores.probability < SHOWN_FROM) | housemates] = CODE[REJECTED]
    tier = np.where(any_strong, 2, np.where(media >= 1, 1, 0)).astype(np.int8)
    return Evidence(strong, medium, against, tier, status)
