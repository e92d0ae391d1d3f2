"""Clusters: not plain closure, order-free, bound by judgements."""

from __future__ import annotations

import numpy as np
from tests.counted_work import python_steps

from traboule.linkage.cluster import WATCHED, Clusters, Links, cluster

Edge = tuple[int, int, float]


def links(
    edges: list[Edge], *, judged: frozenset[tuple[int, int]] | set[tuple[int, int]] = frozenset(), sure: bool = False
) -> Links:
    left, right = (np.array([edge[side] for edge in edges], dtype=np.int64) for side in (0, 1))
    by_person = np.array([(edge[0], edge[1]) in judged for edge in edges], dtype=np.bool_)
    return Links(left, right, np.array([edge[2] for edge in edges]), by_person | sure, by_person)


def clusters(
    count: int,
    edges: list[Edge],
    *,
    forbidden: frozenset[tuple[int, int]] | set[tuple[int, int]] = frozenset(),
    apart: frozenset[tuple[int, int]] | set[tuple[int, int]] = frozenset(),
    judged: frozenset[tuple[int, int]] | set[tuple[int, int]] = frozenset(),
    sure: bool = False,
) -> Clusters:
    def contradict(left: np.ndarray, right: np.ndarray) -> np.ndarray:
        return np.array([pair in apart for pair in zip(left.tolist(), right.tolist(), strict=True)], dtype=np.bool_)

    return cluster(count, links(edges, judged=judged, sure=sure), set(forbidden), contradict)


def test_connected_records_are_one_and_named_after_the_smallest() -> None:
    assert clusters(5, [(1, 3, 9.0), (3, 4, 8.0)]).label.tolist() == [0, 1, 2, 1, 1]


def test_no_records_make_no_clusters() -> None:
    assert clusters(0, []).label.tolist() == []


def test_no_match_keeps_apart_at_the_weakest_link() -> None:
    found = clusters(3, [(0, 1, 20.0), (1, 2, 10.0)], forbidden={(0, 2)})
    assert found.label.tolist() == [0, 0, 2]
    assert found.cut == ((1, 2, "judged_no_match"),)


def test_no_match_holds_against_a_judged_match() -> None:
    edges: list[Edge] = [(0, 1, 20.0), (1, 2, 10.0)]
    assert clusters(3, edges, forbidden={(0, 2)}, judged={(1, 2)}).label.tolist() == [0, 1, 1]


def test_a_contradiction_keeps_apart() -> None:
    found = clusters(4, [(0, 1, 20.0), (1, 2, 10.0), (2, 3, 30.0)], apart={(0, 3)})
    assert found.label.tolist() == [0, 0, 2, 2]
    assert found.cut == ((1, 2, "contradiction"),)


def test_a_person_may_override_a_contradiction() -> None:
    assert clusters(2, [(0, 1, 5.0)], apart={(0, 1)}, judged={(0, 1)}).label.tolist() == [0, 0]


def test_two_groups_that_hang_by_one_link_are_parted() -> None:
    groups: list[Edge] = [(0, 1, 30.0), (1, 2, 30.0), (0, 2, 30.0), (2, 3, 12.0)]
    groups += [(3, 4, 30.0), (4, 5, 30.0), (3, 5, 30.0), (5, 6, 30.0), (3, 6, 30.0)]
    found = clusters(7, groups)
    assert found.label.tolist() == [0, 0, 0, 3, 3, 3, 3]
    assert found.cut == ((2, 3, "weak_bridge"),)


def test_a_second_link_between_the_groups_holds_them() -> None:
    groups: list[Edge] = [(0, 1, 30.0), (1, 2, 30.0), (0, 2, 30.0), (2, 3, 12.0), (1, 4, 12.0)]
    groups += [(3, 4, 30.0), (4, 5, 30.0), (3, 5, 30.0), (5, 6, 30.0), (3, 6, 30.0)]
    assert set(clusters(7, groups).label.tolist()) == {0}


