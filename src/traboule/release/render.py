"""Communiqués laid out: HTML that stands alone, PDF/A-2a and PDF/UA-1, and their charts as pictures.

Comes in: a :class:`Communique`, a chart's specification. Goes out: bytes. Promises: the same communiqué gives the same
bytes; nothing is fetched from anywhere; right-to-left languages are laid out from right to left; the PDF is tagged
and embeds its fonts.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import typst
import vl_convert
from django.template import Context, Engine
from django.utils.safestring import mark_safe

from traboule.core.errors import Broken
from traboule.release.communique import Block, Communique

HERE = Path(str(files("traboule.release")))
STANDARDS: list[typst.PDFStandard] = ["a-2a", "ua-1"]
VEGA_LITE = "v5.21"
PLAIN = ("language", "right_to_left", "title", "kind", "status", "issued", "notice")


HATCHED = (
    '<defs><pattern id="withheld" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect width="5" height="5" fill="#ffffff"/><rect width="1.6" height="5" fill="#5b6670"/></pattern></defs>'
)
_CLIP = re.compile(r'(?<=id=")clip\d+(?=")|(?<=url\(#)clip\d+(?=\))')
PIXELS = 2.5  # A picture in a word-processor document: sharp at its printed width.


def html(communique: Communique) -> bytes:
    """Return one self-contained page: no script, no outside resource, every text escaped."""
    blocks = [
        {
            "kind": block.kind,
            "text": block.text,
            "by": block.by,
            # A drawing of our own from numbers and labels; the renderer escapes the labels.
            "drawing": mark_safe(svg(block.chart)) if block.chart else "",  # noqa: S308
            "head": block.rows[0] if block.rows else (),
            "rows": [
                {"depth": str(depth), "first": row[0], "cells": row[1:]}
                for row, depth in zip(block.rows[1:], block.depths[1:], strict=True)
            ],
        }
        for block in communique.blocks
    ]
    return page("communique.html", {"it": communique, "blocks": blocks}, right_to_left=communique.right_to_left)


def page(template: str, context: Mapping[str, Any], *, right_to_left: bool) -> bytes:
    """Return a page of ``templates/``, every text escaped."""
    filled = {**context, "direction": "rtl" if right_to_left else "ltr"}
    return _engine().get_template(template).render(Context(filled)).encode()


def pdf(communique: Communique, issued_on: date) -> bytes:
    """Return the communiqué as PDF/A-2a (ISO 19005-2) and PDF/UA-1 (ISO 14289-1), dated ``issued_on``."""
    moment = datetime.combine(issued_on, time(), tzinfo=UTC)
    data = {
        **{name: getattr(communique, name) for name in PLAIN},
        "blocks": [_plain(block) for block in communique.blocks],
        "date": [issued_on.year, issued_on.month, issued_on.day],
    }
    made = _compiler().compile(
        format="pdf",
        pdf_standards=STANDARDS,
        sys_inputs={"communique": json.dumps(data, ensure_ascii=False)},
        timestamp=moment,
    )
    if not isinstance(made, bytes):
        raise Broken("typesetter-silent")
    return made


def svg(specification: Mapping[str, Any]) -> str:
    """Return a chart as an SVG drawing; equal specifications give equal drawings."""
    return _drawn(json.dumps(specification, ensure_ascii=False, sort_keys=True))


def png(specification: Mapping[str, Any]) -> bytes:
    """Return a chart as a picture, for documents that hold no drawings."""
    made: bytes = vl_convert.svg_to_png(svg(specification), scale=PIXELS)
    return made


def _plain(block: Block) -> dict[str, Any]:
    return {
        "kind": block.kind,
        "text": block.text,
        "by": block.by,
        "rows": [list(row) for row in block.rows],
        "depths": list(block.depths),
        "svg": svg(block.chart) if block.chart else "",
    }


@cache
def _drawn(specification: str) -> str:
    _fonts_known()
    drawn = _named_apart(vl_convert.vegalite_to_svg(specification, vl_version=VEGA_LITE), specification)
    # Vega knows colours only; what asks for the pattern finds it here.
    head, sign, body = drawn.partition(">") if "url(#withheld)" in drawn else ("", "", drawn)
    return f"{head}{sign}{HATCHED}{body}" if sign else drawn


def _named_apart(drawn: str, specification: str) -> str:
    """Return a drawing with its clips named by what is drawn: Vega numbers them on from those that the process drew
    before, so that a release would depend on what was drawn before it; and two drawings stand on one page."""
    what, names = hashlib.blake2b(specification.encode(), digest_size=4).hexdigest(), dict[str, str]()
    return _CLIP.sub(lambda clip: names.setdefault(clip.group(), f"clip-{what}-{len(names) + 1}"), drawn)


@cache
def _fonts_known() -> None:
    """Let the shipped fonts be found; a machine may have none."""
    vl_convert.register_font_directory(str(HERE / "fonts"))


@cache
def _engine() -> Engine:
    return Engine(dirs=[str(HERE / "templates")], autoescape=True)


@cache
def _compiler() -> typst.Compiler:
    template = HERE / "templates" / "communique.typ"
    return typst.Compiler(str(template), font_paths=[str(HERE / "fonts")], ignore_system_fonts=True)
