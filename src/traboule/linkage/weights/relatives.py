"""Declare how two relatives or housemates agree, and how many such pairs there are for each pair of one person.

A model carries :class:`Relatives`: the declared values until some are learned.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Shares = Mapping[int, float]

# How two relatives or housemates agree, who are similar in ways that random pairs are not: the share of such pairs
# at each level. In other fields (phone, address, citizenship, place, vehicle, arrest) they agree like one person.
RELATIVES: Mapping[str, Shares] = {
    "name": {6: 0.005, 5: 0.005, 4: 0.01, 3: 0.01, 2: 0.35, 1: 0.52, 0: 0.1},
    "birth": {5: 0.02, 4: 0.01, 3: 0.04, 2: 0.02, 1: 0.1, 0: 0.81},
    "sex": {1: 0.5, 0: 0.5},
    "document": {2: 0.02, 1: 0.005, 0: 0.975},
    "device": {1: 0.05, 0: 0.95},
    "account": {1: 0.05, 0: 0.95},
    "online": {1: 0.02, 0: 0.98},
}
PER_MATCH = 1.0  # Pairs of relatives for each pair of one person, before anything is learned.


@dataclass(frozen=True, slots=True)
class Relatives:
    """``per_match``: pairs of relatives for each pair of one person. ``name``: the shares of these pairs at each level
    of the name."""

    per_match: float = PER_MATCH
    name: Shares = field(default_factory=lambda: dict(RELATIVES["name"]))
