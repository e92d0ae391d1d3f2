"""Tell which table a sheet is and which field a column is, by their names.

In: names of sheets and texts of header cells, in any of the four languages, as identifiers or as synonyms. Out: the
table, the field, and the languages in which the label is spelled so. Guaranteed: within a table a spelling fits one
field or none; case, accents, spaces, dots, a mark of obligation, a colon and a listed hint in brackets do not matter.
Nothing is guessed: a header that is in no list is none of the form's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from traboule.core.language.languages import LANGUAGES
from traboule.core.language.messages import catalogue
from traboule.core.language.spelling import fold
from traboule.returns.form import COVER, form
from traboule.returns.reading.grid import Grid, Value

SEARCHED_ROWS = 15
_AROUND = " *:.؟?،؛"
_FEWEST_NAMES = 4
_BRACKETED = re.compile(r"\s*\(([^()]*)\)")
_INITIALS = re.compile(r"\w(?:\.\s?\w)+\.?")


@dataclass(frozen=True, slots=True)
class Names:
    """The spellings of one table: folded text -> field, and folded label -> languages."""

    fields: Mapping[str, str]
    languages: Mapping[str, tuple[str, ...]]

    def field(self, text: Value) -> str | None:
        """Return the field a header cell names; a header in two languages may be divided by a slash or a line end."""
        if not isinstance(text, str):
            return None
        match = self.fields.get(_plain(text))
        if match is None and ("/" in text or "\n" in text):
            halves = {self.fields.get(_plain(half)) for half in text.replace("\n", "/").split("/")} - {None}
            match = halves.pop() if len(halves) == 1 else None
        return match

    def spoken(self, text: Value) -> tuple[str, ...]:
        """Return the languages in which a field's label is spelled so; none for a synonym or an identifier as such."""
        if not isinstance(text, str) or text in self.fields.values():
            return ()
        return self.languages.get(_plain(text), ())


@cache
def _hints() -> frozenset[str]:
    return frozenset(fold(str(hint)) for hint in catalogue("traboule.returns", "forms/rows.yaml")["hints"])


def _plain(text: str) -> str:
    """Return a spelling as it is compared: ``D.D.N.`` as ``ddn``, ``Prénom(s)`` as ``prenom``."""
    folded = fold(text).strip(_AROUND)
    if _INITIALS.fullmatch(folded):
        return re.sub(r"[.\s]", "", folded)
    bare = _BRACKETED.sub(lambda match: "" if match[1].strip() in _hints() else match[0], folded)
    return " ".join(bare.replace(".", " ").split()).strip(_AROUND)


def is_own(table: str, text: str) -> bool:
    """Tell whether a header that was read is the officer's own word: neither a label of the form nor an identifier."""
    spellings = names(table)
    return (
        spellings.field(text) is not None
        and not spellings.spoken(text)
        and _plain(text) not in {_plain(field) for field in spellings.fields.values()}
    )


@cache
def names(table: str) -> Names:
    """Return the spellings of the fields of ``table``. Raises KeyError for a table that is not in the form."""
    fields: dict[str, str] = {}
    languages: dict[str, tuple[str, ...]] = {}
    for field in form().tables[table].fields.values():
        for language in LANGUAGES:
            label = _plain(field.label[language])
            languages[label] = (*languages.get(label, ()), language)
        for spelling in (*field.synonyms, field.id, *field.label.values()):
            fields[_plain(str(spelling))] = field.id
    return Names(fields, languages)


@cache
def _tables() -> dict[str, str]:
    return {
        _plain(str(spelling)): table.id
        for table in form().tables.values()
        for spelling in (*table.synonyms, *table.label.values(), table.id)
    }


def table_named(sheet: str) -> str | None:
    """Return the table a sheet's name spells, or None."""
    return _tables().get(_plain(sheet))


def table_of(grid: Grid) -> str | None:
    """Return the table of a sheet: by its name, by the keys tied to its cells, or by its headers alone."""
    by_name = grid.table or table_named(grid.name)
    if by_name:
        return by_name
    keyed = [table for table, _ in grid.keys.values() if table in form().tables]
    if keyed:
        return max(sorted(set(keyed)), key=keyed.count)
    return _by_headers(grid)


def _by_headers(grid: Grid) -> str | None:
    """Return the one table whose required fields are all among the headers and that explains most of them."""
    first = grid.rows[:SEARCHED_ROWS]
    best: list[tuple[int, str]] = []
    for table in form().row_tables.values():
        for _, cells in first:
            matched = set(map(names(table.id).field, cells)) - {None}
            filled = sum(1 for cell in cells if cell is not None)
            enough = len(matched) >= _FEWEST_NAMES and len(matched) * 10 >= filled * 6
            if enough and matched.issuperset(table.required):
                best.append((len(matched), table.id))
    most = max((count for count, _ in best), default=0)
    fitting = {table for count, table in best if count == most}
    if len(fitting) == 1:
        return fitting.pop()
    labels = {names(COVER).field(cells[0]) for _, cells in grid.rows[:100] if cells} - {None}
    return COVER if not fitting and len(labels) >= _FEWEST_NAMES else None


def header_row(grid: Grid, table: str) -> int | None:
    """Return the index in ``grid.rows`` of the row that names most fields, the first of several, or None."""
    if grid.header_first:
        return 0 if grid.rows else None
    spellings = names(table)
    counts = [len(set(map(spellings.field, cells)) - {None}) for _, cells in grid.rows[:SEARCHED_ROWS]]
    most = max(counts, default=0)
    if most >= 2:
        return counts.index(most)
    keyed = {int(address.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) for address in grid.keys}
    for index, (number, _) in enumerate(grid.rows[:SEARCHED_ROWS]):
        if number in keyed:
            return index
    filled = [sum(1 for cell in cells if cell is not None) for _, cells in grid.rows[:SEARCHED_ROWS]]
    return counts.index(most) if most == 1 and filled[counts.index(most)] <= 2 else None
