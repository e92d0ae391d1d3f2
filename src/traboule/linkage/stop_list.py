"""Which identifiers link nothing, and why (rule 12): placeholders, places where many stay, and whatever is too common.

In comes a stop-list (shipped, with an operation's own entries) and the identifiers of all persons; out goes, for each
identifier, the reason why it is stopped or an empty text, and a table of what was stopped. It promises: pure; nothing
is stopped silently; whether a value is stopped depends on its own holders only.
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
from traboule.core.spelling import fold
from traboule.core.words import catalogue

Integers = npt.NDArray[np.int64]

_MOST_BY_DEFAULT = 5
_LONGEST_LOCAL = 64  # RFC 5321: what is longer is no mailbox.
_BESIDE_LETTERS = re.compile(r"[\d\W_]")

_STOPPED: dict[str, pa.DataType] = {
    "kind": pa.string(),
    "value_hash": pa.string(),
    "reason": pa.string(),
    "records": pa.int64(),
}
STOPPED_SCHEMA = pa.schema(_STOPPED)


@dataclass(frozen=True, slots=True)
class StopList:
    """``values``: (kind, normal form) to reason. ``words``: kind to (word, reason). ``limits``: kind to a number.

    ``mailboxes``, ``domains``: what stands before and behind the @ of an address that is nobody's own, to reason.
    """

    values: Mapping[tuple[str, str], str]
    words: Mapping[str, tuple[tuple[str, str], ...]]
    limits: Mapping[str, int]
    mailboxes: Mapping[str, str]
    domains: Mapping[str, str]
    most: int = _MOST_BY_DEFAULT

    def reason(self, kind: str, value: str) -> str:
        """Return why ``value`` (in normal form) is stopped whoever holds it; empty where it is not."""
        listed = self.values.get((kind, value))
        if listed:
            return listed
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
        """Return why ``value`` says nothing of persons: :meth:`reason`, and what many use, which may say much of things
        (an agency's mailbox, a group's invitation)."""
        found = self.reason(kind, value)
        if found or kind not in ("email", "handle"):
            return found
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
    """Tell whether a word of a script without spaces stands anywhere in the text."""
    return word[0] >= "\u2e80" and word in spaced


def stop_list(entries: Iterable[Mapping[str, str]] = ()) -> StopList:
    """Return the shipped stop-list with the operation's own ``entries`` (kind, value, and reason if given)."""
    read = catalogue("traboule.linkage", "stop_list.yaml")
    values = {(entry["kind"], str(entry["value"])): entry["reason"] for entry in read["values"]}
    for entry in entries:
        normal = normalise(entry["kind"], str(entry["value"])).normal
        values[(entry["kind"], normal)] = entry.get("reason", "operation")
    words = {
        kind: tuple((fold(word), reason) for reason, listed in reasons.items() for word in listed)
        for kind, reasons in read["words"].items()
    }
    mailboxes, domains = (
        {str(each): reason for reason, listed in read[part].items() for each in listed}
        for part in ("mailboxes", "domains")
    )
    return StopList(values, words, read["limits"], mailboxes, domains)


def too_common(holders: Integers, values: Integers, limits: Integers, who: Persons) -> npt.NDArray[np.bool_]:
    """Tell of each (holder, value) whether the value is held by more unrelated persons than its kind may be.

    ``holders``: record numbers, ``values``: numbers of distinct values, ``limits``: one for each row. Unrelated persons
    are counted carefully: as many as there are different names or different birth dates, whichever is fewer, so that
    one person filed ten times under three spellings is not ten.
    """
    if not len(values):
        return np.zeros(0, dtype=np.bool_)
    size = int(values.max()) + 1
    common = np.zeros(len(values), dtype=np.bool_)
    # Who are not more than the limit cannot be more unrelated persons than it.
    many = np.flatnonzero(np.bincount(values, minlength=size)[values] > limits)
    if len(many):
        common[many] = _too_common(holders[many], values[many], limits[many], who)
    return common


def _too_common(holders: Integers, values: Integers, limits: Integers, who: Persons) -> npt.NDArray[np.bool_]:
    size = int(values.max(initial=-1)) + 1
    names = _distinct_per_value(values, who.sound[holders], size)
    births = _distinct_per_value(values, who.birth[holders], size)
    dated = np.bincount(values, weights=(who.birth[holders] > 0).astype(np.float64), minlength=size)
    held = np.bincount(values, minlength=size)
    # Where most births are missing they say nothing, and names are counted alone.
    unrelated = np.where(dated * 2 >= held, np.minimum(names, births + (held - dated)), names)
    return np.asarray(unrelated[values] > limits)


@dataclass(frozen=True, slots=True)
class Persons:
    """What tells persons apart when holders are counted: numbers for the name's sound and the birth date."""

    sound: Integers
    birth: Integers


def _distinct_per_value(values: Integers, marks: Integers, size: int) -> Integers:
    """Return for each value how many different positive marks its rows carry."""
    known = np.flatnonzero(marks > 0)
    ordered = known[np.lexsort((marks[known], values[known]))]
    value, mark = values[ordered], marks[ordered]
    fresh = np.ones(len(ordered), dtype=np.bool_)
    fresh[1:] = (value[1:] != value[:-1]) | (mark[1:] != mark[:-1])
    return np.bincount(value[fresh], minlength=size).astype(np.int64)


def stop_limits(kinds: list[str], listed: StopList) -> Integers:
    """Return the limit of each of ``kinds``."""
    return np.array([listed.limits.get(kind, listed.most) for kind in kinds], dtype=np.int64)


def stopped_table(rows: Iterable[tuple[str, str, str, int]]) -> pa.Table:
    """Return the table of stopped identifiers from (kind, value, reason, records): values only as a hash."""
    kept = sorted((kind, value_hash(kind, value), reason, records) for kind, value, reason, records in rows)
    columns = zip(*kept, strict=True) if kept else ([] for _ in STOPPED_SCHEMA.names)
    return pa.table(dict(zip(STOPPED_SCHEMA.names, columns, strict=True)), schema=STOPPED_SCHEMA)


def value_hash(kind: str, value: str) -> str:
    """Return 32 hexadecimal digits that tell two stopped values apart without showing either."""
    return blake2b(f"{kind}\x1f{value}".encode(), digest_size=16, person=b"traboule-stop").hexdigest()
