"""Name the published figures that a phrase may mean, by its words and not by its value.

In: a phrase and a fact sheet. Out: the figures its noun and verb stand for, and whether the words allow no other.
Guaranteed: "2,571 arrests" means arrests, and is then found wrong, not unknown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from traboule.factcheck.measures import (
    ARRESTS,
    CASE_FIGURES_OF_NOUN,
    CASE_PEOPLE,
    COMMON_BELOW,
    FIGURES_OF_NOUN,
    FIGURES_OF_VERB,
    HOME_LEAST,
    MIGRANTS,
    MINORS_SUFFIX,
    MOVED,
    NATIONALITIES,
    ON_THEME,
    PARTICIPANTS,
    UNITS,
    UNMISTAKEN_ABOVE,
    VICTIMS,
)
from traboule.factcheck.reading.phrase import Phrase
from traboule.factcheck.reading.text import PEOPLE, SUBSETS
from traboule.figures.published import CaseStory, PublishedFactSheet, PublishedFigure

# So many of the states that held a unit must be named for a bare number to be the units'.
_UNITS_NAMED = 3


@dataclass(frozen=True, slots=True)
class Candidate:
    """A figure that a phrase may mean: ``firm`` where its words allow no other, ``state`` for a case's figure."""

    figure: PublishedFigure
    firm: bool
    state: str | None = None


@dataclass(frozen=True, slots=True)
class FigureMatch:
    """A candidate of one sheet, and how the number compares with it (a relation of :mod:`comparison`)."""

    candidate: Candidate
    sheet: PublishedFactSheet
    relation: str


def world_candidates(phrase: Phrase, sheet: PublishedFactSheet) -> list[Candidate]:
    """Return the world figures that ``phrase`` may mean, the one its words name first."""
    names, firm = _measures(phrase)
    figures = [figure for name in names if (figure := _world_figure(sheet, name)) is not None]
    candidates = [Candidate(figure, firm) for figure in figures[:1]]
    candidates += [Candidate(figure, False) for figure in figures[1:]]
    on_theme = sheet.figure(ON_THEME)
    if names[:1] == (ARRESTS,) and on_theme is not None:
        # "2,571 arrested for trafficking" may mean either; "of which 850 arrests for trafficking" means the part.
        sure = firm and phrase.predicate.is_for_theme and not phrase.predicate.is_negated
        if phrase.relation.is_part and phrase.predicate.has_theme:
            candidates = [Candidate(candidate.figure, False) for candidate in candidates]
            return [Candidate(on_theme, firm and not phrase.predicate.is_negated), *candidates]
        candidates.append(Candidate(on_theme, sure))
    return candidates


def hosting_candidates(phrase: Phrase, sheet: PublishedFactSheet, states: frozenset[str]) -> list[Candidate]:
    """Match the four of "four places, in Algeria, El Salvador, …" to the units where the states ``named`` host them."""
    theirs = states & set(sheet.coordination_units)
    # "Units stood in four of them" names none.
    spoken = len(theirs) >= _UNITS_NAMED or (phrase.setting.is_hosted and phrase.relation.is_part)
    is_hosting = phrase.mention.value == len(sheet.coordination_units) and spoken
    figure = (
        _world_figure(sheet, UNITS) if is_hosting and phrase.noun.head in (None, "country", "other", "unit") else None
    )
    return [Candidate(figure, False)] if figure is not None else []


def themed_candidates(phrase: Phrase, sheet: PublishedFactSheet) -> list[Candidate]:
    """Take "more than 1,800 are accused of trafficking" for arrests, though what is counted stands in another sentence.

    Unless it stands alone, the number must equal the figure or be close to it.
    """
    bare = phrase.noun.head in ("person", "suspect", "case") or (
        phrase.noun.head is None
        and (
            phrase.noun.is_alone
            or phrase.relation.is_part
            or phrase.relation.has_total
            or phrase.predicate.is_for_theme
        )
    )
    spoken = (
        bare
        and phrase.predicate.has_theme
        and not phrase.predicate.is_negated
        and phrase.predicate.verb in (None, "arrest", "other")
    )
    figure = sheet.figure(ON_THEME) if spoken else None
    # "Only 805 were for trafficking or smuggling" can be nothing else.
    firm = (
        phrase.noun.head is None
        and phrase.noun.is_alone
        and phrase.predicate.is_for_theme
        and not phrase.predicate.has_single_theme
        and phrase.predicate.verb is None
    )
    return [Candidate(figure, firm)] if figure is not None else []


