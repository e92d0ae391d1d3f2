"""Read a document: the one way from the bytes of an article to its text.

Plain text is decoded here; whatever needs a parser (HTML, DOCX, PDF) is parsed in a disposable child process, as
returns are.
"""

from __future__ import annotations

import re

from traboule.core.errors import Refused
from traboule.returns.reading.child import DEFAULT_LIMITS, Limits, answer_of
from traboule.returns.reading.documents.kinds import PLAIN, kind_of
from traboule.returns.reading.encoding import decoded
from traboule.returns.reading.prescan import MEGABYTE, MOST_UPLOADED

# A tab between two digits parts two cells; as a space it would group them to one number. No sign moves by this.
_CELLS = re.compile(r"(?<=\d)\t(?=\d)")


def read_document(content: bytes, file_name: str, limits: Limits = DEFAULT_LIMITS) -> str:
    """Return the text of an article: plain text in any usual encoding, HTML, DOCX or PDF, detected by its content.

    Raises Refused (file-empty, file-encrypted, or a code beginning ``document-``), Unready (reader-unready).
    """
    if not content:
        raise Refused("file-empty", file=file_name)
    if len(content) > MOST_UPLOADED:
        raise Refused("document-large", file=file_name, most=MOST_UPLOADED // MEGABYTE)
    if kind_of(content, file_name) == PLAIN:
        return _CELLS.sub("|", decoded(content)[0])
    try:
        return _CELLS.sub("|", answer_of("text", content, {}, file_name=file_name, limits=limits).decode("utf-8"))
    except Refused as refusal:
        if refusal.code == "file-costly":
            raise Refused("document-costly", file=file_name) from refusal
        raise
    except UnicodeDecodeError as error:  # A child is not trusted.
        raise Refused("document-costly", file=file_name) from error
