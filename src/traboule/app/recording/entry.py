"""Write the ledger's entry of a verb that was performed, in the verb's own transaction.

In: the verb, who performed it and when, its result. Out: the result, with a proof where it is a receipt. Guaranteed:
the entry commits to every row that the verb wrote to an anchored table; where the verb showed records of persons, to
which; it holds neither a row nor a record.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Protocol, runtime_checkable

from traboule.app.dispatch import Call
from traboule.app.recording.anchored import ANCHORED
from traboule.app.verbs import VERBS
from traboule.core.record_names import unit_of
from traboule.ledger import log
from traboule.ledger.digests import content_digests, group_digests, written_digests, written_rows, written_tables
from traboule.ledger.entries import LedgerEntry
from traboule.ledger.keys import LedgerKey
from traboule.ledger.verification import BYTES, EMPTY, SHOWN, shown_digest, shown_row
from traboule.ledger.verifier import canonical

_PARENTS = frozenset(table.parent for table in ANCHORED)


class _Result(Protocol):
    def to_json(self) -> dict[str, Any]: ...


@runtime_checkable
class _Anchoring(Protocol):
    @property
    def anchors(self) -> Mapping[str, str]: ...


@runtime_checkable
class _Provable(Protocol):
    def with_proof(self, proof: Mapping[str, Any]) -> Any: ...


def record(name: str, call: Call, result: _Result) -> Any:
    """Append the entry of verb ``name`` and return ``result``, a receipt with the proof that it is in the ledger."""
    verb, by, plain = VERBS[name], call.by, result.to_json()
    key = log.secrets(call.key_file)
    entry = LedgerEntry(
        at=call.at,
        actor=by.name,
        account=by.account,
        role=by.role.value,
        units=tuple(sorted(by.units)),
        verb=name,
        result=_result_hash(name, result, plain, key) if verb.changes else "",
        anchors=dict(_anchors(key)) if verb.changes else {},
    )
    if isinstance(result, _Anchoring):
        entry = replace(entry, anchors={**entry.anchors, **result.anchors})
    if verb.shows is not None:
        rows = [shown_row(entry, *row) for row in _shown(verb.shows, plain)]
        entry = replace(entry, anchors={**entry.anchors, SHOWN: key.anchor(SHOWN, shown_digest(rows))})
        index = log.append(entry)
        log.append_shown(index, entry, [row[:2] for row in rows])
    else:
        index = log.append(entry)
    if isinstance(result, _Provable):
        return result.with_proof(log.inclusion_receipt(index, entry, key).to_json())
    return result


def _result_hash(name: str, result: _Result, plain: Mapping[str, Any], key: LedgerKey) -> str:
    """Return the hash of what verb ``name`` returned.

    Its holder checks a receipt's, which a hash of the file keeps from being guessed. Any other is keyed: whoever reads
    the ledger could else find counts that are hidden from them by trying them all.
    """
    digest = hashlib.sha256(canonical(plain)).hexdigest()
    return digest if isinstance(result, _Provable) else key.anchor(name, digest)


def _anchors(key: LedgerKey) -> Iterator[tuple[str, str]]:
    """Yield the anchors of everything that the transaction under way has written.

    Of every group of a row there is an anchor, be it empty: which ones a return has would tell whether it names
    victims.
    """
    written = written_tables()
    tables = [table for table in ANCHORED if table.name in written]
    alone = written_digests([table for table in tables if not table.parent])
    digests = {(name, row): digest for name, row, digest in alone}
    for parent in (table for table in tables if table.label in _PARENTS):
        groups = written_rows(parent)
        parts = [table for table in ANCHORED if table.parent == parent.label]
        digests |= {(part.name, str(group[part.key[0]])): EMPTY for part in parts for group in groups}
        of_groups = group_digests([part for part in parts if part.name in written], groups)
        digests |= {(name, row): digest for name, row, digest in of_groups}
    for (name, row), digest in digests.items():
        yield f"{name}/{row}", key.anchor(f"{name}/{row}", digest)
    for table in tables:
        if table.content:
            contents = content_digests(table, is_written=True)
            yield from ((f"{BYTES}{table.name}/{name}", digest) for name, digest in contents)


def _shown(paths: tuple[str, ...], plain: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield owner and name of each record that a result shows, once each."""
    records = {record for path in paths for record in _values(plain, path.split("."))}
    yield from ((unit_of(record), record) for record in sorted(records))


def _values(plain: Any, path: list[str]) -> Iterator[str]:
    """Yield the texts at a path of keys, or of places in a list; a list on the way is gone through."""
    if isinstance(plain, list | tuple):
        is_row = bool(path) and path[0].isdigit() and not any(isinstance(part, list | tuple) for part in plain)
        for part in plain[int(path[0]) :][:1] if is_row else plain:
            yield from _values(part, path[1:] if is_row else path)
    elif isinstance(plain, Mapping):
        if path:
            yield from _values(plain.get(path[0], ()), path[1:])
    elif isinstance(plain, str) and not path:
        yield plain
