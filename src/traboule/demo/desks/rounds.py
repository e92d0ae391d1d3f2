"""The rounds in which returns arrive: first, correction, late, withdrawal.

In: rows by desk, a plan. Out: filings in the order they are sent. Guaranteed: once all rounds are in, every row of the
world is in force exactly once for each desk that filed it, nothing is held, and what was filed in error is gone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import numpy as np

from traboule.core.language.messages import catalogue
from traboule.demo.desks.faults import Fault, spoil
from traboule.demo.desks.rows.tables import TABLES, FiledTable, FiledWorld, Row
from traboule.demo.desks.rows.totals import label_of, totals_beside_rows, totals_only
from traboule.demo.desks.training import training_rows
from traboule.demo.world.draws import Ints, split, stream
from traboule.demo.world.names import POOLS
from traboule.demo.world.places import Outline, coordination_unit, countries

FAULTY_SHARE = 0.02
# Rows of one file. In the largest format (JSON) these take half of the upload limit (10 MB).
MOST_ROWS = 12_000
_CORRECTING = 0.4
# How a messy file differs from the template; the first word says which kind of file it is.
MESSES: tuple[tuple[str, ...], ...] = (
    ("xlsx", "title_rows", "merged_title"),
    ("csv", "semicolon", "byte_order_mark"),
    ("json",),
    ("xlsx", "columns_reordered", "stray_spaces"),
    ("xlsx", "headers:fr", "trailing_empty_rows"),
    ("csv", "comma", "columns_reordered"),
    ("xlsx", "headers:es", "title_rows"),
    ("xlsx", "dates_as_serial_numbers"),
    ("csv", "tab", "headers:en"),
    ("xlsx", "headers:ar", "columns_reordered", "stray_spaces"),
    ("json", "headers:en"),
    ("xlsx", "extra_column", "empty_sheets_left_out", "merged_title", "trailing_empty_rows"),
)


@dataclass(frozen=True, slots=True)
class Filing:
    """One file that one agency sends.

    ``round``: first, correction, late, withdrawal. ``cover`` and ``rows`` are the contents of the cells, field by
    field; ``kind``: rows, totals, nil, withdrawn. ``mess`` is empty where the state's own template is used. ``faults``
    says which rows are spoiled.
    """

    state: str
    agency: str
    language: str
    file_name: str
    round: str
    cover: dict[str, object]
    rows: dict[str, list[Row]]
    mess: tuple[str, ...] = ()
    kind: str = "rows"
    faults: tuple[Fault, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Sender:
    """The sender, and the part of the cover that is the same in all its files."""

    state: str
    agency: str
    number: int
    language: str
    labels: str  # "" for a desk that writes codes
    operation: Outline

    def filing(self, round_: str, version: int, rows: dict[str, list[Row]], **options: object) -> Filing:
        """Return a filing of this sender; ``options`` are status, supersedes, kind, mess, faults."""
        status = str(options.get("status", "preliminary"))
        days = {"first": 2, "correction": 9, "late": 16, "withdrawal": 12}[round_]
        unit = coordination_unit(self.state, self.operation.coordination_units)
        cover: dict[str, object] = {
            "operation": self.operation.code,
            "state": label_of("countries", self.state, self.labels),
            "agency": self.agency,
            "coordination_unit": label_of("countries", unit, self.labels),
            "version": version,
            "status": label_of("return_status", status, self.labels),
            "as_of": self.operation.end + timedelta(days=days),
            "legal_basis": catalogue(POOLS, "phrases.yaml")["legal_basis"][self.language],
        }
        if options.get("supersedes") is not None:
            cover["supersedes"] = options["supersedes"]
        mess = options.get("mess", ())
        faults = options.get("faults", ())
        suffix = {"csv": "zip", "json": "json"}.get(mess[0] if isinstance(mess, tuple) and mess else "", "xlsx")
        return Filing(
            state=self.state,
            agency=self.agency,
            language=self.language,
            file_name=f"{self.state}-{self.number + 1}-v{version}.{suffix}",
            round=round_,
            cover=cover,
            rows=rows,
            mess=mess if isinstance(mess, tuple) else (),
            kind=str(options.get("kind", "rows")),
            faults=faults if isinstance(faults, tuple) else (),
        )


def filings(world: FiledWorld, tables: Mapping[str, FiledTable], operation: Outline) -> list[Filing]:
    """Return every filing, round by round, states in the plan's order."""
    totals = totals_beside_rows(world, tables)
    by_desk = [_rows_of(tables, totals[desk], desk) for desk in range(len(world.desks))]
    sizes = np.array([sum(len(rows) for rows in of_desk.values()) for of_desk in by_desk], dtype=np.int64)
    late = np.array([unit in world.plan.late for unit in world.desks.unit])
    faulty = _faulty(world, sizes, late)
    messy = _messy(world, sizes, late)
    in_two = _in_two(world, sizes, late)
    arrivals: list[Filing] = []
    for desk, rows in enumerate(by_desk):
        sender = _sender(world, desk, operation)
        if not rows:
            # A small world leaves some desks without a finding: the state says so, a second agency sends nothing.
            if world.desks.number[desk] == 0:
                arrivals.append(sender.filing("late" if late[desk] else "first", 1, {}, kind="nil", status="nil"))
            continue
        parts = _parts(tables, desk, rows, _files(rows))
        if late[desk]:
            arrivals += [
                sender.filing("late", number, part, status="final") for number, part in enumerate(parts, start=1)
            ]
            continue
        sent = _parts(tables, desk, rows, 2) if desk in in_two and len(parts) == 1 else parts
        arrivals += _sent(world, sender, (desk, int(faulty[desk])), (sent, parts), messy.get(desk, ()))
    arrivals += _totals_nil_and_withdrawn(world, operation)
    order = {name: place for place, name in enumerate(("first", "correction", "late", "withdrawal"))}
    return sorted(arrivals, key=lambda filing: order[filing.round])


