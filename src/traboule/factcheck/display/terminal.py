"""Show a checked text in a terminal: the operation and the counts, then what is wrong, then the text.

In: the text and its report. Out: a :class:`rich.text.Text`. Guaranteed: nothing in the text is taken for markup; colour
never carries a verdict alone; no number is broken across lines; words of another script keep their own direction.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from unicodedata import bidirectional, category

from rich.cells import cell_len
from rich.text import Text

from traboule.core.language.languages import LANGUAGES, is_right_to_left
from traboule.core.language.numbers import number
from traboule.factcheck.comparison import CONFIRMED, CONSISTENT, DROPPED, NOT_OURS, WRONG
from traboule.factcheck.report import (
    GROUPS,
    NOTHING,
    WORDING,
    Claim,
    ClaimsReport,
    WordingRemark,
    count_in,
    counts,
    folded_words,
    group_name,
    group_of,
    in_order,
    recognition_words,
    title_of,
    verdict_name,
    verdict_of,
)

STYLES: dict[str, str] = {
    CONFIRMED: "bold green",
    CONSISTENT: "green",
    DROPPED: "bold yellow",
    WRONG: "bold red",
    NOT_OURS: "dim",
    WORDING: "yellow",
}
_GROUP_STYLES = {"wrong": "bold red", "remarks": "bold yellow", "right": "bold green", "not_ours": "dim"}
_INDENT = "    "
# What may not be parted at the end of a line: a word, a grouped number with its spaces, what a hard space joins, and
# in French a quotation mark and its words, a sign and the word before it.
_SPACES_WITHIN = r"(?<=\d)[ \u2009](?=\d{3}(?!\d))|(?<=«) | (?=[»;:!?%])"
_UNIT = re.compile(rf"(?:[^ \t\n\u2009]|{_SPACES_WITHIN})+|[ \t\u2009]+|\n")


def render(text: str, report: ClaimsReport, language: str, recognised: str, *, width: int, everything: bool) -> Text:
    """Return a checked text for a terminal of ``width`` columns, in the reader's ``language``.

    ``recognised`` is how surely its operation was recognised. Numbers that are not among the figures held are only
    counted unless ``everything`` is asked for; so is the text itself where it is about nothing of ours.
    """
    reader = language if language in LANGUAGES else "en"
    numbers = _numbers(report, recognised, everything=everything)
    pieces = [_head(report, reader, recognised)]
    for group in GROUPS:
        entries = [entry for entry in numbers if group_of(entry) == group]
        if entries:
            pieces.append(_section(group, {entry: numbers[entry] for entry in entries}, reader, everything=everything))
        elif group == "not_ours" and counts(report)[group]:
            pieces.append(Text(folded_words(counts(report)[group], reader) + "\n", style="dim"))
    if recognised != NOTHING or everything:
        heading = Text(group_name("text", reader) + "\n", style="bold")
        pieces.append(heading + mark_entries(text, report, numbers, reader))
    return wrap(Text("\n").join(pieces), width)


def mark_entries(text: str, report: ClaimsReport, numbers: Mapping[Claim | WordingRemark, int], language: str) -> Text:
    """Return ``text`` with each entry that has a number coloured by its verdict and followed by that number."""
    from_right = is_right_to_left(report.language)
    coloured = Text(_neutralise(text))
    for entry in numbers:
        coloured.stylize(STYLES[verdict_of(entry)], entry.start, entry.end)
    result = Text()
    place = 0
    for entry, count in sorted(numbers.items(), key=lambda item: (item[0].end, item[1])):
        result.append(coloured[place : entry.end])
        mark = _mark(count, language)
        result.append(f"\u2068{mark}\u2069" if from_right else mark, style="dim")
        place = entry.end
    return result.append(coloured[place:])


def wrap(text: Text, width: int) -> Text:
    """Return ``text`` broken into lines of at most ``width`` columns, between words and never within a number.

    A continued line is indented as the line it continues.
    """
    lines: list[Text] = []
    for line in text.split("\n", allow_blank=True):
        indent = len(line.plain) - len(line.plain.lstrip(" "))
        first = True
        for start, end in _line_spans(line.plain, width, indent):
            piece = line[start:end]
            lines.append(piece if first else Text(" " * indent) + piece)
            first = False
    return Text("\n").join(lines)


def _line_spans(line: str, width: int, indent: int) -> Iterator[tuple[int, int]]:
    """Yield where each line begins and ends that ``line`` is broken into; spaces at the break are left out."""
    start = end = columns = 0
    for unit in _UNIT.finditer(line):
        size = cell_len(unit[0])
        if columns + size > width and not unit[0].isspace() and end > start:
            yield start, end
            start, columns = unit.start(), indent
        columns += size
        if not unit[0].isspace():
            end = unit.end()
    yield start, end if end > start else len(line)


def _numbers(report: ClaimsReport, recognised: str, *, everything: bool) -> dict[Claim | WordingRemark, int]:
    """Return the entries that are shown, each with the number by which the text and the lists refer to it."""
    if recognised == NOTHING and not everything:
        return {}
    entries = [entry for entry in in_order(report) if everything or group_of(entry) != "not_ours"]
    return {entry: count for count, entry in enumerate(entries, start=1)}


def _head(report: ClaimsReport, language: str, recognised: str) -> Text:
    """Return what a text is about and how surely, and how much of it is right."""
    words = recognition_words(recognised, language)
    if recognised == NOTHING:
        return Text(words + "\n", style="bold")
    head = Text.assemble((title_of(report, language), "bold"), f" – {words}\n")
    tallies = [
        Text(count_in(group, entries, language), style=_GROUP_STYLES[group] if entries else "dim")
        for group, entries in counts(report).items()
        if group != "not_ours"
    ]
    return head + Text(" · ").join(tallies) + Text("\n")


def _section(group: str, numbers: Mapping[Claim | WordingRemark, int], language: str, *, everything: bool) -> Text:
    """Return a heading and a list of entries, each with its words, its verdict and the reason.

    A confirmed number is shown without its reason, unless ``everything`` is asked for.
    """
    section = Text(f"{group_name(group, language)}\n", style=_GROUP_STYLES[group])
    for entry in numbers:
        section.append(f"{_mark(numbers[entry], language)} ", style="dim")
        section.append(_isolate(_neutralise(" ".join(entry.text.split())), language), style=STYLES[verdict_of(entry)])
        section.append(f" – {verdict_name(verdict_of(entry), language)}\n")
        if everything or verdict_of(entry) != CONFIRMED:
            style = "" if group in ("wrong", "remarks") else "dim"
            section.append(f"{_INDENT}{_neutralise(entry.reason)}\n", style=style)
    return section


def _neutralise(text: str) -> str:
    """Return ``text`` with each control character replaced, so that a terminal obeys none."""
    lines = text.replace("\r\n", " \n").replace("\r", "\n").replace("\t", " ")
    return "".join("\ufffd" if category(sign) == "Cc" and sign != "\n" else sign for sign in lines)


def _isolate(words: str, language: str) -> str:
    """Return words isolated (UAX #9) where their script runs in the other direction than that of ``language``."""
    own = ("L", "EN") if is_right_to_left(language) else ("R", "AL", "AN")
    return f"\u2068{words}\u2069" if any(bidirectional(sign) in own for sign in words) else words


def _mark(count: int, language: str) -> str:
    return f"[{number(count, language)}]"