def part_candidates(phrase: Phrase, sheet: PublishedFactSheet, parent: Candidate) -> list[Candidate]:
    """Return the parts of ``parent`` that a number standing alone after it may be: "of whom 850"."""
    figures: Sequence[PublishedFigure] = sheet.figures
    if parent.state is not None:
        story = sheet.story(parent.state)
        figures = story.figures if story else ()
    parts = [figure for figure in figures if figure.of == parent.figure.id]
    candidates = []
    for part in parts:
        minors = part.id.endswith(MINORS_SUFFIX)
        if minors and "minor" in phrase.noun.subsets:
            candidates.append(Candidate(part, True, parent.state))
        elif not minors and not phrase.noun.subsets:
            candidates.append(
                Candidate(part, phrase.predicate.has_theme and not phrase.predicate.is_negated, parent.state)
            )
    return candidates


def value_candidates(
    phrase: Phrase, sheet: PublishedFactSheet, *, names_operation: bool, themed: bool, countries: bool
) -> list[Candidate]:
    """Take "3,222 people" for the 3,222 published, though no verb says what they are; never a round number.

    ``named`` tells that the text names an operation: then the largest need no noun ("What of the 3,222 now?");
    ``themed`` that trafficking is spoken of: then "more than 1,800" is the "at least 1,800" published, round or not;
    ``countries`` that countries are: then "not 106 countries, 116" is how many took part.
    """
    value = phrase.mention.value
    took_part = sheet.figure(PARTICIPANTS)
    bare = names_operation and countries and phrase.noun.head is None and phrase.noun.is_alone
    if bare and took_part is not None and value == took_part.value:
        return [Candidate(took_part, False)]
    on_theme = sheet.figure(ON_THEME)
    open_above = (
        phrase.mention.hedge in ("more_than", "at_least") and phrase.noun.head is None and names_operation and themed
    )
    if open_above and on_theme is not None and on_theme.precision == "at_least" and on_theme.value == value:
        return [Candidate(on_theme, False)]
    if phrase.mention.kind != "count" or value <= COMMON_BELOW or value % 100 == 0 or is_part_of_people(phrase):
        return []
    spoken = themed and names_operation and phrase.noun.head is None and not phrase.setting.is_foreign
    if spoken and on_theme is not None and value == on_theme.value:
        # "Only 850, that is a third, for trafficking."
        return [Candidate(on_theme, False)]
    if phrase.setting.is_foreign:
        return []
    if phrase.noun.head is None and value > UNMISTAKEN_ABOVE and names_operation:
        return [Candidate(f, False) for f in sheet.figures if f.value == value]
    if phrase.noun.head not in ("person", "suspect", None) or (phrase.noun.head is None and not phrase.noun.is_alone):
        return []
    return [Candidate(f, False) for f in sheet.figures if f.value == value and f.unit == "person"]


