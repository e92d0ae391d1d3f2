"""What a draft says differently from the last release: each figure that changed, from what to what, and why.

In: the statement of a draft. Out: a line for each figure. Guaranteed: reasons stand only where they sum to the change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class ReleaseDifference:
    """A figure in the last release and in the draft, None where it is not in one; ``reasons`` are (code, change)."""

    titles: Mapping[str, str]
    before: int | None
    after: int | None
    reasons: tuple[tuple[str, int], ...]

    @property
    def change(self) -> int | None:
        """By how much it changed; None where one side is missing."""
        return None if self.before is None or self.after is None else self.after - self.before


def differences(statement: Any) -> tuple[int | None, list[ReleaseDifference], int]:
    """Return the number of the last release, None without one; the figures that changed; how many did not."""
    if not statement.history:
        return None, [], 0
    last = statement.history[-1]
    titles = {definition.figure: definition.titles for definition in statement.definitions}
    values = {line.figure: line.value for line in statement.lines}
    why = {change.figure: change for change in statement.changes}
    changed, same = [], 0
    for figure, names in titles.items():
        before, after = last.values.get(figure), values.get(figure)
        if before == after:
            same += before is not None
            continue
        change = why.get(figure)
        reasons = change.reasons if change is not None and (change.before, change.after) == (before, after) else ()
        changed.append(ReleaseDifference(names, before, after, reasons))
    return last.number, changed, same
