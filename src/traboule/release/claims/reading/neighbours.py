"""What neighbouring numbers lend each other: "from 47 to 119 countries", "a third of the 2,517 arrests".

In come two phrases, one behind the other; each leaves with the noun that the other says for both. It promises to lend
only within one sentence and across a word or two.
"""

from __future__ import annotations

from dataclasses import replace

from traboule.release.claims.reading.text import Phrase, Reading

_END_SIGNS = frozenset(",;:.!?—|•()[]/")


class Neighbours:
    """Lends nouns between the numbers of one text."""

    def __init__(self, reading: Reading) -> None:
        """Take the reading."""
        self._r = reading
        self._mentioned = frozenset(
            m.first for m in reading.mentions if m.kind not in ("article", "ordinal", "multiple")
        )

    def lend(self, phrase: Phrase, after: Phrase) -> None:
        """Let two neighbours, in the text's order, share what only one of them says."""
        # "1,800 of the 3,744 arrests were for trafficking" says so of the part alone.
        after.accused = after.accused and not phrase.whole
        self._change_of(phrase, after)
        self._share_of(phrase, after)

    def _change_of(self, phrase: Phrase, after: Phrase) -> None:
        """Let "victims rose from 3,222 to 4,414", "from 47 to 119 countries" count the same noun twice."""
        between = range(phrase.mention.closing, after.mention.opening)
        counts = phrase.mention.kind in ("count", "share") and after.mention.kind == "count"
        led = len(between) == 1 and (self._r.tag(between[0], "stops") or self._r.tag(between[0], "range_words.to"))
        # "Von 286 über 2517 auf 3744": so close behind a number "over" is no hedge.
        via = phrase.label and not between and after.mention.hedge == "more_than"
        if not counts or self._sentence(phrase) != self._sentence(after) or not (led or via):
            return
        if via:
            after.mention = replace(after.mention, hedge="")
        if phrase.label and after.head is None:
            after.head, after.label, after.qualifiers = phrase.head, True, set(phrase.qualifiers)
            phrase.earlier = True
        elif led and phrase.head is None and phrase.alone and after.head is not None and self._from(phrase):
            phrase.head, phrase.verb, phrase.qualifiers = after.head, after.verb, set(after.qualifiers)
            phrase.earlier = True

    def _from(self, phrase: Phrase) -> bool:
        """Tell whether "from" stands before a number."""
        before = phrase.mention.opening - 1
        return any(self._r.tag(before, name) for name in ("towards", "linking", "date_words"))

    def _share_of(self, share: Phrase, after: Phrase) -> None:
        """Let "a third of the 2,517 arrests" be a share of arrests, though the noun stands behind another number."""
        if share.mention.kind != "share" or share.head is not None or self._sentence(share) != self._sentence(after):
            return
        between = range(share.mention.closing, after.mention.opening)
        if len(between) > 2 or any(self._ends(place) for place in between):
            return
        share.head, share.verb, share.themed = after.head, after.verb, after.themed
        share.theme, share.negated, share.alone = after.theme, after.negated, False

    def _ends(self, place: int) -> bool:
        return self._r.text(place) in _END_SIGNS or place in self._mentioned

    def _sentence(self, phrase: Phrase) -> int:
        return self._r.tokens[phrase.mention.first].sentence
