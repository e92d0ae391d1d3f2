"""Each finding of a verification, from entries, nodes and digests written down: no database, one fault at a time."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta, timezone

import pytest
from tests.ledger_built import AT, SIGNER, checkpoint, entry, leaves_of, receipt

from traboule.ledger import merkle
from traboule.ledger.digests import group_digests
from traboule.ledger.entries import LedgerEntry
from traboule.ledger.keys import LedgerKey
from traboule.ledger.merkle import Coordinate
from traboule.ledger.verification import (
    BYTES,
    EMPTY,
    SHOWN,
    LedgerFinding,
    bytes_findings,
    last_anchors,
    next_head,
    receipt_findings,
    row_findings,
    shown_digest,
    shown_findings,
    shown_row,
    tree_findings,
)
from traboule.ledger.verifier import Checkpoint, Faulty

KEY = LedgerKey(bytes(range(32)))
ENTRIES = [(number, entry(number)) for number in range(3)]
NODES = merkle.memory_nodes(leaves_of([item for _, item in ENTRIES]))
Tree = tuple[list[tuple[int, LedgerEntry]], dict[Coordinate, bytes]]


def named(*findings: LedgerFinding) -> list[tuple[str, str]]:
    return [(finding.kind, finding.name) for finding in findings]


def tree(change: Callable[[Tree], object]) -> list[tuple[str, str]]:
    """Return what is found in the tree of three entries after a change."""
    changed: Tree = (list(ENTRIES), dict(NODES))
    change(changed)
    return named(*tree_findings(*changed))


@pytest.mark.parametrize(
    ("change", "findings"),
    [
        (lambda tree: None, []),
        (lambda tree: tree[0].pop(1), [("entry-missing", "1")]),
        (lambda tree: tree[0].__setitem__(1, (1, entry(7))), [("entry-altered", "1")]),
        (lambda tree: tree[0].append((3, entry(3))), [("entry-surplus", "3")]),
        (lambda tree: tree[1].pop((1, 0)), [("node-altered", "1/0")]),
        (lambda tree: tree[1].__setitem__((1, 0), bytes(32)), [("node-altered", "1/0")]),
        (lambda tree: tree[1].__setitem__((5, 0), bytes(32)), [("node-altered", "5/0")]),
        (lambda tree: tree[1].__setitem__((1, 0), b""), [("node-altered", "1/0")]),
        (
            lambda tree: tree[1].__setitem__((0, 2), b""),
            [("entry-altered", "2"), ("node-altered", "0/2")],
        ),
        (
            lambda tree: tree[1].pop((0, 0)),
            [("entry-altered", "0"), ("node-altered", "0/0"), ("node-altered", "1/0")],
        ),
    ],
)
def test_what_differs_between_entries_and_tree_is_named(
    change: Callable[[Tree], object], findings: list[tuple[str, str]]
) -> None:
    assert tree(change) == findings


def test_an_empty_ledger_is_intact_and_a_single_entry_is_its_own_tree() -> None:
    assert list(tree_findings([], {})) == []
    assert named(*tree_findings(ENTRIES[:1], {})) == [("entry-surplus", "0")]
    assert list(tree_findings(ENTRIES[:1], {(0, 0): ENTRIES[0][1].leaf()})) == []


def test_the_last_anchor_of_a_name_counts_and_that_of_records_shown_is_no_row() -> None:
    entries = [(0, entry(0, a="1", b="1")), (1, entry(1, a="2", **{SHOWN: "9"}))]
    assert last_anchors(entries) == {"a": "2", "b": "1"}


@pytest.mark.parametrize(
    ("digests", "findings"),
    [
        ({"1": "aa", "2": "bb", "3": "cc"}, []),
        ({"1": "ab", "2": "bb", "3": "cc"}, [("row-altered", "1")]),
        ({"2": "bb", "3": "cc"}, [("row-missing", "1")]),
        ({"1": "aa", "2": "bb", "3": "cc", "4": "dd"}, [("row-unrecorded", "4")]),
    ],
)
def test_what_differs_between_a_table_and_its_anchors_is_named(
    digests: Mapping[str, str], findings: list[tuple[str, str]]
) -> None:
    recorded = {"1": "aa", "2": "bb", "3": "cc"}
    anchors = {f"table/{name}": KEY.anchor(f"table/{name}", digest) for name, digest in recorded.items()}
    beside = {"tables/1": KEY.anchor("tables/1", "zz")}
    assert named(*row_findings("table", digests, anchors | beside, KEY)) == findings


def test_a_group_that_was_empty_may_stay_so_and_not_fill() -> None:
    anchors = {"table/1": KEY.anchor("table/1", EMPTY)}
    assert list(row_findings("table", {}, anchors, KEY)) == []
    assert named(*row_findings("table", {"1": "aa"}, anchors, KEY)) == [("row-altered", "1")]


def test_where_no_group_was_written_the_database_is_not_asked() -> None:
    assert list(group_digests((), [{"return_id": "r1"}])) == []


def test_the_bytes_of_a_document_are_compared_by_their_plain_hash() -> None:
    anchors = {f"{BYTES}table/1": "aa", f"{BYTES}table/2": "bb", f"{BYTES}other/3": "cc", "table/1": "zz"}
    assert list(bytes_findings("table", {"1": "aa", "2": "bb"}, anchors)) == []
    assert named(*bytes_findings("table", {"1": "ab", "2": "bb", "3": "x"}, anchors)) == [("bytes-altered", "1")]


def test_records_shown_are_those_that_the_entry_commits_to() -> None:
    rows = [shown_row(entry(0), "ML", f"ML/Police/P{number}") for number in (1, 2)]
    anchored = replace(entry(0), anchors={SHOWN: KEY.anchor(SHOWN, shown_digest(rows))})
    entries = [(0, anchored), (1, entry(1))]
    assert list(shown_findings(entries, {0: rows}, KEY)) == []
    assert list(shown_findings(entries, {0: rows[::-1]}, KEY)) == []
    for changed in ({}, {0: rows[:1]}, {0: [*rows, rows[0]]}, {0: [rows[0], shown_row(entry(1), "ML", "x")]}):
        assert named(*shown_findings(entries, changed, KEY)) == [("shown-altered", "0")]
    assert named(*shown_findings(entries, {0: rows, 1: rows}, KEY)) == [("shown-altered", "1")]
    assert named(*shown_findings(entries, {0: rows, 7: rows}, KEY)) == [("shown-altered", "7")]
    nobody = [(0, replace(entry(0), anchors={SHOWN: KEY.anchor(SHOWN, shown_digest([]))}))]
    assert list(shown_findings(nobody, {}, KEY)) == []


def test_a_record_shown_is_named_with_who_saw_it_and_when_in_utc() -> None:
    here = replace(entry(0), at=AT.astimezone(timezone(timedelta(hours=5))), account="awa")
    row = ("ML", "ML/Police/P1", "2024-10-09T09:00:00.000000+00:00", "Awa Diop", "awa", "desk", "return.receive")
    assert shown_row(here, "ML", "ML/Police/P1") == row


def test_a_receipt_of_this_ledger_is_accepted_and_every_other_named() -> None:
    entries = [item for _, item in ENTRIES]
    good = receipt(1, entries)
    files = [
        ("good", good),
        ("no-receipt", {}),
        ("no-note", {**good, "ledger": {**good["ledger"], "checkpoint": "x"}}),
        ("changed", {**good, "filed": 9}),
    ]
    findings = named(*receipt_findings(files, SIGNER.key, leaves_of(entries)))
    assert findings == [
        ("receipt-malformed", "no-receipt"),
        ("receipt-malformed", "no-note"),
        ("receipt-altered", "changed"),
    ]
    forked = leaves_of([entry(7), *entries[1:]])
    assert [kind for kind, _ in named(*receipt_findings([("good", good)], SIGNER.key, forked))] == ["ledger-forked"]


def test_a_head_is_followed_only_by_one_that_continues_it() -> None:
    entries = [item for _, item in ENTRIES]
    leaves = leaves_of(entries)
    first = Checkpoint(SIGNER.name, 2, merkle.root(2, merkle.memory(leaves)))
    path = merkle.consistency_proof(2, 3, merkle.memory(leaves))
    proof = [base64.b64encode(node).decode() for node in path]
    assert next_head(None, checkpoint(entries), [], SIGNER.key).size == 3
    assert next_head(first, checkpoint(entries), proof, SIGNER.key).size == 3
    with pytest.raises(Faulty) as fault:
        next_head(first._replace(root=bytes(32)), checkpoint(entries), proof, SIGNER.key)
    assert fault.value.args == ("ledger-forked", 2)
