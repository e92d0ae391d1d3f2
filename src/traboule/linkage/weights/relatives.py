"""Declare how two relatives or housemates agree, and how many such pairs there are for each pair of one person.

A model carries :class:`Relatives`: the declared values until some are learned.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from traboule.linkage.weights.comparisons import COMPARISONS

Shares = Mapping[int, float]

# How two relatives or housemates agree, who are similar in ways that random pairs are not: the share of such pairs
# at each level. In other fields (phone, address, citizenship, place, vehicle, arrest) they agree like one person.
_SHARES: Mapping[str, float] = {
    **{"name_as_written": 0.005, "name_sounds_alike": 0.005, "name_contained": 0.01, "name_close": 0.01},
    **{"name_in_part": 0.35, "name_one_token": 0.52, "name_different": 0.1},
    **{"birth_same": 0.02, "birth_slip": 0.01, "birth_same_year": 0.04, "birth_near": 0.02},
    **{"birth_span": 0.1, "birth_apart": 0.81},
    **{"sex_same": 0.5, "sex_different": 0.5},
    **{"document_same": 0.02, "number_same": 0.005, "document_different": 0.975},
    **{"device_same": 0.05, "device_different": 0.95},
    **{"account_same": 0.05, "account_different": 0.95},
    **{"online_same": 0.02, "online_different": 0.98},
}
RELATIVES: Mapping[str, Shares] = {
    comparison.name: {level.value: _SHARES[level.label] for level in comparison.levels}
    for comparison in COMPARISONS
    if comparison.levels[0].label in _SHARES
}
PER_MATCH = 1.0  # Pairs of relatives for each pair of one person, before anything is learned.


@dataclass(frozen=True, slots=True)
class Relatives:
    """``per_match``: pairs of relatives for each pair of one person. ``name``: the shares of these pairs at each level
    of the name."""

    per_match: float = PER_MATCH
    name: Shares = field(default_factory=lambda: dict(RELATIVES["name"]))
