"""The formats of a template, made once per workbook.

In: a workbook under construction. Out: its formats by use. Guaranteed: text has the contrast of WCAG 2.2 AA on its
ground; a sign marks obligation, not colour alone; a sheet read from the right starts everything there, while a value
keeps the direction of its own letters and a date that of its digits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format

FONT = "Calibri"
# Calibri has no Arabic letters, and slanted ones are foreign to the script.
FONT_FROM_THE_RIGHT = "Arial"
NAVY, AMBER, PALE, LINE, GREY, ROSE = "#17375E", "#8A4B00", "#EEF3F9", "#B8C4D6", "#5A6472", "#FBE3E0"
# A bare year typed into a column of dates stays that year: as the serial number of a day it would show one in 1905.
DATE_FORMAT = "[>=2700]yyyy-mm-dd;0"
MOMENT_FORMAT = "[>=2700]yyyy-mm-dd hh:mm;0"


@dataclass(frozen=True, slots=True)
class Styles:
    """The formats of one workbook. Cells for filling in are unlocked, all others locked."""

    title: Format
    subtitle: Format
    step: Format
    heading: Format
    cover_label: Format
    cover_required: Format
    cover_value: Format
    cover_date: Format
    cover_help: Format
    link: Format
    header: Format
    required: Format
    text: Format
    several_lines: Format
    integer: Format
    number: Format
    date: Format
    moment: Format
    lacking: Format


def styles(book: Workbook, *, right_to_left: bool) -> Styles:
    """Return the formats, for text that runs from the right where asked."""
    start = "right" if right_to_left else "left"
    font = FONT_FROM_THE_RIGHT if right_to_left else FONT
    words = {"reading_order": 2, "align": start} if right_to_left else {}
    digits = {"reading_order": 1} if right_to_left else {}

    def made(**properties: Any) -> Format:
        return book.add_format({"font_name": font, "font_size": 11, "valign": "vcenter", **properties})

    def column(**properties: Any) -> Format:
        return made(locked=False, **{"valign": "top", "align": start, "indent": 1, **properties})

    edge = {"border": 1, "border_color": LINE, "text_wrap": True}
    header = {"bold": True, "font_color": "#FFFFFF", "align": start, "indent": 1, **edge, **words}
    value = {"locked": False, "bg_color": "#FFFFFF", "align": start, "indent": 1, **edge}
    label = {"bold": True, "bg_color": PALE, "align": start, "indent": 1, **edge, **words}
    body = {"text_wrap": True, "align": start, "indent": 1, **words}
    return Styles(
        title=made(bold=True, font_size=20, font_color="#FFFFFF", bg_color=NAVY, **{**body, "text_wrap": False}),
        subtitle=made(font_size=12, font_color=NAVY, bg_color=PALE, **{**body, "text_wrap": False}),
        step=made(**body),
        heading=made(bold=True, font_size=13, font_color=NAVY, bottom=2, bottom_color=NAVY, **words),
        cover_label=made(font_color=NAVY, **label),
        cover_required=made(font_color=AMBER, **label),
        cover_value=made(**value),
        cover_date=made(num_format=DATE_FORMAT, **value, **digits),
        cover_help=made(font_color=GREY, **body),
        link=made(font_color="#0B5394", underline=1, align=start, indent=1),
        header=made(bg_color=NAVY, **header),
        required=made(bg_color=AMBER, **header),
        text=column(num_format="@"),
        several_lines=column(num_format="@", text_wrap=True),
        integer=column(num_format="0", align="right"),
        number=column(align="right"),
        date=column(num_format=DATE_FORMAT, **digits),
        moment=column(num_format=MOMENT_FORMAT, **digits),
        lacking=book.add_format({"bg_color": ROSE}),
    )
