"""The index: chains, keys too common, growth, readers beside a writer, snapshots."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import numpy as np
import pytest
from tests.linkage_population import population

from traboule.core.errors import Refused
from traboule.linkage.matching.batch import all_candidates, fill_index, match
from traboule.linkage.matching.blocking import KINDS, list_keys
from traboule.linkage.matching.blocks import build_blocks, lay_out, pairs_of, place_members
from traboule.linkage.matching.candidates import find_pairs, new_pair_buffer, prune_pairs
from traboule.linkage.matching.index import MAX_CANDIDATES, Index
from traboule.linkage.matching.packed_records import PackedRecords, pack
from traboule.linkage.matching.precompile import precompile
from traboule.linkage.names.similarity.name_similarity import level_pairs
from traboule.linkage.names.similarity.token_table import TokenTable
from traboule.linkage.prepare import PersonRecords, prepare
from traboule.linkage.stop_list import stop_list
from traboule.linkage.weights.model import declared_model


@pytest.fixture(scope="module")
def records() -> PersonRecords:
    made = population(700, seed=4, again=0.5)
    return prepare(
        made.people, made.identities, made.identifiers, stop_list(), on=date(2024, 9, 29), encounters=made.encounters
    )


@pytest.fixture(scope="module")
def held(records: PersonRecords) -> tuple[PackedRecords, TokenTable]:
    return pack(records), records.names.words


def pairs(index: Index, held: tuple[PackedRecords, TokenTable], length: int) -> set[tuple[int, int]]:
    """Return all pairs that a reader of ``length`` records finds."""
    seen = np.zeros(len(held[0].rows), dtype=np.bool_)
    into = new_pair_buffer(40 * MAX_CANDIDATES)
    everyone = np.arange(length, dtype=np.int64)
    at, many = find_pairs(*held, index.chains, everyone, (0, length, False), seen, into)
    assert at == length
    assert not seen.any()
    return set(zip(into.left[:many].tolist(), into.right[:many].tolist(), strict=True))


def test_one_thread_or_more_one_by_one_or_at_once(
    records: PersonRecords, held: tuple[PackedRecords, TokenTable]
) -> None:
    once, bit_by_bit = Index(), Index()
    fill_index(once, *held, len(records), threads=2)
    for last in range(0, len(records) + 1, 50):
        fill_index(bit_by_bit, *held, last, threads=1)
    fill_index(bit_by_bit, *held, len(records), threads=1)
    assert pairs(once, held, len(records)) == pairs(bit_by_bit, held, len(records))
    assert once.skipped() == bit_by_bit.skipped()
    assert once.skipped()


@pytest.mark.parametrize("threads", [1, 2])
def test_records_at_once_share_the_keys_that_an_index_says(
    records: PersonRecords, held: tuple[PackedRecords, TokenTable], threads: int
) -> None:
    """And each pair comes once, however many keys the two share, and however little room there is for pairs."""
    index = Index()
    fill_index(index, *held, len(records))
    found = all_candidates(records, threads=threads)
    listed = list(zip(found.left.tolist(), found.right.tolist(), strict=True))
    assert set(listed) == pairs(index, held, len(records))
    assert len(listed) == len(set(listed)) == found.compared > 4_000
    assert found.skipped == index.skipped() != {}
    (sharers, _), seen, at, some = build_blocks(*held, threads=threads), np.zeros(len(records), np.bool_), 0, []
    left, right, *_ = new_pair_buffer(MAX_CANDIDATES + 100)
    while at < len(records):
        at, many = pairs_of(sharers, (at, len(records)), seen, (left, right))
        some += zip(left[:many].tolist(), right[:many].tolist(), strict=True)
        assert not seen.any()
    assert sorted(some) == listed


def test_a_key_of_one_or_of_too_many_brings_nobody_together() -> None:
    """A record that has a key twice has it once."""
    held = {3: [7], 4: [1, 5, 5], 9: [2, 2], 11: [0, 1, 2], 12: [0, 1, 2, 2, 3], 2**32 - 1: [4, 2**31 - 1]}
    codes = np.array([key << 32 | record for key, records in held.items() for record in records], dtype=np.uint64)
    members = np.zeros(2 * len(codes), dtype=np.int32)
    many, skipped = lay_out(codes, 3, members)
    assert members[:many].tolist() == [-1, 1, 5, -1, 0, 1, 2, -1, 4, 2**31 - 1]
    assert skipped == 4


def test_a_reader_sees_the_records_it_came_with(records: PersonRecords, held: tuple[PackedRecords, TokenTable]) -> None:
    """What a writer adds later, and the keys it kills, are nothing to an earlier reader."""
    index, half = Index(), len(records) // 2
    fill_index(index, *held, half)
    before = pairs(index, held, half)
    dead = int(index.chains.regions["dead"].sum())
    fill_index(index, *held, len(records))
    assert int(index.chains.regions["dead"].sum()) > dead
    assert pairs(index, held, half) == before


def test_a_snapshot_gives_the_same_pairs_and_grows_on(
    records: PersonRecords, held: tuple[PackedRecords, TokenTable]
) -> None:
    index, half = Index(), len(records) // 2
    fill_index(index, *held, half)
    file = io.BytesIO()
    index.snapshot(file)
    file.seek(0)
    again = Index.replay(file)
    assert again.length == half
    for each in (index, again):
        fill_index(each, *held, len(records))
    assert pairs(again, held, len(records)) == pairs(index, held, len(records))
    assert again.skipped() == index.skipped()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"no snapshot at all"])
def test_a_file_that_is_no_snapshot_is_refused(content: bytes) -> None:
    with pytest.raises(Refused) as refused:
        Index.replay(io.BytesIO(content))
    assert refused.value.code == "link-snapshot-unreadable"


def test_a_key_brings_together_no_more_than_its_kind_allows(
    records: PersonRecords, held: tuple[PackedRecords, TokenTable]
) -> None:
    index = Index()
    fill_index(index, *held, len(records))
    for (_, most), region in zip(KINDS, index.chains.regions, strict=True):
        entries = index.chains.entries[region["start"] : region["start"] + region["used"]]
        living = entries[entries["owner"] >= 0]
        assert int(np.unique(living["key"], return_counts=True)[1].max(initial=0)) <= most


def test_compiling_tells_how_far_it_is_and_leaves_nothing_to_compile(records: PersonRecords) -> None:
    told: list[tuple[int, int]] = []
    precompile(lambda done, of: told.append((done, of)))
    assert told == [(done, len(told) - 1) for done in range(len(told))]
    # A compiled function knows what it was compiled for.
    parts: list[Any] = [lay_out, place_members, pairs_of, prune_pairs, level_pairs, list_keys]
    before = [len(part.signatures) for part in parts]
    assert min(before) > 0
    match(records, declared_model())
    assert [len(part.signatures) for part in parts] == before
