"""What one more return changes, decided without a database: versions, withdrawals, held rows, files in any order."""

from __future__ import annotations

from itertools import permutations
from uuid import UUID

from traboule.register.plan import AgencyState, BestVersion, EntryPlan, Key, ReturnReach, plan

AGENCY = ("ML", "Police nationale")


class Agency:
    """One agency's returns, filed one after the other on an empty register."""

    def __init__(self) -> None:
        self.state = AgencyState()

    def file(
        self,
        version: int,
        rows: str = "",
        *,
        held_ids: str = "",
        supersedes: int | None = None,
        withdrawal: bool = False,
        number: int = 0,
    ) -> EntryPlan:
        """File people: ``"P1 P2=male"`` are two rows, the second of which says something else than usual."""
        filing = ReturnReach(UUID(int=number or 1 + len(self.state.filings)), AGENCY, version, supersedes, withdrawal)
        hashes = {people(row.split("=")[0]): row.partition("=")[2] for row in rows.split()}
        aside = {people(row) for row in held_ids.split()}
        decided = plan(self.state, filing, hashes, aside)
        self._enter(filing, hashes, aside)
        return decided

    def _enter(self, filing: ReturnReach, hashes: dict[Key, str], aside: set[Key]) -> None:
        self.state.filings.append(filing)
        self.state.held_keys.setdefault(filing.version, set()).update(aside)
        for key, content in hashes.items():
            before = self.state.best.get(key)
            if before is None or before.version <= filing.version:
                self.state.best[key] = BestVersion(filing.version, filing.return_id, content)

    def current(self) -> list[str]:
        return sorted(row_id for _, row_id in self.state.current())


def people(row_id: str) -> Key:
    return ("people", row_id)


def rows(*row_ids: str) -> tuple[Key, ...]:
    return tuple(map(people, row_ids))


def lists(decided: EntryPlan) -> dict[str, tuple[Key, ...]]:
    """Return the lists that are not empty."""
    return {name: getattr(decided, name) for name in EntryPlan.__slots__ if getattr(decided, name)}


def test_everything_is_new_on_an_empty_register() -> None:
    assert lists(Agency().file(1, "P3 P1 P2")) == {"new": rows("P1", "P2", "P3")}


def test_the_same_again_changes_nothing() -> None:
    agency = Agency()
    agency.file(1, "P1 P2 P3")
    assert lists(agency.file(2, "P1 P2 P3")) == {"unchanged": rows("P1", "P2", "P3")}


def test_a_return_that_adds_withdraws_nothing() -> None:
    agency = Agency()
    agency.file(1, "P1 P2 P3")
    assert lists(agency.file(2, "P2=male P4")) == {"new": rows("P4"), "changed": rows("P2")}
    assert agency.current() == ["P1", "P2", "P3", "P4"]


def test_a_return_that_replaces_withdraws_what_it_does_not_bring_again() -> None:
    agency = Agency()
    agency.file(1, "P1 P2 P3")
    assert lists(agency.file(2, "P1", supersedes=1)) == {"withdrawn": rows("P2", "P3"), "unchanged": rows("P1")}


def test_a_held_row_keeps_its_earlier_version_in_force() -> None:
    agency = Agency()
    agency.file(1, "P1 P2 P3")
    decided = agency.file(2, "P1", held_ids="P2", supersedes=1)
    assert lists(decided) == {"withdrawn": rows("P3"), "unchanged": rows("P1")}
    assert agency.current() == ["P1", "P2"]


def test_a_held_row_that_was_never_entered_is_nothing_yet() -> None:
    agency = Agency()
    assert lists(agency.file(1, "P1", held_ids="P2")) == {"new": rows("P1")}
    assert lists(agency.file(2, "P2")) == {"new": rows("P2")}