def test_strong_evidence_is_no_weak_bridge() -> None:
    chain: list[Edge] = [(place, place + 1, 20.0) for place in range(8)]
    assert set(clusters(9, chain, sure=True).label.tolist()) == {0}


def test_order_of_links_changes_nothing() -> None:
    generator = np.random.default_rng(4)
    edges: list[Edge] = [
        (int(min(pair)), int(max(pair)), float(weight))
        for pair, weight in zip(generator.integers(0, 40, (70, 2)), generator.integers(1, 9, 70), strict=True)
        if pair[0] != pair[1]
    ]
    edges = sorted({edge[:2]: edge for edge in edges}.values())
    forbidden, apart = {(0, 5), (3, 9)}, {(1, 7), (2, 30), (4, 8)}
    expected = clusters(40, edges, forbidden=forbidden, apart=apart)
    for _ in range(5):
        shuffled = [edges[place] for place in generator.permutation(len(edges))]
        found = clusters(40, shuffled, forbidden=forbidden, apart=apart)
        assert found.label.tolist() == expected.label.tolist()
        assert found.cut == expected.cut


def test_forbidden_pairs_are_never_together() -> None:
    generator = np.random.default_rng(9)
    edges: list[Edge] = [
        (place, other, float(generator.random())) for place in range(12) for other in range(place + 1, 12)
    ]
    forbidden = {(0, 11), (2, 7), (3, 4)}
    label = clusters(12, edges, forbidden=forbidden).label
    assert all(label[left] != label[right] for left, right in forbidden)


def test_large_clusters_are_watched() -> None:
    chain: list[Edge] = [(place, place + 1, 20.0) for place in range(WATCHED + 3)]
    assert clusters(WATCHED + 5, chain, sure=True).watched == (0,)


def complete(records: range, weight: float) -> list[Edge]:
    return [(one, other, weight) for one in records for other in records if one < other]


def test_the_larger_the_groups_the_more_links_they_need() -> None:
    """Two groups of six want three links, not two."""
    groups = complete(range(6), 30.0) + complete(range(6, 12), 30.0)
    two: list[Edge] = [(0, 6, 12.0), (1, 7, 11.0)]
    found = clusters(12, [*groups, *two])
    assert found.label.tolist() == [0] * 6 + [6] * 6
    assert found.cut == ((0, 6, "weak_bridge"), (1, 7, "weak_bridge"))
    assert set(clusters(12, [*groups, *two, (2, 8, 10.0)]).label.tolist()) == {0}


def test_what_another_way_brought_together_was_not_cut() -> None:
    """A strong single link between two groups waits until a record that both know makes them one."""
    groups = complete(range(3), 30.0) + complete(range(3, 6), 30.0)
    known: list[Edge] = [(2, 3, 20.0), (0, 6, 10.0), (1, 6, 10.0), (3, 6, 9.0), (4, 6, 9.0)]
    found = clusters(7, [*groups, *known])
    assert set(found.label.tolist()) == {0}
    assert found.cut == ()


def groups_of_four(count: int) -> list[Edge]:
    """Everybody hangs together by weak links; within each group of four all are linked."""
    edges: list[Edge] = [
        (first + left, first + right, 30.0)
        for first in range(0, count, 4)
        for left in range(4)
        for right in range(left + 1, 4)
    ]
    return edges + [(first, first + 4, 10.0) for first in range(0, count - 4, 4)]


def test_the_work_of_a_large_component_grows_with_its_links() -> None:
    """Four times the records take four times the steps; comparing all with all would take sixteen times."""
    count = 20_000
    large, quarter = groups_of_four(count), groups_of_four(count // 4)
    assert clusters(count, large).label.tolist() == [record // 4 * 4 for record in range(count)]
    steps = [python_steps(clusters, 5_000, quarter), python_steps(clusters, count, large)]
    assert steps[1] < 6 * steps[0]
