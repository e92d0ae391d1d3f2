"""Operations: opening one, showing one, and finding the one meant.

Comes in: an operation's file or code. Goes out: the operation, or how its participation stands. Promises: where
only one operation is open nobody need name it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from traboule.app.door import Call
from traboule.core.errors import NotFound, Refused
from traboule.figures.definition import dictionary, select
from traboule.operation import open as opening
from traboule.operation.operation import Operation, load, shipped_text
from traboule.operation.read import opened, opened_codes
from traboule.returns.models import ReturnReceived


@dataclass(frozen=True, slots=True)
class Participation:
    """How an operation stands: by state, what it has filed last."""

    operation: Operation
    states: Mapping[str, str]

    def to_json(self) -> dict[str, Any]:
        """Return the operation's facts and the status of each state: nil, rows, totals, withdrawn or silent."""
        return {
            "code": self.operation.code,
            "titles": dict(self.operation.titles),
            "start": self.operation.start.isoformat(),
            "end": self.operation.end.isoformat(),
            "participants": len(self.states),
            "silent": sorted(state for state, status in self.states.items() if status == "silent"),
            "states": dict(sorted(self.states.items())),
        }


def open_operation(call: Call, *, source: str = "", text: str | None = None) -> Operation:
    """Open the operation whose file says ``text``, or the shipped one of code ``source``. Raises Invalid with all its
    faults, NotFound for a code without a file and where it asks for a figure that nobody has defined.

    No file is opened by its name here: whoever may open an operation could read any of this machine's.
    """
    text = shipped_text(source) if text is None else text
    # The operation stands below the figures and cannot know which are defined, so the whole asks here.
    select(dictionary(), load(text).figures)
    return opening.open_operation(text, by=call.by, at=call.at)


def show(call: Call, *, operation: str | None = None) -> Participation:
    """Return how the operation stands."""
    found = the_operation(operation)
    states = dict.fromkeys(sorted(found.states), "silent")
    filed = ReturnReceived.objects.filter(operation=found.code).order_by("received_at", "id")
    states.update(dict(filed.values_list("unit", "kind")))
    return Participation(found, states)


def the_operation(code: str | None) -> Operation:
    """Return the open operation ``code``, or the only one open.

    Raises NotFound where none is open, Refused where several are and none was named.
    """
    if code is not None:
        return opened(code)
    codes = opened_codes()
    if not codes:
        raise NotFound("operation-none-open")
    if len(codes) > 1:
        raise Refused("operation-which", codes=", ".join(codes))
    return opened(codes[0])
