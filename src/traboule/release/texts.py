"""What the desk adds to a release in its own words: case stories, a quotation, a reason, the day of the next release.

In: YAML (``stories``, ``quotation``, ``reason``, ``next_release``), and a statement that holds them. Out:
:class:`ReleaseTexts`, and the faults of their texts. Guaranteed: these texts keep the rules of the shipped wording: no
digit typed, no qualifier dropped, all languages there; a story stands only where every state it concerns has cleared
it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from typing import Any, TypeVar

import yaml

from traboule.core.codes import vocabulary
from traboule.core.errors import Invalid, Refused
from traboule.core.findings import Finding, Severity
from traboule.core.language.languages import SPOKEN_LANGUAGES, is_right_to_left
from traboule.core.language.messages import catalogue
from traboule.core.language.release_languages import release_languages
from traboule.core.language.spelling import fold
from traboule.release.statement import STORY_PARTS, Quotation, ReleaseStory, Statement
from traboule.release.wording import numbers_typed, people_faults, text_faults, wording

PLACE = re.compile(r"\{(persons|state)(?::([A-Z]{2}))?\}")
MOST_BYTES = 200_000
KEYS = {"stories", "quotation", "reason", "next_release"}
Shape = TypeVar("Shape")
SENTENCE_END = re.compile(r"(?<=[.!?؟])\s+")
ABOUT = {"sex": "sexes", "age_band": "age_bands", "form": "exploitation_types", "origin": "countries"}


@dataclass(frozen=True, slots=True)
class ProposedStory:
    """A story as the desk wants it told. ``action`` is the record of the action it is about, ``about`` narrows its
    potential victims down by codes; both stay at the desk. How finely it may be told is decided elsewhere."""

    story: ReleaseStory
    action: str
    about: Mapping[str, str]

    @property
    def states_number(self) -> bool:
        """Tell whether its text says how many."""
        return any(kind == "persons" for _, text in self.story.texts() for kind, _ in PLACE.findall(text))


@dataclass(frozen=True, slots=True)
class ReleaseTexts:
    """What the file of texts of one release says; empty where it says nothing."""

    stories: tuple[ProposedStory, ...] = ()
    quotation: Quotation | None = None
    reason: Mapping[str, str] = field(default_factory=dict)
    next_release: date | None = None


def read(text: str) -> ReleaseTexts:
    """Return what a YAML text adds to a release; nothing for an empty one.

    Form: ``stories: [{id, action, about: {sex, age_band, form, origin}, cleared_by, finding, response, assistance}]``,
    of which ``about`` may be left out; ``quotation: {speaker, function, texts}``, of which the speaker and their
    function may be left out together; ``reason``; each text by language. ``next_release`` is a day (ISO 8601). Raises
    Invalid for a text of another form.
    """
    if not text.strip():
        return ReleaseTexts()
    plain = _loaded(text)
    entries = _of(plain.get("stories") or [], list, "stories")
    return ReleaseTexts(
        stories=tuple(_proposed(entry, f"stories.{number}") for number, entry in enumerate(entries, start=1)),
        quotation=_quotation(plain["quotation"]) if plain.get("quotation") else None,
        reason=_texts(plain.get("reason") or {}, "reason"),
        next_release=_day(plain["next_release"], "next_release") if plain.get("next_release") else None,
    )


def _quotation(entry: object) -> Quotation:
    fields = _keys(entry, ("texts",), ("speaker", "function"), "quotation")
    if "speaker" in fields:
        fields = _keys(entry, ("texts", "speaker", "function"), (), "quotation")
    texts, speaker, function = (
        _texts(fields.get(name) or {}, f"quotation.{name}") for name in ("texts", "speaker", "function")
    )
    return Quotation(speaker, texts, function)


def uncleared(statement: Statement) -> list[tuple[str, tuple[str, ...]]]:
    """Return each story that some state has not cleared, with those states."""
    stories = []
    for story in statement.stories:
        missing = tuple(sorted({*story.states, *states_named(story)} - {*story.cleared_by}))
        if missing:
            stories.append((story.id, missing))
    return stories


def faults_of(statement: Statement) -> list[Finding]:
    """Return every fault of the texts the desk and the operation file added: the rules of
    :func:`traboule.release.wording.faults_of`, and no state or people named where no clearance and no count stands
    behind it."""
    faults = reasons_faults(statement.reason)
    figures = {line.figure for line in statement.lines}
    for story in statement.stories:
        for part, texts in story.parts().items():
            place = f"stories.{story.id}.{part}"
            faults += _faults(texts, figures, place, statement.languages, persons=story.persons is not None)
    if statement.quotation is not None:
        for part in ("texts", "speaker", "function"):
            texts = getattr(statement.quotation, part)
            faults += _faults(texts, figures, f"quotation.{part}", statement.languages, persons=False)
        for language, text in statement.quotation.texts.items():
            faults += _typed(text, (language,), "quotation.texts")
    # A name or a boilerplate may hold a number that counts nothing here: "24/7", "195 member countries".
    for key, texts in statement.press.texts.items():
        for language, text in texts.items():
            catalogues = [wording(language).catalogue]
            faults += [
                _finding(code, f"press.{key}", language, value) for code, value in people_faults(text, catalogues)
            ]
    return faults


@dataclass(frozen=True, slots=True)
class BrokenRule:
    """A rule that a text breaks: the text's ``place`` (``quotation.texts``, ``stories.<id>.finding``) and language, and
    the sentence that breaks it, empty where a text is missing."""

    place: str
    language: str
    finding: Finding
    sentence: str

    def to_json(self) -> dict[str, str]:
        """Return plain values."""
        value = self.finding.value
        where = {"place": self.place, "language": self.language}
        return {**where, "code": self.finding.code, "value": value, "sentence": self.sentence}


def broken_rules(texts: ReleaseTexts, languages: Sequence[str], figures: Collection[str]) -> list[BrokenRule]:
    """Return every rule that texts break by themselves, whatever the figures: those of :func:`faults_of` and
    :func:`states_typed`. ``figures`` are those a text may refer to."""

    def faults(place: str, text: str, language: str) -> Iterable[Finding]:
        is_story = place.startswith("stories.")
        yield from _faults({language: text}, figures, place, (language,), persons=is_story)
        if is_story or place == "quotation.texts":
            yield from _typed(PLACE.sub(" ", text), (language,), place)

    def reason(place: str, text: str, language: str) -> Iterable[Finding]:
        return (replace(fault, sheet=place, field=language, cell=language) for fault in reason_faults(text))

    rules: list[BrokenRule] = []
    for proposal in texts.stories:
        for part, by_language in proposal.story.parts().items():
            rules += _broken(f"stories.{proposal.story.id}.{part}", by_language, languages, faults)
    if texts.quotation is not None:
        has_speaker = bool(texts.quotation.speaker or texts.quotation.function)
        for part in ("texts", "speaker", "function") if has_speaker else ("texts",):
            rules += _broken(f"quotation.{part}", getattr(texts.quotation, part), languages, faults)
    if texts.reason:
        rules += _broken("reason", texts.reason, languages, reason)
    return rules


def _broken(
    place: str,
    texts: Mapping[str, str],
    languages: Sequence[str],
    faults: Callable[[str, str, str], Iterable[Finding]],
) -> Iterator[BrokenRule]:
    for language in languages:
        text = texts.get(language, "")
        if not text.strip():
            yield BrokenRule(place, language, _finding("text-missing", place, language, ""), "")
            continue
        for fault in faults(place, text, language):
            sentences = (part for part in SENTENCE_END.split(text) if fault in (*faults(place, part, language),))
            yield BrokenRule(place, language, fault, next(sentences, text).strip())


def check_reason(reason: Mapping[str, str], languages: Sequence[str]) -> None:
    """Raise Refused where the reason of a revision or withdrawal is not there in each of ``languages``."""
    if not any(text.strip() for text in reason.values()):
        raise Refused("release-without-reason")
    if missing := [language for language in languages if not reason.get(language, "").strip()]:
        raise Refused("release-reason-languages", languages=", ".join(missing))


def reasons_faults(reason: Mapping[str, str]) -> list[Finding]:
    """Return every fault of a reason that stands in several languages, each with the language as its place."""
    return [
        replace(fault, sheet=f"reason.{language}") for language, text in reason.items() for fault in reason_faults(text)
    ]


def reason_faults(reason: str) -> list[Finding]:
    """Return every fault of a reason for a revision or a withdrawal, which stands in a document as it was typed.

    Nobody asks in which language it was written, so that the rules of every language of releases hold: no number, no
    qualifier dropped, and no state or people named beside the few persons that a change may be of.
    """
    languages = release_languages()
    catalogues = [wording(language).catalogue for language in languages]
    faults = [("digit-typed", number) for number in numbers_typed(reason)] + people_faults(reason, catalogues)
    return [*(_finding(code, "reason", "", value) for code, value in faults), *_typed(reason, languages, "reason")]


def _faults(
    texts: Mapping[str, str], figures: Collection[str], place: str, languages: Sequence[str], *, persons: bool
) -> Iterator[Finding]:
    countries = vocabulary("countries")
    for language in languages:
        text = texts.get(language, "")
        if not text.strip():
            yield _finding("text-missing", place, language, "")
            continue
        for kind, code in PLACE.findall(text):
            if (kind == "persons" and not persons) or (kind == "state" and code not in countries):
                yield _finding("reference-unknown", place, language, code or kind)
        for code, value in text_faults(PLACE.sub(" ", text), wording(language).catalogue, figures):
            yield _finding(code, place, language, value)


def _finding(code: str, place: str, language: str, value: str) -> Finding:
    return Finding(code, Severity.ERROR, sheet=place, field=language, cell=language, value=value, rule="2")


def states_typed(story: ReleaseStory) -> list[Finding]:
    """Return a finding for each name of a state, or word for its people, that is typed into a story's texts: whether it
    may be said is not for a typist to say."""
    place = f"stories.{story.id}"
    return [fault for language, text in story.texts() for fault in _typed(PLACE.sub(" ", text), (language,), place)]


def _typed(text: str, languages: Sequence[str], place: str) -> list[Finding]:
    """Return a finding for each state that is named in a text, or its people, in any of ``languages``."""
    faults = {}
    for language in languages:
        words = [_forms(word, language) for word in re.findall(r"\w+", text)]
        forms = frozenset[str]().union(*words)
        beginnings = frozenset(form[:length] for form in forms for length in range(1, len(form) + 1))
        for state, names in _state_names(language).items():
            # Most names have a last word that stands nowhere in the text.
            near = (name for name in names if name[0][-1] in (beginnings if name[1] else forms))
            if state not in faults and any(_occurs(name, words) for name in near):
                field = language if len(languages) == 1 else ""
                faults[state] = _finding("state-typed", place, field, vocabulary("countries").label(state, language))
    return list(faults.values())


@cache
def _state_names(language: str) -> Mapping[str, tuple[tuple[tuple[str, ...], bool], ...]]:
    """Return for each state the words it and its people are named by: folded, and whether the last is a beginning."""
    places = catalogue("traboule.factcheck", f"lexicons/{language}.yaml")["places"]
    peoples = catalogue("traboule.factcheck", "lexicons/demonyms.yaml")
    countries = vocabulary("countries")
    names_by_state = {}
    for state in countries.codes:
        # A label may hold two names, such as "Myanmar (Burma)" or "Trinidad & Tobago".
        names = [part for part in re.split(r"[()&]| - ", countries.label(state, language)) if part.strip()]
        names += [*places.get(state, ()), *peoples.get(state, {}).get(language, ())]
        words = [(tuple(fold(w).removeprefix("ال") for w in re.findall(r"\w+", n)), n.endswith("*")) for n in names]
        names_by_state[state] = tuple((name, begins) for name, begins in words if name)
    return names_by_state


def _occurs(name: tuple[tuple[str, ...], bool], words: Sequence[frozenset[str]]) -> bool:
    """Tell whether a name stands among words; of one that only begins so, the last word may go on."""
    wanted, begins = name
    *leading, last = wanted
    for at in range(len(words) - len(wanted) + 1):
        if all(part in forms for part, forms in zip(leading, words[at:], strict=False)):
            forms = words[at + len(leading)]
            if last in forms or (begins and any(form.startswith(last) for form in forms)):
                return True
    return False


def _forms(word: str, language: str) -> frozenset[str]:
    """Return a word folded, in Arabic also without each of the short words that may be joined to its beginning."""
    forms = [fold(word)]
    if is_right_to_left(language):
        while len(forms[-1]) > 3 and forms[-1][0] in "وفبلك":
            forms.append(forms[-1][1:])
        forms += [form.removeprefix("ال") for form in forms]
    return frozenset(forms)


def states_named(story: ReleaseStory) -> set[str]:
    """Return the states that a story's texts refer to."""
    return {code for _, text in story.texts() for kind, code in PLACE.findall(text) if kind == "state"}


