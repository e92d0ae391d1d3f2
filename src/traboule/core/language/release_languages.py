"""Tell in which languages a release can be issued.

Those in which everything stands, and each growing one whose part of a release is whole: the words of the communiqué,
the names of figures and codes, and the lexicon that finds a state named in a text. No release mixes two languages.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from traboule.core.language.languages import GROWING_LANGUAGES, LANGUAGES
from traboule.core.language.messages import untranslated

_FILES = ("locale/{language}/communique.yaml", "factcheck/lexicons/{language}.yaml")
_DOMAINS = ("vocabularies", "figures", "release")


@cache
def release_languages() -> tuple[str, ...]:
    """Return the languages in which a release can be issued, in the house's order."""
    return (*LANGUAGES, *(language for language in GROWING_LANGUAGES if not missing_for_release(language)))


@cache
def missing_for_release(language: str) -> tuple[str, ...]:
    """Return what a release in ``language`` lacks: files, then the contexts of messages without a translation."""
    root = files("traboule")
    names = (name.format(language=language) for name in _FILES)
    missing = [name for name in names if not root.joinpath(name).is_file()]
    return (*missing, *(message.context for domain in _DOMAINS for message in untranslated(domain, language)))
