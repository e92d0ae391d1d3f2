"""What always holds of linkage, whatever the records."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.examples import examples
from tests.linkage_population import IDENTITIES, PEOPLE, Population, population

from traboule.linkage.names.comparison import compare
from traboule.linkage.names.table import FiledName, name_table
from traboule.linkage.resolve import LinkInputs, LinkResult, resolve
from traboule.linkage.verdicts import JudgedPair, LinkVerdict, in_force
from traboule.linkage.weights.model import declared_model

ON = date(2024, 9, 29)
AT = datetime(2024, 10, 5, tzinfo=UTC)
SEEDS = st.integers(0, 10_000)
TEXTS = st.text(max_size=40) | st.sampled_from(
    ["محمد علي", "Мария", "王小明", "Jean-Pierre", "김민수", "", "Al-Masri", "O'Neil", "J."]
)
NAMES = st.builds(FiledName, TEXTS, TEXTS, TEXTS, TEXTS, TEXTS)
FEW = settings(max_examples=examples(15), deadline=None)


def link(made: Population, *judgements: JudgedPair) -> LinkResult:
    inputs = LinkInputs(made.people, made.identities, made.identifiers, ON, made.encounters)
    return resolve(inputs, judgements=judgements, model=declared_model())


def same(one: LinkResult, other: LinkResult) -> bool:
    return one.links.equals(other.links) and one.clusters.equals(other.clusters) and one.stopped.equals(other.stopped)


def shuffled(table: pa.Table, seed: int) -> pa.Table:
    return table.take(pa.array(np.random.default_rng(seed).permutation(table.num_rows)))


@given(NAMES, NAMES)
@settings(max_examples=examples(200), deadline=None)
def test_likeness_is_symmetric_and_never_raises(one: FiledName, other: FiledName) -> None:
    table, numbers = name_table([one, other])
    there, back = compare(table, numbers[:1], numbers[1:]), compare(table, numbers[1:], numbers[:1])
    assert there.tolist() == back.tolist()
    assert -1 <= int(there[0]) <= 6


@given(NAMES, NAMES, st.lists(NAMES, max_size=6))
@settings(max_examples=examples(100), deadline=None)
def test_likeness_of_two_names_does_not_depend_on_others(
    one: FiledName, other: FiledName, rest: list[FiledName]
) -> None:
    table, numbers = name_table([one, other])
    wide, places = name_table([*rest, one, other])
    at = len(rest)
    alone, among = compare(table, numbers[:1], numbers[1:]), compare(wide, places[at : at + 1], places[at + 1 :])
    assert alone.tolist() == among.tolist()


@given(NAMES)
@settings(max_examples=examples(100), deadline=None)
def test_a_name_is_as_like_itself_as_can_be(name: FiledName) -> None:
    table, numbers = name_table([name])
    level = int(compare(table, numbers, numbers)[0])
    assert level == -1 or level >= 4 or not table.several[0]


@given(SEEDS, SEEDS)
@FEW
def test_order_of_rows_changes_nothing(seed: int, order: int) -> None:
    made = population(60, seed)
    other = Population(
        shuffled(made.people, order),
        shuffled(made.identities, order + 1),
        shuffled(made.identifiers, order + 2),
        shuffled(made.encounters, order + 3),
        made.truth,
    )
    assert same(link(made), link(other))


@given(SEEDS)
@FEW
def test_an_unrelated_record_changes_nothing(seed: int) -> None:
    made = population(60, seed)
    stranger = {"record": "ZZ/z/1", "unit": "ZZ"}
    people = {**stranger, "sex": "female", "citizenships": ["IS"]}
    identity = {**stranger, "family_name": "Þorvaldsdóttir", "given_names": "Guðbjörg", "birth_date": "1931-08-30"}
    wider = Population(
        pa.concat_tables([made.people, pa.Table.from_pylist([people], schema=PEOPLE)]),
        pa.concat_tables([made.identities, pa.Table.from_pylist([identity], schema=IDENTITIES)]),
        made.identifiers,
        made.encounters,
        made.truth,
    )
    before, after = link(made), link(wider)
    assert after.links.equals(before.links)
    assert after.clusters.slice(0, after.clusters.num_rows - 1).equals(before.clusters)


@given(SEEDS, st.data())
@FEW
def test_undoing_restores_exactly(seed: int, data: st.DataObject) -> None:
    made = population(40, seed)
    records = sorted(made.truth)
    pairs = st.tuples(st.sampled_from(records), st.sampled_from(records)).filter(lambda pair: pair[0] != pair[1])
    before = [
        JudgedPair(left, right, data.draw(st.sampled_from([LinkVerdict.MATCH, LinkVerdict.NO_MATCH])), AT, number)
        for number, (left, right) in enumerate(data.draw(st.lists(pairs, max_size=4)))
    ]
    left, right = data.draw(pairs)
    made_and_undone = [
        JudgedPair(left, right, data.draw(st.sampled_from(list(LinkVerdict)[:3])), AT + timedelta(minutes=1)),
        JudgedPair(right, left, LinkVerdict.UNDONE, AT + timedelta(minutes=2)),
    ]
    assert same(link(made, *before), link(made, *before, *made_and_undone))


@given(SEEDS)
@FEW
def test_a_judged_pair_is_together_or_apart_as_judged(seed: int) -> None:
    made = population(50, seed, again=0.8)
    before = link(made)
    joined = [(row["left"], row["right"]) for row in before.links.to_pylist() if row["status"] == "automatic"]
    records = sorted(made.truth)
    judgements = [JudgedPair(*pair, LinkVerdict.NO_MATCH, AT) for pair in joined[:3]]
    judgements.append(JudgedPair(records[0], records[-1], LinkVerdict.MATCH, AT))
    label = {row["record"]: row["cluster"] for row in link(made, *judgements).clusters.to_pylist()}
    verdicts = in_force(judgements)
    assert all(
        label[left] != label[right] for (left, right), verdict in verdicts.items() if verdict is LinkVerdict.NO_MATCH
    )
    if (records[0], records[-1]) not in joined[:3]:
        assert label[records[0]] == label[records[-1]]


@given(SEEDS)
@FEW
def test_without_identifiers_nothing_is_linked_automatically(seed: int) -> None:
    """Names, births, citizenships, places and arrests together are at most one medium piece of evidence."""
    made = population(60, seed, again=0.8)
    made.identifiers = made.identifiers.slice(0, 0)
    found = link(made)
    assert "automatic" not in found.links["status"].to_pylist()
    assert found.clusters["cluster"].to_pylist() == found.clusters["record"].to_pylist()


@given(SEEDS)
@FEW
def test_stopped_identifiers_link_nothing(seed: int) -> None:
    """Give everybody the same placeholder and hotline: the links are those without."""
    made = population(50, seed)
    rows = [
        {
            "record": f"{record}/{kind}",
            "unit": record[:2],
            "person_record": record,
            "kind": kind,
            "value": value,
            "issuer": "FR",
        }
        for record in sorted(made.truth)
        for kind, value in (("passport", "123456789"), ("phone", "+18883737888"), ("address", "Foyer Albert, Lyon"))
    ]
    wider = Population(
        made.people,
        made.identities,
        pa.concat_tables([made.identifiers, pa.Table.from_pylist(rows, schema=made.identifiers.schema)]),
        made.encounters,
        made.truth,
    )
    before, after = link(made), link(wider)
    # The evidence of an open link also tells that a side holds something stopped; no weight and no status moves.
    assert after.links.drop_columns(["evidence"]).equals(before.links.drop_columns(["evidence"]))
    assert after.clusters.equals(before.clusters)
