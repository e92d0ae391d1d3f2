"""How hard it is to tell the persons of a world apart.

In: the name of a level. Out: the shares that the generator goes by. Guaranteed: ``easy`` gives the same worlds as
before there were levels. No level changes what happened, and so none changes a figure.

What the harder levels contain is what studies of linked registers name as the cause of errors: identifiers that are
missing or wrong (Harron et al. 2017, *Challenges in administrative data linkage for research*), and different persons
who agree, such as twins, siblings and namesakes (Hagger-Johnson et al. 2015, *Identifying possible false matches in
anonymized hospital administrative data without patient identifiers*). How often each occurs in returns of police
operations has not been published: the shares are chosen, and stand here so that they can be replaced by measured ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Difficulty:
    """``evidence``: how further records of a person can be tied to the first, as shares: by a document; by phone, name
    and birth date; by neither.

    ``relatives``, ``look_alikes``, ``namesakes``: there is one pair in so many persons (0: none); namesakes share name
    and birth date. ``in_full``: relatives and look-alikes are filed with all that tells them apart.
    """

    evidence: tuple[float, float, float]
    relatives: int
    look_alikes: int
    namesakes: int
    in_full: bool


EASY = Difficulty((0.59, 0.18, 0.23), relatives=260, look_alikes=480, namesakes=0, in_full=True)
REAL = Difficulty((0.4, 0.2, 0.4), relatives=25, look_alikes=160, namesakes=1000, in_full=False)
HARD = Difficulty((0.2, 0.2, 0.6), relatives=8, look_alikes=60, namesakes=250, in_full=False)
LEVELS: Mapping[str, Difficulty] = {"easy": EASY, "real": REAL, "hard": HARD}
