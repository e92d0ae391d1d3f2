"""Rings whose raids find other crimes: the convergence that is there to be found.

In: actions and their rings. Out: the crimes of each action beyond its theme. Guaranteed: decided by ring and order of
time alone, so that nothing else of a world changes.
"""

from __future__ import annotations

import numpy as np

from traboule.demo.world.cases import WorldActions

# Every other ring deals in the first pair, the others in the second: half of the raids on it find the one crime.
CONVERGING = (("corruption", "violence"), ("fraud", "weapons"))
_DEALING = 2


def ring_crimes(actions: WorldActions) -> list[tuple[str, ...]]:
    """Return what a raid on a ring finds beside the crimes of its theme."""
    extra: list[tuple[str, ...]] = [()] * len(actions)
    for ring in range(int(actions.ring.max(initial=-1)) + 1):
        if ring % _DEALING < len(CONVERGING):
            members = np.flatnonzero(actions.ring == ring)
            by_time = members[np.lexsort((members, actions.start[members]))]
            for number, action in enumerate(by_time.tolist()):
                extra[action] = (CONVERGING[ring % _DEALING][number % 2],)
    return extra
