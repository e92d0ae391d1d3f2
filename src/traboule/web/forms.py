"""What people type into forms, read: instants, and texts that may come as a file."""

from __future__ import annotations

from datetime import UTC, datetime

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest

from traboule.core.errors import Refused


def instant_typed(text: str) -> datetime | None:
    """Return an instant, in UTC where it has no zone; None for none. Raises Refused for what is no instant."""
    if not text.strip():
        return None
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError as wrong:
        raise Refused("instant-unreadable") from wrong
    return at if at.tzinfo else at.replace(tzinfo=UTC)


MOST_RETURN_BYTES = 64 * 1024 * 1024  # Of a return, with pictures and empty formatted cells in it.


def expect_size(request: HttpRequest, most: int) -> None:
    """Raise Refused where the body of a request is announced as larger than ``most`` bytes, or as what is no number."""
    length = request.headers.get("content-length") or "0"
    if not (length.isascii() and length.isdecimal()) or int(length) > most:
        raise Refused("upload-too-large", most=most // 1024 // 1024)


def file_given(request: HttpRequest, most: int) -> tuple[str, bytes] | None:
    """Return name and content of the file that was chosen; None where none was. Raises Refused as expect_size does."""
    expect_size(request, most)
    file = request.FILES.get("file")
    return (file.name or "file", file.read()) if isinstance(file, UploadedFile) else None


def text_given(request: HttpRequest, field: str, most: int) -> str:
    """Return the text of the file that was chosen, else what was typed as ``field``.

    Raises Refused for one of more than ``most`` bytes or in no UTF-8.
    """
    file = request.FILES.get("file")
    content = file.read(most + 1) if isinstance(file, UploadedFile) else request.POST.get(field, "").encode()
    if len(content) > most:
        raise Refused("text-too-large", most=most // 1000)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise Refused("text-encoding") from wrong
