"""Communiqués laid out for screens: HTML that stands alone; and drawings as pictures.

Comes in: a :class:`Communique`, a drawing as SVG. Goes out: bytes. Promises: the same communiqué gives the same bytes;
nothing is fetched from anywhere; right-to-left languages are laid out from right to left.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import typst
from django.template import Context, Engine

from traboule.core.errors import Broken
from traboule.release.communique import Communique
from traboule.release.layout.arrangement import arranged
from traboule.release.layout.pdf import FONTS, HERE, pdf
from traboule.release.pictures.drawing import WIDTH

__all__ = ["HERE", "html", "page", "pdf", "png"]

PIXELS = 220  # Dots to the inch of a picture in a word-processor document.
PICTURE = '#set page(width: auto, height: auto, margin: 0pt, fill: none)\n#image("drawing.svg", width: {width}pt)'


def html(communique: Communique) -> bytes:
    """Return one self-contained page: no script, no outside resource, every text escaped."""
    context = {"it": communique, "sections": arranged(communique)}
    return page("communique.html", context, right_to_left=communique.right_to_left)


def page(template: str, context: Mapping[str, Any], *, right_to_left: bool) -> bytes:
    """Return a page of ``templates/``, every text escaped."""
    filled = {**context, "direction": "rtl" if right_to_left else "ltr"}
    return _engine().get_template(template).render(Context(filled)).encode()


@cache
def png(drawing: str) -> bytes:
    """Return a drawing as a picture, for documents that hold no drawings; equal drawings give equal pictures."""
    sources = {"main": PICTURE.format(width=WIDTH).encode(), "drawing.svg": drawing.encode()}
    made = typst.compile(sources, format="png", ppi=PIXELS, font_paths=FONTS, ignore_system_fonts=True)
    if not isinstance(made, bytes):
        raise Broken("typesetter-silent")
    return made


@cache
def _engine() -> Engine:
    return Engine(dirs=[str(HERE / "templates")], autoescape=True)
