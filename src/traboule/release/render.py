"""Communiqués laid out: HTML that stands alone, PDF/A-2a and PDF/UA-1.

Comes in: a :class:`Communique`. Goes out: bytes. Promises: the same communiqué gives the same bytes; nothing is fetched
from anywhere; right-to-left languages are laid out from right to left; the PDF is tagged and embeds its fonts.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time
from functools import cache
from importlib.resources import files
from pathlib import Path

import typst
from django.template import Context, Engine

from traboule.core.errors import Broken
from traboule.release.communique import Communique

HERE = Path(str(files("traboule.release")))
STANDARDS: list[typst.PDFStandard] = ["a-2a", "ua-1"]


def html(communique: Communique) -> bytes:
    """Return one self-contained page: no script, no outside resource, every text escaped."""
    blocks = [
        {
            "kind": block.kind,
            "text": block.text,
            "head": block.rows[0] if block.rows else (),
            "rows": [
                {"depth": str(depth), "first": row[0], "cells": row[1:]}
                for row, depth in zip(block.rows[1:], block.depths[1:], strict=True)
            ],
        }
        for block in communique.blocks
    ]
    context = {"it": communique, "blocks": blocks, "direction": "rtl" if communique.right_to_left else "ltr"}
    return _engine().get_template("communique.html").render(Context(context)).encode()


def pdf(communique: Communique, issued_on: date) -> bytes:
    """Return the communiqué as PDF/A-2a (ISO 19005-2) and PDF/UA-1 (ISO 14289-1), dated ``issued_on``."""
    moment = datetime.combine(issued_on, time(), tzinfo=UTC)
    data = {**communique.to_json(), "date": [issued_on.year, issued_on.month, issued_on.day]}
    made = _compiler().compile(
        format="pdf",
        pdf_standards=STANDARDS,
        sys_inputs={"communique": json.dumps(data, ensure_ascii=False)},
        timestamp=moment,
    )
    if not isinstance(made, bytes):
        raise Broken("typesetter-silent")
    return made


@cache
def _engine() -> Engine:
    return Engine(dirs=[str(HERE / "templates")], autoescape=True)


@cache
def _compiler() -> typst.Compiler:
    template = HERE / "templates" / "communique.typ"
    return typst.Compiler(str(template), font_paths=[str(HERE / "fonts")], ignore_system_fonts=True)
