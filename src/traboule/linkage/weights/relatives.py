"""How two relatives or housemates agree, and how many such pairs an operation has for each pair of one person.

In comes nothing; out go what is declared of them, and :class:`Relatives`, which a model carries: declared until
something is learned.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Shares = Mapping[int, float]

# How two relatives or housemates agree, who are alike in ways that random pairs are not: the share of such pairs
# at each level. In what is not named here (phone, address, citizenship, place, vehicle, arrest) they agree like one.
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
    """``per_match``: how many pairs of relatives there are for each pair of one person. ``name``: the share of these at
    each level of the name."""

    per_match: float = PER_MATCH
    name: Shares = field(default_factory=lambda: dict(RELATIVES["name"]))
