"""Tell whether a number is introduced as a part: "of whom 850", "among them were 14", "of the arrests, …".

In: a reading and a phrase. Out: whether the words before its number make it a part. Guaranteed: the search stays in the
sentence; "with" counts only where a part can begin.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from traboule.factcheck.reading.numerals.mention import Mention
from traboule.factcheck.reading.phrase import Phrase
from traboule.factcheck.reading.text import TextReading

# "Parmi elles se trouvaient": a verb of two words.
_VERB_WORDS = 2
# "Of the arrests, 850", "Sur ces 2 517 arrestations, 850".
_BARE_TOTAL, _COUNTED_TOTAL = 4, 6


class PartReader:
    """Reads what introduces a part."""

    def __init__(self, reading: TextReading, counted_mentions: Mapping[int, Sequence[Mention]]) -> None:
        """Take the reading, and the counted mentions of each sentence."""
        self._r = reading
        self._counted_mentions = counted_mentions

    def opened(self, phrase: Phrase) -> bool:
        """Tell whether words before the number of ``phrase`` make it a part of what was counted before."""
        end = phrase.mention.opening
        # "Of those arrested, 850 …"
        for close in (end, end - 1 if self._r.text(end - 1) == "," else end):
            for length in range(1, 6):
                tag = self._r.tag(close - length, "part.before")
                if tag is not None and tag.length == length:
                    return length > 1 or self._continues(phrase, close - length)
        return self._whole_before(phrase) or self._opens_with_part(phrase) or self._whole_and_verb_before(phrase)

    def _opens_with_part(self, phrase: Phrase) -> bool:
        """Tell whether "Among them were" stands before a number, at the head of its sentence."""
        first, _last = self._r.sentence(phrase.mention.first)
        tag = self._r.tag(first, "part.before")
        between = range(first + tag.length, phrase.mention.opening) if tag is not None and tag.length > 1 else ()
        return 0 < len(between) <= _VERB_WORDS and all(
            self._r.tag(place, "auxiliaries") or not self._r.index[place] for place in between
        )

    def _whole_before(self, phrase: Phrase) -> bool:
        """Tell whether "Of the arrests," or "Of the 2,517 arrests," opens the sentence of a number."""
        first, _last = self._r.sentence(phrase.mention.first)
        end = phrase.mention.opening - 1
        has_count = any(m.opening > first and m.last < end for m in self._mentions_of_sentence(phrase))
        near = self._r.text(end) == "," and 1 < end - first < (_COUNTED_TOTAL if has_count else _BARE_TOTAL)
        noun = self._r.tag(end - 1, "nouns") if near else None
        led = self._r.tag(first, "linking") or self._r.tag(first, "part.of")
        return noun is not None and led is not None and noun.name in ("nouns.arrest", "nouns.suspect")

    def _whole_and_verb_before(self, phrase: Phrase) -> bool:
        """Tell whether "Of the 2,517 arrests concerned" opens the sentence of a number, as where verbs come second."""
        first, _last = self._r.sentence(phrase.mention.first)
        end = phrase.mention.opening - 1
        led = self._r.tag(first, "linking") or self._r.tag(first, "part.of") or self._r.tag(first, "part.before")
        noun = self._r.tag(end - 1, "nouns")
        has_count = any(m.opening > first and m.last in (end - 1, end - 2) for m in self._mentions_of_sentence(phrase))
        verb = self._r.tag(end, "theme_link") is not None or self._r.tag(end, "auxiliaries") is not None
        arrests = noun is not None and noun.name in ("nouns.arrest", "nouns.suspect")
        return led is not None and arrests and has_count and verb

    def _mentions_of_sentence(self, phrase: Phrase) -> Sequence[Mention]:
        return self._counted_mentions.get(self._r.tokens[phrase.mention.first].sentence, ())

    def _continues(self, phrase: Phrase, place: int) -> bool:
        """Tell whether "with" at ``place`` may begin a part: after a comma, at the sentence's head, behind a number."""
        first, _last = self._r.sentence(phrase.mention.first)
        return (
            place == first
            or self._r.text(place - 1) == ","
            or any(mention.first < place for mention in self._mentions_of_sentence(phrase))
        )
