"""Communiqués as word-processor documents (Office Open XML, ISO/IEC 29500), for whoever has to quote or translate them.

Comes in: a :class:`Communique`. Goes out: DOCX as bytes. Promises: the same communiqué gives the same bytes, dated as
issued; headings, table headers and text alternatives are real ones; text carries its language, and Arabic runs from
right to left in every paragraph, run, table and page.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from traboule.release.communique import Block, Communique
from traboule.release.render import png

LOCALES = {"en": "en-GB", "fr": "fr-FR", "es": "es-ES", "ar": "ar-SA"}
ACCENT, QUIET, WARM, RED = "0B4F6C", "5B6670", "8A5A00", "B3261E"
SIZES = {"Title": 18, "Heading 1": 14, "Heading 2": 11, "Normal": 10.5}
ARABIC_LINE = 1.6  # Fonts for Arabic ask for lines of very different heights, and nobody knows which one a reader has.
WIDTH = 16.4  # Centimetres between the margins of an A4 page.
SHARES = {"figures": (54, 22, 24), "changes": (25, 16, 17, 42)}
SHORT = 16  # Rows of a table that stays on one page.
FONTS = "".join(
    f'<w:font w:name="{name}"><w:altName w:val="Arial"/><w:panose1 w:val="020B0502040504020204"/>'
    f'<w:charset w:val="{charset}"/><w:family w:val="swiss"/><w:pitch w:val="variable"/></w:font>'
    for name, charset in (("Noto Sans", "00"), ("Noto Sans Arabic", "B2"))
)
EPOCH = (1980, 1, 1, 0, 0, 0)  # The earliest instant a zip archive can name.


def docx(communique: Communique, issued_on: date) -> bytes:
    """Return the communiqué as DOCX, dated ``issued_on``."""
    sheet = _Sheet(communique, issued_on)
    for block in communique.blocks:
        sheet.add(block)
    return _settled(sheet.saved())


class _Sheet:
    """A document being written: python-docx for what it knows, OOXML elements for direction and language."""

    def __init__(self, communique: Communique, issued_on: date) -> None:
        self._it = communique
        self._rtl = communique.right_to_left
        self._document = Document()
        self._properties(issued_on)
        self._styles()
        self._page()
        self._lay: Mapping[str, Callable[[Block], None]] = {
            "headline": self._headline,
            "chart": self._chart,
            "quotation": self._quotation,
            "figures": self._table,
            "table": self._table,
            "regions": self._table,
            "changes": self._table,
        }

    def add(self, block: Block) -> None:
        """Add one block."""
        self._lay.get(block.kind, self._text)(block)

    def saved(self) -> bytes:
        """Return the archive as python-docx writes it, with what to take where our fonts are not installed."""
        for part in self._document.part.package.iter_parts():
            if part.partname == "/word/fontTable.xml":
                part._blob = part.blob.replace(b"</w:fonts>", FONTS.encode() + b"</w:fonts>")
        out = io.BytesIO()
        self._document.save(out)
        return out.getvalue()

    def _properties(self, issued_on: date) -> None:
        found = self._document.core_properties
        moment = datetime(issued_on.year, issued_on.month, issued_on.day)  # noqa: DTZ001  OOXML knows no zone here.
        found.title, found.language, found.author = self._it.title, LOCALES[self._it.language], ""
        found.created = found.modified = moment
        found.comments, found.last_modified_by, found.revision = "", "", 1

    def _styles(self) -> None:
        for name, size in SIZES.items():
            style = self._document.styles[name]
            style.font.size = Pt(size)
            if name != "Normal":
                style.font.bold = True
                style.font.color.rgb = RGBColor.from_string(ACCENT)
            properties = style.element.get_or_add_rPr()
            for old in properties.findall(qn("w:rFonts")):
                properties.remove(old)
            fonts = _element(
                "w:rFonts", ascii="Noto Sans", hAnsi="Noto Sans", eastAsia="Noto Sans", cs="Noto Sans Arabic"
            )
            properties.insert(0, fonts)
            properties.append(_element("w:szCs", val=str(int(size * 2))))
            properties.append(self._language())
            spacing = style.paragraph_format
            spacing.space_before, spacing.space_after = Pt(0 if name in ("Normal", "Title") else 14), Pt(6)
            spacing.keep_with_next = name != "Normal"
            if self._rtl:
                spacing.line_spacing = Pt(size * ARABIC_LINE)
        title = self._document.styles["Title"].element.get_or_add_pPr()
        for border in title.findall(qn("w:pBdr")):
            title.remove(border)

    def _page(self) -> None:
        section = self._document.sections[0]
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2.3)
        section.top_margin, section.bottom_margin = Cm(2.2), Cm(2.2)
        if self._rtl:
            section._sectPr.insert_element_before(_element("w:pgNumType", fmt="hindiNumbers"), "w:cols", "w:docGrid")
            section._sectPr.insert_element_before(_element("w:bidi"), "w:rtlGutter", "w:docGrid")
        footer = section.footer.paragraphs[0]
        self._direct(footer)
        self._run(footer, f"{self._it.status} · ", size=8, colour=QUIET)
        for kind, code in (("begin", ""), ("", "PAGE"), ("end", "")):
            run = self._run(footer, "", size=8, colour=QUIET)
            run._r.append(_element("w:fldChar", fldCharType=kind) if kind else _instruction(code))

    def _headline(self, block: Block) -> None:
        marks = self._paragraph()
        badge = ACCENT if self._it.kind == "final" else WARM
        self._run(marks, self._it.status, size=9, bold=True, colour=badge)
        if self._it.notice:
            self._run(marks, f"   {self._it.notice}", size=9, bold=True, colour=RED)
        self._run(self._paragraph("Title"), block.text, size=SIZES["Title"], bold=True, colour=ACCENT)
        self._run(self._paragraph(), self._it.issued, size=9, colour=QUIET)

    def _text(self, block: Block) -> None:
        headings = {"heading": "Heading 1", "subheading": "Heading 2"}
        if block.kind in headings:
            style = headings[block.kind]
            self._run(self._paragraph(style), block.text, size=SIZES[style], bold=True, colour=ACCENT)
            return
        looks: dict[str, dict[str, Any]] = {
            "deck": {"size": 11.5, "colour": QUIET},
            "lead": {"size": 12, "bold": True},
            "note": {"size": 9.5, "colour": QUIET},
        }
        self._run(self._paragraph(), block.text, **looks.get(block.kind, {}))

    def _quotation(self, block: Block) -> None:
        looks: tuple[tuple[str, dict[str, Any]], ...] = (
            (block.text, {"size": 11.5, "colour": ACCENT}),
            (f"— {block.by}", {"size": 9.5, "colour": QUIET}),
        )
        for text, look in looks:
            paragraph = self._paragraph()
            indent = _element("w:ind", start="400", end="400")
            paragraph._p.get_or_add_pPr().insert_element_before(indent, "w:contextualSpacing", "w:jc", "w:rPr")
            self._run(paragraph, text, **look)

    def _chart(self, block: Block) -> None:
        if block.chart is None:
            return
        paragraph = self._paragraph()
        paragraph.paragraph_format.line_spacing = 1.0
        run = paragraph.add_run()
        run.add_picture(io.BytesIO(png(block.chart)), width=Cm(WIDTH))
        named = run._r.find(f".//{qn('wp:docPr')}")
        named.set("descr", block.text)
        named.set("name", "chart")
        if block.by:
            paragraph.paragraph_format.keep_with_next = True
            self._text(Block("note", block.by))

    def _table(self, block: Block) -> None:
        shares = SHARES.get(block.kind) or (2, *(1 for _ in block.rows[0][1:]))
        table = self._document.add_table(rows=0, cols=len(block.rows[0]))
        table.autofit = False
        for column, share in zip(table.columns, shares, strict=True):
            column.width = Cm(WIDTH * share / sum(shares))
        properties = table._tbl.tblPr
        if self._rtl:
            properties.insert_element_before(
                _element("w:bidiVisual"), "w:tblStyleRowBandSize", "w:tblW", "w:jc", "w:tblLook"
            )
        prose = block.kind == "changes"
        for number, (cells, depth) in enumerate(zip(block.rows, block.depths, strict=True)):
            row = table.add_row()
            behaviour = row._tr.get_or_add_trPr()
            behaviour.append(_element("w:cantSplit"))
            if number == 0:
                behaviour.append(_element("w:tblHeader"))
            for column, text in enumerate(cells):
                start = column == 0 or (prose and column == len(cells) - 1)
                strong = number > 0 and column == (2 if prose else 1) and block.kind != "regions"
                look = {"size": 9, "bold": True, "colour": QUIET} if number == 0 else {"size": 9.5, "bold": strong}
                self._cell(row.cells[column], text, look, start=start, indent=depth if column == 0 else 0)
                together = number < len(block.rows) - 1 and len(block.rows) <= SHORT
                row.cells[column].paragraphs[0].paragraph_format.keep_with_next = together
                _underline(row.cells[column], ACCENT if number == 0 else "C9D3DA", 8 if number == 0 else 4)
        self._paragraph().paragraph_format.space_after = Pt(2)

    def _cell(self, cell: Any, text: str, look: Mapping[str, Any], *, start: bool, indent: int) -> None:
        paragraph = cell.paragraphs[0]
        paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)
        # In a right-to-left paragraph Word takes "left" as where the line begins; "right" as where it ends.
        paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT if start else WD_ALIGN_PARAGRAPH.RIGHT
        if indent:
            spacing = _element("w:ind", start=str(280 * indent))
            paragraph._p.get_or_add_pPr().insert_element_before(spacing, "w:jc", "w:rPr")
        self._direct(paragraph)
        self._run(paragraph, text, **look)

    def _paragraph(self, style: str = "Normal") -> Any:
        paragraph = self._document.add_paragraph(style=style)
        self._direct(paragraph)
        return paragraph

    def _direct(self, paragraph: Any) -> None:
        if self._rtl:
            later = ("w:adjustRightInd", "w:snapToGrid", "w:spacing", "w:ind", "w:contextualSpacing", "w:jc", "w:rPr")
            paragraph._p.get_or_add_pPr().insert_element_before(_element("w:bidi"), *later)

    def _run(
        self, paragraph: Any, text: str, *, size: float = SIZES["Normal"], bold: bool = False, colour: str = ""
    ) -> Any:
        run = paragraph.add_run(text)
        run.font.size, run.font.bold = Pt(size), bold
        if colour:
            run.font.color.rgb = RGBColor.from_string(colour)
        properties = run._r.get_or_add_rPr()
        if self._rtl:
            # What Word reads for complex scripts are settings of their own: bold, size, direction, language.
            if bold:
                properties.insert_element_before(_element("w:bCs"), "w:color", "w:sz", "w:szCs", "w:rtl", "w:lang")
            properties.append(_element("w:szCs", val=str(int(size * 2))))
            properties.append(_element("w:rtl"))
        properties.append(self._language())
        return run

    def _language(self) -> Any:
        locale = LOCALES[self._it.language]
        return _element("w:lang", bidi=locale) if self._rtl else _element("w:lang", val=locale)


def _element(name: str, **attributes: str) -> Any:
    made = OxmlElement(name)
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), value)
    return made


def _instruction(code: str) -> Any:
    made = _element("w:instrText")
    made.text = code
    return made


def _underline(cell: Any, colour: str, size: int) -> None:
    borders = _element("w:tcBorders")
    borders.append(_element("w:bottom", val="single", sz=str(size), space="0", color=colour))
    cell._tc.get_or_add_tcPr().append(borders)


def _settled(archive: bytes) -> bytes:
    """Return the archive with its members in the order of their names and without the instant of packing."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as packed, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as settled:
        # A reader knows the format by its first member.
        for name in sorted(packed.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            member = zipfile.ZipInfo(name, EPOCH)
            member.compress_type = zipfile.ZIP_DEFLATED
            settled.writestr(member, packed.read(name))
    return out.getvalue()
