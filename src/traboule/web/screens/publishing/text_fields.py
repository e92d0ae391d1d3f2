"""The texts of a release as fields of a form, and back.

In: what a browser sent, or the texts of a draft. Out: texts as the verbs of drafting take them, and fields with the
rules that each breaks. Guaranteed: what is read from the fields of some texts are those texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from traboule.app.wording.sentences import fault
from traboule.core.codes import vocabulary
from traboule.core.language.languages import Language, how_written
from traboule.web.words import in_vocabulary, say

PARTS = ("finding", "response", "assistance")
QUOTED = ("texts", "speaker", "function")
ABOUT = {"sex": "sexes", "age_band": "age_bands", "origin": "countries", "form": "exploitation_types"}
MISSING = "text-missing"


@dataclass(frozen=True, slots=True)
class RuleShown:
    """A rule that a text breaks, in words, with the sentence that breaks it."""

    words: str
    sentence: str
    is_missing: bool


@dataclass(frozen=True, slots=True)
class TextField:
    """One text in one language: how its field is named, what stands in it, the rules it breaks."""

    name: str
    written: Language
    value: str
    rules: tuple[RuleShown, ...]

    @property
    def key(self) -> str:
        """What names the field in an address and in the page."""
        return self.name.replace(".", "-")


@dataclass(frozen=True, slots=True)
class StoryFields:
    """The fields of one case; ``about`` are codes by what they narrow down."""

    number: int
    id: str
    action: str
    cleared_by: str
    about: tuple[tuple[str, str], ...]
    parts: tuple[tuple[str, tuple[TextField, ...]], ...]

    @staticmethod
    def codes(language: str) -> dict[str, list[tuple[str, str]]]:
        """Return the codes that a case may be narrowed down by, with their labels."""
        lists = {
            name: [(code, in_vocabulary(codes, code, language)) for code in vocabulary(codes).codes]
            for name, codes in ABOUT.items()
        }
        return {**lists, "origin": sorted(lists["origin"], key=lambda entry: entry[1])}


@dataclass(frozen=True, slots=True)
class TextFields:
    """Every field of the texts of a release."""

    quotation: tuple[tuple[str, tuple[TextField, ...]], ...]
    reason: tuple[TextField, ...]
    stories: tuple[StoryFields, ...]

    def all(self) -> Iterator[TextField]:
        """Yield every field of a text."""
        for _, fields in self.quotation:
            yield from fields
        yield from self.reason
        for story in self.stories:
            for _, fields in story.parts:
                yield from fields


def read_texts(posted: Mapping[str, str], languages: list[str], most: int) -> dict[str, Any]:
    """Return what stands in the fields, empty ones too, of no more than ``most`` cases."""

    def texts(place: str) -> dict[str, str]:
        return {language: posted.get(f"{place}.{language}", "") for language in languages}

    asked = posted.get("stories", "")
    count = min(int(asked), most) if asked.isascii() and asked.isdecimal() and len(asked) < 4 else 0
    stories = []
    for number in range(1, count + 1):
        place = f"stories.{number}"
        about = {name: posted.get(f"{place}.about.{name}", "") for name in ABOUT}
        stories.append(
            {
                "id": posted.get(f"{place}.id", "").strip() or f"case-{number}",
                "action": posted.get(f"{place}.action", "").strip(),
                "about": {name: code for name, code in about.items() if code},
                "cleared_by": re.findall(r"\w+", posted.get(f"{place}.cleared_by", "").upper()),
                **{part: texts(f"{place}.{part}") for part in PARTS},
            }
        )
    return {
        "quotation": {part: texts(f"quotation.{part}") for part in QUOTED},
        "reason": texts("reason"),
        "next_release": posted.get("next_release", "").strip(),
        "stories": stories,
    }


def told(texts: Mapping[str, Any]) -> dict[str, Any]:
    """Return texts without what nothing was typed of."""
    result: dict[str, Any] = {}
    quotation = {part: entry for part, entry in texts.get("quotation", {}).items() if _any(entry)}
    if "speaker" in quotation or "function" in quotation:
        quotation = {part: texts["quotation"][part] for part in QUOTED}
    if quotation:
        result["quotation"] = {"texts": {}, **quotation}
    if _any(texts.get("reason", {})):
        result["reason"] = texts["reason"]
    if texts.get("next_release"):
        result["next_release"] = texts["next_release"]
    stories = [story for story in texts.get("stories", ()) if _is_typed(story)]
    if stories:
        result["stories"] = stories
    return result


def fields_of(texts: Mapping[str, Any], languages: tuple[str, ...], rules: tuple[Any, ...], reader: str) -> TextFields:
    """Return the fields of ``texts`` with the ``rules`` they break, said in the language of the ``reader``."""
    shown: dict[tuple[str, str], list[RuleShown]] = {}
    for rule in rules:
        shown.setdefault((rule.place, rule.language), []).append(_shown(rule, reader))

    def fields(name: str, place: str, values: Mapping[str, str]) -> tuple[TextField, ...]:
        return tuple(
            TextField(
                f"{name}.{language}",
                how_written(language),
                values.get(language, ""),
                tuple(shown.get((place, language), ())),
            )
            for language in languages
        )

    quotation = texts.get("quotation", {})
    return TextFields(
        tuple((part, fields(f"quotation.{part}", f"quotation.{part}", quotation.get(part, {}))) for part in QUOTED),
        fields("reason", "reason", texts.get("reason", {})),
        tuple(
            StoryFields(
                number,
                story["id"],
                story.get("action", ""),
                " ".join(story.get("cleared_by", ())),
                tuple((name, story.get("about", {}).get(name, "")) for name in ABOUT),
                tuple(
                    (part, fields(f"stories.{number}.{part}", f"stories.{story['id']}.{part}", story.get(part, {})))
                    for part in PARTS
                ),
            )
            for number, story in enumerate(texts.get("stories", ()), start=1)
        ),
    )


def _shown(rule: Any, reader: str) -> RuleShown:
    part = say(f"text-{rule.place.split('.')[0]}-{rule.place.split('.')[-1]}", reader)
    name = how_written(rule.language).name
    finding = replace(rule.finding, sheet=part, cell=name)
    return RuleShown(fault(finding, reader), rule.sentence, rule.finding.code == MISSING)


def _any(texts: Mapping[str, str]) -> bool:
    return any(text.strip() for text in texts.values())


def _is_typed(story: Mapping[str, Any]) -> bool:
    return bool(story.get("action")) or any(_any(story.get(part, {})) for part in PARTS)
