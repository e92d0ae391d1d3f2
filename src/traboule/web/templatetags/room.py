"""Tags and filters that every template of the room has: sentences, numbers, moments, names of codes.

Guaranteed: each speaks the language of the page; a sentence that no catalogue has fails, in the tests first.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from traboule.app.wording.breakdowns import UNSPECIFIED, cell_words
from traboule.core.language.numbers import number as written_number
from traboule.core.language.numbers import share as written_share
from traboule.core.language.numbers import signed as written_signed
from traboule.web import words
from traboule.web.looking_back import AS_OF
from traboule.web.routes import named

register = template.Library()


@register.simple_tag(takes_context=True)
def say(context: Any, code: str, **values: object) -> str:
    """Write the sentence ``code``."""
    return words.say(code, context["language"], **values)


@register.simple_tag(takes_context=True)
def number(context: Any, value: float | None) -> str:
    """Write a number; nothing for none."""
    return "" if value is None else written_number(value, context["language"])


@register.simple_tag(takes_context=True)
def signed(context: Any, value: float, decimals: int = 0) -> str:
    """Write a change or a weight, with its sign."""
    return written_signed(value, context["language"], decimals=decimals)


@register.simple_tag(takes_context=True)
def share(context: Any, value: float, decimals: int = 0) -> str:
    """Write a share of one as a percentage."""
    return written_share(value, context["language"], decimals=decimals)


@register.simple_tag(takes_context=True)
def moment(context: Any, value: Any) -> SafeString | str:
    """Write an instant, marked up for programs; nothing for none."""
    if not value:
        return ""
    iso = value if isinstance(value, str) else value.isoformat()
    return format_html('<time datetime="{}">{}</time>', iso, words.moment(value, context["language"]))


@register.simple_tag(takes_context=True)
def moment_words(context: Any, value: str) -> str:
    """Write an instant where no markup may stand, as in a choice."""
    return words.moment(value, context["language"])


@register.simple_tag(takes_context=True)
def day(context: Any, value: str) -> SafeString:
    """Write a day (ISO 8601), marked up for programs."""
    return format_html('<time datetime="{}">{}</time>', value, words.day(value, context["language"]))


@register.simple_tag(takes_context=True)
def lasted(context: Any, hours: float) -> str:
    """Write how long something has lasted."""
    return words.lasted(hours, context["language"])


@register.simple_tag(takes_context=True)
def country(context: Any, code: str) -> str:
    """Write the name of a state."""
    return words.country(code, context["language"])


@register.simple_tag(takes_context=True)
def coded(context: Any, vocabulary: str, code: str) -> str:
    """Write the label of a code of a vocabulary."""
    return words.in_vocabulary(vocabulary, code, context["language"])


@register.simple_tag(takes_context=True)
def titled(context: Any, titles: dict[str, str]) -> str:
    """Write a title that stands in several languages."""
    return words.titled(titles, context["language"])


@register.simple_tag(takes_context=True)
def address(context: Any, name: str, *steps: object, **query: object) -> str:
    """Write the address of a route with a query, without those of its values that are empty.

    A page that looks back leads to screens as they were then; ``as_of=""`` leads back to now.
    """
    as_of = context["visit"].as_of if "visit" in context and "GET" in named(name).methods else None
    values = {AS_OF: as_of.isoformat() if as_of else "", **query}
    chosen = {key: value for key, value in values.items() if value not in ("", None)}
    path = reverse(name, args=steps)
    return f"{path}?{urlencode(chosen)}" if chosen else path


@register.simple_tag(takes_context=True)
def cell(context: Any, dimension: str, code: str) -> str:
    """Write the label of a cell of a breakdown."""
    return (
        words.say("unspecified", context["language"])
        if code == UNSPECIFIED
        else cell_words(dimension, code, context["language"])
    )


@register.simple_tag
def asset(name: str) -> str:
    """Write the address of a static file, with the beginning of its hash, so that no browser shows an old one."""
    return f"/static/{name}?v={_hash_of(name)}"


@register.filter
def ltr(value: object) -> SafeString:
    """Write an identifier: from the left, apart from the text around it."""
    return format_html('<bdi dir="ltr" class="identifier">{}</bdi>', value)


@register.simple_tag(takes_context=True)
def form_guard(context: Any) -> SafeString:
    """Write the hidden field that a form needs to be believed."""
    return format_html('<input type="hidden" name="csrfmiddlewaretoken" value="{}">', context["form_token"])


@cache
def _hash_of(name: str) -> str:
    content = files("traboule.web").joinpath("static", *name.split("/")).read_bytes()
    return hashlib.sha256(content).hexdigest()[:10]


@register.filter
def unlocalised(value: float) -> str:
    """Write a number for a drawing."""
    return f"{value:g}"


@register.filter
def total(counted: list[tuple[str, int]]) -> int:
    """Return the sum of counts."""
    return sum(count for _, count in counted)
