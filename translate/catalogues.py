"""Read and write the gettext catalogues under ``src/traboule/locale``.

In: the YAML files that ``locale/domains.yaml`` names, and the translations there are. Out: a ``.po`` file a language
and domain with every message once, and the ``.mo`` file compiled from it. A message is known by its context, its file
and its path there, so the same English can be said differently in two places; where the English changed, the old
translation stays and is marked fuzzy. The same sources give the same bytes.
"""

from __future__ import annotations

import io
import re
import string
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from traboule.core.language.messages import domains, messages, plural_forms
from traboule.core.language.numbers import locale_of

SOURCE = Path(__file__).parents[1] / "src" / "traboule"
_LOCALE = SOURCE / "locale"
_WIDTH = 120
_HEDGED = re.compile(r"\w\((?:e?s|es|e|ies|x)\)")  # "row(s)"
_NO_DATE = datetime(1970, 1, 1, tzinfo=UTC)  # A date would make equal catalogues differ.


class Fault(NamedTuple):
    """What is wrong with one message of one language.

    ``kind`` is missing, fuzzy, places, repeated, forms, obsolete or stale.
    """

    language: str
    domain: str
    context: str
    kind: str


def updated(language: str, domain: str) -> Catalog:
    """Return the catalogue of one language with today's messages, translations carried over by context."""
    before = {str(entry.context): entry for entry in _read(language, domain) if entry.id}
    after = Catalog(locale=language, project="Traboule", fuzzy=False)
    for message in messages(domain):
        known = before.get(message.context)
        text = "" if known is None else str(known.string)
        is_fuzzy = known is not None and bool(text) and (known.fuzzy or known.id != message.english)
        after.add(message.english, text, context=message.context, flags=("fuzzy",) if is_fuzzy else ())
    return after


def written(catalog: Catalog) -> tuple[bytes, bytes]:
    """Return a catalogue as the bytes of its ``.po`` and of its ``.mo`` file, without dates."""
    po, mo = io.BytesIO(), io.BytesIO()
    write_po(po, catalog, width=_WIDTH, no_location=True, omit_header=True)
    head = f"# {catalog.locale.english_name} messages of Traboule.\n" if catalog.locale else ""
    header = f'msgid ""\nmsgstr ""\n"Language: {catalog.locale}\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
    text = (head + header).encode() + po.getvalue()
    compiled = read_po(io.BytesIO(text), locale=catalog.locale)
    compiled.creation_date = compiled.revision_date = _NO_DATE
    write_mo(mo, compiled, use_fuzzy=False)
    return text, mo.getvalue()


def write(language: str, domain: str, catalog: Catalog) -> None:
    """Write the two files of one language and domain."""
    folder = _LOCALE / language / "LC_MESSAGES"
    folder.mkdir(parents=True, exist_ok=True)
    po, mo = written(catalog)
    (folder / f"{domain}.po").write_bytes(po)
    (folder / f"{domain}.mo").write_bytes(mo)


def faults(language: str, *, growing: bool = False) -> Iterator[Fault]:
    """Yield what is wrong with a language's catalogues; a growing language may leave messages out."""
    for domain in domains():
        path = _LOCALE / language / "LC_MESSAGES" / f"{domain}.po"
        if not path.is_file():
            if not growing:
                yield Fault(language, domain, "", "missing")
            continue
        catalog = updated(language, domain)
        for entry in catalog:
            if not entry.id:
                continue
            if not entry.string and not growing:
                yield Fault(language, domain, str(entry.context), "missing")
            elif entry.fuzzy:
                yield Fault(language, domain, str(entry.context), "fuzzy")
            elif entry.string and _places(str(entry.string)) != _places(str(entry.id)):
                yield Fault(language, domain, str(entry.context), "places")
            elif is_repeated(str(entry.string)):
                yield Fault(language, domain, str(entry.context), "repeated")
            elif has_faulty_forms(str(entry.string), language):
                yield Fault(language, domain, str(entry.context), "forms")
        po, mo = written(catalog)
        if po != path.read_bytes() or mo != path.with_suffix(".mo").read_bytes():
            yield Fault(language, domain, "", "stale")


def is_repeated(text: str) -> bool:
    """Tell whether a text says everything twice or more, as careless merges of catalogues leave it."""
    return len(text) > 20 and text in (text + text)[1:-1]


def has_faulty_forms(text: str, language: str) -> bool:
    """Tell whether a text writes "row(s)", or lists forms (``{rows:one=row|other=rows}``) that are not those of the
    language: ``other`` always, ``one`` where there is one, and in Arabic those of two, few and many as well."""
    categories = {*Locale.parse(locale_of(language)).plural_form.tags, "other"}
    needed = categories - {"zero"} if language == "ar" else {"one", "other"}
    listed = [set(plural_forms(forms)) for _, _, forms, _ in string.Formatter().parse(text) if forms]
    return bool(_HEDGED.search(text)) or any(not needed <= forms <= categories for forms in listed)


def _read(language: str, domain: str) -> Catalog:
    path = _LOCALE / language / "LC_MESSAGES" / f"{domain}.po"
    if not path.is_file():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def _places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}
