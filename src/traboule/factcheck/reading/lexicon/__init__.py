"""The words of the languages that can be read, and the tags they give to tokens.

In: the YAML files under ``lexicons/``, then tokens. Out: tags. Guaranteed: a language is data; no code knows a word of
any.
"""

from traboule.factcheck.reading.lexicon.tables import ASIDES, LANGUAGES, PACKAGE, REGION, Lexicon, Tag, lexicon

__all__ = ["ASIDES", "LANGUAGES", "PACKAGE", "REGION", "Lexicon", "Tag", "lexicon"]
