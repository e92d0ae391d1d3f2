"""Write claims: the words of the text that a verdict is about, the number they say, and the reason.

In: a phrase and its verdict. Out: a :class:`Claim` whose span leads back to the original text.
"""

from __future__ import annotations

from babel import Locale

from traboule.core.language.languages import LANGUAGES
from traboule.factcheck.comparison import NOT_OURS
from traboule.factcheck.reading.phrase import Phrase
from traboule.factcheck.reading.text import TextReading
from traboule.factcheck.report import Claim, Value, reason


class ClaimWriter:
    """Writes the claims of one text; reasons are written in the language ``reader``."""

    def __init__(self, reading: TextReading, reader: str) -> None:
        """Take the reading of the text."""
        self._r = reading
        self._reader = reader

    def claim(self, phrase: Phrase, verdict: str, figure: str | None, right: Value, why: str) -> Claim:
        """Return the claim on ``phrase``; ``right`` is the published value, ``why`` the reason in words."""
        # Of what is no figure only the number itself is shown, not the noun after it.
        last = phrase.mention.closing if self._r.kinds[phrase.index] else phrase.last
        start, end = self._r.span(phrase.first, last)
        counts = self._r.kinds[phrase.index] not in ("ordinal", "phone")
        value = phrase.mention.value if counts else None
        return Claim(self._r.folded.original[start:end], start, end, verdict, figure, value, right, why)

    def not_ours(self, phrase: Phrase, code: str) -> Claim:
        """Return the claim that ``phrase`` states no published figure, for the reason ``code``."""
        state = self.state(phrase.setting.state) if phrase.setting.state else ""
        return self.claim(phrase, NOT_OURS, None, None, reason(code, self._reader, state=state))

    def original(self, first: int, last: int) -> str:
        """Return the original text of tokens ``[first, last)``."""
        start, end = self._r.span(first, last)
        return self._r.folded.original[start:end]

    def state(self, code: str) -> str:
        """Return the name of the state ``code`` in the reader's language."""
        reader = self._reader if self._reader in LANGUAGES else "en"
        return str(Locale(reader).territories.get(code, code))
