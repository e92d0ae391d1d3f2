"""A checked text as people read it: coloured in a terminal, or as a page of its own.

In come the text and its report; out go a :class:`rich.text.Text` or one HTML document. It promises that the text
appears entire and unchanged, that nothing in it is taken for markup, and that colour never carries a verdict alone:
each is also written out.
"""

from __future__ import annotations

from html import escape

from rich.text import Text

from traboule.core.words import LANGUAGES, RIGHT_TO_LEFT
from traboule.release.claims.judge import CONFIRMED, CONSISTENT, DROPPED, NOT_OURS, VERDICTS, WRONG
from traboule.release.claims.report import (
    Claim,
    ClaimsReport,
    column_names,
    count_of,
    figure_name,
    title_of,
    verdict_name,
)

STYLES: dict[str, str] = {
    CONFIRMED: "bold green",
    CONSISTENT: "green",
    DROPPED: "bold yellow",
    WRONG: "bold red",
    NOT_OURS: "dim",
}

_STYLE_SHEET = """
body{font:1rem/1.6 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color:#1d1d1f;background:#fff}
.text{white-space:pre-wrap;border-bottom:1px solid #999;padding-bottom:1rem}
mark{border-radius:.2em;padding:0 .15em;background:none;border-bottom:.15em solid}
.confirmed{color:#0a5c2b}.consistent{color:#2a6a3f;border-bottom-style:dashed}
.dropped_qualifier{color:#7a4b00;background:#fff3d6}.wrong{color:#9b1111;background:#fde4e4;font-weight:bold}
.not_ours{color:#5a5a5f;border-bottom-style:dotted}
table{border-collapse:collapse;width:100%}
mark,sup,bdi{unicode-bidi:isolate}
th,td{text-align:start;padding:.3rem .5rem;border-bottom:1px solid #ddd;vertical-align:top;overflow-wrap:break-word}
th{border-bottom:2px solid #999}td:first-child,th:first-child{white-space:nowrap}
"""


def coloured(text: str, report: ClaimsReport) -> Text:
    """Return ``text`` with each claim coloured by its verdict and followed by a number that :func:`listed` explains."""
    shown = Text()
    place = 0
    for number, claim in enumerate(report.claims, start=1):
        shown.append(text[place : claim.start])
        shown.append(text[claim.start : claim.end], style=STYLES[claim.verdict])
        shown.append(f"[{number}]", style="dim")
        place = claim.end
    shown.append(text[place:])
    return shown


def listed(report: ClaimsReport, language: str) -> Text:
    """Return one line a claim: its number, verdict, words and reason, in the reader's ``language``."""
    shown = Text()
    for number, claim in enumerate(report.claims, start=1):
        shown.append(f"[{number}] ", style="dim")
        shown.append(verdict_name(claim.verdict, language), style=STYLES[claim.verdict])
        shown.append(f"  {_one_line(claim.text)}  {claim.reason}\n")
    return shown


def page(text: str, report: ClaimsReport, language: str) -> str:
    """Return a self-contained HTML document: the text with its claims marked, then a table of them."""
    reader = language if language in LANGUAGES else "en"
    direction = "rtl" if reader in RIGHT_TO_LEFT else "ltr"
    own = "rtl" if report.language in RIGHT_TO_LEFT else "ltr"
    counts = " · ".join(
        count_of(verdict, number, reader)
        for verdict in VERDICTS
        if (number := sum(claim.verdict == verdict for claim in report.claims))
    )
    title = escape(title_of(report, reader))
    heads = "".join(f'<th scope="col">{escape(name)}</th>' for name in column_names(reader))
    rows = "".join(_row(number, claim, reader, own) for number, claim in enumerate(report.claims, start=1))
    return (
        f'<!DOCTYPE html>\n<html lang="{reader}" dir="{direction}"><head><meta charset="utf-8">'
        f"<title>{title}</title><style>{_STYLE_SHEET}</style></head><body>\n"
        f"<h1>{title}</h1>\n<p>{escape(counts)}</p>\n"
        f'<div class="text" lang="{escape(report.language)}" dir="{own}">{_marked(text, report, reader)}</div>\n'
        f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>\n"
        "</body></html>\n"
    )


def _marked(text: str, report: ClaimsReport, language: str) -> str:
    parts: list[str] = []
    place = 0
    for number, claim in enumerate(report.claims, start=1):
        title = escape(f"{verdict_name(claim.verdict, language)}: {claim.reason}", quote=True)
        parts.append(escape(text[place : claim.start]))
        parts.append(
            f'<mark class="{claim.verdict}" title="{title}">{escape(text[claim.start : claim.end])}</mark>'
            f'<sup><a href="#c{number}">{number}</a></sup>'
        )
        place = claim.end
    parts.append(escape(text[place:]))
    return "".join(parts)


def _row(number: int, claim: Claim, language: str, own: str) -> str:
    name = figure_name(claim.figure, language) if claim.figure else ""
    verdict = escape(verdict_name(claim.verdict, language))
    return (
        f'<tr id="c{number}"><td>{number}</td><td class="{claim.verdict}">{verdict}</td>'
        f'<td><bdi dir="{own}">{escape(claim.text)}</bdi></td><td>'
        f"{escape(name)}</td><td>{escape(claim.reason)}</td></tr>\n"
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())
