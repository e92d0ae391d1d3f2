"""Share nouns between neighbouring numbers: "from 47 to 119 countries", "a third of the 2,517 arrests".

In: two phrases, one behind the other. Out: both with the noun that one of them says for both. Guaranteed: within one
sentence and across a word or two only.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import replace

from traboule.factcheck.reading.markers import END_SIGNS
from traboule.factcheck.reading.numerals.mention import Mention
from traboule.factcheck.reading.phrase import Phrase
from traboule.factcheck.reading.text import TextReading

# "Of every ten", "out of every hundred"; "of three arrested, one" may be so many people and no share.
_MOST_PARTS, _WHOLES = 20, (10, 100)
_LONGEST_OPENER, _NUMERATOR_REACH = 3, 14


class Neighbours:
    """Shares nouns between the numbers of one text."""

    def __init__(self, reading: TextReading, mentioned: Set[int]) -> None:
        """Take the reading, and where its numbers begin that count something."""
        self._r = reading
        self._mentioned = mentioned

    def share(self, phrase: Phrase, after: Phrase) -> tuple[Phrase, Phrase]:
        """Return two neighbours, in the text's order, each with what the other says for both."""
        if phrase.relation.has_total:
            # "1,800 of the 3,744 arrests were for trafficking" says so of the part alone.
            after = replace(after, predicate=replace(after.predicate, is_accused=False))
        # "9,000 migrants at sea and 8,700 on land" are parts, both of them.
        is_bare = after.noun.head is None and after.mention.kind == "count"
        shared_out = is_bare and not (after.relation.is_part or after.predicate.is_for_theme)
        before = after.mention.opening - 1
        joined = self._r.tag(before, "coordinators") is not None or self._r.text(before) == ","
        if shared_out and joined and phrase.noun.head is not None and self._sentence(phrase) == self._sentence(after):
            phrase = replace(phrase, predicate=replace(phrase.predicate, is_diverted=True))
        phrase, after = self._change_of(phrase, after)
        return self._share_of(phrase, after), after

    def invert(self, phrases: Sequence[Phrase]) -> list[Phrase]:
        """Return ``phrases`` where "of every ten arrested, five were for trafficking" says that half were."""
        inverted = list(phrases)
        for place in range(len(inverted)):
            base = inverted[place]
            opener = self._opener(base)
            numerator = self._numerator(inverted[place + 1 :], base) if opener and self._shared_out(base) else None
            if numerator is None:
                continue
            is_sure = opener == "each" or base.mention.value in _WHOLES
            inverted[place] = replace(base, relation=replace(base.relation, is_base=True))
            inverted[numerator.index] = self._share_from(base, numerator, doubtful=not is_sure)
        return inverted

    def _share_from(self, base: Phrase, numerator: Phrase, *, doubtful: bool) -> Phrase:
        """Return ``numerator`` as the share that it is of ``base``."""
        mention = replace(
            numerator.mention,
            kind="share",
            value=round(numerator.mention.value / base.mention.value, 4),
            hedge=numerator.mention.hedge or "about",
            doubtful=doubtful,
        )
        verb = "arrest" if "arrest" in (base.predicate.verb, base.noun.head) else numerator.predicate.verb
        return replace(
            numerator,
            mention=mention,
            noun=replace(numerator.noun, head=base.noun.head, last=mention.closing, is_alone=False),
            relation=replace(numerator.relation, is_inverted=True),
            predicate=replace(numerator.predicate, verb=verb),
        )

    def _opener(self, phrase: Phrase) -> str:
        """Return "each" where "of every" stands before a small number, "of" where a mere "of" does, else ""."""
        mention = phrase.mention
        small = 1 < mention.value <= _MOST_PARTS or mention.value in _WHOLES
        if mention.kind != "count" or not small or mention.hedge or mention.high is not None:
            return ""
        for name, opener in (("each", "each"), ("ratios", "of"), ("loose_ratios", "of")):
            for length in range(1, _LONGEST_OPENER + 1):
                tag = self._r.tag(mention.opening - length, f"number.{name}")
                if tag is not None and tag.length == length:
                    return opener
        return ""

    def _shared_out(self, base: Phrase) -> bool:
        """Tell whether a number counts people who were arrested, or arrests."""
        head = base.noun.head
        return head in ("arrest", "suspect") or (head in (None, "person") and base.predicate.verb == "arrest")

    def _numerator(self, behind: Sequence[Phrase], base: Phrase) -> Phrase | None:
        """Return the first number behind ``base`` that can be so many of it; an article only where no noun follows."""
        for phrase in behind:
            mention = phrase.mention
            if (
                self._sentence(phrase) != self._sentence(base)
                or mention.opening - base.mention.closing > _NUMERATOR_REACH
            ):
                return None
            if mention.kind == "article" and self._stands_for_one(mention):
                return phrase
            if mention.kind in ("article", "name"):
                continue
            is_numerator = mention.kind == "count" and mention.value < base.mention.value and mention.high is None
            return phrase if is_numerator and phrase.noun.head in (None, "person", "suspect") else None
        return None

    def _stands_for_one(self, mention: Mention) -> bool:
        """Tell whether an article is "one" of them: behind "was" or a comma, or before a verb, and before no noun."""
        if self._r.tag(mention.first - 1, "auxiliaries"):
            return True
        opens_clause = self._r.text(mention.first - 1) == "," or any(
            self._r.tag(mention.last, name) for name in ("auxiliaries", "verbs", "part.after")
        )
        return opens_clause and self._r.tag(mention.last, "nouns") is None

    def _change_of(self, phrase: Phrase, after: Phrase) -> tuple[Phrase, Phrase]:
        """Let "victims rose from 3,222 to 4,414", "from 47 to 119 countries" count the same noun twice."""
        between = range(phrase.mention.closing, after.mention.opening)
        counts = "count" in (phrase.mention.kind, after.mention.kind) and all(
            side.mention.kind in ("count", "share") for side in (phrase, after)
        )
        led = len(between) == 1 and (self._r.tag(between[0], "stops") or self._r.tag(between[0], "range_words.to"))
        # "Von 286 über 2517 auf 3744": so close behind a number "over" is no hedge.
        via = phrase.noun.is_label and not between and after.mention.hedge == "more_than"
        if not counts or self._sentence(phrase) != self._sentence(after) or not (led or via):
            return phrase, after
        if via:
            after = replace(after, mention=replace(after.mention, hedge=""))
        is_bare = phrase.noun.head is None and phrase.noun.is_alone
        if led and after.mention.kind == "share" and phrase.mention.kind == "count" and self._from(phrase):
            # "From 34 to 48 per cent."
            mention = replace(phrase.mention, kind="share", value=round(phrase.mention.value / 100, 6))
            return replace(phrase, mention=mention), after
        if phrase.noun.is_label and after.noun.head is None:
            noun = replace(after.noun, head=phrase.noun.head, is_label=True, qualifiers=phrase.noun.qualifiers)
            return _earlier(phrase), replace(after, noun=noun)
        if led and is_bare and after.noun.head is not None and self._from(phrase):
            noun = replace(phrase.noun, head=after.noun.head, qualifiers=after.noun.qualifiers)
            predicate = replace(phrase.predicate, verb=after.predicate.verb)
            return _earlier(replace(phrase, noun=noun, predicate=predicate)), after
        return phrase, after

    def _from(self, phrase: Phrase) -> bool:
        """Tell whether "from" stands before a number."""
        before = phrase.mention.opening - 1
        return any(self._r.tag(before, name) for name in ("towards", "linking", "date_words"))

    def _share_of(self, share: Phrase, after: Phrase) -> Phrase:
        """Let "a third of the 2,517 arrests" be a share of arrests, though the noun stands behind another number."""
        is_bare = share.mention.kind == "share" and share.noun.head is None
        if not is_bare or self._sentence(share) != self._sentence(after):
            return share
        between = range(share.mention.closing, after.mention.opening)
        if len(between) > 2 or any(self._ends(place) for place in between):
            return share
        predicate = replace(
            share.predicate,
            verb=after.predicate.verb,
            has_theme=after.predicate.has_theme,
            is_for_theme=after.predicate.is_for_theme,
            is_negated=after.predicate.is_negated,
        )
        return replace(share, noun=replace(share.noun, head=after.noun.head, is_alone=False), predicate=predicate)

    def _ends(self, place: int) -> bool:
        return self._r.text(place) in END_SIGNS or place in self._mentioned

    def _sentence(self, phrase: Phrase) -> int:
        return self._r.tokens[phrase.mention.first].sentence


def _earlier(phrase: Phrase) -> Phrase:
    """Return ``phrase`` as the earlier of two values."""
    return replace(phrase, relation=replace(phrase.relation, is_earlier=True))
