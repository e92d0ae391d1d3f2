"""Pieces of Office Open XML (ISO/IEC 29500) that python-docx has no words for, and the archive settled.

Equal content gives equal archives: members stand in the order of their names and bear no instant of packing.
"""

from __future__ import annotations

import io
import zipfile
from typing import Any
from xml.sax.saxutils import quoteattr

from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn

EPOCH = (1980, 1, 1, 0, 0, 0)  # The earliest instant a zip archive can name.
FONTS = "".join(
    f'<w:font w:name="{name}"><w:altName w:val="Arial"/><w:panose1 w:val="020B0502040504020204"/>'
    f'<w:charset w:val="{charset}"/><w:family w:val="swiss"/><w:pitch w:val="variable"/></w:font>'
    for name, charset in (("Noto Sans", "00"), ("Noto Sans Arabic", "B2"))
)
_VML = 'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'


def element(name: str, **attributes: str) -> Any:
    """Return an element of WordprocessingML with its attributes in the same namespace."""
    made = OxmlElement(name)
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), value)
    return made


def instruction(code: str) -> Any:
    """Return the text of a field, such as PAGE."""
    made = element("w:instrText")
    made.text = code
    return made


def border(cell: Any, colour: str, size: int) -> None:
    """Draw the lower border of a table's cell, ``size`` in eighths of a point."""
    borders = element("w:tcBorders")
    borders.append(element("w:bottom", val="single", sz=str(size), space="0", color=colour))
    cell._tc.get_or_add_tcPr().append(borders)


def watermark(word: str, font: str) -> Any:
    """Return a run with ``word`` across the page behind the text, as word processors themselves make it."""
    width = min(480, 70 * len(word))
    style = (
        f"position:absolute;margin-left:0;margin-top:0;width:{width}pt;height:110pt;rotation:315;z-index:-251658752;"
        "mso-position-horizontal:center;mso-position-horizontal-relative:margin;"
        "mso-position-vertical:center;mso-position-vertical-relative:margin"
    )
    return parse_xml(
        f"<w:r {nsdecls('w')} {_VML}><w:rPr><w:noProof/></w:rPr><w:pict>"
        '<v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" adj="10800" '
        'path="m@7,l@8,m@5,21600l@6,21600e">'
        '<v:formulas><v:f eqn="sum #0 0 10800"/><v:f eqn="prod #0 2 1"/><v:f eqn="sum 21600 0 @1"/>'
        '<v:f eqn="sum 0 0 @2"/><v:f eqn="sum 21600 0 @3"/><v:f eqn="if @0 @3 0"/><v:f eqn="if @0 21600 @1"/>'
        '<v:f eqn="if @0 0 @2"/><v:f eqn="if @0 @4 21600"/></v:formulas>'
        '<v:path textpathok="t" o:connecttype="rect"/><v:textpath on="t" fitshape="t"/><o:lock v:ext="edit" text="t"/>'
        f'</v:shapetype><v:shape id="watermark" o:spid="_x0000_s2049" type="#_x0000_t136" alt={quoteattr(word)} '
        f'style="{style}" o:allowincell="f" fillcolor="#d9d2d2" stroked="f"><v:fill opacity=".5"/>'
        f'<v:textpath style="font-family:&quot;{font}&quot;;font-size:1pt;font-weight:bold" string={quoteattr(word)}/>'
        "</v:shape></w:pict></w:r>"
    )


def settled(archive: bytes) -> bytes:
    """Return the archive with its members in the order of their names and without the instant of packing."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as packed, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as ordered:
        # A reader knows the format by its first member.
        for name in sorted(packed.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            member = zipfile.ZipInfo(name, EPOCH)
            member.compress_type = zipfile.ZIP_DEFLATED
            ordered.writestr(member, packed.read(name))
    return out.getvalue()