def test_a_row_held_by_one_of_two_replacing_returns_only_is_withdrawn() -> None:
    agency = Agency()
    agency.file(1, "P1 P2")
    agency.file(2, "P1", held_ids="P2", supersedes=1)
    assert lists(agency.file(3, "P1", supersedes=2)) == {"withdrawn": rows("P2"), "unchanged": rows("P1")}


def test_only_the_versions_named_are_replaced() -> None:
    agency = Agency()
    agency.file(1, "P1 P2")
    agency.file(3, "P9")
    assert lists(agency.file(2, "P1", supersedes=1)) == {"withdrawn": rows("P2"), "unchanged": rows("P1")}
    assert agency.current() == ["P1", "P9"]


def test_an_older_version_does_not_touch_a_newer_row() -> None:
    agency = Agency()
    agency.file(3, "P1=female")
    assert lists(agency.file(2, "P1=male P2")) == {"new": rows("P2"), "superseded": rows("P1")}


def test_of_two_returns_of_one_version_the_later_counts() -> None:
    agency = Agency()
    agency.file(1, "P1=female")
    assert lists(agency.file(1, "P1=male")) == {"changed": rows("P1")}


def test_a_version_already_replaced_is_history() -> None:
    agency = Agency()
    agency.file(3, "P9", supersedes=2)
    assert lists(agency.file(1, "P1 P2")) == {"superseded": rows("P1", "P2")}
    assert agency.current() == ["P9"]


def test_a_late_return_brings_back_what_a_later_one_holds() -> None:
    agency = Agency()
    agency.file(2, "P1", held_ids="P2", supersedes=1)
    assert lists(agency.file(1, "P1=older P2 P3")) == {"new": rows("P2"), "superseded": rows("P1", "P3")}


def test_a_return_does_not_replace_itself() -> None:
    agency = Agency()
    agency.file(1, "P1")
    assert lists(agency.file(2, "P2", supersedes=7)) == {"new": rows("P2"), "withdrawn": rows("P1")}


def test_a_withdrawal_takes_everything_up_to_the_version_named_or_all() -> None:
    partly, entirely = Agency(), Agency()
    for agency in (partly, entirely):
        agency.file(1, "P1 P2")
        agency.file(2, "P9")
    assert lists(partly.file(3, supersedes=1, withdrawal=True)) == {"withdrawn": rows("P1", "P2")}
    assert lists(entirely.file(3, withdrawal=True)) == {"withdrawn": rows("P1", "P2", "P9")}
    assert entirely.current() == []


def test_a_withdrawal_spares_no_held_row() -> None:
    agency = Agency()
    agency.file(1, "P1 P2")
    agency.file(2, "P1", held_ids="P2", supersedes=1)
    assert lists(agency.file(3, withdrawal=True)) == {"withdrawn": rows("P1", "P2")}


def test_the_order_of_arrival_does_not_count() -> None:
    filings = ((1, "P1 P2 P3", "", None), (2, "P1=b", "P2", 1), (3, "P4 P5", "", None), (4, "P4=d P6", "", None))
    outcomes = set()
    for order in permutations(filings):
        agency = Agency()
        for version, filed_ids, held_ids, supersedes in order:
            agency.file(version, filed_ids, held_ids=held_ids, supersedes=supersedes, number=version)
        now = agency.state.current()
        outcomes.add(tuple(sorted((row_id, best.version, best.content_hash) for (_, row_id), best in now.items())))
    assert outcomes == {(("P1", 2, "b"), ("P2", 1, ""), ("P4", 4, "d"), ("P5", 3, ""), ("P6", 4, ""))}


def test_the_lists_name_every_row_once() -> None:
    agency = Agency()
    agency.file(1, "P1 P2 P3")
    agency.file(4, "P7")
    decided = agency.file(3, "P1 P2=x P5 P7=x", held_ids="P6", supersedes=2)
    assert lists(decided) == {
        "new": rows("P5"),
        "changed": rows("P2"),
        "withdrawn": rows("P3"),
        "unchanged": rows("P1"),
        "superseded": rows("P7"),
    }
