"""What holds for the register whatever is filed in whatever order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count
from uuid import UUID, uuid5

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from tests.examples import examples
from tests.returns_built import Filed, file, take_back

from traboule.app.start import Started
from traboule.core.permissions import Actor, Role
from traboule.database.context import Context
from traboule.register.history import tables
from traboule.register.plan import AgencyState, BestVersion, EntryPlan, Key, ReturnReach, plan
from traboule.returns.withdraw import ReturnWithdrawal

AGENCY = ("ML", "Police nationale")
KEYS = [("people", "p1"), ("people", "p2"), ("roles", "p1"), ("people", "p3")]
OPERATIONS = count()  # Each example files to an operation of its own: no example sees another's rows.
ENGINE = Context.of(Actor("engine", Role.ENGINE))


class Sent:
    """One return of a scenario: rows with what they say, and held rows."""

    def __init__(self, filing: ReturnReach, rows: Mapping[Key, str], held_keys: frozenset[Key]) -> None:
        self.filing, self.rows, self.held = filing, dict(rows), held_keys

    def __repr__(self) -> str:
        f = self.filing
        kind = "withdrawal" if f.withdrawal else "return"
        return f"{kind} v{f.version} supersedes {f.supersedes}: {self.rows} held {sorted(self.held)}"


@st.composite
def scenarios(draw: st.DrawFn) -> list[Sent]:
    """Returns of one agency, at most one a version; one may be split in two, another be a withdrawal."""
    sent: list[Sent] = []
    for version in draw(st.lists(st.integers(1, 5), min_size=1, max_size=5, unique=True).map(sorted)):
        supersedes = draw(st.none() | st.integers(0, version - 1))
        values = draw(st.dictionaries(st.sampled_from(KEYS), st.sampled_from(["a", "b"])))
        held_keys = frozenset(draw(st.sets(st.sampled_from(KEYS)))) - values.keys()
        withdrawal = draw(st.integers(0, 9)) == 0
        parts = [(values, held_keys)]
        if withdrawal:
            parts, supersedes = [({}, frozenset())], draw(st.none() | st.integers(1, version))
        elif draw(st.booleans()):
            first = draw(st.sets(st.sampled_from(KEYS)))
            parts = [
                ({key: say for key, say in values.items() if key in first}, held_keys & first),
                ({key: say for key, say in values.items() if key not in first}, held_keys - first),
            ]
        for place, (rows, aside) in enumerate(parts):
            return_id = uuid5(UUID(int=0), f"{version} {place}")
            sent.append(Sent(ReturnReach(return_id, AGENCY, version, supersedes, withdrawal), rows, aside))
    return sent


def send(state: AgencyState, sent: Sent) -> EntryPlan:
    """Do to ``state`` what receiving and entering do to the database, and return the plan."""
    decided = plan(state, sent.filing, sent.rows, sent.held)
    state.filings.append(sent.filing)
    for key, value in sent.rows.items():
        if key not in state.best or state.best[key].version <= sent.filing.version:
            state.best[key] = BestVersion(sent.filing.version, sent.filing.return_id, value)
    state.held_keys.setdefault(sent.filing.version, set()).update(sent.held)
    return decided


def outcome(sent: Sequence[Sent]) -> dict[Key, str]:
    state = AgencyState()
    for part in sent:
        send(state, part)
    return {key: best.content_hash for key, best in state.current().items()}


def replayed(sent: Sequence[Sent]) -> dict[Key, str]:
    """Say what is in force by replaying the versions one after the other, which is how a clerk would explain it."""
    now: dict[Key, tuple[int, str]] = {}
    for version in sorted({item.filing.version for item in sent}):
        parts = [item for item in sent if item.filing.version == version and not item.filing.withdrawal]
        brought = {key: value for part in parts for key, value in part.rows.items()}
        spared = brought.keys() | {key for part in parts for key in part.held}
        reach = max([part.filing.reach for part in parts], default=-1)
        now = {key: row for key, row in now.items() if row[0] > reach or key in spared}
        now.update({key: (version, value) for key, value in brought.items()})
    gone = max([item.filing.reach for item in sent if item.filing.withdrawal], default=-1)
    return {key: value for key, (version, value) in now.items() if version > gone}


@settings(max_examples=examples(250), deadline=None)
@given(scenarios())
def test_what_is_in_force_is_what_a_clerk_would_say(sent: list[Sent]) -> None:
    assert outcome(sent) == replayed(sent)


@settings(max_examples=examples(250), deadline=None)
@given(scenarios(), st.data())
@pytest.mark.promise("retry-never-doubles")
def test_files_in_any_order_give_the_same_rows(sent: list[Sent], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(sent))
    assert outcome(shuffled) == outcome(sent)


@settings(deadline=None)
@given(scenarios())
@pytest.mark.promise("retry-never-doubles")
def test_one_return_split_in_two_gives_the_same_rows(sent: list[Sent]) -> None:
    unsplit: dict[int, Sent] = {}
    for part in sent:
        before = unsplit.get(part.filing.version)
        rows = {**(before.rows if before else {}), **part.rows}
        unsplit[part.filing.version] = Sent(part.filing, rows, part.held | (before.held if before else frozenset()))
    assert outcome(list(unsplit.values())) == outcome(sent)


@settings(max_examples=examples(200), deadline=None)
@given(scenarios(), st.data())
@pytest.mark.promise("every-row-accounted-for")
def test_the_plan_accounts_for_every_row(sent: list[Sent], data: st.DataObject) -> None:
    state = AgencyState()
    for part in data.draw(st.permutations(sent)):
        before = state.current()
        decided = send(state, part)
        after = state.current()
        mine = [*decided.new, *decided.changed, *decided.unchanged, *decided.superseded]
        assert sorted(mine) == sorted(part.rows)
        assert set(decided.withdrawn) == before.keys() - after.keys()
        assert set(decided.new) <= after.keys() - before.keys()
        assert all(before[key].content_hash != after[key].content_hash for key in decided.changed)


@settings(deadline=None)
@given(scenarios())
@pytest.mark.promise("retry-never-doubles")
def test_filing_again_after_a_withdrawal_restores_everything(sent: list[Sent]) -> None:
    before = outcome(sent)
    withdrawn = ReturnReach(UUID(int=1), AGENCY, 5, 5, withdrawal=True)
    refiled = ReturnReach(UUID(int=2), AGENCY, 6, None, withdrawal=False)
    after = [*sent, Sent(withdrawn, {}, frozenset())]
    assert outcome(after) == {}
    assert outcome([*after, Sent(refiled, before, frozenset())]) == before


def filed(sent: Sent, operation: str) -> Filed:
    rows: dict[str, dict[str, dict[str, str]]] = {}
    for (table, row_id), value in sorted([*sent.rows.items(), *((key, "held") for key in sent.held)]):
        field = "residence" if table == "people" else "role"
        rows.setdefault(table, {})[row_id] = {field: value}
    filing = sent.filing
    return Filed(
        rows,
        version=filing.version,
        supersedes=filing.supersedes,
        held=sent.held,
        kind="withdrawn" if filing.withdrawal else "rows",
        operation=operation,
        note=str(filing.return_id),
    )


def in_force(operation: str) -> dict[Key, str]:
    given_out = tables(operation, at=None, context=ENGINE)
    fields = {"people": "residence", "roles": "role"}
    return {
        (table, row["row_id"]): row[field] for table, field in fields.items() for row in given_out[table].to_pylist()
    }


@settings(
    max_examples=examples(25),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(scenarios(), st.data())
def test_the_database_agrees_with_the_plan(database: Started, sent: list[Sent], data: st.DataObject) -> None:
    """In any order, with a return sent twice, and the receipts' sums right: rows in force are the replayed ones."""
    operation = f"operation-{next(OPERATIONS)}"
    shuffled = data.draw(st.permutations(sent))
    note(operation)
    receipts = []
    for hour, part in enumerate(shuffled):
        receipt = file(filed(part, operation), hour=hour)
        assert receipt.filed == len(part.rows) + len(part.held) == receipt.entered + receipt.held
        assert receipt.entered == receipt.new + receipt.changed + receipt.unchanged + receipt.superseded
        receipts.append(receipt)
    twice = data.draw(st.integers(0, len(shuffled) - 1))
    repeated = file(filed(shuffled[twice], operation), hour=99)
    assert repeated.again
    assert repeated.receipt_id == receipts[twice].receipt_id
    assert in_force(operation) == replayed(sent)


def test_a_return_never_reaches_its_own_version() -> None:
    assert ReturnReach(UUID(int=1), AGENCY, 2, 9, withdrawal=False).reach == 1
    assert ReturnReach(UUID(int=1), AGENCY, 2, None, withdrawal=False).reach == -1
    assert ReturnReach(UUID(int=1), AGENCY, 2, None, withdrawal=True).reach == 2


@pytest.mark.parametrize("upto", [None, 1])
def test_a_withdrawal_by_verb_is_undone_by_filing(database: Started, upto: int | None) -> None:
    rows = {"people": {"p1": {"residence": "a"}}}
    file(Filed(rows, version=1, operation="undo"))
    take_back(ReturnWithdrawal("undo", *AGENCY, upto), hour=1)
    assert in_force("undo") == {}
    file(Filed(rows, version=2, operation="undo"), hour=2)
    assert in_force("undo") == {("people", "p1"): "a"}
