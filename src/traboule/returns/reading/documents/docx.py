"""Read a text document (Office Open XML, ISO/IEC 29500-1, WordprocessingML): what its reader sees, as text.

Parts come from the scanned archive and from nowhere else. Insertions not yet accepted are read, deletions are not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from lxml import etree

from traboule.core.errors import Refused
from traboule.returns.reading.prescan import unpack

_SKIPPED = frozenset({"del", "moveFrom", "instrText", "delText", "Fallback", "rPr", "pPr", "tblPr", "sectPr", "pict"})
_SIGNS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "ptab": "\t"}
_NOTE_MARK = re.compile(r"[\s\[\](),*†‡0-9]*")
_NOTES = re.compile(r"(foot|end)notes\d*\.xml")


def docx_text(content: bytes, file_name: str) -> str:
    """Return the text of the document's body, then of its notes. Raises Refused: file-encrypted, document-damaged."""
    try:
        parts = unpack(content, file_name, passive=False)
    except Refused as refusal:
        code = refusal.code if refusal.code == "file-encrypted" else "document-damaged"
        raise Refused(code, file=file_name) from refusal
    main = _main_part(parts)
    folder = main.rpartition("/")[0]
    notes = sorted(name for name in parts if _NOTES.fullmatch(name.removeprefix(f"{folder}/")))
    try:
        text = "\n".join(_text(_tree(parts[name])) for name in (main, *notes))
    except (KeyError, etree.XMLSyntaxError) as error:
        raise Refused("document-damaged", file=file_name) from error
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(line.strip(" |\t") for line in text.split("\n"))).strip()
    if not text:
        raise Refused("document-damaged", file=file_name)
    return text + "\n"


def _tree(part: bytes) -> etree._Element:
    return etree.fromstring(part, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))


def _main_part(parts: Mapping[str, bytes]) -> str:
    """Return the name of the part that the package names as its document."""
    try:
        for relation in _tree(parts["_rels/.rels"]):
            if relation.get("Type", "").endswith("/officeDocument"):
                return str(relation.get("Target", "")).lstrip("/")
    except (KeyError, etree.XMLSyntaxError):
        pass
    return "word/document.xml"


def _text(root: etree._Element) -> str:
    """Return the text below ``root``: a line a paragraph, a line a row of a table with bars between its cells."""
    pieces: list[str] = []
    stack: list[tuple[etree._Element, bool, bool]] = [(root, False, False)]
    while stack:
        element, is_end, in_cell = stack.pop()
        name = etree.QName(element).localname if isinstance(element.tag, str) else ""
        if is_end:
            pieces.append(_end(name, in_cell))
            continue
        if not name or name in _SKIPPED or (name == "r" and _is_hidden(element)):
            continue
        if name == "t":
            pieces.append((element.text or "").replace("\u00ad", ""))
        else:
            pieces.append(_SIGNS.get(name, "\n" if name == "txbxContent" else ""))
            stack.append((element, True, in_cell))
            stack += [(child, False, in_cell or name == "tc") for child in reversed(element)]
    return "".join(pieces)


def _end(name: str, in_cell: bool) -> str:
    if name == "tc":
        return " | "
    if name == "p":
        return " " if in_cell else "\n"
    return "\n" if name == "tr" else ""


def _is_hidden(run: etree._Element) -> bool:
    """Tell whether a run is hidden, or is the mark of a note, which glued to a number would be another number."""
    marks = {etree.QName(mark).localname: mark for mark in run.iterfind("./{*}rPr/*")}
    if "vanish" in marks:
        return True
    raised = "vertAlign" in marks and "superscript" in marks["vertAlign"].attrib.values()
    return raised and _NOTE_MARK.fullmatch("".join(run.itertext())) is not None
