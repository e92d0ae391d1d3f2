"""Parse an operation file to plain texts, lists and mappings, with the line of each.

In: the text of a YAML file. Out: an :class:`OperationDocument`. Guaranteed: every scalar stays the text that was typed
(so Norway's ``NO`` is not false and a date is not converted); each key has its line; a duplicate key, which YAML would
ignore silently, and an alias, which could grow without end, are reported and not followed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

# An operation of all the world's states takes some 10 kB.
LARGEST_TEXT = 1_000_000


@dataclass(slots=True)
class OperationDocument:
    """A parsed operation file.

    ``content``: texts, lists and mappings; ``lines``: line from 1 by key path, such as ``participants.3.state``;
    ``unreadable`` is the line at which the text stops being YAML (0: it is YAML). ``twice`` and
    ``aliases`` are key paths.
    """

    content: Any = None
    lines: dict[str, int] = field(default_factory=dict)
    unreadable: int = 0
    twice: list[str] = field(default_factory=list)
    aliases: list[str] = field(default_factory=list)

    def line(self, path: str) -> int:
        """Return the line of ``path``, or of the nearest key around it that stands in the file."""
        while path and path not in self.lines:
            path = path.rpartition(".")[0]
        return self.lines.get(path, 1)


def read(text: str) -> OperationDocument:
    """Return ``text`` taken apart; a text that is no YAML gives a document with ``unreadable`` set."""
    document = OperationDocument()
    if len(text) > LARGEST_TEXT:
        document.unreadable = 1
        return document
    try:
        node = yaml.compose(text, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))
    except yaml.MarkedYAMLError as fault:
        mark = fault.problem_mark or fault.context_mark
        document.unreadable = 1 if mark is None else mark.line + 1
        return document
    except (yaml.YAMLError, RecursionError):
        document.unreadable = 1
        return document
    document.content = _NodeReader(document).value(node, "")
    return document


class _NodeReader:
    """Convert nodes to plain values and record the line of each. ``seen``: the collections already visited."""

    def __init__(self, document: OperationDocument) -> None:
        self.document = document
        self.seen: set[int] = set()

    def value(self, node: yaml.Node | None, path: str) -> Any:
        if node is None:
            return None
        self.document.lines[path] = node.start_mark.line + 1
        if isinstance(node, yaml.ScalarNode):
            return node.value
        if id(node) in self.seen:
            self.document.aliases.append(path)
            return None
        self.seen.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, _join(path, str(number))) for number, item in enumerate(node.value, start=1)]
        return self._mapping(node, path)

    def _mapping(self, node: yaml.Node, path: str) -> Mapping[str, Any]:
        mapping: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else "?"
            inner = _join(path, key)
            if key in mapping:
                self.document.twice.append(inner)
                self.document.lines[inner] = key_node.start_mark.line + 1
                continue
            mapping[key] = self.value(value_node, inner)
            self.document.lines[inner] = key_node.start_mark.line + 1
        return mapping


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key
