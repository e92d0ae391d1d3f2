"""Format numbers as each language writes them: grouping, decimal sign, percent sign and digits from CLDR (UTS 35).

In: a number and a language. Out: text for people; programs read plain digits. Guaranteed: pure. Arabic is written in
Arabic-Indic digits.
"""

from __future__ import annotations

from collections.abc import Mapping

from babel import Locale
from babel.numbers import format_decimal

from traboule.core.language.languages import how_written

# Babel chooses the separators of a numbering system but leaves the digits western, so they are shaped here.
_EASTERN_DIGITS = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


def number(value: float, language: str) -> str:
    """Return a number, grouped, with as many decimals as it has, three at most."""
    return shaped(format_decimal(value, locale=locale_of(language), numbering_system=numbering(language)), language)


def numbered(values: Mapping[str, object], language: str) -> Mapping[str, object]:
    """Return the values of a sentence with those that are numbers written as ``language`` does."""
    return {
        name: number(value, language) if isinstance(value, int | float) and not isinstance(value, bool) else value
        for name, value in values.items()
    }


def signed(value: float, language: str, *, decimals: int = 0) -> str:
    """Return a change or a weight: always with its sign, and rounded to ``decimals``; nought has none."""
    rounded = round(value, decimals)
    sign = _symbols(language)["plusSign" if rounded > 0 else "minusSign"] if rounded else ""
    return f"{sign}{_written(abs(rounded), language, '#,##0', decimals)}"


def share(value: float, language: str, *, decimals: int = 0) -> str:
    """Return a share of one as a percentage, rounded to ``decimals``: 12.5%, 12,5 %, ١٢٫٥٪."""
    pattern = Locale.parse(locale_of(language)).percent_formats[None].pattern
    return _written(value, language, pattern, decimals).replace("%", _symbols(language)["percentSign"])


def significant(value: float, language: str) -> str:
    """Return a probability with three significant digits, however small: 0.553, 0.00000123."""
    return _written(value, language, "@##", 0)


def _written(value: float, language: str, pattern: str, decimals: int) -> str:
    form = pattern.replace("0", f"0.{'0' * decimals}") if decimals else pattern
    written = format_decimal(value, format=form, locale=locale_of(language), numbering_system=numbering(language))
    return shaped(written, language)


def _symbols(language: str) -> Mapping[str, str]:
    symbols: Mapping[str, str] = Locale.parse(locale_of(language)).number_symbols[numbering(language)]
    return symbols


def shaped(text: str, language: str) -> str:
    """Return a text with the digits of ``language``."""
    return text.translate(_EASTERN_DIGITS) if numbering(language) == "arab" else text


def plural_category(value: int, language: str) -> str:
    """Return the plural category of ``value`` in ``language``, from CLDR: zero, one, two, few, many or other."""
    return str(Locale.parse(locale_of(language)).plural_form(value))


def locale_of(language: str) -> str:
    """Return the locale whose dates and numbers are those of ``language``."""
    return how_written(language).locale


def numbering(language: str) -> str:
    """Return the numbering system of ``language``."""
    return how_written(language).numbering
