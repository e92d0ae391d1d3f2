"""The desks, and how each writes: its language, its dates, its codes.

In: a plan and a seed. Out: :class:`Desks`. Guaranteed: a desk keeps to one style, as a person at a keyboard does;
whatever it writes can be read back without loss by the intake.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache

import numpy as np

from traboule.core.codes import vocabulary
from traboule.core.language.messages import catalogue
from traboule.demo.world.cases import MINUTES_A_DAY
from traboule.demo.world.draws import Flags, Ints, stream
from traboule.demo.world.names import POOLS, cultures
from traboule.demo.world.people import EPOCH
from traboule.demo.world.places import countries
from traboule.demo.world.plan import WorldPlan

AS_CELL, ISO, SLASHED, DOTTED, ARABIC = range(5)
_EASTERN = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


@dataclass(frozen=True)
class Desks:
    """One element for each desk, state by state.

    ``state``: an index into the plan's row states; ``number`` counts agencies from 0; ``dates`` is one of AS_CELL (a
    date of the spreadsheet), ISO, SLASHED, DOTTED, ARABIC (eastern digits); ``coded`` desks write codes instead of
    labels. ``first_day`` is the window's first day.
    """

    unit: tuple[str, ...]
    agency: tuple[str, ...]
    language: tuple[str, ...]
    script: tuple[str, ...]
    state: Ints
    number: Ints
    dates: Ints
    coded: Flags
    first_day: date

    def __len__(self) -> int:
        return len(self.unit)

    def say(self, name: str, codes: Sequence[str | None], at: Sequence[int]) -> list[str | None]:
        """Return how each desk of ``at`` writes the code at the same index: the label in its language, or the code."""
        tables = self._tables(name)
        return [None if code is None else tables[desk][code] for desk, code in zip(at, codes, strict=True)]

    def say_all(self, name: str, lists: Sequence[tuple[str, ...]], at: Sequence[int]) -> list[str | None]:
        """Return how each desk writes several codes in one cell."""
        tables = self._tables(name)
        return ["; ".join(tables[desk][code] for code in codes) or None for desk, codes in zip(at, lists, strict=True)]

    def phrase(self, text: Mapping[str, str], desk: int) -> str:
        """Return ``text`` in the desk's language."""
        return text[self.language[desk]]

    def days(self, days: Ints, at: Sequence[int]) -> list[object]:
        """Return days (since 1970) as each desk writes them."""
        styles = self.dates.tolist()
        written = days.astype("datetime64[D]").astype(str).tolist()
        return [_day(styles[desk], iso, day) for desk, iso, day in zip(at, written, days.tolist(), strict=True)]

    def moments(self, minutes: Ints, dayonly: Flags, at: Sequence[int]) -> list[object]:
        """Return moments (minutes since the window's first midnight) as each desk writes them; some as a day alone."""
        start = datetime.combine(self.first_day, time())
        styles = self.dates.tolist()
        return [
            _moment(styles[desk], start + timedelta(minutes=minute), alone=alone)
            for desk, minute, alone in zip(at, minutes.tolist(), dayonly.tolist(), strict=True)
        ]

    def window_day(self, minutes: Ints) -> Ints:
        """Return the day (since 1970) of moments counted in minutes from the window's first midnight."""
        return self.first_day.toordinal() - EPOCH + minutes // MINUTES_A_DAY

    def _tables(self, name: str) -> list[Mapping[str, str]]:
        coded = self.coded.tolist()
        return [_labels(name, "" if coded[desk] else language) for desk, language in enumerate(self.language)]


@cache
def _labels(name: str, language: str) -> Mapping[str, str]:
    """Return code -> what is written for it in ``language``, the code itself for ""."""
    entries = vocabulary(name)
    return {code: entries.label(code, language) if language else code for code in entries.codes}


def _day(style: int, iso: str, day: int) -> object:
    if style == AS_CELL:
        return date.fromordinal(day + EPOCH)
    return iso if style == ISO else _local(style, iso)


def _local(style: int, iso: str) -> str:
    """Return an ISO day, month or year in the order and digits of ``style``."""
    parts = iso.split("-")[::-1]
    text = ("." if style == DOTTED else "/").join(parts)
    return text.translate(_EASTERN) if style == ARABIC else text


def _moment(style: int, moment: datetime, *, alone: bool) -> object:
    if style == AS_CELL:
        return moment.date() if alone else moment
    day = moment.date().isoformat()
    written = day if style == ISO else _local(style, day)
    clock = "" if alone else f" {moment:%H:%M}"
    return written + (clock.translate(_EASTERN) if style == ARABIC else clock)


def partial_day(style: int, iso: str) -> object:
    """Return a year, or a year and month, as a desk of ``style`` writes them.

    Always text: a number in a cell that a spreadsheet shows as a date would be a day of 1905.
    """
    return iso if style in (AS_CELL, ISO) else _local(style, iso)


def desks(seed: int, of: WorldPlan, first_day: date) -> Desks:
    """Return the desks of the row states of ``of``."""
    rng = stream(seed, "desks")
    names = catalogue(POOLS, "phrases.yaml")["agencies"]
    state = np.repeat(np.arange(len(of.row_states)), of.agencies)
    number = np.concatenate([np.arange(count) for count in of.agencies.tolist()])
    units = tuple(of.row_states[place] for place in state.tolist())
    home_countries = [countries()[unit] for unit in units]
    language = tuple(country.language for country in home_countries)
    arabic = np.array([tongue == "ar" for tongue in language])
    style = rng.choice(4, size=len(units), p=(0.55, 0.2, 0.15, 0.1))
    style = np.where(arabic & (rng.random(len(units)) < 0.4), ARABIC, style)
    return Desks(
        unit=units,
        agency=tuple(names[tongue][place] for tongue, place in zip(language, number.tolist(), strict=True)),
        language=language,
        script=tuple(cultures()[country.culture].script for country in home_countries),
        state=state,
        number=number,
        dates=style,
        coded=rng.random(len(units)) < 0.12,
        first_day=first_day,
    )
