"""Makes the picture of how well probabilities hold: of the links said to be right with 80 %, are 80 % right?

Run it as ``python -m bench.reliability`` when scoring, training or calibration has changed. Comes in: nothing but the
generator of :mod:`bench.population`, with seeds that no constant was fitted on. Goes out: a picture in
``docs/explanation`` and, printed, the table behind it. A model is learned on one population, its links are judged on
another.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from bench.children import ROOT
from bench.people import inputs, numbers, persons, prepared
from bench.population import found_names, pools, population
from traboule.linkage.resolve import resolve
from traboule.linkage.weights.training import train

Floats = npt.NDArray[np.float64]

PICTURE = ROOT / "docs" / "explanation" / "reliability.svg"
RECORDS, LEARNED_FROM, JUDGED_ON = 20_000, 4001, 4002
BINS = 10
_SIDE, _MARGIN = 400, 60


def links(records: int, learned_from: int, judged_on: int) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Return the probability of every link that is kept, and whether it is right."""
    drawn_from = pools(found_names())
    given = inputs(population(records, learned_from, drawn_from))
    model = train(prepared(given))
    truth = population(records, judged_on, drawn_from)
    found = resolve(inputs(truth), model=model).links
    person = persons(truth)
    return found["probability"].to_numpy(), person[numbers(found["left"])] == person[numbers(found["right"])]


def reliability(probability: Floats, right: npt.NDArray[np.bool_]) -> list[tuple[int, float, float]]:
    """Return for each tenth from 0 to 1: how many links, their mean probability, the share that is right."""
    bins = np.minimum((probability * BINS).astype(np.int64), BINS - 1)
    rows = []
    for place in range(BINS):
        inside = bins == place
        if inside.any():
            rows.append((int(inside.sum()), float(probability[inside].mean()), float(right[inside].mean())))
    return rows


def calibration_error(rows: list[tuple[int, float, float]]) -> float:
    """Return the expected calibration error: the distance between said and found, averaged over links."""
    return sum(count * abs(said - found) for count, said, found in rows) / sum(count for count, _, _ in rows)


def drawn(rows: list[tuple[int, float, float]], error: float) -> str:
    """Return the picture: said to the right, found upwards, the diagonal where both agree; circles grow with links."""
    size = _SIDE + 2 * _MARGIN

    def at(said: float, found: float) -> tuple[float, float]:
        return _MARGIN + said * _SIDE, _MARGIN + (1 - found) * _SIDE

    most = max(count for count, _, _ in rows)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" font-family="sans-serif" font-size="13">',
        f'<rect width="{size}" height="{size}" fill="white"/>',
        f'<rect x="{_MARGIN}" y="{_MARGIN}" width="{_SIDE}" height="{_SIDE}" fill="none" stroke="#888"/>',
        f'<path d="M{_MARGIN} {_MARGIN + _SIDE}L{_MARGIN + _SIDE} {_MARGIN}" stroke="#888" stroke-dasharray="4 4"/>',
    ]
    for tick in range(0, 11, 2):
        x, y = at(tick / 10, tick / 10)
        parts.append(f'<text x="{x:.0f}" y="{_MARGIN + _SIDE + 18}" text-anchor="middle">{tick * 10} %</text>')
        parts.append(f'<text x="{_MARGIN - 6}" y="{y + 4:.0f}" text-anchor="end">{tick * 10} %</text>')
    for count, said, found in rows:
        x, y = at(said, found)
        radius = 3 + 6 * np.log1p(count) / np.log1p(most)
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="#1b6ca8" fill-opacity="0.8"/>')
    middle = _MARGIN + _SIDE / 2
    parts += [
        f'<text x="{middle}" y="{size - 16}" text-anchor="middle">probability that a link was given</text>',
        f'<text x="16" y="{middle}" text-anchor="middle" transform="rotate(-90 16 {middle})">share found right</text>',
        f'<text x="{middle}" y="{_MARGIN - 20}" text-anchor="middle">expected calibration error {error:.3f}</text>',
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def main() -> None:
    """Draw the picture and print the table behind it."""
    rows = reliability(*links(RECORDS, LEARNED_FROM, JUDGED_ON))
    error = calibration_error(rows)
    PICTURE.write_text(drawn(rows, error), encoding="utf-8")
    print(f"{RECORDS} records, seeds {LEARNED_FROM} and {JUDGED_ON}; expected calibration error {error:.4f}")
    for count, said, found in rows:
        print(f"{count:8d}  said {said:.3f}  found {found:.3f}")


if __name__ == "__main__":
    main()