def _sender(world: FiledWorld, desk: int, operation: Outline) -> Sender:
    desks = world.desks
    language = desks.language[desk]
    labels = "" if desks.coded[desk] else language
    return Sender(desks.unit[desk], desks.agency[desk], int(desks.number[desk]), language, labels, operation)


def _rows_of(tables: Mapping[str, FiledTable], totals: list[Row], desk: int) -> dict[str, list[Row]]:
    rows_by_table = {
        name: tables[name].rows[tables[name].of_desk(desk)] if name != "totals" else totals for name in TABLES
    }
    return {name: rows for name, rows in rows_by_table.items() if rows}


def _faulty(world: FiledWorld, sizes: Ints, late: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> Ints:
    """Return how many faulty rows each desk files: two desks in five file some, about two in a hundred of all rows."""
    rng = stream(world.seed, "faulty desks")
    candidates = np.flatnonzero(~late & (sizes > 20))
    chosen = rng.permutation(candidates)[: max(1, round(len(candidates) * _CORRECTING))]
    counts = np.zeros(len(sizes), dtype=np.int64)
    total = round(FAULTY_SHARE * int(sizes[~late].sum()))
    counts[chosen] = np.maximum(split(total, sizes[chosen].astype(np.float64)), 1)
    return counts


def _messy(
    world: FiledWorld, sizes: Ints, late: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
) -> dict[int, tuple[str, ...]]:
    """Return the desks that do not use the template, and how their files differ: desks of medium size."""
    rng = stream(world.seed, "mess")
    by_size = [desk for desk in np.argsort(-sizes, kind="stable").tolist() if not late[desk]]
    middle = by_size[len(by_size) // 10 : max(len(by_size) // 10 + 1, len(by_size) * 7 // 10)]
    chosen = rng.permutation(len(middle))[: len(MESSES)].tolist()
    return {middle[place]: MESSES[number] for number, place in enumerate(chosen)}


def _in_two(world: FiledWorld, sizes: Ints, late: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> frozenset[int]:
    """Return the desks that send their return in two files: the largest ones."""
    by_size = [desk for desk in np.argsort(-sizes, kind="stable").tolist() if not late[desk]]
    return frozenset(by_size[: max(1, len(world.desks) // 40)])


Rows = dict[str, list[Row]]


def _files(rows: Rows) -> int:
    """Return how many files a return takes, so that each can be uploaded."""
    return -(-sum(map(len, rows.values())) // MOST_ROWS)


def _parts(tables: Mapping[str, FiledTable], desk: int, rows: Rows, count: int) -> list[Rows]:
    """Return a return in ``count`` parts: actions in turn, each with the rows that refer to it; totals in part 1."""
    if count == 1:
        return [rows]
    parts: list[Rows] = [{} for _ in range(count)]
    for name, of_table in rows.items():
        if name == "totals":
            parts[0][name] = of_table
            continue
        stems = np.maximum(tables[name].stem[tables[name].of_desk(desk)], 0)
        for row, stem in zip(of_table, stems.tolist(), strict=True):
            parts[stem % count].setdefault(name, []).append(row)
    return [part for part in parts if part]


def _sent(
    world: FiledWorld,
    sender: Sender,
    desk: tuple[int, int],
    parts: tuple[list[Rows], list[Rows]],
    mess: tuple[str, ...],
) -> list[Filing]:
    """Return a filing of the first round and, where some of its rows are faulty, the filing that replaces it.

    ``desk``: its number, and how many rows it gets wrong. ``parts``: as sent first, and as sent in its place.
    """
    (number, wrong), (first, corrected) = desk, parts
    if not wrong:
        return [sender.filing("first", version, part, mess=mess) for version, part in enumerate(first, start=1)]
    spoiled, faults = spoil(stream(world.seed, f"faults {number}"), first[0], wrong)
    status = "draft" if number % 11 == 0 and len(first) == 1 else "preliminary"
    sent = [sender.filing("first", 1, spoiled, mess=mess, faults=faults, status=status)]
    sent += [sender.filing("first", version, part, mess=mess) for version, part in enumerate(first[1:], start=2)]
    # The first file of the correction replaces all that was sent; the later ones add to it.
    for version, part in enumerate(corrected, start=len(first) + 1):
        supersedes = len(first) if version == len(first) + 1 else None
        sent.append(sender.filing("correction", version, part, supersedes=supersedes, status="final"))
    return sent


def _totals_nil_and_withdrawn(world: FiledWorld, operation: Outline) -> list[Filing]:
    """Return the states that send totals only or nothing to report, and what is filed in error and withdrawn."""
    arrivals: list[Filing] = []
    names = catalogue(POOLS, "phrases.yaml")["agencies"]
    for state in (*world.plan.totals_states, *world.plan.nil_states):
        language = countries()[state].language
        sender = Sender(state, names[language][0], 0, language, language, operation)
        round_ = "late" if state in world.plan.late else "first"
        if state in world.plan.nil_states:
            arrivals.append(sender.filing(round_, 1, {}, kind="nil", status="nil"))
        else:
            rows = {"totals": totals_only(world.plan.declared[state], language)}
            arrivals.append(sender.filing(round_, 1, rows, kind="totals", status="final"))
    for state in world.plan.training:
        language = countries()[state].language
        sender = Sender(state, names[language][3], 3, language, language, operation)
        arrivals.append(sender.filing("first", 1, training_rows(world, state), status="preliminary"))
        arrivals.append(sender.filing("withdrawal", 2, {}, kind="withdrawn", status="withdrawn", supersedes=1))
    return arrivals
