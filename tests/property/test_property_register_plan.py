"""Whatever an agency files and in whatever order: every row is accounted for, and the order does not count."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from random import Random
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from traboule.register.plan import Best, Filing, Key, Standing, plan

AGENCY = ("ML", "Police nationale")

keys = st.sampled_from([("people", f"P{number}") for number in range(5)])


@dataclass(frozen=True)
class Return:
    """One return of the agency: its reach, the rows it enters (with what they say), the rows it holds."""

    filing: Filing
    rows: dict[Key, str]
    held: frozenset[Key]


@st.composite
def returns(draw: st.DrawFn, version: int) -> Return:
    withdrawal = draw(st.integers(0, 5)) == 0
    supersedes = draw(st.none() | st.integers(0, 5))
    rows = {} if withdrawal else draw(st.dictionaries(keys, st.sampled_from("ab"), max_size=5))
    held = frozenset() if withdrawal else frozenset(draw(st.sets(keys, max_size=3))) - rows.keys()
    return Return(Filing(UUID(int=version), AGENCY, version, supersedes, withdrawal), rows, held)


filed = st.integers(1, 5).flatmap(lambda count: st.tuples(*(returns(version) for version in range(1, count + 1))))


def standing(received: Iterable[Return]) -> Standing:
    """Return where the agency stands after these, received in this order."""
    now = Standing()
    for one in received:
        now.filings.append(one.filing)
        now.held[one.filing.version] = set(one.held)
        for key, content in one.rows.items():
            if key not in now.best or now.best[key].version <= one.filing.version:
                now.best[key] = Best(one.filing.version, one.filing.return_id, content)
    return now


@given(filed, st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_count(every: tuple[Return, ...], chance: Random) -> None:
    shuffled = sorted(every, key=lambda _: chance.random())
    assert standing(every).current() == standing(shuffled).current()


@given(filed, st.randoms(use_true_random=False))
def test_the_plan_says_what_then_happens(every: tuple[Return, ...], chance: Random) -> None:
    """Each entered row stands in one list, and the lists are the difference between before and after."""
    *before, last = sorted(every, key=lambda _: chance.random())
    told = plan(standing(before), last.filing, last.rows, last.held)
    then, now = standing(before).current(), standing([*before, last]).current()
    entered = [*told.new, *told.changed, *told.unchanged, *told.superseded]
    assert sorted(entered) == sorted(last.rows)
    assert set(told.withdrawn) == then.keys() - now.keys()
    assert set(told.new) <= now.keys() - then.keys()
    assert all(now[key].content_hash != then[key].content_hash for key in told.changed)
    assert all(now[key].content_hash == then[key].content_hash for key in told.unchanged)
    untouched = then.keys() - {*told.withdrawn, *told.changed, *told.unchanged}
    assert all(now[key] == then[key] for key in untouched)


@given(filed)
def test_filing_the_same_rows_once_more_changes_nothing(every: tuple[Return, ...]) -> None:
    """Under a version that follows, and without replacing anything."""
    current = standing(every).current()
    again = Filing(UUID(int=99), AGENCY, 9, None, withdrawal=False)
    told = plan(standing(every), again, {key: best.content_hash for key, best in current.items()}, frozenset())
    assert (told.new, told.changed, told.withdrawn, told.superseded) == ((), (), (), ())
    assert set(told.unchanged) == current.keys()
