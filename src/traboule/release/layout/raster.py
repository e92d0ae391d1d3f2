"""Drawings as pictures (PNG), by the typesetter and the shipped fonts; equal drawings give equal pictures."""

from __future__ import annotations

import typst

from traboule.core.errors import Broken
from traboule.release.layout.pdf import PACKAGE_FOLDER, fonts
from traboule.release.pictures.drawing import WIDTH

PIXELS = 150  # Dots to the inch of a drawing; about 240 where a word-processor document shows it, at two thirds.
PICTURE = str(PACKAGE_FOLDER / "templates" / "picture.typ")


def raster(drawing: str) -> bytes:
    """Return a drawing as PNG. Raises Broken where the typesetter gives nothing."""
    made = typst.compile(
        PICTURE,
        format="png",
        ppi=PIXELS,
        font_paths=fonts(),
        ignore_system_fonts=True,
        sys_inputs={"drawing": drawing, "width": str(WIDTH)},
    )
    if not isinstance(made, bytes):
        raise Broken("typesetter-silent")
    return made
