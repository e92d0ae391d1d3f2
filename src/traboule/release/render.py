"""Communiqués laid out for screens: HTML that stands alone; and drawings as pictures.

In: a :class:`Communique`, a drawing as SVG. Out: bytes. Guaranteed: the same communiqué gives the same bytes; nothing
is fetched from anywhere; right-to-left languages are laid out from right to left.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from django.template import Context, Engine
from django.utils.safestring import mark_safe

from traboule.release.communique import Communique
from traboule.release.layout.arrangement import arranged
from traboule.release.layout.pdf import PACKAGE_FOLDER, pdf
from traboule.release.layout.raster import raster

__all__ = ["PACKAGE_FOLDER", "html", "page", "pdf", "png"]


def html(communique: Communique) -> bytes:
    """Return one self-contained page: no script, no outside resource, every text escaped."""
    sections = arranged(communique)
    for section in sections:
        for part in section.get("columns", [section]):
            for block in part["blocks"]:
                _prepare(block)
    context = {"it": communique, "sections": sections}
    return page("communique.html", context, right_to_left=communique.right_to_left)


def _prepare(block: dict[str, Any]) -> None:
    """Give a block, and those in it, what templates cannot work out: drawings as they are, cells with looks."""
    for column in block.get("columns", ()):
        for part in column:
            _prepare(part.get("sheet", part))
    if block.get("svg"):
        block["drawing"] = mark_safe(block["svg"])  # noqa: S308  Our own drawing, whose labels are escaped.
    if len(block.get("rows", ())) > 1 and block["kind"] != "contact":
        prose = block["prose"]
        block["head"] = [{"text": text, "prose": column in prose} for column, text in enumerate(block["rows"][0])]
        block["body"] = [_row(block, number) for number in range(1, len(block["rows"]))]


def _row(block: Mapping[str, Any], number: int) -> dict[str, Any]:
    row, parts = block["rows"][number], block["parts"][number - 1]
    cells = []
    for column in range(1, len(row)):
        before = [
            row_parts[column]["before"]
            for row_parts in block["parts"]
            if column < len(row_parts) and row_parts[column]["number"]
        ]
        over = len(block["rows"][0]) - len(row) + 1 if column == len(row) - 1 else 1
        prose = column in block["prose"]
        look = "prose" if prose else "strong" if column == block["strong"] else ""
        place = max(map(len, before), default=0)
        cell = {"text": row[column], "prose": prose, "over": over if over > 1 else 0, "look": look, "place": place}
        cells.append({**parts[column], **cell})
    return {"depth": block["depths"][number], "first": row[0], "cells": cells}


def page(template: str, context: Mapping[str, Any], *, right_to_left: bool) -> bytes:
    """Return a page of ``templates/``, every text escaped."""
    filled = {**context, "direction": "rtl" if right_to_left else "ltr"}
    return _engine().get_template(template).render(Context(filled)).encode()


@cache
def png(drawing: str) -> bytes:
    """Return a drawing as a picture, for documents that hold no drawings; pictures are remembered."""
    return raster(drawing)


@cache
def _engine() -> Engine:
    return Engine(dirs=[str(PACKAGE_FOLDER / "templates")], autoescape=True)
