"""Case stories as a release may tell them: each as fine as enough others like it allow, or not at all (rules 22, 23).

Comes in: stories as the desk proposes them, the incidents kept beside the figures, the operation's policy. Goes out:
stories for the statement. Promises: what stands in a story is what :mod:`traboule.figures.disclosure.story` allows; a
case that was told before is told in the same words, or two releases would tell more than either.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from traboule.core.errors import Invalid, Refused
from traboule.figures.definition import dictionary
from traboule.figures.disclosure.rules import Rules
from traboule.figures.disclosure.story import Group, Incident, generalise, retell
from traboule.figures.disclosure.story import Story as OfIncident
from traboule.figures.resolved.case import VICTIMS
from traboule.release.statement import CaseDescription, Line, ReleaseStory, Statement
from traboule.release.texts import ProposedStory, states_named, states_typed


def tell_all(
    proposed: Sequence[ProposedStory], incidents: Sequence[Incident], rules: Rules, earlier: Sequence[Statement]
) -> tuple[ReleaseStory, ...]:
    """Return the stories as they may be told after what ``earlier`` releases told. Raises as :func:`tell` does."""
    before = {one.action: one.told for said in earlier for one in said.stories if one.action and one.told}
    found = []
    for one in proposed:
        story = tell(one, incidents, rules, before)
        if story.told is not None:
            before[story.action] = story.told
        found.append(story)
    return tuple(found)


def tell(
    proposed: ProposedStory,
    incidents: Sequence[Incident],
    rules: Rules,
    before: Mapping[str, CaseDescription] = MappingProxyType({}),
) -> ReleaseStory:
    """Return ``proposed`` as finely as it may be told; a case of ``before`` (by its action) in the words used then.

    Raises Invalid (``story-unknown``) for an action nobody filed, or one without such potential victims; Refused where
    nothing of it may be told, where the words used before no longer fit, where its text names a state that must not be
    named, or says how many it must not say.
    """
    incident = next((one for one in incidents if proposed.action in (one.reference, *one.also)), None)
    groups = tuple(one for one in incident.groups if _meant(one, proposed)) if incident is not None else ()
    if incident is None or not groups:
        raise Invalid("story-unknown", reference=proposed.action)
    story = proposed.story
    named = states_named(story)
    origins = {one.origin for one in groups if one.origin}
    kept = {"country": {incident.country}, "origin": origins}
    places = {one.partition("/")[0] for one in (incident.reference, *incident.also)}
    if faults := states_typed(story):
        raise Invalid("release-texts-faulty", findings=faults, count=len(faults))
    wanted = frozenset(name for name, states in kept.items() if states & named)
    of_it = OfIncident(incident, groups)
    used = next((before[one] for one in (incident.reference, *incident.also) if one in before), None)
    told = retell(of_it, used.words(), incidents, rules) if used else generalise(of_it, incidents, rules, wanted)
    if told is None and used:
        raise Refused("release-story-told-before", story=story.id)
    if told is None and (not wanted or generalise(of_it, incidents, rules) is None):
        raise Refused("release-story-too-small", story=story.id)
    if told is None or not named <= {told.place, told.origin}:
        raise Refused("release-story-names-state", story=story.id, states=", ".join(sorted(named)))
    if proposed.states_number and told.at_least is None:
        raise Refused("release-story-counts", story=story.id)
    return replace(
        story,
        states=tuple(sorted(places)),
        action=incident.reference,
        told=CaseDescription(*told.words),
        persons=_persons(told.at_least) if proposed.states_number and told.at_least else None,
    )


def _meant(group: Group, proposed: ProposedStory) -> bool:
    """Tell whether a story is about a group; a broader form of exploitation is about all finer ones."""
    said = {name: getattr(group, name) for name in proposed.about}
    return all(
        said[name] == code or (name == "form" and said[name].startswith(f"{code}."))
        for name, code in proposed.about.items()
    )


def _persons(number: int) -> Line:
    counted = dictionary()[VICTIMS]
    unit, qualifier = str(counted.unit), str(counted.qualifier or "")
    return Line(VICTIMS, number, number, number, "at_least", None, unit, qualifier, 0)
