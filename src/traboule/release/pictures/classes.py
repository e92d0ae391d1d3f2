"""Classes of a map: natural breaks, where counts lie far apart (G. F. Jenks; W. D. Fisher, JASA 53 (1958))."""

from __future__ import annotations

from collections.abc import Sequence


def natural_breaks(counts: Sequence[int], most: int) -> tuple[int, ...]:
    """Return the least count of each class, rising: at most ``most`` classes with the least squares within them."""
    ordered = sorted(counts)
    classes = min(most, len(set(ordered)))
    if classes == 0:
        return ()
    sums, squares = [0], [0]
    for count in ordered:
        sums.append(sums[-1] + count)
        squares.append(squares[-1] + count * count)

    def spread(start: int, end: int) -> float:
        total = sums[end] - sums[start]
        return squares[end] - squares[start] - total * total / (end - start)

    # A class never begins within equal counts: they are of one shade.
    starts = [place for place, count in enumerate(ordered) if place == 0 or ordered[place - 1] != count]
    ends = [*starts[1:], len(ordered)]
    best: dict[int, tuple[float, tuple[int, ...]]] = {end: (spread(0, end), (0,)) for end in ends}
    for _ in range(classes - 1):
        best = {
            end: min(
                (best[start][0] + spread(start, end), (*best[start][1], start))
                for start in starts
                if start in best and start < end
            )
            for end in ends
            if any(start in best and start < end for start in starts)
        }
    return tuple(ordered[start] for start in best[len(ordered)][1])
