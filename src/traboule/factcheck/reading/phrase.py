"""What is read around one number, in the four stages in which it is read.

In: the mention of a number. Out: a :class:`Phrase`. Guaranteed: every stage is frozen; a reader returns a new phrase
and changes none.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, field

from traboule.factcheck.reading.numerals.mention import Mention


@dataclass(frozen=True, slots=True)
class NounPhrase:
    """What a number counts. The phrase ends before token ``last``.

    ``head`` is the noun (arrest, victim, migrant, person, country …), None where the number stands alone
    (``is_alone``) or counts something unknown. ``is_label`` tells that the noun stood before the number ("Arrests:
    2,517"). ``qualifiers`` are words such as "potential", ``subsets`` such as women and minors, ``peoples`` the states
    (ISO 3166-1) that those who are counted come from.
    """

    last: int
    head: str | None = None
    is_alone: bool = False
    is_label: bool = False
    qualifiers: Set[str] = frozenset()
    subsets: Set[str] = frozenset()
    peoples: Set[str] = frozenset()


@dataclass(frozen=True, slots=True)
class NumberRelation:
    """How a number relates to other numbers of its text.

    ``is_part`` tells that it is introduced as a part ("of whom 850"), ``has_total`` that its total follows ("850 of the
    2,517"). ``is_base`` tells that a share is of it ("of every ten …, five"; the five is ``is_inverted``),
    ``is_earlier`` that a later value follows ("from 286 to 2,517").
    """

    is_part: bool = False
    has_total: bool = False
    is_base: bool = False
    is_inverted: bool = False
    is_earlier: bool = False


@dataclass(frozen=True, slots=True)
class Predicate:
    """What the clause says of those who are counted.

    ``verb`` is arrest, rescue, identify or other. ``has_theme`` tells that trafficking or smuggling is spoken of behind
    the number, ``is_for_theme`` as what the number is for, ``has_single_theme`` as one of the two alone. ``is_freed``
    tells that people were rescued from trafficking itself, which is more than that they may be its victims;
    ``is_accused`` that all are called traffickers or smugglers. ``is_diverted`` tells that the clause says something no
    figure counts ("600 of those arrested for trafficking were released"), ``is_described`` that a participle beside
    the noun only says which people are counted ("people arrested in the operation walked free").
    """

    verb: str | None = None
    has_theme: bool = False
    is_for_theme: bool = False
    has_single_theme: bool = False
    is_freed: bool = False
    is_accused: bool = False
    is_negated: bool = False
    is_diverted: bool = False
    is_described: bool = False


@dataclass(frozen=True, slots=True)
class Setting:
    """Where, when and by whom something is counted.

    ``state`` is the state (ISO 3166-1) spoken of in the clause, ``near_state`` the one last spoken of in the paragraph;
    ``is_worldwide`` tells that the sentence speaks of the whole operation, ``is_elsewhere`` of another time or source,
    ``is_compared`` that the value is another edition's. ``is_hosted`` tells that the sentence speaks of coordination
    units, ``is_governed`` that another body, a study or an unknown word governs the number, ``is_foreign`` that a word
    which names nothing of ours stands where the noun would. ``has_origin`` tells that "from" stands before the number,
    ``opens_sentence`` that nothing does.
    """

    state: str | None = None
    near_state: str | None = None
    is_worldwide: bool = False
    is_elsewhere: bool = False
    is_compared: bool = False
    is_hosted: bool = False
    is_governed: bool = False
    is_foreign: bool = False
    has_origin: bool = False
    opens_sentence: bool = False


@dataclass(frozen=True, slots=True)
class Phrase:
    """The surroundings of mention number ``index``, at tokens ``[first, last)``."""

    index: int
    mention: Mention
    noun: NounPhrase
    relation: NumberRelation = field(default_factory=NumberRelation)
    predicate: Predicate = field(default_factory=Predicate)
    setting: Setting = field(default_factory=Setting)

    @property
    def first(self) -> int:
        """The token where the phrase begins, with the number's hedge."""
        return self.mention.opening

    @property
    def last(self) -> int:
        """The token behind the phrase."""
        return self.noun.last

    @property
    def is_diverted(self) -> bool:
        """Whether the text says of those who are counted, or of the number, what no figure of ours counts."""
        return self.predicate.is_diverted or self.setting.is_governed
