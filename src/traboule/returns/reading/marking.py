"""Mark a file in a child process, because marking opens the filed file again.

In: the bytes of a return that was read, its findings, a language. Out: the bytes of the marked workbook, exactly those
that ``mark`` gives. Guaranteed: the caller loads neither the file nor the library that opens it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from traboule.core.findings import Finding
from traboule.returns.checked import FaultCounts
from traboule.returns.reading.child import Limits, answer_of
from traboule.returns.reading.parse import plain_finding

# A workbook that is to be written again is held as a whole, a good kilobyte a cell: more than it takes to read one.
MOST_COLOURED = 400_000  # Filled cells: a file of more takes over a minute to write again and goes through no mail.
MARKING_LIMITS = Limits(memory=2 << 30, seconds=60)


def mark_apart(
    content: bytes,
    findings: Sequence[Finding],
    language: str,
    *,
    counts: FaultCounts | None = None,
    list_alone: bool = False,
    limits: Limits = MARKING_LIMITS,
    file_name: str = "?",
) -> bytes:
    """Return the workbook in ``content`` with its faults marked, or of what is no workbook the list of them alone.

    ``counts`` count the faulty rows, None where ``findings`` name all of them. ``list_alone`` is for a file of more
    than ``MOST_COLOURED`` filled cells. ``file_name`` is for the words of a refusal. Raises Refused (file-costly) where
    the child used up its limits; Unready where no child can be had.
    """
    request: dict[str, object] = {"findings": [plain_finding(finding) for finding in findings], "language": language}
    request["list_alone"] = list_alone
    request["counts"] = None if counts is None else asdict(counts)
    return answer_of("mark", content, request, file_name=file_name, limits=limits)
