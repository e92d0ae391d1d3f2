"""Read a web page: the words of its article, without markup, scripts, navigation and what is hidden."""

from __future__ import annotations

import codecs
import re

from lxml import etree
from lxml import html as parser

from traboule.core.errors import Refused
from traboule.core.words import catalogue
from traboule.returns.reading.encoding import decoded

_ELEMENTS = catalogue("traboule.returns.reading.documents", "html.yaml")
_LEFT_OUT, _ROLES_LEFT_OUT = frozenset(_ELEMENTS["left_out"]), frozenset(_ELEMENTS["roles_left_out"])
_BLOCKS = frozenset(_ELEMENTS["blocks"])
_CELLS = frozenset({"td", "th"})
_CELL = " | "
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
# A mark that refers to a note: glued to its number it would be another number.
_NOTE_MARK = re.compile(r"[\s\[\](),*†‡0-9]*")
_CHARSET = re.compile(rb"<meta[^>]+?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.I)
# Pages that declare these are read as browsers read them (Encoding Standard, 4.2).
_AS_BROWSERS_DO = {"iso8859-1": "cp1252", "ascii": "cp1252", "iso8859-9": "cp1254", "utf-16": "utf-8"}
_BYTES_BEFORE_CHARSET = 4096
# An article shorter than this is a teaser.
_LEAST_ARTICLE = 200


def html_text(content: bytes, file_name: str) -> str:
    """Return the text of the page's article, or of all of its body where no part of it is marked as the article.

    Raises Refused (document-damaged) where it holds no text.
    """
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", _decode(content))
    try:
        page = parser.document_fromstring(text, parser=parser.HTMLParser(remove_comments=True, remove_pis=True))
    except (etree.ParserError, ValueError) as error:
        raise Refused("document-damaged", file=file_name) from error
    body = page.find("body") if page.find("body") is not None else page
    words = _tidy("".join(_pieces(_article(body))))
    heading = next((_tidy("".join(_pieces(element))) for element in body.iter("h1")), "")
    if heading and heading not in words:
        words = f"{heading}\n\n{words}"
    if not words:
        raise Refused("document-damaged", file=file_name)
    return words + "\n"


def _decode(content: bytes) -> str:
    """Return the page's characters: by its byte order mark, else as it declares, else as its bytes show."""
    declared = _CHARSET.search(content[:_BYTES_BEFORE_CHARSET])
    marked = content.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if declared and not marked:
        try:
            name = codecs.lookup(declared[1].decode("ascii")).name
            return content.decode(_AS_BROWSERS_DO.get(name, name))
        except (LookupError, UnicodeError):
            pass
    return decoded(content)[0]


def _article(body: etree._Element) -> etree._Element:
    """Return the largest element marked as an article, else the main part, else the body."""
    for name in ("article", "main"):
        sized = [(len("".join(_pieces(element))), element) for element in body.iter(name)]
        length, element = max(sized, key=lambda pair: pair[0], default=(0, body))
        if length >= _LEAST_ARTICLE:
            return element
    return body


def _pieces(element: etree._Element) -> list[str]:
    """Return the text within an element in pieces, lines ended by line feeds and cells by bars.

    Iterative, as a page may be nested deeper than Python's stack.
    """
    pieces: list[str] = []
    stack: list[tuple[etree._Element, bool]] = [(element, False)]
    while stack:
        current, is_end = stack.pop()
        inner = current is not element
        if is_end:
            pieces.append(_end(current))
            pieces.append(_collapse_spaces(current.tail) if inner else "")
            continue
        if not isinstance(current.tag, str) or _is_left_out(current):
            pieces.append(_collapse_spaces(current.tail) if inner else "")
            continue
        pieces.append("\n" if current.tag in _BLOCKS or current.tag == "br" else "")
        stack.append((current, True))
        pieces.append(_collapse_spaces(current.text))
        stack += [(child, False) for child in reversed(current)]
    return pieces


def _end(element: etree._Element) -> str:
    if element.tag in _CELLS:
        return _CELL
    return "\n" if element.tag in _BLOCKS else ""


def _is_left_out(element: etree._Element) -> bool:
    if element.tag in _LEFT_OUT or element.get("role", "").lower() in _ROLES_LEFT_OUT:
        return True
    if element.get("hidden") is not None or element.get("aria-hidden") == "true":
        return True
    if element.tag == "sup" and _NOTE_MARK.fullmatch("".join(element.itertext())):
        return True
    return _HIDDEN.search(element.get("style", "")) is not None


def _collapse_spaces(text: str | None) -> str:
    """Return text with its line breaks as spaces, as a page shows them; non-breaking spaces stay."""
    return re.sub(r"[ \t\r\n\f]+", " ", text or "").replace("\u00ad", "")


def _tidy(text: str) -> str:
    """Return text without empty lines in a row, and without spaces at the ends of lines."""
    lines = [line.strip(" |") for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
