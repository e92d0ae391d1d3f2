"""Detect the language of a text by its commonest words.

In: folded tokens. Out: a language code. Guaranteed: a code only where enough common words stand; a text in a language
that cannot be read is refused by name, never misread.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from traboule.core.errors import Invalid
from traboule.core.language.messages import catalogue
from traboule.factcheck.reading.lexicon import LANGUAGES, PACKAGE, Tag, lexicon
from traboule.factcheck.reading.markers import Token, fold_words

# Enough words to judge by, however long the text.
_SAMPLE = 3000
# In any of these languages one word in five is among its commonest; half of that is asked for, so that a list of names
# in a language without a lexicon is not taken for one of ours.
_LEAST_SHARE = 0.08
# Counts nearer than this do not tell languages apart.
_NEAR = 0.7
# What an ending tells beside a common word that is one language's own.
_ENDING = 0.5
# A language is refused by name only where it shows more than by chance.
_FOREIGN = 4
# What a word of the subject tells that is no noun.
_BEGINNING = 0.9
_SUBJECT = ("nouns.", "verbs.", "theme", "qualifiers.")


def detect(tokens: Sequence[Token]) -> str:
    """Return the language of ``tokens``.

    Raises Invalid (``claims-language-unknown``) where no language shows, and ``claims-language-unsupported`` where a
    language without a lexicon shows more than any other.
    """
    words = [token.text for token in tokens if token.kind == "word"][:_SAMPLE]
    common = _common_words()
    shared = Counter(word for vocabulary in common.values() for word in vocabulary)
    counts = {language: sum(word in vocabulary for word in words) for language, vocabulary in common.items()}
    # A word that three languages have in common tells a third of what a word of one alone tells.
    scores = {
        language: sum(1 / shared[word] for word in words if word in vocabulary)
        for language, vocabulary in common.items()
    }
    for language, endings in _endings().items():
        scores[language] += _ENDING * sum(word.endswith(endings) for word in words)
    best = max(scores, key=lambda language: (scores[language], language in LANGUAGES))
    if counts[best] < max(1, _LEAST_SHARE * len(words)):
        best = _by_subject(tokens, dict.fromkeys(LANGUAGES, 0.0))
    elif _tied(scores, best):
        ours = {language: scores[language] for language in LANGUAGES}
        # A tie with a language that is none of ours is settled by what is left, one among ours by the subject.
        best = _by_subject(tokens, dict.fromkeys(LANGUAGES, 0.0) if _tied(ours, best) else ours)
    elif best not in LANGUAGES and counts[best] < _FOREIGN:
        # A headline's few small words ("op", "in") are Dutch as well.
        best = _by_subject(tokens, {language: scores[language] for language in LANGUAGES})
    elif best in LANGUAGES and sum(count > _NEAR * scores[best] for count in scores.values()) > 1:
        best = _by_subject(tokens, {language: scores[language] for language in LANGUAGES})
    if best not in LANGUAGES:
        raise Invalid("claims-language-unsupported", language=best, known=", ".join(LANGUAGES))
    return best


def _common_words() -> dict[str, frozenset[str]]:
    content = catalogue(PACKAGE, "lexicons/languages.yaml")
    return {
        language: frozenset(word for entry in words if not entry.startswith("*") for word in fold_words(entry))
        for language, words in content.items()
    }


def _endings() -> dict[str, tuple[str, ...]]:
    content = catalogue(PACKAGE, "lexicons/languages.yaml")
    return {
        language: tuple(entry.removeprefix("*") for entry in words if entry.startswith("*"))
        for language, words in content.items()
    }


def _tied(counts: dict[str, float], best: str) -> bool:
    return sum(count == counts[best] for count in counts.values()) > 1


def _by_subject(tokens: Sequence[Token], common: Mapping[str, float]) -> str:
    """Choose by the words of the subject itself, for a headline such as ``2,571 arrests`` that has no common word.

    ``common`` words are counted in, where there are some and related languages (Spanish, Portuguese) share them.
    """
    sample = list(tokens[:_SAMPLE])
    counts = {
        language: common[language] + sum(_weight(tags) for tags in lexicon(language).tags(sample))
        for language in LANGUAGES
    }
    best = max(LANGUAGES, key=lambda language: counts[language])
    if not counts[best]:
        raise Invalid("claims-language-unknown", known=", ".join(LANGUAGES))
    return best


def _weight(tags: Sequence[Tag]) -> float:
    """Return how much a word of the subject shows. A noun stands whole in its language; a verb's beginning may be that
    of another language's noun: the English "arrest" in "arrestations"."""
    names = [tag.name for tag in tags if tag.name.startswith(_SUBJECT)]
    return 0.0 if not names else 1.0 if any(name.startswith("nouns.") for name in names) else _BEGINNING
