"""A finding: one fault of what was handed in, as data (house rule 5).

A check returns all its findings at once; what is too much of one kind comes as a sum. The wording is in a catalogue
(YAML, four languages) under ``code``. A finding holds only where it is, what was read, and the values that the wording
needs.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from enum import StrEnum

# Of one kind (a code in one field of one table of one sheet) so many findings are listed; the others are summed.
MOST_OF_A_KIND = 100
# Under this name the values of a sum say how many faults it sums.
MORE = "more"


class Severity(StrEnum):
    """What a finding does to its row."""

    ERROR = "error"  # The row is held until the filing state corrects it.
    WARNING = "warning"  # The row is entered; the filer is asked to look.
    FINDING = "finding"  # The row is entered; the desk sees it.


@dataclasses.dataclass(frozen=True, slots=True)
class Finding:
    """One fault: ``sheet`` and ``column`` as the file spells them, ``row`` as it numbers them (1: header).

    ``table`` and ``field`` are the form's own identifiers; ``cell`` is the spreadsheet address, such as ``C14``;
    ``value`` is the cell as read (personal data: shown to the filer, never logged); ``rule`` names a rule of the
    domain or a standard.
    """

    code: str
    severity: Severity
    table: str = ""
    field: str = ""
    sheet: str = ""
    row: int = 0
    column: str = ""
    cell: str = ""
    value: str = ""
    rule: str = ""
    values: Mapping[str, object] = dataclasses.field(default_factory=dict)

    @property
    def is_sum(self) -> bool:
        """Whether this is no single fault but the sum of those of its kind that are not listed one by one."""
        return MORE in self.values

    @property
    def count(self) -> int:
        """How many faults this stands for: one, or as many as it sums."""
        return int(str(self.values.get(MORE, 1)))


_Kind = tuple[str, str, str, str]


@dataclasses.dataclass(slots=True)
class FindingLog:
    """Findings in the order noted: the first of a kind one by one, the others as one sum, and none uncounted."""

    listed: list[Finding] = dataclasses.field(default_factory=list)
    _counts: dict[_Kind, int] = dataclasses.field(default_factory=dict)
    _last: dict[_Kind, Finding] = dataclasses.field(default_factory=dict)

    def has_room(self, code: str, table: str, name: str, sheet: str) -> bool:
        """Count one fault of a kind; tell whether it is to be listed with :meth:`add`."""
        kind = (table, name, code, sheet)
        count = self._counts[kind] = self._counts.get(kind, 0) + 1
        return count <= MOST_OF_A_KIND

    def add(self, finding: Finding) -> None:
        """List a fault for which :meth:`has_room` found room."""
        self.listed.append(finding)
        self._last[finding.table, finding.field, finding.code, finding.sheet] = finding

    def sums(self) -> list[Finding]:
        """Return one finding for each kind of which not all are listed; it names no row and holds no value."""
        return [
            dataclasses.replace(self._last[kind], row=0, cell="", value="", values={MORE: count - MOST_OF_A_KIND})
            for kind, count in self._counts.items()
            if count > MOST_OF_A_KIND
        ]


def count_faults(findings: Iterable[Finding]) -> int:
    """Return how many faults the findings stand for."""
    return sum(finding.count for finding in findings)
