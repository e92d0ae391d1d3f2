"""An independent count of a demo operation: labels read back, versions applied, persons known from the truth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from traboule.core.codes import vocabulary
from traboule.core.dates import parse_moment
from traboule.demo.desks.rows.tables import Row
from traboule.demo.filings import DemoOperation, Filing

Key = tuple[str, str]


def code(name: str, cell: object) -> str | None:
    """Return the code a cell stands for."""
    return None if cell is None else vocabulary(name).find(str(cell))


@dataclass
class InForce:
    """What is in force once filings have come in, by agency and table, and the kind of each agency's last return."""

    rows: dict[Key, dict[str, dict[str, Row]]] = field(default_factory=dict)
    kinds: dict[Key, str] = field(default_factory=dict)

    def receive(self, filings: Iterable[Filing]) -> InForce:
        for filing in filings:
            key = (filing.state, filing.agency)
            if filing.kind == "withdrawn":
                self.rows.pop(key)
                self.kinds.pop(key)
                continue
            held_keys = {(fault.table, fault.row_id) for fault in filing.faults}
            agency = {} if "supersedes" in filing.cover else self.rows.setdefault(key, {})
            self.rows[key] = agency
            self.kinds.setdefault(key, filing.kind)
            for table, rows in filing.rows.items():
                accepted = agency.setdefault(table, {})
                accepted.update({str(row["row_id"]): row for row in rows if (table, row["row_id"]) not in held_keys})
        return self


def recount(demo: DemoOperation, in_force: InForce) -> tuple[dict[str, int], Counter[str]]:
    """Return the figures, and the rows behind them before anything is counted once."""
    raw: Counter[str] = Counter()
    declared: Counter[str] = Counter()
    counted_once: dict[str, set[object]] = {name: set() for name in demo.truth.figures}
    migrants: dict[tuple[str, object, str | None], int] = {}
    for (state, agency), tables in in_force.rows.items():
        counted_once["participants"].add(state)
        person = {row: demo.truth.person_of[f"{state}/{agency}/{row}"] for row in tables.get("people", {})}
        if in_force.kinds[state, agency] == "totals":
            for row in tables["totals"].values():
                declared[str(code("measures", row["measure"]))] += int(str(row["value"]))
        for row in tables.get("arrests", {}).values():
            arrest = (person[str(row["person"])], code("countries", row["arresting_state"]), parse_moment(row["at"]))
            raw["arrests"] += 1
            counted_once["arrests"].add(arrest)
            if code("attributions", row["attribution"]) in ("trafficking", "smuggling", "both"):
                raw["arrests_trafficking_or_smuggling"] += 1
                counted_once["arrests_trafficking_or_smuggling"].add(arrest)
        for row in tables.get("victims", {}).values():
            if code("trafficking_status", row["status"]) == "NotAVictimOfTrafficking":
                continue
            raw["potential_victims"] += 1
            counted_once["potential_victims"].add(person[str(row["person"])])
            if code("minor_status", tables["people"][str(row["person"])].get("minor")) in ("yes", "presumed"):
                raw["potential_victims_minors"] += 1
                counted_once["potential_victims_minors"].add(person[str(row["person"])])
        for row in tables.get("migrants", {}).values():
            detection = (state, row["reference"], code("countries", row["nationality"]))
            raw["irregular_migrants"] += int(str(row["count"]))
            assert migrants.setdefault(detection, int(str(row["count"]))) == row["count"]
        for row in tables.get("checks", {}).values():
            measure = {"database_check": "database_checks", "flight": "flights_monitored"}
            declared[measure.get(str(code("check_kinds", row["kind"])), "")] += int(str(row["count"]))
        for row in tables.get("investigations", {}).values():
            raw["investigations"] += 1
            counted_once["investigations"].add((state, row["reference"]))
    figures = {name: len(counted_once[name]) + declared[name] for name in demo.truth.figures}
    figures["irregular_migrants"] = sum(migrants.values()) + declared["irregular_migrants"]
    raw.update({name: declared[name] for name in demo.truth.figures})
    return figures, raw
