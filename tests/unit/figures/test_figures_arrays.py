"""What is done on whole arrays for speed gives what is said one by one."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest
from tests.figures_world import crowd, operation

from traboule.figures.incremental.hashed import inputs_hash
from traboule.figures.multiple_systems.overlap import patterns
from traboule.figures.resolved import columns
from traboule.figures.resolved.breakdown import GroupCodes, majority, overlapping
from traboule.figures.resolved.case import resolve

SEEDS = range(20)


@pytest.mark.parametrize("most", [3, 1000, 2**33])
def test_distinct_values_are_those_of_numpy(most: int) -> None:
    for seed in SEEDS:
        values = np.random.default_rng(seed).integers(-(most if seed % 3 == 0 else 0), most, 500)
        assert np.array_equal(columns.unique(values), np.unique(values)), seed
        assert np.array_equal(columns.in_turn(values), np.sort(values)), seed
    assert not len(columns.unique(np.empty(0, dtype=np.int64)))
    assert not len(columns.in_turn(np.empty(0, dtype=np.int64)))


def test_a_group_is_settled_on_what_most_say_and_on_nothing_where_two_tie() -> None:
    for seed in SEEDS:
        random = np.random.default_rng(seed)
        label, code = random.integers(0, 60, 200), random.integers(-1, 4, 200)
        expected = []
        for group in range(60):
            times = Counter(code[(label == group) & (code >= 0)].tolist()).most_common(2)
            clear = len(times) == 1 or (len(times) == 2 and times[0][1] > times[1][1])
            expected.append(times[0][0] if clear else -1)
        assert majority(label, code, 60).tolist() == expected, seed


def test_overlapping_cells_count_an_entity_under_every_code_of_its_records() -> None:
    for seed in SEEDS:
        random = np.random.default_rng(seed)
        label, code = random.integers(0, 60, 80), random.integers(0, 3, 80)
        entities = np.unique(random.integers(0, 60, 40))
        codes_of_entity = [set(code[label == entity].tolist()) for entity in entities.tolist()]
        expected = {name: sum(place in codes for codes in codes_of_entity) for place, name in enumerate("abc")}
        expected["unspecified"] = sum(not codes for codes in codes_of_entity)
        assert overlapping(entities, GroupCodes.of(label, code, ("a", "b", "c")), 60) == expected, seed


def test_who_filed_whom_is_counted_person_by_person() -> None:
    inputs = crowd(3000, seed=7, open_links=400)
    case = resolve(inputs, operation())
    part = case.complete
    inside, label = part.inside("potential_victims"), part.partitions.value
    filed: dict[int, set[str]] = {}
    for node, unit in zip(inside.node.tolist(), inside.unit.tolist(), strict=True):
        filed.setdefault(int(label[node]), set()).add(case.facts.units[unit])
    expected = Counter(tuple(sorted(filers)) for filers in filed.values())
    assert max(len(filers) for filers in expected) > 2
    assert patterns(case, "potential_victims") == expected


def test_a_date_is_read_alike_whole_and_part_by_part() -> None:
    day = date(1899, 12, 28)
    for _ in range(800):
        assert columns.span(day.isoformat()) == (columns.day_number(day),) * 2
        day += timedelta(days=37)
    for wrong in ("2001-02-30", "2001-W05-1", "20010517", "2001-13-01", "", "no date"):
        assert columns.span(wrong) == (columns.ABSENT, columns.ABSENT)
    assert columns.span("2001- 5-17") == columns.span("2001-05-17") == columns.span("2001-05-17T10:00")


def test_the_hash_does_not_depend_on_how_a_table_lies_in_memory() -> None:
    inputs = crowd(2000, seed=3, open_links=50)
    first = inputs_hash(inputs)
    for name, table in inputs.tables.items():
        repeated = pa.concat_tables([table.slice(0, 7), table, table.slice(0, 9)])
        cut = repeated.combine_chunks().slice(7, table.num_rows)
        pieces = pa.concat_tables([table.slice(0, 11), table.slice(11)])
        for variant in (cut, pieces):
            assert inputs_hash(replace(inputs, tables={**inputs.tables, name: variant})) == first


def test_names_searched_as_two_halves_are_where_they_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns, "_WORTH_HALVING", 1)
    for seed in SEEDS:
        random = np.random.default_rng(seed)
        ordered = sorted(random.choice([*"abcdef"], size=seed).tolist())
        needles = [*random.choice([*"abcdefg"], size=seed // 2).tolist(), None]
        places = columns.places_in(pa.array(needles, pa.string()), pa.array(ordered, pa.string()))
        assert places.tolist() == [ordered.index(needle) if needle in ordered else -1 for needle in needles], seed
