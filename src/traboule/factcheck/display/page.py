"""Show a checked text as a web page: the operation and the counts, then what is wrong, then the text.

In: the text and its report. Out: one HTML document that needs nothing else. Guaranteed: the text appears entire and
unchanged; nothing in it is taken for markup; colour never carries a verdict alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import pairwise

from traboule.core.language.languages import LANGUAGES, is_right_to_left
from traboule.core.language.numbers import number
from traboule.factcheck.report import (
    GROUPS,
    NOTHING,
    Claim,
    ClaimsReport,
    WordingRemark,
    column_names,
    count_in,
    counts,
    figure_name,
    group_name,
    group_of,
    in_order,
    recognition_words,
    title_of,
    verdict_name,
    verdict_of,
)

# A claim or a remark with the number that the text and the tables refer to it by.
Numbered = tuple[int, Claim | WordingRemark]

_STYLE_SHEET = """
body{font:1rem/1.6 system-ui,sans-serif;max-width:54rem;margin:2rem auto;padding:0 1rem;color:#1d1d1f;background:#fff}
h1{margin-bottom:0}h2{font-size:1.1rem;margin:1.6rem 0 .3rem}p{margin:.3rem 0}
.counts b{padding:.1em .5em;border-radius:.3em;margin-inline-end:.5em;display:inline-block;border:1px solid}
.text{white-space:pre-wrap;border-top:1px solid #999;padding-top:1rem}
mark{border-radius:.2em;padding:0 .15em;background:none;border-bottom:.15em solid}
.confirmed,.right{color:#0a5c2b}.consistent{color:#2a6a3f}mark.consistent{border-bottom-style:dashed}
.dropped_qualifier,.wording,.remarks{color:#7a4b00;background:#fff3d6}.wrong{color:#9b1111;background:#fde4e4;font-weight:bold}
.not_ours,.counts .none{color:#5a5a5f;background:none;font-weight:normal}mark.not_ours{border-bottom-style:dotted}
table{border-collapse:collapse;width:100%;table-layout:fixed}
th:nth-child(1){width:3rem}th:nth-child(2){width:6.5rem}th:nth-child(3),th:nth-child(4){width:10rem}
summary{cursor:pointer;margin:1.6rem 0 .3rem;color:#5a5a5f}
mark,sup,bdi{unicode-bidi:isolate}td bdi{overflow-wrap:normal}
th,td{text-align:start;padding:.3rem .5rem;border-bottom:1px solid #ddd;vertical-align:top;overflow-wrap:break-word}
th{border-bottom:2px solid #999}td:first-child,th:first-child{white-space:nowrap}
"""


def page(text: str, report: ClaimsReport, language: str, recognised: str) -> str:
    """Return a self-contained HTML document; ``recognised`` is how surely the text's operation was recognised."""
    reader = language if language in LANGUAGES else "en"
    direction = "rtl" if is_right_to_left(reader) else "ltr"
    own = "rtl" if is_right_to_left(report.language) else "ltr"
    words = escape(recognition_words(recognised, reader))
    title = words if recognised == NOTHING else escape(title_of(report, reader))
    head = "" if recognised == NOTHING else f"<p>{words}</p>\n<p class='counts'>{_tallies(report, reader)}</p>\n"
    entries = list(enumerate(in_order(report), start=1))
    groups = [
        _group(group, [(place, entry) for place, entry in entries if group_of(entry) == group], reader, own)
        for group in GROUPS
    ]
    return (
        f'<!DOCTYPE html>\n<html lang="{reader}" dir="{direction}"><head><meta charset="utf-8">'
        f"<title>{title}</title><style>{_STYLE_SHEET}</style></head><body>\n"
        f"<h1>{title}</h1>\n{head}{''.join(groups)}"
        f"<h2>{escape(group_name('text', reader))}</h2>\n"
        f'<div class="text" lang="{escape(report.language)}" dir="{own}">{_marked(text, entries, reader)}</div>\n'
        "</body></html>\n"
    )


def _tallies(report: ClaimsReport, language: str) -> str:
    return "".join(
        f'<b class="{group if entries else "none"}">{escape(count_in(group, entries, language))}</b>'
        for group, entries in counts(report).items()
        if group != "not_ours"
    )


def _group(group: str, entries: Sequence[Numbered], language: str, own: str) -> str:
    """Return one group of entries as a table under its heading; claims that are not ours are folded."""
    if not entries:
        return ""
    names = column_names(language)
    heads = "".join(f'<th scope="col">{escape(name)}</th>' for name in names)
    rows = "".join(_row(place, entry, language, own) for place, entry in entries)
    table = f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>\n"
    if group == "not_ours":
        return f"<details><summary>{escape(count_in(group, len(entries), language))}</summary>{table}</details>\n"
    return f"<h2>{escape(group_name(group, language))}</h2>\n{table}"


def _marked(text: str, entries: Sequence[Numbered], language: str) -> str:
    """Return the text with the words of each entry marked and its number behind them; words of two are marked once."""
    parts: list[str] = []
    edges = sorted({0, len(text), *(edge for _, entry in entries for edge in (entry.start, entry.end))})
    for start, end in pairwise(edges):
        over = [entry for _, entry in entries if entry.start <= start and end <= entry.end]
        words = escape(text[start:end])
        if over:
            classes = " ".join(verdict_of(entry) for entry in over)
            title = escape("; ".join(f"{verdict_name(verdict_of(e), language)}: {e.reason}" for e in over), quote=True)
            words = f'<mark class="{classes}" title="{title}">{words}</mark>'
        parts.append(words)
        ended = [place for place, entry in entries if entry.end == end]
        parts += [f'<sup><a href="#c{place}">{number(place, language)}</a></sup>' for place in ended]
    return "".join(parts)


def _row(place: int, entry: Claim | WordingRemark, language: str, own: str) -> str:
    name = figure_name(entry.figure, language) if isinstance(entry, Claim) and entry.figure else ""
    verdict = verdict_of(entry)
    called = escape(verdict_name(verdict, language))
    return (
        f'<tr id="c{place}"><td>{number(place, language)}</td><td class="{verdict}">{called}</td>'
        f'<td><bdi dir="{own}">{escape(entry.text)}</bdi></td><td>'
        f"{escape(name)}</td><td>{escape(entry.reason)}</td></tr>\n"
    )
