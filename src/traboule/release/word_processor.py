"""Communiqués as word-processor documents (Office Open XML, ISO/IEC 29500), for whoever has to quote or translate them.

In: a :class:`Communique`. Out: DOCX as bytes. Guaranteed: the same communiqué gives the same bytes, dated as issued;
headings, table headers and text alternatives are real ones; text carries its language, and Arabic runs from right to
left in every paragraph, run, table and page; long lists stand in columns that the word processor balances.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from docx import Document
from docx.enum.section import WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from traboule.core.language.languages import how_written
from traboule.release.communique import Communique
from traboule.release.layout.arrangement import arranged
from traboule.release.layout.columns import side_by_side, widths
from traboule.release.layout.ooxml import FONTS, border, element, instruction, settled, watermark
from traboule.release.render import png

ACCENT, QUIET, RED, RULE = "0B3C52", "4A555E", "A3161C", "B9C4CC"
SIZES = {"Title": 19, "Heading 1": 14, "Heading 2": 11, "Normal": 10.5}
ARABIC_LINE = 1.6  # Fonts for Arabic ask for lines of very different heights, and nobody knows which one a reader has.
WIDTH, GUTTER = 16.4, 0.8  # Centimetres between the margins of an A4 page, and between two columns.
# Rows of a folded table, and of any other without sentences, that stay on one page: few fill what a page has left.
LONGEST, SHORT = 7, 21
PICTURE = 12.5  # Centimetres of a picture's width: so it finds a place on more pages.
CARD_COLUMNS, NAME_COLUMNS, NAMES_FROM = 2, 3, 9
MASTHEAD = 1500  # Letters of the masthead's line times half points of their size: so that it stays one line.
_ARABIC = re.compile("[\u0600-\u06ff]")

Plain = Mapping[str, Any]


def docx(communique: Communique, issued_on: date) -> bytes:
    """Return the communiqué as DOCX, dated ``issued_on``."""
    sheet = _Sheet(communique, issued_on)
    for section in arranged(communique):
        sheet.add(section)
    return settled(sheet.saved())


class _Sheet:
    """A document being written: python-docx for what it knows, OOXML elements for direction and language."""

    def __init__(self, communique: Communique, issued_on: date) -> None:
        self._it, self._rtl = communique, communique.right_to_left
        self._columns = 1
        self._style_ids: dict[str, str | None] = {}
        self._document = Document()
        self._properties(issued_on)
        self._styles()
        self._page()
        self._lay: Mapping[str, Callable[[Plain], None]] = {
            "masthead": self._masthead,
            "headline": self._headline,
            "lead": self._lead,
            "case": self._case,
            "chart": self._chart,
            "quotation": self._quotation,
            "names": self._names,
            "contact": self._contact,
            "cards": self._cards,
            "stacks": self._stacks,
            **dict.fromkeys(("figures", "regions", "table", "changes"), self._table),
        }

    def add(self, section: Plain) -> None:
        """Add a section: its heading and its blocks."""
        for part in section.get("columns", [section]):
            if part["title"]:
                heading = self._heading("Heading 1", part["title"])
                if section["name"] == "annex":
                    self._ruled(heading)
            for block in part["blocks"]:
                self._add(block)
        self._in_columns(1)

    def _add(self, block: Plain) -> None:
        self._lay.get(block["kind"], self._text)(block)

    def saved(self) -> bytes:
        """Return the archive as python-docx writes it, with what to take where our fonts are not installed."""
        for part in self._document.part.package.iter_parts():
            if part.partname == "/word/fontTable.xml":
                part._blob = part.blob.replace(b"</w:fonts>", FONTS.encode() + b"</w:fonts>")
        out = io.BytesIO()
        self._document.save(out)
        return out.getvalue()

    def _properties(self, issued_on: date) -> None:
        properties = self._document.core_properties
        moment = datetime(issued_on.year, issued_on.month, issued_on.day)  # noqa: DTZ001  OOXML knows no zone here.
        properties.title, properties.language, properties.author = (
            self._it.title,
            how_written(self._it.language).tag,
            "",
        )
        properties.created = properties.modified = moment
        properties.comments, properties.last_modified_by, properties.revision = "", "", 1

    def _styles(self) -> None:
        for name, size in SIZES.items():
            style = self._document.styles[name]
            style.font.size = Pt(size)
            if name != "Normal":
                style.font.bold = True
                style.font.color.rgb = RGBColor.from_string(ACCENT)
            properties = style.element.get_or_add_rPr()
            for old in (*properties.findall(qn("w:rFonts")), *properties.findall(qn("w:szCs"))):
                properties.remove(old)
            fonts = element(
                "w:rFonts", ascii="Noto Sans", hAnsi="Noto Sans", eastAsia="Noto Sans", cs="Noto Sans Arabic"
            )
            properties.insert(0, fonts)
            properties.append(element("w:szCs", val=str(int(size * 2))))
            properties.append(self._language())
            spacing = style.paragraph_format
            spacing.space_before, spacing.space_after = Pt(0 if name in ("Normal", "Title") else 14), Pt(6)
            spacing.keep_with_next = name != "Normal"
            if self._rtl:
                spacing.line_spacing = Pt(size * ARABIC_LINE)
        title = self._document.styles["Title"].element.get_or_add_pPr()
        for line in title.findall(qn("w:pBdr")):
            title.remove(line)

    def _page(self) -> None:
        section = self._document.sections[0]
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2.3)
        section.top_margin, section.bottom_margin = Cm(2.2), Cm(2.2)
        if self._rtl:
            section._sectPr.insert_element_before(element("w:pgNumType", fmt="hindiNumbers"), "w:cols", "w:docGrid")
            section._sectPr.insert_element_before(element("w:bidi"), "w:rtlGutter", "w:docGrid")
        if self._it.watermark:
            header = section.header.paragraphs[0]
            self._direct(header)
            header._p.append(watermark(self._it.watermark, "Noto Sans Arabic" if self._rtl else "Noto Sans"))
        footer = section.footer.paragraphs[0]
        self._direct(footer)
        self._run(
            footer, "".join(f"{text} · " for text in (self._it.status, self._it.notice) if text), size=8, colour=QUIET
        )
        for kind, code in (("begin", ""), ("", "PAGE"), ("end", "")):
            run = self._run(footer, "", size=8, colour=QUIET)
            run._r.append(element("w:fldChar", fldCharType=kind) if kind else instruction(code))

    def _masthead(self, block: Plain) -> None:
        line = self._paragraph()
        self._tab_at_end(line)
        size = min(12.5, MASTHEAD // (len(block["text"]) + len(block["by"])) / 2)
        self._run(line, block["text"], size=size, bold=True, colour=ACCENT)
        self._run(line, f"\t{block['by']}", size=size, colour=ACCENT)
        self._ruled(line, "bottom")
        line = self._paragraph()
        self._tab_at_end(line)
        self._run(line, self._it.status, size=9, bold=True, colour=QUIET)
        self._run(line, f"\t{self._it.issued}", size=9, colour=QUIET)
        if self._it.notice:
            self._run(self._paragraph(), self._it.notice, size=11, bold=True, colour=RED)

    def _headline(self, block: Plain) -> None:
        self._heading("Title", block["text"])

    def _lead(self, block: Plain) -> None:
        paragraph = self._paragraph()
        if block["by"]:
            self._run(paragraph, f"{block['by']} – ", size=11.5, bold=True)
        self._run(paragraph, block["text"], size=11.5)

    def _text(self, block: Plain) -> None:
        if block["kind"] in ("heading", "subheading"):
            self._heading("Heading 2" if block["kind"] == "subheading" else "Heading 1", block["text"])
            return
        looks: dict[str, dict[str, Any]] = {
            "deck": {"size": 12, "colour": QUIET},
            "note": {"size": 9, "colour": QUIET},
        }
        self._run(self._paragraph(), block["text"], **looks.get(block["kind"], {}))

    def _heading(self, style: str, text: str) -> Any:
        paragraph = self._paragraph(style)
        paragraph.paragraph_format.keep_with_next = True
        self._run(paragraph, text, size=SIZES[style], bold=True, colour=ACCENT)
        return paragraph

    def _case(self, block: Plain) -> None:
        if block["text"]:
            self._heading("Heading 2", block["text"])
        for number, text in enumerate(block["paragraphs"], 1):
            paragraph = self._paragraph()
            paragraph.paragraph_format.keep_with_next = number < len(block["paragraphs"])
            self._run(paragraph, text)

    def _quotation(self, block: Plain) -> None:
        looks: tuple[tuple[str, dict[str, Any]], ...] = (
            (block["text"], {"size": 12, "colour": ACCENT}),
            (block["by"], {"size": 9, "colour": QUIET}),
        )
        for number, (text, look) in enumerate(looks):
            paragraph = self._paragraph()
            indent = element("w:ind", start="400", end="400")
            paragraph._p.get_or_add_pPr().insert_element_before(indent, "w:contextualSpacing", "w:jc", "w:rPr")
            self._ruled(paragraph, "right" if self._rtl else "left")
            paragraph.paragraph_format.keep_with_next = number == 0
            self._run(paragraph, text, **look)

    def _contact(self, block: Plain) -> None:
        for number, (name, value) in enumerate(block["rows"], 1):
            paragraph = self._paragraph()
            paragraph.paragraph_format.space_after = Pt(2)
            paragraph.paragraph_format.keep_with_next = number < len(block["rows"])
            self._run(paragraph, f"{name}  ", size=9, colour=QUIET)
            self._run(paragraph, value, forward=not _ARABIC.search(value))

    def _stacks(self, block: Plain) -> None:
        for part in (part for stack in block["columns"] for part in stack):
            self._add(part)

    def _names(self, block: Plain) -> None:
        if len(block["names"]) < NAMES_FROM:
            self._text({**block, "kind": "note"})
            return
        self._in_columns(NAME_COLUMNS)
        for name in block["names"]:
            paragraph = self._paragraph()
            paragraph.paragraph_format.space_after = Pt(0)
            self._run(paragraph, name, size=9)
        self._in_columns(1)

    def _cards(self, block: Plain) -> None:
        cards = [card for column in block["columns"] for card in column]
        self._in_columns(CARD_COLUMNS)
        for card in cards:
            self._heading("Heading 2", card["title"])
            self._table({**card["sheet"], "columns": CARD_COLUMNS})
        self._in_columns(1)

    def _chart(self, block: Plain) -> None:
        paragraph = self._paragraph()
        paragraph.paragraph_format.line_spacing = 1.0
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        run = paragraph.add_run()
        run.add_picture(io.BytesIO(png(block["svg"])), width=Cm(PICTURE))
        picture = run._r.find(f".//{qn('wp:docPr')}")
        picture.set("descr", block["text"])
        picture.set("name", "chart")
        if block["by"]:
            paragraph.paragraph_format.keep_with_next = True
            self._text({"kind": "note", "text": block["by"]})

    def _table(self, block: Plain) -> None:
        if block["fold"] > 1:
            for part in side_by_side(dict(block), LONGEST):
                self._table(part)
            return
        rows, depths = block["rows"], block["depths"]
        table = self._document.add_table(rows=0, cols=len(rows[0]))
        table.autofit = False
        columns = block.get("columns", 1)
        sizes = widths(block, (WIDTH - GUTTER * (columns - 1)) / columns)
        for column, width in zip(table.columns, sizes, strict=True):
            column.width = Cm(width)
        if self._rtl:
            visual = element("w:bidiVisual")
            table._tbl.tblPr.insert_element_before(visual, "w:tblStyleRowBandSize", "w:tblW", "w:jc", "w:tblLook")
        for number, (texts, depth) in enumerate(zip(rows, depths, strict=True)):
            row = table.add_row()
            behaviour = row._tr.get_or_add_trPr()
            behaviour.append(element("w:cantSplit"))
            if number == 0:
                behaviour.append(element("w:tblHeader"))
            self._cells(row, texts, block, number=number, depth=depth)
            whole = len(rows) <= SHORT and not block["prose"]
            together = number < len(rows) - 1 and (whole or number in (0, len(rows) - 2))
            for cell in row.cells:
                cell.paragraphs[0].paragraph_format.keep_with_next = together
        self._before_numbers(table, block["parts"], block["prose"])
        self._paragraph().paragraph_format.space_after = Pt(2)

    def _cells(self, row: Any, texts: Sequence[str], block: Plain, *, number: int, depth: int) -> None:
        """Fill a row; its last cell spans the columns that it leaves."""
        size = 9 if "beside" in block or "columns" in block else 9.5
        titles = range(0, len(block["rows"][0]), len(block["rows"][0]) // block.get("beside", 1))
        cells = list(row.cells)
        if len(texts) < len(cells):
            cells[len(texts) - 1] = cells[len(texts) - 1].merge(cells[-1])
        for column, text in enumerate(texts):
            start = column in titles or column in block["prose"]
            strong = number > 0 and column == block["strong"]
            look = (
                {"size": size - 0.5, "bold": True, "colour": QUIET} if number == 0 else {"size": size, "bold": strong}
            )
            self._cell(cells[column], text, look, start=start, indent=depth if column == 0 else 0)
            border(cells[column], ACCENT if number == 0 else RULE, 8 if number == 0 else 4)

    def _before_numbers(self, table: Any, parts: Sequence[Sequence[Mapping[str, str]]], prose: Sequence[int]) -> None:
        """Give what stands before numbers a place of its own where text runs from right to left.

        There it stands at the edge where units are to stand under units; from left to right it stands at the other.
        """
        if not self._rtl:
            return
        for column in range(1, len(table.columns)):
            rows = [(number, row[column]) for number, row in enumerate(parts, 1) if column < len(row)]
            words = [part["before"].strip() for _, part in rows if part["number"]]
            if column in prose or not any(words):
                continue
            for number, part in rows:
                paragraph = table.rows[number].cells[column].paragraphs[0]
                if part["number"] and paragraph.runs:
                    stops = paragraph.paragraph_format.tab_stops
                    stops.add_tab_stop(Pt(4 + 5.5 * max(map(len, words))), WD_TAB_ALIGNMENT.LEFT)
                    paragraph.runs[
                        0
                    ].text = f"{part['before'].strip()}\t{part['low']}{part['dash']}{part['number']}{part['after']}"

    def _cell(self, cell: Any, text: str, look: Mapping[str, Any], *, start: bool, indent: int) -> None:
        paragraph = cell.paragraphs[0]
        paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)
        # Units stand under units at the right edge: where a line from left to right ends, or one from right to left
        # begins, which is "left" to Word in such a paragraph.
        paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT if start or self._rtl else WD_ALIGN_PARAGRAPH.RIGHT
        if indent:
            spacing = element("w:ind", start=str(280 * indent))
            paragraph._p.get_or_add_pPr().insert_element_before(spacing, "w:jc", "w:rPr")
        self._direct(paragraph)
        self._run(paragraph, text, **look)

    def _in_columns(self, count: int) -> None:
        """Let what follows run in ``count`` columns, balanced by the word processor, on the same page."""
        if count == self._columns:
            return
        self._columns = count
        properties = self._document.add_section(WD_SECTION.CONTINUOUS)._sectPr
        columns = properties.find(qn("w:cols"))
        columns.set(qn("w:num"), str(count))
        columns.set(qn("w:space"), str(int(GUTTER * 567)))

    def _ruled(self, paragraph: Any, side: str = "top") -> None:
        """Draw a heavy line beside a paragraph."""
        borders = element("w:pBdr")
        borders.append(element(f"w:{side}", val="single", sz="20", space="6", color=ACCENT))
        later = ("w:shd", "w:tabs", "w:suppressAutoHyphens", "w:bidi", "w:spacing", "w:ind", "w:jc", "w:rPr")
        paragraph._p.get_or_add_pPr().insert_element_before(borders, *later)

    def _tab_at_end(self, paragraph: Any) -> None:
        paragraph.paragraph_format.tab_stops.add_tab_stop(Cm(WIDTH), WD_TAB_ALIGNMENT.RIGHT)

    def _paragraph(self, style: str = "Normal") -> Any:
        paragraph = self._document.add_paragraph()
        if style not in self._style_ids:  # python-docx reads through all styles each time it is given a name.
            part: Any = self._document.part
            self._style_ids[style] = part.get_style_id(style, WD_STYLE_TYPE.PARAGRAPH)
        paragraph._p.style = self._style_ids[style]
        self._direct(paragraph)
        return paragraph

    def _direct(self, paragraph: Any) -> None:
        if self._rtl:
            later = ("w:adjustRightInd", "w:snapToGrid", "w:spacing", "w:ind", "w:contextualSpacing", "w:jc", "w:rPr")
            paragraph._p.get_or_add_pPr().insert_element_before(element("w:bidi"), *later)

    def _run(
        self,
        paragraph: Any,
        text: str,
        *,
        size: float = SIZES["Normal"],
        bold: bool = False,
        colour: str = "",
        forward: bool = False,
    ) -> Any:
        """Add a run of text; ``forward`` runs from left to right in any script."""
        run = paragraph.add_run(text)
        run.font.size, run.font.bold = Pt(size), bold
        if colour:
            run.font.color.rgb = RGBColor.from_string(colour)
        properties = run._r.get_or_add_rPr()
        if self._rtl:
            # What Word reads for complex scripts are settings of their own: bold, size, direction, language.
            if bold:
                properties.insert_element_before(element("w:bCs"), "w:color", "w:sz", "w:szCs", "w:rtl", "w:lang")
            properties.append(element("w:szCs", val=str(int(size * 2))))
            if not forward:
                properties.append(element("w:rtl"))
        properties.append(self._language())
        return run

    def _language(self) -> Any:
        return element("w:lang", **{"bidi" if self._rtl else "val": how_written(self._it.language).tag})
