"""Open an operation, show one, and find the one that a verb means.

In: an operation's file or code. Out: the operation, or which states have filed. Guaranteed: a caller need not name the
operation when only one is open.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from traboule.app.dispatch import Call
from traboule.app.operation_files import text_to_open
from traboule.core.errors import NotFound, Refused
from traboule.operation import open as opening
from traboule.operation.operation import Operation
from traboule.operation.read import opened, opened_codes
from traboule.returns.models import ReturnReceived


@dataclass(frozen=True, slots=True)
class Arrival:
    """That a state filed, when, and what kind of return: its rows and faults would tell of protected persons."""

    state: str
    at: datetime
    kind: str

    def to_json(self) -> dict[str, str]:
        """Return plain values."""
        return {"state": self.state, "at": self.at.isoformat(), "kind": self.kind}


@dataclass(frozen=True, slots=True)
class ParticipationStatus:
    """An operation, with the kind of return that each state filed last, and all of them in the order they came."""

    operation: Operation
    states: Mapping[str, str]
    arrivals: tuple[Arrival, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the operation's facts, the status of each state (nil, rows, totals, withdrawn or silent), and what
        arrived when."""
        return {
            "code": self.operation.code,
            "titles": dict(self.operation.titles),
            "start": self.operation.start.isoformat(),
            "end": self.operation.end.isoformat(),
            "participants": len(self.states),
            "silent": sorted(state for state, status in self.states.items() if status == "silent"),
            "required": sorted(self.operation.required_states),
            "states": dict(sorted(self.states.items())),
            "arrivals": [arrival.to_json() for arrival in self.arrivals],
        }


def open_operation(call: Call, *, source: str = "", text: str | None = None) -> Operation:
    """Open the operation whose file says ``text``, or the shipped one of code ``source``. Raises Invalid with all its
    faults, NotFound for a code without a file and where it asks for a figure that nobody has defined.

    The caller reads the file: a path given here would let its actor read any file of this machine.
    """
    return opening.open_operation(text_to_open(source, text), by=call.by, at=call.at)


def show(call: Call, *, operation: str | None = None, instant: datetime | None = None) -> ParticipationStatus:
    """Return the operation, and what each state has filed last, now or by ``instant``."""
    chosen = the_operation(operation)
    states = dict.fromkeys(sorted(chosen.states), "silent")
    filed = ReturnReceived.objects.filter(operation=chosen.code).order_by("received_at", "id")
    if instant is not None:
        filed = filed.filter(received_at__lte=instant)
    arrivals = tuple(Arrival(*row) for row in filed.values_list("unit", "received_at", "kind"))
    states.update({arrival.state: arrival.kind for arrival in arrivals})
    return ParticipationStatus(chosen, states, arrivals)


def the_code(code: str | None) -> str:
    """Return the code that :func:`the_operation` finds, without reading its file: for what is published, which is to be
    had while keepers have the root key. Raises as it does."""
    codes = opened_codes()
    if code is None and len(codes) == 1:
        return codes[0]
    return code if code in codes and code is not None else the_operation(code).code


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
