"""What communiqués say of an operation besides its figures: fields of the operation file, one text a language.

In: the mapping ``press`` of an operation file. Out: a :class:`PressTexts`. Guaranteed: a missing text is named by its
key and language; nothing is filled in from another language.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

# Texts of ``press`` itself, then those of its parts; whether a field of a part has one text a language.
PRESS_TEXTS = ("name", "purpose", "organisation", "place", "about")
PRESS_PARTS: Mapping[str, Mapping[str, bool]] = {
    "spokesperson": {"name": True, "function": True, "quotation": True},
    "contact": {"office": True, "email": False, "phone": False},
}
_TRANSLATED = (
    *PRESS_TEXTS,
    *(f"{part}.{key}" for part, fields in PRESS_PARTS.items() for key, translated in fields.items() if translated),
)


@dataclass(frozen=True, slots=True)
class PressTexts:
    """What communiqués say of an operation.

    ``texts``: by key (such as ``about`` or ``spokesperson.name``) and language. ``email`` and ``phone`` reach the press
    office; the telephone may be left out.
    """

    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    email: str = ""
    phone: str = ""

    def missing(self, languages: Iterable[str]) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Return each key of the file that a release in ``languages`` lacks, with the languages it lacks it in."""
        wanted = tuple(languages)
        gaps = [
            (key, tuple(language for language in wanted if not self.texts.get(key, {}).get(language)))
            for key in _TRANSLATED
        ]
        lacking = [(f"press.{key}", without) for key, without in gaps if without]
        return (*lacking, *([] if self.email else [("press.contact.email", ())]))

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        texts = {key: dict(text) for key, text in self.texts.items()}
        return {"texts": texts, "email": self.email, "phone": self.phone}


def press_of(content: Mapping[str, Any]) -> PressTexts:
    """Return what the checked mapping ``press`` says."""
    texts = {}
    for key in _TRANSLATED:
        part, _, name = key.rpartition(".")
        text = (content.get(part, {}) if part else content).get(name, {})
        if text:
            texts[key] = {language: words.strip() for language, words in text.items()}
    contact = content.get("contact", {})
    return PressTexts(texts, contact.get("email", ""), contact.get("phone", ""))