def _loaded(text: str) -> Mapping[str, Any]:
    if len(text.encode()) > MOST_BYTES:
        raise Invalid("release-texts-unreadable", place=f"> {MOST_BYTES}")
    try:
        # An alias lets a small file stand for an endless one; nothing here needs one.
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=yaml.CSafeLoader)):
            raise Invalid("release-texts-unreadable", place="*")
        plain = yaml.load(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as wrong:
        # Where reading stopped, as line:column; what the reader says of it is in one language alone.
        mark = getattr(wrong, "problem_mark", None)
        place = f"{mark.line + 1}:{mark.column + 1}" if mark else "YAML"
        raise Invalid("release-texts-unreadable", place=place) from wrong
    if not isinstance(plain, dict) or not plain.keys() <= KEYS:
        raise Invalid("release-texts-unreadable", place=", ".join(sorted(KEYS)))
    return plain


def _proposed(entry: object, place: str) -> ProposedStory:
    fields = _keys(entry, ("id", "action", *STORY_PARTS), ("about", "cleared_by"), place)
    about = _keys(fields.get("about") or {}, (), tuple(ABOUT), f"{place}.about")
    for name, code in about.items():
        if str(code) not in vocabulary(ABOUT[name]):
            raise Invalid("release-texts-unreadable", place=f"{place}.about.{name}: {code}")
    identifiers = {name: _of(fields[name], str, f"{place}.{name}") for name in ("id", "action")}
    states = _of(fields.get("cleared_by") or [], list, f"{place}.cleared_by")
    cleared_by = tuple(sorted(_of(state, str, f"{place}.cleared_by") for state in states))
    finding, response, assistance = (_texts(fields[part], f"{place}.{part}") for part in STORY_PARTS)
    story = ReleaseStory(identifiers["id"], (), cleared_by, finding, response, assistance)
    return ProposedStory(story, identifiers["action"], {name: str(code) for name, code in about.items()})


def _texts(texts: object, place: str) -> dict[str, str]:
    fields = _keys(texts, (), SPOKEN_LANGUAGES, place)
    return {
        language: _of(fields[language], str, f"{place}.{language}").strip() for language in fields if fields[language]
    }


def _day(value: object, place: str) -> date:
    """Return a day, which YAML may have read as one already. Raises Invalid with the place for what is none."""
    if type(value) is date:
        return value
    try:
        return date.fromisoformat(_of(value, str, place))
    except ValueError as wrong:
        raise Invalid("release-texts-unreadable", place=f"{place}: {value}") from wrong


def _keys(value: object, needed: Sequence[str], more: Sequence[str], place: str) -> dict[str, Any]:
    """Return a mapping that has the keys it needs and none but those it may have. Raises Invalid with the place."""
    fields = _of(value, dict, place)
    wrong = [
        *(name for name in needed if name not in fields),
        *(name for name in fields if name not in {*needed, *more}),
    ]
    if wrong:
        raise Invalid("release-texts-unreadable", place=f"{place}.{wrong[0]}")
    return fields


def _of(value: object, kind: type[Shape], place: str) -> Shape:
    """Return a value of the kind that belongs at a place. Raises Invalid with the place for any other."""
    if not isinstance(value, kind):
        raise Invalid("release-texts-unreadable", place=place)
    return value
