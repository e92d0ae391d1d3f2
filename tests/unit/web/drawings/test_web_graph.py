"""The picture of a group: every member has a point of its own, inside the drawing."""

from __future__ import annotations

from traboule.web.drawings.graph import HEIGHT, WIDTH, placed


def test_members_are_placed_apart_inside_the_drawing() -> None:
    points = placed(5, [(0, 1), (1, 2), (2, 3)])
    assert all(0 < x < WIDTH and 0 < y < HEIGHT for x, y in points)
    assert len(set(points)) == 5
    assert placed(1, []) == [(WIDTH / 2, HEIGHT / 2)]
    assert placed(0, []) == []
