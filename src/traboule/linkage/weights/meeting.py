"""How many relatives an operation has, and how alike they are, learned where they meet.

In come person records, which of them to count, and a model's shares; out go :class:`Relatives`. It promises: pure;
what was declared counts as some pairs, so that an operation without families is not taken to have none for ever.

Relatives are counted where they meet: among records that share a telephone or an address. Three kinds of pairs meet
there, one person, two relatives and two strangers, and each agrees in its own way in name and birth; how often which
way is met says how many there are of each kind.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
from scipy.optimize import nnls

from traboule.linkage.prepare import PersonRecords
from traboule.linkage.weights.chance import pairs_that_share
from traboule.linkage.weights.comparisons import levels_of
from traboule.linkage.weights.relatives import PER_MATCH, RELATIVES, Relatives, Shares

Integers = npt.NDArray[np.int64]

# Levels of a name that relatives have in common as their culture has it: nothing, one token, or more.
_BY_CULTURE = (0, 1, 2)
_BELIEF = 25.0  # How many pairs what is declared counts for.
_FEWEST = 0.1  # A child has no telephone of its own: where relatives do not meet, there are some all the same.
_MEET_IN = ("phones", "addresses")
# Ways to agree, by the levels of name and birth, each from and to: one name and one birth, a name in part and births
# apart, different names and births apart.
_WAYS = (((3, 6), (3, 5)), ((1, 2), (0, 0)), ((0, 0), (0, 0)))


def relatives(records: PersonRecords, sample: Integers, m: Mapping[str, Shares], u: Mapping[str, Shares]) -> Relatives:
    """Return what is learned of relatives among the records numbered in ``sample``.

    ``m`` and ``u``: by comparison and level, the shares of pairs of one person and of two strangers.
    """
    pairs = pairs_that_share(records, _MEET_IN, sample)
    levels = levels_of(records, pairs.left, pairs.right)
    met, agree = np.zeros(len(_WAYS)), np.zeros((len(_WAYS), 3))
    for row, (of_name, of_birth) in enumerate(_WAYS):
        met[row] = pairs.weight[_is_at(levels["name"], *of_name) & _is_at(levels["birth"], *of_birth)].sum()
        for column, shares in enumerate((m, RELATIVES, u)):
            agree[row, column] = _of(shares["name"], *of_name) * _of(shares["birth"], *of_birth)
    (persons, related, strangers), _ = nnls(agree, met)
    per_match = float((related + PER_MATCH * _BELIEF) / (persons + _BELIEF))
    apart = {level: pairs.weight[(levels["name"] == level) & (levels["birth"] == 0)].sum() for level in _BY_CULTURE}
    of_others = {
        level: persons * m["name"][level] * m["birth"][0] + strangers * u["name"][level] * u["birth"][0]
        for level in _BY_CULTURE
    }
    alike = _blended({level: max(apart[level] - of_others[level], 0.0) for level in _BY_CULTURE})
    return Relatives(max(per_match, _FEWEST), alike)


def _blended(found: Mapping[int, float]) -> Shares:
    """Return the shares at each level of the name, from how many pairs of relatives were found at some of them."""
    declared = RELATIVES["name"]
    together = sum(declared[level] for level in found)
    pairs = {level: many + declared[level] / together * _BELIEF for level, many in found.items()}
    total = sum(pairs.values())
    return {**declared, **{level: many / total * together for level, many in pairs.items()}}


def _is_at(levels: npt.NDArray[np.int8], low: int, high: int) -> npt.NDArray[np.bool_]:
    return (levels >= low) & (levels <= high)


def _of(shares: Shares, low: int, high: int) -> float:
    return sum(share for level, share in shares.items() if low <= level <= high)
