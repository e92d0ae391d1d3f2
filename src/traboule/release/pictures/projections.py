"""Project longitude and latitude (degrees) to a plane: the world, and insets of crowded regions.

Equal Earth: B. Šavrič, T. Patterson, B. Jenny, "The Equal Earth map projection", IJGIS 33 (2019). Insets are
Lambert's azimuthal equal-area projection: J. P. Snyder, "Map Projections: A Working Manual", USGS 1395 (1987), p. 182.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

Point = tuple[float, float]
Projection = Callable[[float, float], Point]

_A1, _A2, _A3, _A4 = 1.340264, -0.081106, 0.000893, 0.003796
_M = sqrt(3) / 2


MIDDLE = 11  # The meridian opposite to which the map is cut, between Siberia and Alaska.


def equal_earth(longitude: float, latitude: float) -> Point:
    """Return the point of the whole world's map, in units of the Earth's radius, north up."""
    theta = asin(_M * sin(radians(latitude)))
    square = theta * theta
    sixth = square**3
    x = (
        radians(longitude - MIDDLE)
        * cos(theta)
        / (_M * (_A1 + 3 * _A2 * square + sixth * (7 * _A3 + 9 * _A4 * square)))
    )
    return x, theta * (_A1 + _A2 * square + sixth * (_A3 + _A4 * square))


def azimuthal(middle: Point) -> Projection:
    """Return the projection around ``middle``. Its antipode has no place there: nothing so far away is drawn."""
    longitude_0, sine, cosine = middle[0], sin(radians(middle[1])), cos(radians(middle[1]))

    def projection(longitude: float, latitude: float) -> Point:
        turn, up = radians(longitude - longitude_0), radians(latitude)
        scale = sqrt(2 / max(1e-6, 1 + sine * sin(up) + cosine * cos(up) * cos(turn)))
        return scale * cos(up) * sin(turn), scale * (cosine * sin(up) - sine * cos(up) * cos(turn))

    return projection


@dataclass(frozen=True, slots=True)
class Frame:
    """A part of the drawing, ``width`` by ``height`` from its upper left corner ``at``, in which an area is shown.

    ``west``, ``south``, ``east``, ``north`` bound what must be seen; ``projection`` puts it on the plane.
    """

    at: Point
    width: float
    height: float
    bounds: tuple[float, float, float, float]
    projection: Projection

    def fitted(self) -> Projection:
        """Return the projection into the frame: the bounds as large as fit, in the middle of it."""
        west, south, east, north = self.bounds
        steps = [(west + (east - west) * a / 8, south + (north - south) * b / 8) for a in range(9) for b in range(9)]
        points = [self.projection(*step) for step in steps]
        left, right = _ends(x for x, _ in points)
        low, high = _ends(y for _, y in points)
        scale = min(self.width / (right - left), self.height / (high - low))
        x_0 = self.at[0] + self.width / 2 - scale * (left + right) / 2
        y_0 = self.at[1] + self.height / 2 + scale * (low + high) / 2

        def placed(longitude: float, latitude: float) -> Point:
            x, y = self.projection(longitude, latitude)
            return x_0 + scale * x, y_0 - scale * y

        return placed

    def shows(self, place: Point) -> bool:
        """Tell whether a place (longitude, latitude) lies within the bounds."""
        west, south, east, north = self.bounds
        return west <= place[0] <= east and south <= place[1] <= north


def _ends(values: Iterable[float]) -> tuple[float, float]:
    ordered = sorted(values)
    return ordered[0], ordered[-1]
