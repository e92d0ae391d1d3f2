"""An operation as data: the content of a valid operation file.

In: the text of an operation file or its path. Out: an :class:`Operation`. Guaranteed: an operation is complete (four
titles, a window in order, known states, figures and vocabularies, a release policy with its thresholds); two files with
the same content have the same content hash whatever their comments and spacing; a faulty file raises Invalid with every
fault, each with its key and line.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from functools import cached_property, lru_cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

from traboule.core.errors import Invalid, NotFound
from traboule.core.language.spelling import nearest
from traboule.operation.check import check
from traboule.operation.document import OperationDocument, read
from traboule.operation.press import PressTexts, press_of

_PACKAGE = "traboule.operation"
_FOLDER = "operations"
PRESENTATION = ("press", "country_names")  # What may change while an operation is open.


@dataclass(frozen=True, slots=True)
class Participant:
    """A state or territory that takes part; ``required`` returns keep a release from being final (rule 25)."""

    state: str
    required: bool


@dataclass(frozen=True, slots=True)
class StopEntry:
    """An identifier that links nothing (rule 12): its kind, its value as written, and why."""

    kind: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class ReleasePolicy:
    """What may be released (rule 23).

    ``threshold``: the smallest number of persons a published cell may show; ``minors_threshold`` the
    same for cells about minors. ``rounding``: the base cells of a breakdown are rounded to; totals are
    exact or held back. ``minimum_incidents``: how many actions a cell must rest on. ``languages``: those a release
    is written in. ``protection``: "suppression" (small cells are hidden) or "rounding" (every cell is shown,
    none as it is).
    """

    threshold: int
    rounding: int
    minimum_incidents: int
    minors_threshold: int
    languages: tuple[str, ...]
    protection: str = "suppression"

    def to_json(self) -> dict[str, object]:
        """Return plain values, as a release keeps them."""
        return asdict(self) | {"languages": list(self.languages)}


@dataclass(frozen=True)
class Operation:
    """One operation. ``start`` and ``end`` are local dates, both inside the window (rule 9).

    ``press`` is what its communiqués say of it; ``country_names`` are the names of states as the organisation writes
    them, by code and language, where they differ from CLDR's.
    """

    code: str
    titles: Mapping[str, str]
    start: date
    end: date
    participants: tuple[Participant, ...]
    coordination_units: tuple[str, ...]
    figures: tuple[str, ...]
    vocabularies: tuple[str, ...]
    policy: ReleasePolicy
    person_rows_for_migrants: bool
    stop_list: tuple[StopEntry, ...]
    press: PressTexts = field(default_factory=PressTexts)
    country_names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @cached_property
    def states(self) -> frozenset[str]:
        """Return the codes of all states and territories that take part."""
        return frozenset(participant.state for participant in self.participants)

    @cached_property
    def required_states(self) -> frozenset[str]:
        """Return the codes of those whose return a final release waits for."""
        return frozenset(participant.state for participant in self.participants if participant.required)

    @cached_property
    def content_hash(self) -> str:
        """Return the SHA-256 (hex) of the content on which returns and figures rest.

        Comments and spacing of its file do not count, nor do the texts for communiqués.
        """
        content = {key: value for key, value in self.to_json().items() if key not in PRESENTATION}
        plain = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return sha256(plain.encode()).hexdigest()

    def title(self, language: str) -> str:
        """Return the title in ``language`` (English where the language is unknown)."""
        return self.titles.get(language, self.titles["en"])

    def contains(self, moment: date | datetime) -> bool:
        """Tell whether a local day or moment lies inside the window; both ends do."""
        day = moment.date() if isinstance(moment, datetime) else moment
        return self.start <= day <= self.end

    def to_json(self) -> dict[str, Any]:
        """Return plain values: dates in ISO 8601, tuples as lists, in the order of the file."""
        return {
            "code": self.code,
            "titles": dict(self.titles),
            "start": self.start.isoformat(),
            "end": self.end.isoformat(),
            "participants": [asdict(participant) for participant in self.participants],
            "coordination_units": list(self.coordination_units),
            "figures": list(self.figures),
            "vocabularies": list(self.vocabularies),
            "policy": self.policy.to_json(),
            "person_rows_for_migrants": self.person_rows_for_migrants,
            "stop_list": [asdict(entry) for entry in self.stop_list],
            "press": self.press.to_json(),
            "country_names": {code: dict(names) for code, names in self.country_names.items()},
        }


def load(source: Path | str) -> Operation:
    """Return the operation of a file, given as its path or as its text.

    Raises Invalid (``operation-file-unreadable`` where the text is no mapping in YAML, else ``operation-invalid``)
    with every fault as a finding: ``field`` is the key (such as ``participants.3.state``), ``row`` its line, ``value``
    what stands there; wording in ``operation/faults.yaml``.
    """
    if isinstance(source, Path):
        return _loaded(source.read_text(encoding="utf-8-sig", errors="replace"), source.name)
    return _loaded(source, "")


# Every verb reads the open operation, and reading its YAML takes longer than most verbs do.
@lru_cache(maxsize=16)
def _loaded(text: str, file_name: str) -> Operation:
    document = read(text)
    findings = check(document, file_name=file_name)
    if findings:
        first = findings[0]
        if not first.field:
            raise Invalid("operation-file-unreadable", findings)
        raise Invalid("operation-invalid", findings, count=len(findings), line=first.row, key=first.field)
    return _operation(document)


def shipped(code: str) -> Operation:
    """Return the operation whose file comes with the software. Raises NotFound for a code without a file."""
    return load(shipped_text(code))


def shipped_text(code: str) -> str:
    """Return the text of the operation file that comes with the software. Raises NotFound as ``shipped`` does."""
    if code not in shipped_codes():
        codes = shipped_codes()
        raise NotFound("operation-not-shipped", operation=code, shipped=", ".join(codes), near=nearest(code, codes))
    return files(_PACKAGE).joinpath(_FOLDER, f"{code}.yaml").read_text(encoding="utf-8")


def shipped_codes() -> tuple[str, ...]:
    """Return the codes of the operation files that come with the software, sorted."""
    folder = files(_PACKAGE).joinpath(_FOLDER)
    return tuple(sorted(path.name[:-5] for path in folder.iterdir() if path.name.endswith(".yaml")))


def _operation(document: OperationDocument) -> Operation:
    """Return the operation of a document without faults."""
    content: Mapping[str, Any] = document.content
    release = content["release"]
    return Operation(
        code=content["code"],
        titles=dict(content["title"]),
        start=date.fromisoformat(content["window"]["start"]),
        end=date.fromisoformat(content["window"]["end"]),
        participants=tuple(_participant(entry) for entry in content["participants"]),
        coordination_units=tuple(content["coordination_units"]),
        figures=tuple(content["figures"]),
        vocabularies=tuple(content["vocabularies"]),
        policy=ReleasePolicy(
            threshold=int(release["threshold"]),
            rounding=int(release["rounding"]),
            minimum_incidents=int(release["minimum_incidents"]),
            minors_threshold=int(release["minors_threshold"]),
            languages=tuple(release["languages"]),
            protection=release.get("protection", "suppression"),
        ),
        person_rows_for_migrants=content["person_rows_for_migrants"] == "true",
        stop_list=tuple(StopEntry(**entry) for entry in content.get("stop_list", ())),
        press=press_of(content.get("press", {})),
        country_names={code: dict(names) for code, names in content.get("country_names", {}).items()},
    )


def _participant(entry: Mapping[str, str]) -> Participant:
    return Participant(state=entry["state"], required=entry["required"] == "true")
