"""Draft a release: its texts in fields, the rules they break beside each field, and nothing typed lost when refused.

In: a form whose fields are named by place and language, such as ``stories.1.finding.ar``. Out: the texts that the verbs
of drafting take. A file of texts may be given instead of the fields.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse

from traboule.app.dispatch import Progress
from traboule.app.wording.sentences import fault
from traboule.core.errors import NotFound, Refused, TrabouleError
from traboule.web.failures import MOST_FINDINGS, status_of
from traboule.web.forms import instant_typed, text_given
from traboule.web.screens.publishing.text_fields import StoryFields, TextFields, fields_of, read_texts, told
from traboule.web.visit import Visit
from traboule.web.words import refusal

# The verb that drafts each kind of release.
DRAFTING = {"preliminary": "release.draft", "revised": "release.revise", "final": "release.finalise"}
MOST_TEXT_BYTES = 200_000
MOST_STORIES = 40
_ENDS_THE_VISIT = ("sign-in-needed", "role-lacking")


@dataclass(frozen=True, slots=True)
class DraftingForm:
    """What was typed: kind, embargo, texts in fields, and texts as YAML, which count before the fields."""

    kind: str
    embargo: str
    texts: Mapping[str, Any]
    yaml: str = ""

    @property
    def written(self) -> str:
        """The texts as the verbs of drafting take them."""
        return self.yaml if self.yaml.strip() else written(told(self.texts))


@dataclass(frozen=True, slots=True)
class RefusedDraft:
    """A draft that was refused: why, and the rules that its texts break."""

    error: TrabouleError
    rules: tuple[Any, ...]


def draft(visit: Visit) -> HttpResponse:
    """Show the form, or draft the next release as it says and let the audit judge it."""
    plain = _texts(visit)
    languages = plain["languages"]
    if visit.request.method == "GET":
        return _page(visit, DraftingForm("", "", plain["texts"]), languages)
    posted = visit.request.POST
    typed = read_texts(posted, languages, MOST_STORIES)
    form = DraftingForm(posted.get("kind", ""), posted.get("embargo", ""), typed)
    if {"check", "more", "remove"} & posted.keys():
        _rearrange(typed["stories"], posted.get("remove", ""), more="more" in posted)
        return _page(visit, form, languages, _rules(visit, typed))
    verb = DRAFTING.get(form.kind)
    if verb is None:
        raise Refused("release-kind-none")
    form = DraftingForm(form.kind, form.embargo, typed, text_given(visit.request, "texts", MOST_TEXT_BYTES))
    until = instant_typed(form.embargo)

    def perform(progress: Progress) -> RefusedDraft | None:
        try:
            visit.perform(verb, progress=progress, texts=form.written, embargo_until=until)
        except TrabouleError as error:
            if error.code in _ENDS_THE_VISIT:
                raise
            return RefusedDraft(error, () if form.yaml.strip() else _rules(visit, typed))
        visit.perform("release.verdict", progress=progress)
        return None

    def finish(now: Visit, refused: RefusedDraft | None) -> HttpResponse:
        if refused is None:
            return now.to("release-desk")
        return _page(now, form, languages, refused.rules, refused.error)

    return visit.begin(verb, perform, finish)


def check(visit: Visit, name: str) -> HttpResponse:
    """Return the rules that the text in one field breaks, while it is typed. Raises NotFound for another field."""
    languages = _texts(visit)["languages"]
    typed = read_texts(visit.request.POST, languages, MOST_STORIES)
    fields = _fields(visit, typed, languages, _rules(visit, typed))
    found = next((field for field in fields.all() if field.key == name), None)
    if found is None:
        raise NotFound("work-unknown")
    return visit.page("publishing/rules.html", {"field": found})


def written(texts: Mapping[str, Any]) -> str:
    """Return texts as YAML, of which JSON is a part; nothing for none."""
    return json.dumps(texts, ensure_ascii=False) if texts else ""


def _texts(visit: Visit) -> dict[str, Any]:
    plain: dict[str, Any] = visit.perform("release.texts").to_json()
    return plain


def _rules(visit: Visit, typed: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return the rules that what was typed breaks; the day of the next release is not asked while it is typed."""
    texts = {key: value for key, value in told(typed).items() if key != "next_release"}
    rules: tuple[Any, ...] = visit.perform("release.check-texts", texts=written(texts)).rules
    return rules


def _rearrange(stories: list[dict[str, Any]], removed: str, *, more: bool) -> None:
    stories[:] = [story for number, story in enumerate(stories, start=1) if str(number) != removed]
    if more and len(stories) < MOST_STORIES:
        used = {story["id"] for story in stories}
        free = (f"case-{number}" for number in range(1, MOST_STORIES + 2))
        stories.append({"id": next(name for name in free if name not in used)})


def _fields(visit: Visit, typed: Mapping[str, Any], languages: Iterable[str], rules: Iterable[Any]) -> TextFields:
    return fields_of(typed, tuple(languages), tuple(rules), visit.language)


def _page(
    visit: Visit,
    form: DraftingForm,
    languages: Iterable[str],
    rules: tuple[Any, ...] = (),
    error: TrabouleError | None = None,
) -> HttpResponse:
    findings = getattr(error, "findings", ())[:MOST_FINDINGS]
    fields = _fields(visit, form.texts, languages, rules)
    values = {
        "form": form,
        "fields": fields,
        "kinds": tuple(DRAFTING),
        "codes": StoryFields.codes(visit.language),
        "broken": sum(len(field.rules) for field in fields.all()),
        "sentence": refusal(error, visit.language) if error else "",
        "findings": [fault(finding, visit.language) for finding in findings] if not rules else [],
        "next_release": form.texts.get("next_release", ""),
    }
    return visit.page("publishing/draft.html", values, status=status_of(error) if error else 200)
