"""What may be done with a pair: linked at once, shown to a person, or left alone (rules 11 and 12).

In come person records, pairs and their scores; out go, for each pair, the tier of its evidence, what speaks against it
and its status. It promises: pure; an automatic link has one strong piece of evidence or two independent medium ones, a
high probability, and nothing against it; a name alone never links, nor does whatever was stopped.

    strong      document number and issuer, IMEI or IMSI, IBAN, VIN: each with no failed check digit
    medium      phone, plate and state, exact handle or e-mail address, card or wallet, full name with full birth date
    weak        everything else
    against     births differ; names differ, or agree in part only; sexes differ (where the name is not the same);
                what is shared goes from hand to hand, and neither whole name nor whole birth date says that it did not
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from traboule.linkage.matching.packed import GROUP_BIT, several_names
from traboule.linkage.prepare import PersonRecords
from traboule.linkage.score import Scores
from traboule.linkage.verdicts import Verdict

Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

AUTOMATIC, OPEN, REJECTED = "automatic", "open", "rejected"
JUDGED_MATCH, JUDGED_NO_MATCH = "judged_match", "judged_no_match"
STATUSES = (AUTOMATIC, OPEN, REJECTED, JUDGED_MATCH, JUDGED_NO_MATCH)
CODE = {status: code for code, status in enumerate(STATUSES)}  # By which the statuses of many pairs are kept.
STATUS_OF_VERDICT = {Verdict.MATCH: JUDGED_MATCH, Verdict.NO_MATCH: JUDGED_NO_MATCH, Verdict.UNSURE: OPEN}
TIERS = ("weak", "medium", "strong")
# Links whose records are shown side by side: those somebody is to judge, and those somebody has judged.
SIDE_BY_SIDE = (OPEN, JUDGED_MATCH, JUDGED_NO_MATCH)
LINKED_FROM = 0.95  # Probability from which a link may be automatic.
SHOWN_FROM = 0.02  # Probability from which a pair is worth a person's time.
# Probability below which rejected pairs hold next to nothing between them, however many they are: they are forgotten.
KEPT_FROM = 0.001

_SAME_NAME, _NAME_IN_PART, _SAME_BIRTH = 5, 2, 5  # Levels of the comparisons.
_STRONG = ("documents", "devices", "ibans", "vins")
_MEDIUM = ("phones", "plates", "online")
_STRONG_BITS = np.uint32(sum(GROUP_BIT[group] for group in _STRONG))
TIER_GROUPS = (*_STRONG, *_MEDIUM, "accounts")


@dataclass(frozen=True)
class Evidence:
    """One place a pair. ``strong``, ``medium``: kind of evidence to where it is there. ``against``: likewise.

    ``tier``: 0 weak, 1 medium, 2 strong. ``status``: the CODE of AUTOMATIC, OPEN or REJECTED.
    """

    strong: dict[str, Flags]
    medium: dict[str, Flags]
    against: dict[str, Flags]
    tier: npt.NDArray[np.int8]
    status: npt.NDArray[np.int8]


def is_kept(status: Any, tier: Any, probability: Any) -> Any:
    """Tell of a pair, or of each of many, whether it is kept: all but rejected ones on weak evidence that are next to
    impossible. ``status``: its CODE."""
    return (status != CODE[REJECTED]) | (tier > 0) | (probability >= KEPT_FROM)


def weigh(records: PersonRecords, scores: Scores, left: Integers, right: Integers) -> Evidence:
    """Return tier, contradictions and status of each pair."""
    several = several_names(records)
    return judge_evidence(scores, several[left] & several[right])


def judge_evidence(scores: Scores, several: Flags) -> Evidence:
    """Return tier, contradictions and status of pairs. ``several``: whether both names have two tokens or more."""
    name, birth, sex = (scores.levels[field] for field in ("name", "birth", "sex"))
    strong = {group: (scores.shared & GROUP_BIT[group]) > 0 for group in _STRONG}
    medium = {group: (scores.shared & GROUP_BIT[group]) > 0 for group in _MEDIUM}
    medium["accounts"] = ((scores.shared & GROUP_BIT["accounts"]) > 0) & ~strong["ibans"]
    medium["name_and_birth"] = (name >= 4) & (birth == _SAME_BIRTH) & several
    any_strong = (scores.shared & _STRONG_BITS) > 0
    media = np.zeros(len(name), dtype=np.int8)
    for flag in medium.values():
        media += flag
    births = (birth == 0) | (birth == 2)
    same_name = name >= _SAME_NAME
    enough = any_strong | (media >= 2)
    # A family shares its phone, its car and its account; a child has its parent's name, and stands in its passport.
    against = {
        "births": (birth == 0) | ((birth == 2) & ~(any_strong & same_name)),
        "names": (name >= 0) & (name <= _NAME_IN_PART),
        "sexes": (sex == 0) & ~same_name,
        "passed_on": enough & ~strong["documents"] & ~((same_name & several) | (birth == _SAME_BIRTH)),
    }
    contradicted = np.logical_or.reduce(list(against.values()))
    sufficient = enough & ~contradicted
    # Relatives and housemates share phones, addresses and cars; they differ in both name and birth.
    housemates = ~any_strong & births & (name >= 0) & (name <= 1)
    status = np.full(len(name), CODE[OPEN], dtype=np.int8)
    status[sufficient & (scores.probability >= LINKED_FROM)] = CODE[AUTOMATIC]
    status[(scores.probability < SHOWN_FROM) | housemates] = CODE[REJECTED]
    tier = np.where(any_strong, 2, np.where(media >= 1, 1, 0)).astype(np.int8)
    return Evidence(strong, medium, against, tier, status)
