"""Check references from row to row: to rows that do not exist, and to rows that are held.

In: the drafts of all tables. Out: findings. Guaranteed: a reference never stops the check. A reference to no row holds
its row, and so does a name where a row_id belongs: entered, it would be another person whose name everybody reads. A
reference to a held row leaves its row entered, with a warning, so that a fault in a person's row does not
remove an arrest from the figures: later stages treat the absent row as not yet known.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from traboule.core.language.spelling import fold
from traboule.returns.checked import Cover
from traboule.returns.checking.drafts import Notes, RowDraft, Tables, not_refused
from traboule.returns.form import Field, Form

PEOPLE = "people"
_NAMES = ("family_name", "given_names", "family_name_romanised", "given_names_romanised", "other_names")
_WORD = re.compile(r"[^\W\d_]{2,}")
_ALONE = 4  # Letters by which one word names a person of the file.
_SEPARATORS = re.compile(r"[\s;؛,،/+&]+")

RowIdsByTable = Mapping[str, Collection[str]]


def check_references(tables: Tables, form: Form, cover: Cover, in_force: RowIdsByTable, notes: Notes) -> None:
    """Note references without a row: R-REFERENCE-UNKNOWN, or R-REFERENCE-ELSEWHERE in a return that only adds.

    ``in_force`` holds the row_ids of this agency already in force, by table. A return that replaces earlier ones is
    complete by itself; any other may be one part of several whose other parts come later. Holding its rows until then
    would make the figures depend on the order of arrival, and the same file sent again enters nothing.
    """
    adds = cover.supersedes is None
    code = "R-REFERENCE-ELSEWHERE" if adds else "R-REFERENCE-UNKNOWN"
    persons_meant = NamedPersons(tables.get(PEOPLE, ()))
    filed = {name: {draft.row_id for draft in not_refused(drafts)} for name, drafts in tables.items()}
    for drafts, field in _referring(tables, form):
        target = field.refers_to or ""
        targets = filed.get(target, set())
        earlier = in_force.get(target, ()) if cover.supersedes is None else ()
        for draft in drafts:
            for row_id in _referenced(draft, field):
                if row_id in targets or row_id in earlier:
                    continue
                parts = [part for part in _SEPARATORS.split(row_id) if part]
                near_spelling = _near_spelling(row_id, targets)
                if near_spelling:
                    notes.on(draft, "R-REFERENCE-SPELLED", field.id, target=target, value=row_id, first=near_spelling)
                elif len(parts) > 1 and all(part in targets or part in earlier for part in parts):
                    notes.on(draft, "R-REFERENCE-SEVERAL", field.id, target=target, count=len(parts))
                elif target == PEOPLE and persons_meant.is_name(row_id):
                    meant = persons_meant.find(row_id)
                    named_code = "R-REFERENCE-NAMES" if meant else "R-REFERENCE-NAME"
                    notes.on(draft, named_code, field.id, target=target, first=meant)
                else:
                    notes.on(draft, code, field.id, target=target, value=row_id)


class NamedPersons:
    """The people of a return by the words of their names, gathered once a reference may name one of them."""

    def __init__(self, people: Iterable[RowDraft]) -> None:
        self._people = people
        self._bearers: defaultdict[str, set[str]] | None = None
        self._found: dict[frozenset[str], list[str]] = {}

    def is_name(self, text: str) -> bool:
        """Tell whether a reference without a row is a name: that of a person of the file, or words without a figure."""
        words = _words(text)
        return bool(self._of(words)) or (len(words) > 1 and not any(map(str.isdecimal, text)))

    def find(self, text: str) -> str:
        """Return the row_id of the one person of the file who bears the name, empty where there is none or several."""
        row_ids = self._of(_words(text))
        return row_ids[0] if len(row_ids) == 1 else ""

    def _of(self, words: frozenset[str]) -> list[str]:
        """Return the row_ids of those who bear all of ``words``; one short word says nothing."""
        if len(words) < 2 and not any(len(word) >= _ALONE for word in words):
            return []
        if words not in self._found:
            bearers = self._gather()
            sets = sorted((bearers.get(word, set()) for word in words), key=len)
            self._found[words] = sorted(set.intersection(*sets))
        return self._found[words]

    def _gather(self) -> defaultdict[str, set[str]]:
        """Return who bears each word, gathered once."""
        if self._bearers is None:
            self._bearers = defaultdict(set)
            for draft in not_refused(self._people):
                for word in _names(draft):
                    self._bearers[word].add(draft.row_id)
        return self._bearers


def _names(draft: RowDraft) -> frozenset[str]:
    return _words(" ".join(filter(None, map(draft.text, _NAMES))))


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(fold(text)))


def _near_spelling(row_id: str, row_ids: Collection[str]) -> str:
    """Return the one row_id that differs only in case, spaces or accents, empty where there is none or several."""
    folded = fold(row_id).replace(" ", "")
    matches = [other_id for other_id in row_ids if fold(other_id).replace(" ", "") == folded]
    return matches[0] if len(matches) == 1 else ""


def check_held_references(tables: Tables, form: Form, notes: Notes) -> None:
    """Note references to rows that are held; runs last, when it is settled which are."""
    held_row_ids = {
        name: {draft.row_id for draft in drafts if draft.held and not draft.refused} for name, drafts in tables.items()
    }
    for drafts, field in _referring(tables, form):
        target = field.refers_to or ""
        targets = held_row_ids.get(target, set())
        if not targets:
            continue
        for draft in drafts:
            for row_id in _referenced(draft, field):
                if row_id in targets:
                    notes.on(draft, "R-REFERENCE-HELD", field.id, target=target, value=row_id)


def _referring(tables: Tables, form: Form) -> list[tuple[list[RowDraft], Field]]:
    return [
        (drafts, field)
        for name, drafts in tables.items()
        for field in form.tables[name].fields.values()
        if field.refers_to is not None
    ]


def _referenced(draft: RowDraft, field: Field) -> tuple[str, ...]:
    value = draft.values.get(field.id)
    if isinstance(value, tuple):
        return value
    return (value,) if isinstance(value, str) else ()