def story_candidates(phrase: Phrase, story: CaseStory) -> list[Candidate]:
    """Return the figures of a state's case that ``phrase`` may mean."""
    head = (
        "arrest"
        if phrase.noun.head in ("person", "woman", "man", None) and phrase.predicate.verb == "arrest"
        else phrase.noun.head
    )
    if head is None and "minor" in phrase.noun.subsets:
        head = "minor"
    meant, may = CASE_FIGURES_OF_NOUN.get(head or "", (frozenset(), frozenset()))
    if head in ("person", "woman", "man") or (head is None and phrase.noun.is_alone):
        # The very number of a case is that case's, though the verb that says what was done stands far away.
        exact = {f.id for f in story.figures if f.value == phrase.mention.value > 1 and f.of is None}
        may = CASE_PEOPLE | exact
    nationality = bool(phrase.noun.peoples & set(story.nationalities))
    if head == "arrest" and phrase.noun.head in PEOPLE and nationality and not meant & {f.id for f in story.figures}:
        # "24 women from Togo, held and made to work": held by others than the police.
        may = CASE_PEOPLE
    subset = bool(phrase.noun.subsets - {"minor"}) and head not in ("arrest", "person", "woman", "man")
    candidates = []
    for figure in story.figures:
        if figure.id in meant:
            candidates.append(Candidate(figure, not subset and figure.value != 1, story.state))
        elif figure.id in may:
            firm = nationality and len(story.figures) == 1
            candidates.append(Candidate(figure, firm, story.state))
    return candidates


def case_candidates(phrase: Phrase, sheet: PublishedFactSheet, states: frozenset[str]) -> list[Candidate]:
    """Return the figures of the states' cases that ``phrase`` may mean; ``states`` are all that the text names."""
    story = sheet.story(phrase.setting.state or phrase.setting.near_state or "")
    candidates: list[Candidate] = []
    if story is not None:
        candidates += story_candidates(phrase, story)
    elif phrase.setting.state is None:
        candidates += _at_home(phrase, sheet, states)
    if phrase.setting.state is None and phrase.noun.peoples:
        for story_abroad in sheet.stories:
            if story_abroad is not story and phrase.noun.peoples & set(story_abroad.nationalities):
                candidates += story_candidates(phrase, story_abroad)
            candidates += _abroad(phrase, story_abroad)
    return candidates


def _at_home(phrase: Phrase, sheet: PublishedFactSheet, states: frozenset[str]) -> list[Candidate]:
    """Take "59 farm workers were found" for the case of the one state with a case that a whole text names.

    A local paper does not repeat where things happened; only the exact number then matches the case.
    """
    stories = [story for story in sheet.stories if story.state in states]
    if len(stories) != 1 or phrase.mention.value < HOME_LEAST:
        return []
    exact = (c for c in story_candidates(phrase, stories[0]) if c.figure.value == phrase.mention.value)
    return [Candidate(candidate.figure, False, candidate.state) for candidate in exact]


def _abroad(phrase: Phrase, story: CaseStory) -> list[Candidate]:
    """Match "70 Brazilians were smuggled" to the people moved out of Brazil, where the number is exact."""
    if story.state not in phrase.noun.peoples:
        return []
    moved = (figure for figure in story.figures if figure.id == MOVED)
    return [Candidate(figure, False, story.state) for figure in moved if figure.value == phrase.mention.value]


def names_case(phrase: Phrase, figure: str) -> bool:
    """Tell whether the words leave no doubt that a number counts what ``figure`` of a state's case counts."""
    if figure == VICTIMS[0]:
        people = (
            bool(phrase.noun.peoples)
            and phrase.noun.head in ("woman", "person")
            and phrase.predicate.verb == "identify"
        )
        return phrase.predicate.verb != "other" and (
            phrase.noun.head == "victim" or phrase.predicate.verb == "rescue" or people
        )
    if figure == MIGRANTS:
        return phrase.noun.head == "migrant" and phrase.predicate.verb in ("identify", "rescue")
    if figure.startswith(ARRESTS):
        return phrase.noun.head == "suspect" and phrase.predicate.verb == "arrest"
    return figure.endswith(MINORS_SUFFIX) and phrase.relation.is_part


def measures_of_noun(noun: str) -> tuple[str, ...]:
    """Return the measures that a noun alone may mean, none where no published figure counts it."""
    if noun in ("arrest", "suspect"):
        return (ARRESTS, ON_THEME)
    return FIGURES_OF_NOUN.get(noun, ())


