"""An attacker of releases who shares no code with what protects them.

It reads fact sheets as anybody can download them and asks, for one state in one release, the least and the most that
this state can have found. Its unknowns are the potential victims that each state found by the time of each release.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

FIGURE = "potential_victims"
FAR = 1_000.0
Sheet = Mapping[str, Any]


@dataclass(frozen=True)
class Attacker:
    """``late``: states known not to have filed by the first release; ``totals_only``: states known to file totals
    alone; ``own``: what a state knows that it filed itself, by every release or, where it was late, by the last."""

    sheets: Sequence[Sheet]
    late: frozenset[str] = frozenset()
    totals_only: frozenset[str] = frozenset()
    own: Mapping[str, int] | None = None

    def bounds(self, state: str, release: int = -1) -> tuple[int, int]:
        """Return the least and the most that ``state`` can have found by a release."""
        states = sorted(self.sheets[0]["participants"])
        release %= len(self.sheets)
        size, place = len(states) * len(self.sheets), {code: number for number, code in enumerate(states)}
        rows: list[tuple[np.ndarray, float, float]] = []

        def add(chosen: Mapping[tuple[int, str], float], low: float, high: float) -> None:
            row = np.zeros(size)
            for (number, code), factor in chosen.items():
                row[number * len(states) + place[code]] += factor
            rows.append((row, low, high))

        for number, sheet in enumerate(self.sheets):
            line = next((line for line in sheet["lines"] if line["figure"] == FIGURE), None)
            if line is not None:
                add({(number, code): 1.0 for code in states}, line["value"], line["value"])
                if line["declared_only"] is not None and self.totals_only:
                    declared = line["declared_only"]
                    add({(number, code): 1.0 for code in self.totals_only}, declared, declared)
            if FIGURE in sheet.get("held_back", ()):
                add({(number, code): 1.0 for code in states}, 1, np.inf)
            for table in sheet["tables"]:
                if (table["figure"], table["dimension"]) == (FIGURE, "state"):
                    self._read(table["cells"], number, states, add, sheet["policy"])
            for code, count in (self.own or {}).items():
                filed = 0 if code in self.late and not number else count
                add({(number, code): 1.0}, filed, filed)
        for number in range(1, len(self.sheets)):
            # Whoever filed before and nothing since counts the same again.
            for code in set(states) - self.late:
                add({(number, code): 1.0, (number - 1, code): -1.0}, 0, 0)
        for code in self.late:
            add({(0, code): 1.0}, 0, 0)
        return self._ends(rows, release * len(states) + place[state], size)

    @staticmethod
    def _read(cells: Any, number: int, states: Sequence[str], add: Any, policy: Mapping[str, Any]) -> None:
        """Note what a table by state says: a listed state is not zero, one that is not listed is."""
        listed = dict(cells)
        half = policy["rounding"] // 2
        for code in states:
            if code not in listed:
                add({(number, code): 1.0}, 0, 0)
            elif listed[code] is None:
                add({(number, code): 1.0}, 1, FAR)
            else:
                add({(number, code): 1.0}, listed[code] - half, listed[code] + half)

    @staticmethod
    def _ends(rows: Sequence[tuple[np.ndarray, float, float]], wanted: int, size: int) -> tuple[int, int]:
        cost = np.zeros(size)
        cost[wanted] = 1.0
        if not rows:
            return 0, round(FAR)
        matrix, low, high = (np.array(part) for part in zip(*rows, strict=True))
        ends = []
        for sign in (1.0, -1.0):
            solved = milp(
                sign * cost,
                constraints=LinearConstraint(matrix, low, high),
                bounds=Bounds(0, FAR),
                integrality=np.ones(size),
            )
            assert solved.status == 0
            ends.append(round(sign * solved.fun))
        return ends[0], ends[1]
