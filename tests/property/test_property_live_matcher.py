"""As returns arrive, in whatever order and parts: the links and clusters of a batch over all of them."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import cast

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.examples import examples
from tests.linkage_population import Population, population

from traboule.linkage.cluster_history import history_of
from traboule.linkage.decisions import TIERS
from traboule.linkage.live.matcher import LiveMatcher
from traboule.linkage.live.record_reader import ArrivedReturn
from traboule.linkage.matching.candidates import pairs_sharing_keys
from traboule.linkage.matching.index import NO_OWNER, Index
from traboule.linkage.prepare import prepare
from traboule.linkage.resolve import LinkInputs, LinkResult, resolve, resolve_prepared
from traboule.linkage.stop_list import stop_list
from traboule.linkage.verdicts import JudgedPair, LinkVerdict
from traboule.linkage.weights.model import declared_model

ON = date(2024, 9, 29)
AT = datetime(2024, 10, 5, tzinfo=UTC)
SEEDS = st.integers(0, 10_000)
OWNERS = {"people": "record", "identities": "record", "identifiers": "person_record", "encounters": "person_record"}
FEW = settings(max_examples=examples(12), deadline=None)


def parts(made: Population, seed: int, many: int) -> list[ArrivedReturn]:
    """Divide the records among ``many`` returns, at random."""
    records = np.array(sorted(made.truth))
    chosen = np.random.default_rng(seed).integers(0, many, len(records))
    found = []
    for part in range(many):
        inside = pa.array(records[chosen == part].tolist(), pa.string())
        tables = [
            table.filter(pa.compute.is_in(table[column], value_set=inside))
            for table, column in (
                (made.people, "record"),
                (made.identities, "record"),
                (made.identifiers, "person_record"),
                (made.encounters, "person_record"),
            )
        ]
        found.append(ArrivedReturn(*tables))
    return found


def batch(made: Population, *judgements: JudgedPair) -> LinkResult:
    inputs = LinkInputs(made.people, made.identities, made.identifiers, ON, made.encounters)
    return resolve(inputs, judgements=judgements, model=declared_model())


def links_of(result: LinkResult) -> list[tuple[object, ...]]:
    names = ("left", "right", "weight", "probability", "tier", "status", "evidence")
    rows = zip(*(result.links[name].to_pylist() for name in names), strict=True)
    return [
        (left, right, round(weight, 9), round(chance, 9), tier, status, evidence)
        for left, right, weight, chance, tier, status, evidence in rows
    ]


def links_in(live: LiveMatcher) -> list[tuple[object, ...]]:
    found = []
    for left, right, edge in live.links():
        weight, chance = round(edge.weight, 9), round(edge.probability, 9)
        found.append((left, right, weight, chance, TIERS[edge.tier], edge.status, edge.evidence))
    return found


def require_same(live: LiveMatcher, result: LinkResult) -> None:
    links = links_in(live)
    assert links == links_of(result)
    for *_, evidence in links:
        assert json.dumps(json.loads(str(evidence)), sort_keys=True, separators=(",", ":")) == evidence
    assert live.stopped.equals(result.stopped)
    assert live.skipped == result.skipped
    assert list(live.clusters().items()) == list(
        zip(result.clusters["record"].to_pylist(), result.clusters["cluster"].to_pylist(), strict=True)
    )


@given(SEEDS, st.integers(0, 1000), st.integers(1, 12))
@FEW
def test_live_is_batch(seed: int, order: int, many: int) -> None:
    made = population(60, seed, again=0.8)
    live = LiveMatcher(declared_model(), ON)
    for arrived in parts(made, order, many):
        live.receive(arrived)
    require_same(live, batch(made))


def begun(first: ArrivedReturn, *judgements: JudgedPair) -> LiveMatcher:
    """Return a matcher that goes on from a batch over the records of ``first``."""
    records = prepare(
        first.people, first.identities, first.identifiers, stop_list(), on=ON, encounters=first.encounters
    )
    result = resolve_prepared(records, judgements=judgements, model=declared_model())
    return LiveMatcher.after(records, result, on=ON, judgements=judgements)


@given(SEEDS, st.integers(0, 1000), st.integers(1, 6))
@FEW
def test_going_on_from_a_batch_is_receiving_everything(seed: int, order: int, many: int) -> None:
    made = population(60, seed, again=0.8)
    first, *rest = parts(made, order, many)
    live = begun(first)
    for arrived in rest:
        live.receive(arrived)
    require_same(live, batch(made))


@pytest.mark.parametrize(("many", "stopped_before"), [(3, True), (40, False)])
def test_going_on_from_a_batch_where_keys_and_values_become_too_common(many: int, stopped_before: bool) -> None:
    made = population(600, 3, again=0.5)
    first, *rest = parts(made, 8, many)
    live, whole = begun(first), LiveMatcher(declared_model(), ON)
    whole.receive(first)
    assert live.store.stopped == whole.store.stopped
    assert bool(live.store.stopped) == stopped_before
    for arrived in rest:
        assert live.receive(arrived) == whole.receive(arrived)
    require_same(live, batch(made))
    assert live.store.stopped == whole.store.stopped != set()
    assert live.skipped == whole.skipped != {}


def test_live_is_batch_where_keys_and_values_become_too_common() -> None:
    """A population dense enough that keys die, shelters are stopped and values cease to be rare on the way."""
    made = population(900, 3, again=0.5)
    result = batch(made)
    assert result.skipped
    assert "too_common" in result.stopped["reason"].to_pylist()
    live = LiveMatcher(declared_model(), ON)
    for arrived in parts(made, 8, 40):
        live.receive(arrived)
    require_same(live, result)
    assert live.store.stopped


@given(SEEDS, st.data())
@FEW
def test_judgements_bind_live_as_in_a_batch_and_undoing_restores(seed: int, data: st.DataObject) -> None:
    made = population(40, seed, again=0.8)
    records = sorted(made.truth)
    pairs = st.tuples(st.sampled_from(records), st.sampled_from(records)).filter(lambda pair: pair[0] != pair[1])
    judgements = [
        JudgedPair(left, right, data.draw(st.sampled_from(list(LinkVerdict)[:3])), AT, number)
        for number, (left, right) in enumerate(data.draw(st.lists(pairs, max_size=5)))
    ]
    live = LiveMatcher(declared_model(), ON)
    first, second = parts(made, seed, 2)
    live.receive(first)
    live.judge(judgements)
    live.receive(second)
    require_same(live, batch(made, *judgements))
    after = begun(first, *judgements)
    after.receive(second)
    require_same(after, batch(made, *judgements))
    undone = [
        JudgedPair(each.left, each.right, LinkVerdict.UNDONE, AT + timedelta(1), each.number) for each in judgements
    ]
    for each in (live, after):
        each.judge([*judgements, *undone])
        require_same(each, batch(made))


def test_how_a_cluster_was_built_joins_exactly_its_members() -> None:
    made = population(400, 5, again=0.95)
    records = sorted(made.truth)
    judged = [JudgedPair(records[place], records[place + 1], LinkVerdict.MATCH, AT, place) for place in range(40)]
    result = batch(made, *judged)
    live = LiveMatcher(declared_model(), ON)
    for arrived in parts(made, 1, 3):
        live.receive(arrived)
    live.judge(judged)
    clusters = result.clusters["cluster"].to_pylist()
    large = [cluster for cluster in sorted(set(clusters)) if clusters.count(cluster) >= 3]
    assert large
    for cluster in large:
        found = history_of(cluster, result)
        joined = {cluster}
        for step in found.steps:
            joined |= {step.link.left, step.link.right}
        assert tuple(sorted(joined)) == found.members
        assert len(found.steps) == len(found.members) - 1
        again = live.history(cluster)
        assert (again.members, again.steps, again.confirming) == (found.members, found.steps, found.confirming)


def amended(made: Population, other: Population, again: set[str]) -> Population:
    """Return ``made`` with the records ``again`` filed as those of the same place in ``other`` were."""
    theirs = dict(zip(sorted(made.truth), sorted(other.truth), strict=False))
    back = {theirs[record]: record for record in again if record in theirs}
    tables = []
    for name, owner in OWNERS.items():
        rows = [row for row in getattr(made, name).to_pylist() if row[owner] not in back.values()]
        rows += [row | {owner: back[row[owner]]} for row in getattr(other, name).to_pylist() if row[owner] in back]
        tables.append(pa.Table.from_pylist(rows, schema=getattr(made, name).schema))
    return Population(*tables, made.truth)


def of(made: Population, records: set[str]) -> ArrivedReturn:
    """Return what was filed of some records."""
    inside = pa.array(sorted(records), pa.string())
    return ArrivedReturn(
        *(
            getattr(made, name).filter(pa.compute.is_in(getattr(made, name)[owner], value_set=inside))
            for name, owner in OWNERS.items()
        )
    )


def judged_upon(made: Population, order: int, *, from_batch: bool) -> tuple[LiveMatcher, list[JudgedPair]]:
    """Return a matcher that received everything in three parts, or began with a batch over the first of them, and three
    judgements in force."""
    records = sorted(made.truth)
    judged = [JudgedPair(records[place], records[-1 - place], LinkVerdict.MATCH, AT, place) for place in range(3)]
    first, *rest = parts(made, order, 3)
    live = begun(first, *judged) if from_batch else LiveMatcher(declared_model(), ON)
    for arrived in rest if from_batch else (first, *rest):
        live.receive(arrived)
    live.judge(judged)
    return live, judged


@given(SEEDS, st.integers(0, 1000), st.booleans(), st.data())
@FEW
def test_records_filed_again_count_as_they_were_filed_last(
    seed: int, order: int, from_batch: bool, data: st.DataObject
) -> None:
    made, other = population(50, seed, again=0.8), population(50, seed + 1, again=0.8)
    records = sorted(made.truth)
    live, judged = judged_upon(made, order, from_batch=from_batch)
    for _ in range(2):
        again = data.draw(st.sets(st.sampled_from(records), max_size=12))
        before = live.clusters()
        made = amended(made, other, again)
        changed = live.receive(of(made, again))
        require_same(live, batch(made, *judged))
        after = live.clusters()
        assert set(changed.moved) == {record for record, cluster in after.items() if cluster != before[record]}
    live.receive(of(made, set(records)))
    require_same(live, batch(made, *judged))


def without(made: Population, withdrawn: set[str]) -> Population:
    """Return ``made`` without some records."""
    rest = of(made, made.truth.keys() - withdrawn)
    truth = {record: person for record, person in made.truth.items() if record not in withdrawn}
    return Population(rest.people, rest.identities, rest.identifiers, cast("pa.Table", rest.encounters), truth)


@given(SEEDS, st.integers(0, 1000), st.booleans(), st.data())
@FEW
def test_records_withdrawn_are_as_if_never_filed(seed: int, order: int, from_batch: bool, data: st.DataObject) -> None:
    made = population(50, seed, again=0.8)
    records = sorted(made.truth)
    live, judged = judged_upon(made, order, from_batch=from_batch)
    withdrawn = data.draw(st.sets(st.sampled_from(records), max_size=20))
    before = live.clusters()
    changed = live.withdraw(["nobody", *withdrawn, *withdrawn])
    require_same(live, batch(without(made, withdrawn), *judged))
    after = live.clusters()
    assert set(changed.moved) == {record for record, cluster in after.items() if cluster != before[record]}
    assert not any(record in withdrawn for pair in changed.updated for record in pair)
    assert live.withdraw(withdrawn).moved == ()
    live.receive(of(made, withdrawn))
    require_same(live, batch(made, *judged))


@pytest.mark.parametrize("from_batch", [False, True])
def test_keys_and_values_of_records_withdrawn_are_free_again(from_batch: bool) -> None:
    made = population(700, 3, again=0.5)
    whole = of(made, set(made.truth))
    live = begun(whole) if from_batch else LiveMatcher(declared_model(), ON)
    if not from_batch:
        live.receive(whole)
    skipped, stopped = live.skipped, set(live.store.stopped)
    assert stopped
    held = pa.compute.is_in(made.identifiers["value"], value_set=pa.array([value for _, value, _ in stopped]))
    withdrawn = {*sorted(made.truth)[::2], *made.identifiers.filter(held)["person_record"].to_pylist()}
    live.withdraw(withdrawn)
    require_same(live, batch(without(made, withdrawn)))
    assert skipped != live.skipped
    assert not live.store.stopped
    live.receive(of(made, withdrawn))
    require_same(live, batch(made))


@pytest.mark.parametrize("from_batch", [False, True])
def test_records_filed_again_free_keys_and_values_that_were_too_common(from_batch: bool) -> None:
    """A dense population is filed again in part: as others, then without the numbers that too many held, then with."""
    made, other = population(500, 3, again=0.5), population(500, 77, again=0.5)
    whole = of(made, set(made.truth))
    live = begun(whole) if from_batch else LiveMatcher(declared_model(), ON)
    if not from_batch:
        live.receive(whole)
    skipped = live.skipped
    last = amended(made, other, {record for place, record in enumerate(sorted(made.truth)) if place % 2})
    for step in range(4):
        again = {record for place, record in enumerate(sorted(made.truth)) if place % 8 == 2 * step + 1}
        live.receive(of(last, again))
    require_same(live, batch(last))
    assert skipped != live.skipped
    assert live.store.stopped
    values = pa.array([value for _, value, _ in live.store.stopped])
    held = pa.compute.is_in(last.identifiers["value"], value_set=values)
    holders = sorted(set(last.identifiers.filter(held)["person_record"].to_pylist()))
    freed = replace(last, identifiers=last.identifiers.filter(pa.compute.invert(held)))
    for few in (holders[::2], holders[1::2]):
        live.receive(of(freed, set(few)))
    require_same(live, batch(freed))
    assert not live.store.stopped
    live.receive(of(last, set(holders)))
    require_same(live, batch(last))
    assert live.store.stopped


def test_a_snapshot_of_an_index_whose_records_were_filed_again_gives_the_same_pairs() -> None:
    made, other = population(700, 3, again=0.5), population(700, 77, again=0.5)
    live = begun(of(made, set(made.truth)))
    last = amended(made, other, {record for place, record in enumerate(sorted(made.truth)) if place % 3})
    live.receive(of(last, set(last.truth)))
    chains = live.keyed.index.chains
    assert (chains.entries["owner"] == NO_OWNER).any()
    assert chains.regions["dead"].sum() > 0
    require_same(live, batch(last))
    file = io.BytesIO()
    live.keyed.index.snapshot(file)
    file.seek(0)
    reader = live.reader()
    records, unseen = np.arange(len(live.store)), np.zeros(len(live.store), dtype=np.bool_)
    again = reader._replace(chains=Index.replay(file).chains)
    assert pairs_sharing_keys(again, records, unseen) == pairs_sharing_keys(reader, records, unseen) != set()
