"""Check an operation file: report every fault at once, each with its key and line.

In: a :class:`~traboule.operation.document.OperationDocument`. Out: findings, none for a valid file. Guaranteed: one
pass reports every fault, in the order of the lines, and looks only at the document and the vocabularies. The wording of
each fault stands in ``operation/faults.yaml`` in four languages.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from traboule.core.codes import vocabulary, vocabulary_names
from traboule.core.findings import Finding, Severity
from traboule.core.language.languages import GROWING_LANGUAGES, LANGUAGES, SPOKEN_LANGUAGES
from traboule.core.language.release_languages import missing_for_release, release_languages
from traboule.operation.document import OperationDocument
from traboule.operation.press import PRESS_PARTS, PRESS_TEXTS

_REQUIRED = (
    "code",
    "title",
    "window",
    "participants",
    "coordination_units",
    "figures",
    "vocabularies",
    "person_rows_for_migrants",
    "release",
)
_OPTIONAL = ("stop_list", "press", "country_names")
_CODE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_INTEGER = re.compile(r"[0-9]{1,6}")
_LONGEST_CODE = 64

# The minimum of each number of the release policy: a threshold of one or no rounding protects nobody.
_LEAST = {"threshold": 2, "rounding": 1, "minimum_incidents": 1, "minors_threshold": 2}
# Cells rounded up or down must be rounded to something; hidden ones need not be rounded at all.
_LEAST_ROUNDING = {"suppression": 1, "rounding": 3}

# Every measure can be asked for; so can the number of those taking part, which no row declares.
_PARTICIPANTS = "participants"


def check(document: OperationDocument, *, file_name: str = "") -> tuple[Finding, ...]:
    """Return all faults of an operation file, in the order of its lines."""
    return _FileCheck(document, file_name).findings()


class _FileCheck:
    """One check of one document. Each method checks one key and notes its faults."""

    def __init__(self, document: OperationDocument, file_name: str) -> None:
        self.document = document
        self.file_name = file_name
        self.noted: list[Finding] = []

    def findings(self) -> tuple[Finding, ...]:
        if self.document.unreadable:
            self.note("operation-unreadable", "", line=self.document.unreadable)
        elif not isinstance(self.document.content, dict):
            self.note("operation-without-keys", "")
        else:
            self.content(self.document.content)
        return tuple(sorted(self.noted, key=lambda finding: (finding.row, finding.field, finding.code)))

    def note(self, code: str, path: str, value: object = "", *, line: int = 0, **values: object) -> None:
        row = line or self.document.line(path)
        details = {"key": path, "line": row, "value": str(value), **values}
        self.noted.append(
            Finding(
                code=code,
                severity=Severity.ERROR,
                table="operation",
                field=path,
                sheet=self.file_name,
                row=row,
                value=str(value),
                values=details,
            )
        )

    def content(self, content: Mapping[str, Any]) -> None:
        for path in self.document.twice:
            self.note("operation-key-twice", path)
        for path in self.document.aliases:
            self.note("operation-alias", path)
        self.keys(content, "", required=_REQUIRED, optional=_OPTIONAL)
        code = self.text(content, "code")
        if code and (not _CODE.fullmatch(code) or len(code) > _LONGEST_CODE):
            self.note("operation-code-malformed", "code", code)
        self.titles(content)
        self.window(content)
        states = self.participants(content)
        self.coordination_units(content, states)
        measures = vocabulary("measures").codes
        self.check_entries(content, "figures", (*measures, _PARTICIPANTS), "operation-figure-unknown")
        self.check_entries(content, "vocabularies", vocabulary_names(), "operation-vocabulary-unknown")
        self.truth(content, "person_rows_for_migrants")
        self.release(content)
        self.stop_list(content)
        self.press(content)
        self.country_names(content)

    def titles(self, content: Mapping[str, Any]) -> None:
        titles = self.mapping(content, "title")
        if titles is None:
            return
        for language in (*LANGUAGES, *self.growing(content)):
            if not str(titles.get(language) or "").strip():
                self.note("operation-title-missing", "title", language=language)
        for language in titles:
            if language not in SPOKEN_LANGUAGES:
                self.note("operation-key-unknown", f"title.{language}", language)

    def growing(self, content: Mapping[str, Any]) -> list[str]:
        """Return the growing languages of the operation's releases, which its title must have as well."""
        release = content.get("release")
        wanted = release.get("languages") if isinstance(release, dict) else None
        return [language for language in GROWING_LANGUAGES if isinstance(wanted, list) and language in wanted]

    def window(self, content: Mapping[str, Any]) -> None:
        window = self.mapping(content, "window")
        if window is None:
            return
        self.keys(window, "window", required=("start", "end"))
        start, end = (self.day(window, f"window.{key}") for key in ("start", "end"))
        if start and end and start > end:
            self.note("operation-window-reversed", "window", f"{start} > {end}", start=start, end=end)

    def participants(self, content: Mapping[str, Any]) -> frozenset[str]:
        states: set[str] = set()
        entries = self.entries(content, "participants")
        if entries == [] and "participants" in content and isinstance(content["participants"], list):
            self.note("operation-no-participants", "participants")
        for path, entry in entries:
            self.keys(entry, path, required=("state", "required"))
            state = self.text(entry, f"{path}.state")
            if state and state not in vocabulary("countries"):
                self.note("operation-state-unknown", f"{path}.state", state)
            elif state in states:
                self.note("operation-state-twice", f"{path}.state", state)
            states.add(state)
            self.truth(entry, f"{path}.required")
        return frozenset(states)

    def coordination_units(self, content: Mapping[str, Any], states: frozenset[str]) -> None:
        for path, unit in self.texts(content, "coordination_units"):
            if unit not in vocabulary("countries"):
                self.note("operation-state-unknown", path, unit)
            elif unit not in states:
                self.note("operation-unit-not-participant", path, unit)

    def release(self, content: Mapping[str, Any]) -> None:
        release = self.mapping(content, "release")
        if release is None:
            return
        self.keys(release, "release", required=(*_LEAST, "languages"), optional=("protection",))
        protection = self.text(release, "release.protection") or "suppression"
        if protection not in _LEAST_ROUNDING:
            self.note("operation-protection-unknown", "release.protection", protection)
        for key, least in {**_LEAST, "rounding": _LEAST_ROUNDING.get(protection, 1)}.items():
            number = self.text(release, f"release.{key}")
            if number and (not _INTEGER.fullmatch(number) or int(number) < least):
                self.note("operation-number-too-small", f"release.{key}", number, least=least)
        for path, language in self.texts(release, "release.languages"):
            self.release_language(path, language)

    def release_language(self, path: str, language: str) -> None:
        offered = ", ".join(release_languages())
        if language not in SPOKEN_LANGUAGES:
            self.note("operation-language-unknown", path, language, known=offered)
        elif language not in release_languages():
            gaps = missing_for_release(language)
            self.note("operation-language-growing", path, language, count=len(gaps), first=gaps[0], known=offered)

    def stop_list(self, content: Mapping[str, Any]) -> None:
        for path, entry in self.entries(content, "stop_list"):
            self.keys(entry, path, required=("kind", "value", "reason"))
            kind = self.text(entry, f"{path}.kind")
            if kind and kind not in vocabulary("identifier_kinds"):
                self.note("operation-identifier-kind-unknown", f"{path}.kind", kind)
            self.text(entry, f"{path}.value")
            self.text(entry, f"{path}.reason")

    def press(self, content: Mapping[str, Any]) -> None:
        """Check the form of what communiqués say of the operation. A missing text blocks a release, not the file."""
        press = self.mapping(content, "press")
        if press is None:
            return
        self.keys(press, "press", required=(), optional=(*PRESS_TEXTS, *PRESS_PARTS))
        for key in PRESS_TEXTS:
            self.translations(press, f"press.{key}")
        for part, fields in PRESS_PARTS.items():
            inner = self.mapping(press, f"press.{part}") or {}
            self.keys(inner, f"press.{part}", required=(), optional=tuple(fields))
            for key, translated in fields.items():
                if translated:
                    self.translations(inner, f"press.{part}.{key}")
                else:
                    self.text(inner, f"press.{part}.{key}")

    def country_names(self, content: Mapping[str, Any]) -> None:
        names = self.mapping(content, "country_names") or {}
        for code in names:
            if code not in vocabulary("countries"):
                self.note("operation-state-unknown", f"country_names.{code}", code)
            self.translations(names, f"country_names.{code}")

    def translations(self, content: Mapping[str, Any], path: str) -> None:
        """Note what is wrong with a text in several languages, which need not be there in all."""
        texts = self.mapping(content, path) or {}
        for language in texts:
            if language not in SPOKEN_LANGUAGES:
                offered = ", ".join(release_languages())
                self.note("operation-language-unknown", f"{path}.{language}", language, known=offered)
            else:
                self.text(texts, f"{path}.{language}")

    def check_entries(self, content: Mapping[str, Any], key: str, valid: Iterable[str], code: str) -> None:
        """Note each entry of the list ``key`` that is not in ``valid`` or occurs twice."""
        allowed, seen = frozenset(valid), set[str]()
        for path, entry in self.texts(content, key):
            if entry not in allowed:
                self.note(code, path, entry)
            elif entry in seen:
                self.note("operation-entry-twice", path, entry)
            seen.add(entry)

    def keys(
        self, content: Mapping[str, Any], path: str, *, required: tuple[str, ...], optional: tuple[str, ...] = ()
    ) -> None:
        """Note missing and unknown keys."""
        for key in required:
            if key not in content:
                self.note("operation-key-missing", f"{path}.{key}" if path else key)
        for key in content:
            if key not in required and key not in optional:
                self.note("operation-key-unknown", f"{path}.{key}" if path else key, key)

    def text(self, content: Mapping[str, Any], path: str) -> str:
        """Return the text at the last key of ``path``, or an empty one after noting what is wrong."""
        key = path.rpartition(".")[2]
        value = content.get(key)
        if isinstance(value, str) and value.strip():
            return value
        if key in content:
            self.note("operation-not-text", path)
        return ""

    def mapping(self, content: Mapping[str, Any], path: str) -> Mapping[str, Any] | None:
        """Return the mapping at the last key of ``path``, or None after noting what is none."""
        key = path.rpartition(".")[2]
        value = content.get(key)
        if isinstance(value, dict):
            return value
        if key in content:
            self.note("operation-not-mapping", path)
        return None

    def sequence(self, content: Mapping[str, Any], path: str) -> list[tuple[str, Any]]:
        """Return the entries of the list at the last key of ``path``, each with its own path."""
        key = path.rpartition(".")[2]
        value = content.get(key, [])
        if isinstance(value, list):
            return [(f"{path}.{number}", entry) for number, entry in enumerate(value, start=1)]
        self.note("operation-not-list", path)
        return []

    def entries(self, content: Mapping[str, Any], key: str) -> list[tuple[str, Mapping[str, Any]]]:
        """Return the mappings of the list ``key``, after noting what is none."""
        sequence = self.sequence(content, key)
        for path, entry in sequence:
            if not isinstance(entry, dict):
                self.note("operation-not-mapping", path)
        return [(path, entry) for path, entry in sequence if isinstance(entry, dict)]

    def texts(self, content: Mapping[str, Any], path: str) -> list[tuple[str, str]]:
        """Return the texts of the list at ``path``, after noting what is none."""
        sequence = self.sequence(content, path)
        for inner, entry in sequence:
            if not isinstance(entry, str) or not entry.strip():
                self.note("operation-not-text", inner)
        return [(inner, entry) for inner, entry in sequence if isinstance(entry, str) and entry.strip()]

    def truth(self, content: Mapping[str, Any], path: str) -> None:
        value = self.text(content, path)
        if value and value not in ("true", "false"):
            self.note("operation-not-truth", path, value)

    def day(self, content: Mapping[str, Any], path: str) -> date | None:
        value = self.text(content, path)
        try:
            return date.fromisoformat(value) if value else None
        except ValueError:
            self.note("operation-date-unreadable", path, value)
            return None
