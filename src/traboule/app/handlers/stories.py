"""Generalise case stories until enough other cases fit their words, or refuse them (rules 22, 23).

In: stories as the desk proposes them, the incidents stored with the figures, the operation's policy. Out: stories for
the statement. Guaranteed: a story says only what :mod:`traboule.figures.disclosure.story` allows. A case that an
earlier release described is described in the same words, because two descriptions would reveal more than either.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from traboule.core.codes import vocabulary
from traboule.core.errors import Invalid, Refused
from traboule.core.record_names import unit_of
from traboule.figures.definition import dictionary
from traboule.figures.disclosure.rules import Rules
from traboule.figures.disclosure.story import Group, Incident, generalise, retell
from traboule.figures.disclosure.story import StoryRequest as OfIncident
from traboule.figures.resolved.case import VICTIMS
from traboule.release.statement import CaseDescription, Line, ReleaseStory, Statement
from traboule.release.texts import ABOUT, ProposedStory, states_named, states_typed


@dataclass(frozen=True, slots=True)
class DraftTexts:
    """The texts of a draft in the form that drafting takes; ``languages`` are those in which each is needed."""

    languages: tuple[str, ...]
    texts: Mapping[str, Any]

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {"languages": list(self.languages), "texts": dict(self.texts)}


def texts_of(statement: Statement, press: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """Return the texts of ``statement`` in the form that drafting takes, without what ``press`` says by itself.

    What a story is about are the words in which it was told: those that limited it are not stored.
    """
    texts: dict[str, Any] = {"reason": dict(statement.reason), "stories": [_proposal(s) for s in statement.stories]}
    if statement.next_release is not None:
        texts["next_release"] = statement.next_release.isoformat()
    quotation = statement.quotation
    if quotation is not None and dict(quotation.texts) != dict(press.get("spokesperson.quotation", {})):
        texts["quotation"] = {"texts": dict(quotation.texts)}
        if dict(quotation.speaker) != dict(press.get("spokesperson.name", {})):
            texts["quotation"] |= {"speaker": dict(quotation.speaker), "function": dict(quotation.function)}
    return texts


def _proposal(story: ReleaseStory) -> dict[str, Any]:
    told = story.told
    words = {"sex": told.sex, "age_band": told.age, "form": told.form, "origin": told.origin} if told else {}
    about = {name: code for name, code in words.items() if code in vocabulary(ABOUT[name])}
    parts = {part: dict(texts) for part, texts in story.parts().items()}
    return {"id": story.id, "action": story.action, "about": about, "cleared_by": list(story.cleared_by), **parts}


def prepare_stories(
    proposed: Sequence[ProposedStory], incidents: Sequence[Incident], rules: Rules, earlier: Sequence[Statement]
) -> tuple[ReleaseStory, ...]:
    """Return the stories, generalised as rules and ``earlier`` releases ask. Raises as :func:`prepare_story` does."""
    before = {
        story.action: story.told for statement in earlier for story in statement.stories if story.action and story.told
    }
    stories = []
    for proposal in proposed:
        story = prepare_story(proposal, incidents, rules, before)
        if story.told is not None:
            before[story.action] = story.told
        stories.append(story)
    return tuple(stories)


def prepare_story(
    proposed: ProposedStory,
    incidents: Sequence[Incident],
    rules: Rules,
    before: Mapping[str, CaseDescription] = MappingProxyType({}),
) -> ReleaseStory:
    """Return ``proposed`` in the finest words allowed; a case of ``before`` (by its action) in the words used then.

    Raises Invalid where its text types a state's name; Refused where no words are allowed, where those used before no
    longer fit, or where its text names a state or a count that it must not name. An action that nobody filed, one
    without such potential victims and one that no words hide are refused alike: whoever writes a story could ask for
    every action in turn whether somebody was found there.
    """
    story = proposed.story
    if faults := states_typed(story):
        raise Invalid("release-texts-faulty", findings=faults, count=len(faults))
    incident = next(
        (incident for incident in incidents if proposed.action in (incident.reference, *incident.also)), None
    )
    groups = tuple(group for group in incident.groups if _meant(group, proposed)) if incident is not None else ()
    if incident is None or not groups:
        raise Refused("release-story-too-small", story=story.id)
    named_states = states_named(story)
    origins = {group.origin for group in groups if group.origin}
    states_of = {"country": {incident.country}, "origin": origins}
    references = (incident.reference, *incident.also)
    wanted = frozenset(name for name, states in states_of.items() if states & named_states)
    of_it = OfIncident(incident, groups)
    used = next((before[reference] for reference in references if reference in before), None)
    wording = retell(of_it, used.words(), incidents, rules) if used else generalise(of_it, incidents, rules, wanted)
    if wording is None and used:
        raise Refused("release-story-told-before", story=story.id)
    if wording is None and (not wanted or generalise(of_it, incidents, rules) is None):
        raise Refused("release-story-too-small", story=story.id)
    if wording is None or not named_states <= {wording.place, wording.origin}:
        raise Refused("release-story-names-state", story=story.id, states=", ".join(sorted(named_states)))
    if proposed.states_number and wording.at_least is None:
        raise Refused("release-story-counts", story=story.id)
    return replace(
        story,
        states=tuple(sorted({unit_of(reference) for reference in references})),
        action=incident.reference,
        told=CaseDescription(*wording.words),
        persons=_persons(wording.at_least) if proposed.states_number and wording.at_least else None,
    )


def _meant(group: Group, proposed: ProposedStory) -> bool:
    """Tell whether a story is about a group; a broader form of exploitation is about all finer ones."""
    codes = {name: getattr(group, name) for name in proposed.about}
    return all(
        codes[name] == code or (name == "form" and codes[name].startswith(f"{code}."))
        for name, code in proposed.about.items()
    )


def _persons(number: int) -> Line:
    definition = dictionary()[VICTIMS]
    unit, qualifier = str(definition.unit), str(definition.qualifier or "")
    return Line(VICTIMS, number, number, number, "at_least", None, unit, qualifier, 0)