def _measures(phrase: Phrase) -> tuple[tuple[str, ...], bool]:
    """Return the measures a phrase may mean, the likeliest first, and whether the first is sure."""
    head = phrase.noun.head
    subset = bool(phrase.noun.subsets or phrase.noun.peoples)
    if head == "country" and (phrase.setting.is_hosted or phrase.setting.has_origin):
        # "Units stood in four countries", "migrants from 74 countries": seldom those that took part.
        return (UNITS if phrase.setting.is_hosted else NATIONALITIES, PARTICIPANTS), False
    if head == "case":
        # A court, a charity, a country has cases too: only the very number, told of no one state, is the operation's.
        return (() if phrase.setting.state is not None else FIGURES_OF_NOUN[head]), False
    if head in FIGURES_OF_NOUN:
        return FIGURES_OF_NOUN[head], not subset and not (head == "migrant" and phrase.predicate.verb == "arrest")
    if head == "suspect":
        return (ARRESTS,), phrase.predicate.verb == "arrest" and not subset
    if head in PEOPLE or (head is None and phrase.noun.is_alone):
        if phrase.predicate.verb in FIGURES_OF_VERB:
            return FIGURES_OF_VERB[phrase.predicate.verb], not subset
        if phrase.predicate.verb == "identify" and "irregular" in phrase.noun.qualifiers:
            return (MIGRANTS,), not subset
        if "potential" in phrase.noun.qualifiers and phrase.predicate.verb == "identify":
            return VICTIMS, False
    return (), False


def _world_figure(sheet: PublishedFactSheet, name: str) -> PublishedFigure | None:
    if name == UNITS and sheet.coordination_units:
        return PublishedFigure(name, len(sheet.coordination_units), "exact", "", "unit", None, sheet.source)
    return sheet.figure(name)


def needs_qualifier(phrase: Phrase, figure: PublishedFigure, sheet: PublishedFactSheet, *, themed: bool) -> str:
    """Return the reason why ``phrase`` drops or contradicts a qualifier of ``figure``, or "".

    A person "rescued" is not called a victim, so nothing is left out, unless "from trafficking"; a migrant "rescued" is
    taken for a victim (rule 3); people whose roles are undecided must not be called victims (rule 2). Where fewer of
    those arrested were held for trafficking or smuggling, all of them must not be called traffickers or smugglers, nor
    those fewer be told as all who were arrested (rule 8): ``themed`` tells that trafficking or smuggling is spoken of.
    """
    total = sheet.figure(ARRESTS)
    if figure is sheet.figure(ON_THEME) and total is not None and (figure.value or 0) < (total.value or 0):
        plain = phrase.noun.head in ("arrest", "person", "suspect") and not (
            phrase.relation.is_part
            or phrase.relation.has_total
            or phrase.predicate.is_negated
            or phrase.predicate.is_accused
        )
        return "theme" if plain and not themed and phrase.setting.is_worldwide else ""
    if (
        figure.id == ARRESTS
        and phrase.predicate.is_accused
        and phrase.mention.kind == "count"
        and figure is sheet.figure(ARRESTS)
    ):
        part = sheet.figure(ON_THEME)
        return "grounds" if part is not None and (part.value or 0) < (figure.value or 0) else ""
    if figure.id == MIGRANTS:
        if phrase.predicate.verb == "rescue":
            return "rescued"
        if phrase.noun.head == "migrant" and "irregular" not in phrase.noun.qualifiers:
            return "irregular"
    if figure.qualifier == "potential" and phrase.noun.head == "victim" and "potential" not in phrase.noun.qualifiers:
        return "potential"
    if figure.qualifier == "potential" and phrase.predicate.is_freed and "potential" not in phrase.noun.qualifiers:
        return "rescued_from"
    if (
        figure.qualifier == "roles undecided"
        and phrase.noun.head == "victim"
        and "potential" not in phrase.noun.qualifiers
    ):
        return "roles"
    return ""


def is_part_of_people(phrase: Phrase) -> bool:
    """Tell whether a phrase counts women, men, minors or one nationality, so a part that may not be published."""
    return bool(phrase.noun.subsets & SUBSETS or phrase.noun.peoples)
