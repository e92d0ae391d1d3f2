"""Tell what kind of document a file is, by its content; a name only adds a suspicion."""

from __future__ import annotations

import re

from traboule.core.errors import Refused
from traboule.returns.reading.encoding import decoded

PLAIN, HTML, DOCX, PDF = "plain", "html", "docx", "pdf"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED_PART = "EncryptedPackage".encode("utf-16-le")
# Images and packed files; what else is no text shows by its signs, and is refused where text is judged.
_NO_DOCUMENT = (b"{\\rtf", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"MIME-Version:")
# A page saved as one file (MHTML, RFC 2557).
_WEB_ARCHIVE = b"Content-Type: multipart/related"
# A PDF may begin with up to 1,024 bytes that are none of it (ISO 32000-1, note to 7.5.2 as read by all viewers).
_PDF_BEGINS_WITHIN = 1024
_HTML_BEGINS = re.compile(r"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<(!doctype\s+html|html|head|body)\b", re.I | re.S)
_HTML_NAMES = (".html", ".htm", ".xhtml")
_TAG = re.compile(r"</?(p|div|article|section|span|h[1-6]|br|ul|table|meta)\b[^<>]*>", re.I)
# A plain text may quote a tag; a page cut out of its frame has many.
_TAGS_OF_A_PAGE = 4
_LOOKED_AT = 20_000


def kind_of(content: bytes, file_name: str) -> str:
    """Return PLAIN, HTML, DOCX or PDF. Raises Refused: file-encrypted, document-kind."""
    if b"%PDF-" in content[:_PDF_BEGINS_WITHIN]:
        return PDF
    if content.startswith(_ZIP):
        if b"word/" in content:
            return DOCX
        raise Refused("document-kind", file=file_name)
    if content.startswith(_OLE):
        raise Refused("file-encrypted" if _ENCRYPTED_PART in content else "document-kind", file=file_name)
    if content.startswith(_NO_DOCUMENT) or _WEB_ARCHIVE in content[:_LOOKED_AT]:
        raise Refused("document-kind", file=file_name)
    beginning = decoded(content[:_LOOKED_AT])[0]
    if _HTML_BEGINS.match(beginning):
        return HTML
    tags = sum(1 for _ in _TAG.finditer(beginning))
    return HTML if tags >= (1 if file_name.lower().endswith(_HTML_NAMES) else _TAGS_OF_A_PAGE) else PLAIN
