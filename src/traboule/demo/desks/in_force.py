"""Count, at any moment of the story, what had really been filed by then: persons and arrests are known, not linked.

In: filings in the order they came, who each record really is. Out: what is in force, its figures, and the rows behind
them. Guaranteed: labels are read back as states wrote them and no link is used, so that a figure of the desk differs
from the count of the same moment only by what linking makes of it. What is held waits for its correction and is in
neither; an exercise that nobody has withdrawn yet is in both, each record another person.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from traboule.core.codes import vocabulary
from traboule.core.dates import parse_moment
from traboule.demo.desks.rounds import Filing
from traboule.demo.desks.rows.tables import Row
from traboule.demo.world.plan import FIGURES

Agency = tuple[str, str]
_ON_THEME = ("trafficking", "smuggling", "both")
_MINOR = ("yes", "presumed")


@dataclass
class InForce:
    """What is in force once filings have come in, by state and agency: rows by table, the kind of the first return."""

    rows: dict[Agency, dict[str, dict[str, Row]]] = field(default_factory=dict)
    kinds: dict[Agency, str] = field(default_factory=dict)

    def receive(self, filings: Iterable[Filing]) -> InForce:
        """Receive ``filings`` as a desk does: rows with a fault are held, a withdrawal takes all of its agency."""
        for filing in filings:
            key = (filing.state, filing.agency)
            if filing.kind == "withdrawn":
                self.rows.pop(key)
                self.kinds.pop(key)
                continue
            held_rows = {(fault.table, fault.row_id) for fault in filing.faults}
            tables = {} if "supersedes" in filing.cover else self.rows.setdefault(key, {})
            self.rows[key] = tables
            self.kinds.setdefault(key, filing.kind)
            for table, rows in filing.rows.items():
                accepted = tables.setdefault(table, {})
                accepted.update({str(row["row_id"]): row for row in rows if (table, row["row_id"]) not in held_rows})
        return self


@dataclass
class FiledCount:
    """``figures`` of what is in force; ``rows``: what stands behind each before anything is counted once.

    ``person_of``: record -> person, as :class:`traboule.demo.filings.Truth` has it.
    """

    person_of: Mapping[str, int]
    figures: dict[str, int] = field(default_factory=dict)
    rows: Counter[str] = field(default_factory=Counter)
    _once: dict[str, set[object]] = field(default_factory=lambda: {name: set() for name in FIGURES})
    _added: Counter[str] = field(default_factory=Counter)
    _migrants: dict[tuple[str, object, str | None], int] = field(default_factory=dict)

    def add(self, state: str, agency: str, kind: str, tables: Mapping[str, Mapping[str, Row]]) -> None:
        """Add what one agency has in force. Rows of a person who is held wait for that person."""
        self._once["participants"].add(state)
        people = tables.get("people", {})
        person = {row: self.person_of[f"{state}/{agency}/{row}"] for row in people}
        if kind == "totals":
            for row in tables["totals"].values():
                self._added[str(code("measures", row["measure"]))] += int(str(row["value"]))
        for row in tables.get("arrests", {}).values():
            if row["person"] in person:
                self._add_arrest(row, person[str(row["person"])])
        for row in tables.get("victims", {}).values():
            if row["person"] in person:
                self._add_victim(row, person[str(row["person"])], people[str(row["person"])])
        self._add_tallies(state, tables)

    def _add_arrest(self, row: Row, person: int) -> None:
        arrest = (person, code("countries", row["arresting_state"]), parse_moment(row["at"]))
        self._count_once("arrests", arrest)
        if code("attributions", row["attribution"]) in _ON_THEME:
            self._count_once("arrests_trafficking_or_smuggling", arrest)

    def _add_victim(self, row: Row, person: int, of_person: Row) -> None:
        if code("trafficking_status", row["status"]) == "NotAVictimOfTrafficking":
            return
        self._count_once("potential_victims", person)
        if code("minor_status", of_person.get("minor")) in _MINOR:
            self._count_once("potential_victims_minors", person)

    def _add_tallies(self, state: str, tables: Mapping[str, Mapping[str, Row]]) -> None:
        for row in tables.get("migrants", {}).values():
            counted = int(str(row["count"]))
            self.rows["irregular_migrants"] += counted
            self._migrants[state, row["reference"], code("countries", row["nationality"])] = counted
        for row in tables.get("checks", {}).values():
            measure = {"database_check": "database_checks", "flight": "flights_monitored"}
            self._added[measure.get(str(code("check_kinds", row["kind"])), "")] += int(str(row["count"]))
        for row in tables.get("investigations", {}).values():
            self._count_once("investigations", (state, row["reference"]))

    def _count_once(self, figure: str, what: object) -> None:
        self.rows[figure] += 1
        self._once[figure].add(what)

    def finish(self) -> FiledCount:
        """Return the count with its figures."""
        self.figures = {name: len(self._once[name]) + self._added[name] for name in FIGURES}
        self.figures["irregular_migrants"] += sum(self._migrants.values())
        self.rows.update({name: self._added[name] for name in FIGURES})
        return self


def filed_count(person_of: Mapping[str, int], in_force: InForce) -> FiledCount:
    """Return what is in force, counted by who each record really is."""
    counted = FiledCount(person_of)
    for (state, agency), tables in in_force.rows.items():
        counted.add(state, agency, in_force.kinds[state, agency], tables)
    return counted.finish()


def code(name: str, cell: object) -> str | None:
    """Return the code that a cell stands for."""
    return None if cell is None else vocabulary(name).find(str(cell))
