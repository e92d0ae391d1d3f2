"""Estimate how many relatives an operation has, and how alike their names are, where relatives are met.

Relatives are counted among records that share a telephone or an address. Three kinds of pairs are met there: one
person, two relatives, two strangers. Each kind has its own pattern of agreement in name and birth, so the number of
pairs of each pattern gives the number of each kind (non-negative least squares). Declared values count as some pairs,
so that an operation without families does not learn that there are none.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
from scipy.optimize import nnls

from traboule.linkage.prepare import PersonRecords
from traboule.linkage.weights.comparisons import LEVEL_OF, comparison_levels
from traboule.linkage.weights.relatives import PER_MATCH, RELATIVES, Relatives, Shares
from traboule.linkage.weights.u_probabilities import pairs_that_share

Integers = npt.NDArray[np.int64]

# Levels of the name at which relatives agree, depending on their culture: nothing, one token, or more.
_BY_CULTURE = (LEVEL_OF["name_different"], LEVEL_OF["name_one_token"], LEVEL_OF["name_in_part"])
_BELIEF = 25.0  # How many pairs the declared values count for.
_FEWEST = 0.1  # Lower bound. A child has no telephone: relatives exist even where no pair is met.
_MEET_IN = ("phones", "addresses")
# Patterns of agreement, as ranges of the levels of name and birth: one name and one birth, a name in part and births
# apart, different names and births apart.
_AGREEING = tuple(LEVEL_OF[label] for label in ("name_close", "name_as_written", "birth_same_year", "birth_same"))
_APART = LEVEL_OF["birth_apart"]
_PATTERNS = (
    (_AGREEING[:2], _AGREEING[2:]),
    (_BY_CULTURE[1:], (_APART, _APART)),
    ((_BY_CULTURE[0], _BY_CULTURE[0]), (_APART, _APART)),
)


def estimate_relatives(
    records: PersonRecords, sample: Integers, m: Mapping[str, Shares], u: Mapping[str, Shares]
) -> Relatives:
    """Return what is learned of relatives among the records numbered in ``sample``.

    ``m`` and ``u``: by comparison and level, the shares of pairs of one person and of two strangers.
    """
    pairs = pairs_that_share(records, _MEET_IN, sample)
    levels = comparison_levels(records, pairs.left, pairs.right)
    observed, agree = np.zeros(len(_PATTERNS)), np.zeros((len(_PATTERNS), 3))
    for row, (of_name, of_birth) in enumerate(_PATTERNS):
        observed[row] = pairs.weight[_is_at(levels["name"], *of_name) & _is_at(levels["birth"], *of_birth)].sum()
        for column, shares in enumerate((m, RELATIVES, u)):
            agree[row, column] = _share_between(shares["name"], *of_name) * _share_between(shares["birth"], *of_birth)
    (persons, related, strangers), _ = nnls(agree, observed)
    per_match = float((related + PER_MATCH * _BELIEF) / (persons + _BELIEF))
    born_apart = {
        level: pairs.weight[(levels["name"] == level) & (levels["birth"] == _APART)].sum() for level in _BY_CULTURE
    }
    from_others = {
        level: persons * m["name"][level] * m["birth"][_APART] + strangers * u["name"][level] * u["birth"][_APART]
        for level in _BY_CULTURE
    }
    name_shares = _blend_with_declared(
        {level: max(born_apart[level] - from_others[level], 0.0) for level in _BY_CULTURE}
    )
    return Relatives(max(per_match, _FEWEST), name_shares)


def _blend_with_declared(pair_counts: Mapping[int, float]) -> Shares:
    """Return the shares at each level of the name, from the counts of relatives at some of the levels."""
    declared = RELATIVES["name"]
    declared_total = sum(declared[level] for level in pair_counts)
    pairs = {level: count + declared[level] / declared_total * _BELIEF for level, count in pair_counts.items()}
    total = sum(pairs.values())
    return {**declared, **{level: count / total * declared_total for level, count in pairs.items()}}


def _is_at(levels: npt.NDArray[np.int8], low: int, high: int) -> npt.NDArray[np.bool_]:
    return (levels >= low) & (levels <= high)


def _share_between(shares: Shares, low: int, high: int) -> float:
    return sum(share for level, share in shares.items() if low <= level <= high)
