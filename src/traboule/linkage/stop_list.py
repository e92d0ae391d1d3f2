"""Stop identifiers that must not link: placeholders, places where many people stay, and values held too often (rule
12).

Input: the shipped stop list with an operation's own entries, and the identifiers of all persons. Output: for each
identifier the reason why it is stopped, or an empty text, and a table of the stopped values. Whether a value is stopped
depends only on its own holders.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from traboule.core.identifiers import is_anybodys, is_of_many, is_placeholder, normalise
from traboule.core.language.messages import catalogue
from traboule.core.language.spelling import fold
from traboule.operation.operation import Operation

Integers = npt.NDArray[np.int64]

_MOST_BY_DEFAULT = 5
_LONGEST_LOCAL = 64  # RFC 5321: a longer local part is no mailbox.
_BESIDE_LETTERS = re.compile(r"[\d\W_]")

_STOPPED: dict[str, pa.DataType] = {
    "kind": pa.string(),
    "value_hash": pa.string(),
    "reason": pa.string(),
    "records": pa.int64(),
}
STOPPED_SCHEMA = pa.schema(_STOPPED)


@dataclass(frozen=True, slots=True)
class IdentifierStopList:
    """The stop list. ``values``: (kind, normal form) to reason. ``words``: kind to (word, reason). ``limits``: kind to
    the most holders.

    ``mailboxes``, ``domains``: local parts and domains of addresses that belong to nobody in particular, to reason.
    """

    values: Mapping[tuple[str, str], str]
    words: Mapping[str, tuple[tuple[str, str], ...]]
    limits: Mapping[str, int]
    mailboxes: Mapping[str, str]
    domains: Mapping[str, str]
    most: int = _MOST_BY_DEFAULT

    def reason(self, kind: str, value: str) -> str:
        """Return why ``value`` (in normal form) is stopped whoever holds it; empty where it is not."""
        listed_reason = self.values.get((kind, value))
        if listed_reason:
            return listed_reason
        if is_placeholder(value):
            return "placeholder"
        if kind == "email":
            return "placeholder" if self._of_mailbox(value) == "placeholder" else ""
        words = self.words.get(kind, ())
        if words:
            spaced = f" {fold(value)} "
            return next((reason for word, reason in words if f" {word} " in spaced or _within(word, spaced)), "")
        return ""

    def of_persons(self, kind: str, value: str) -> str:
        """Return why ``value`` says nothing of persons: its :meth:`reason`, or that many use it (an agency's mailbox, a
        group's invitation), which may still say something of things."""
        own_reason = self.reason(kind, value)
        if own_reason or kind not in ("email", "handle"):
            return own_reason
        if kind == "email":
            return self._of_mailbox(value)
        return "of_many" if is_of_many(value) else "anybodys" if is_anybodys(value) else ""

    def _of_mailbox(self, address: str) -> str:
        local, _, domain = address.rpartition("@")
        name = _BESIDE_LETTERS.sub("", fold(local.partition("+")[0]))
        if domain in self.domains:
            return self.domains[domain]
        idle = 0 < len(local) <= _LONGEST_LOCAL and is_placeholder(local)
        return self.mailboxes.get(name, "placeholder" if idle else "")


def _within(word: str, spaced: str) -> bool:
    """Tell whether a word of a script without spaces occurs anywhere in the text."""
    return word[0] >= "\u2e80" and word in spaced


def stop_list(entries: Iterable[Mapping[str, str]] = ()) -> IdentifierStopList:
    """Return the shipped stop list with the operation's own ``entries`` (kind, value, and reason if given)."""
    read = catalogue("traboule.linkage", "stop_list.yaml")
    values = {(entry["kind"], str(entry["value"])): entry["reason"] for entry in read["values"]}
    for entry in entries:
        normal = normalise(entry["kind"], str(entry["value"])).normal
        values[(entry["kind"], normal)] = entry.get("reason", "operation")
    words = {
        kind: tuple((fold(word), reason) for reason, texts in reasons.items() for word in texts)
        for kind, reasons in read["words"].items()
    }
    mailboxes, domains = (
        {str(text): reason for reason, texts in read[part].items() for text in texts}
        for part in ("mailboxes", "domains")
    )
    return IdentifierStopList(values, words, read["limits"], mailboxes, domains)


def stops_of(operation: Operation) -> IdentifierStopList:
    """Return the stop list with what ``operation`` adds to it."""
    return stop_list(
        {"kind": entry.kind, "value": entry.value, "reason": entry.reason} for entry in operation.stop_list
    )


def too_common(holders: Integers, values: Integers, limits: Integers, persons: PersonTraits) -> npt.NDArray[np.bool_]:
    """Tell of each (holder, value) whether more unrelated persons hold the value than its kind allows.

    ``holders``: record numbers. ``values``: numbers of distinct values. ``limits``: one per row. Unrelated persons are
    counted as distinct names or distinct birth dates, whichever is fewer, so that one person filed ten times under
    three spellings is not ten.
    """
    if not len(values):
        return np.zeros(0, dtype=np.bool_)
    size = int(values.max()) + 1
    common = np.zeros(len(values), dtype=np.bool_)
    # At most ``limit`` holders cannot be more than ``limit`` unrelated persons.
    frequent = np.flatnonzero(np.bincount(values, minlength=size)[values] > limits)
    if len(frequent):
        common[frequent] = _too_common(holders[frequent], values[frequent], limits[frequent], persons)
    return common


def _too_common(holders: Integers, values: Integers, limits: Integers, persons: PersonTraits) -> npt.NDArray[np.bool_]:
    size = int(values.max(initial=-1)) + 1
    names = _distinct_per_value(values, persons.sound[holders], size)
    births = _distinct_per_value(values, persons.birth[holders], size)
    dated = np.bincount(values, weights=(persons.birth[holders] > 0).astype(np.float64), minlength=size)
    holder_counts = np.bincount(values, minlength=size)
    # Where most births are missing, only names are counted.
    unrelated = np.where(dated * 2 >= holder_counts, np.minimum(names, births + (holder_counts - dated)), names)
    return np.asarray(unrelated[values] > limits)


@dataclass(frozen=True, slots=True)
class PersonTraits:
    """What distinguishes persons when holders are counted: numbers for the name's phonetic key and the birth date."""

    sound: Integers
    birth: Integers


def _distinct_per_value(values: Integers, marks: Integers, size: int) -> Integers:
    """Return for each value how many different positive marks its rows carry."""
    marked = np.flatnonzero(marks > 0)
    ordered = marked[np.lexsort((marks[marked], values[marked]))]
    value, mark = values[ordered], marks[ordered]
    fresh = np.ones(len(ordered), dtype=np.bool_)
    fresh[1:] = (value[1:] != value[:-1]) | (mark[1:] != mark[:-1])
    return np.bincount(value[fresh], minlength=size).astype(np.int64)


def stop_limits(kinds: list[str], stops: IdentifierStopList) -> Integers:
    """Return the limit of each of ``kinds``."""
    return np.array([stops.limits.get(kind, stops.most) for kind in kinds], dtype=np.int64)


def stopped_table(rows: Iterable[tuple[str, str, str, int]]) -> pa.Table:
    """Return the table of stopped identifiers from (kind, value, reason, records), with each value as a hash."""
    sorted_rows = sorted((kind, value_hash(kind, value), reason, records) for kind, value, reason, records in rows)
    columns = zip(*sorted_rows, strict=True) if sorted_rows else ([] for _ in STOPPED_SCHEMA.names)
    return pa.table(dict(zip(STOPPED_SCHEMA.names, columns, strict=True)), schema=STOPPED_SCHEMA)


def value_hash(kind: str, value: str) -> str:
    """Return 32 hexadecimal digits that distinguish stopped values without revealing them."""
    return blake2b(f"{kind}\x1f{value}".encode(), digest_size=16, person=b"traboule-stop").hexdigest()
