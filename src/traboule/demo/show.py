"""Print the demo on a terminal.

In: what happened, as plain values. Out: text and tables in one of four languages, or nothing where a program
listens. Guaranteed: no number is made here; what matters is bold, never coloured, so that it is read on any background.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from traboule.core.language.languages import in_language
from traboule.core.language.messages import catalogue, fill
from traboule.core.language.numbers import number, numbered, signed

WORDS = ("traboule.demo", "words.yaml")
INDENT = 2


def ends(figure: Mapping[str, Any]) -> tuple[int, int]:
    """Return the ends of a figure's 90 % range; where none is drawn, its value alone."""
    drawn_range = figure["interval"] or {"low": figure["value"], "high": figure["value"]}
    return drawn_range["low"], drawn_range["high"]


class StoryPrinter:
    """Print in ``language`` on ``console``; a quiet printer prints nothing."""

    def __init__(self, console: Console, language: str, *, quiet: bool = False) -> None:
        self.language = language
        self._console = console
        self._quiet = quiet
        self._chapter = 0

    def words(self, code: str, **values: object) -> str:
        """Return an entry of the demo's catalogue."""
        return fill(catalogue(*WORDS)[code], self.language, numbered(values, self.language))

    def say(self, code: str, **values: object) -> None:
        """Print one sentence."""
        if not self._quiet:
            self._console.print(Text(self.words(code, **values)))

    def heading(self, code: str, **values: object) -> None:
        """Print the title of the whole demo."""
        if not self._quiet:
            self._console.print(Text(self.words(code, **values), style="bold"))

    def chapter(self, code: str, **values: object) -> None:
        """Begin a chapter."""
        self._chapter += 1
        if not self._quiet:
            self._console.print()
            self._console.print(Text(f"{self._chapter}  {self.words(code, **values)}", style="bold"))

    def fault(self, place: str, message: str, advice: str) -> None:
        """Print one fault as its filer sees it."""
        if not self._quiet:
            self._console.print(Padding(Text(place, style="bold"), (0, 0, 0, INDENT)))
            self._console.print(Padding(Text(f"{message} {advice}"), (0, 0, 0, 2 * INDENT)))

    def documents(self, paths: Sequence[tuple[str, str]]) -> None:
        """Print the kind of each document and, on a line of its own, the command that opens it."""
        if self._quiet or not paths:
            return
        self.gap()
        self._console.print(Text(self.words("documents"), style="bold"))
        for code, path in paths:
            self.labelled_command(code, f"xdg-open {shlex.quote(path)}")

    def labelled_command(self, code: str, line: str) -> None:
        """Print what a command shows and, on a line of its own, the command."""
        if not self._quiet:
            self._console.print(Padding(Text(self.words(code)), (0, 0, 0, INDENT)))
            self.command(line)

    def command(self, line: str) -> None:
        """Print a command to be copied, on one line however narrow the terminal is."""
        if not self._quiet:
            self._console.print(Text(" " * 2 * INDENT + line), soft_wrap=True)

    def gap(self) -> None:
        """Print an empty line."""
        if not self._quiet:
            self._console.print()

    def figures(self, figures: Sequence[Mapping[str, Any]], truth: Mapping[str, int] | None = None) -> None:
        """Print figures with their 90 % ranges, the rows as filed and, where ``truth`` is given, the true values."""
        columns = ["value", "interval", "rows", *(["truth"] if truth else [])]
        table = self._table("figure", columns)
        for figure in figures:
            title = Padding(
                Text(in_language(figure["titles"], self.language)), (0, 0, 0, INDENT if figure["of"] else 0)
            )
            low, high = ends(figure)
            span = number(low, self.language)
            span += f" – {number(high, self.language)}" if low != high else ""
            cells: list[RenderableType] = [
                Text(number(figure["value"], self.language), style="bold"),
                span,
                number(figure["rows"], self.language),
            ]
            if truth:
                true = truth[figure["id"]]
                inside = low <= true <= high
                cells.append(Text(number(true, self.language), style="bold" if inside else "bold red"))
            table.add_row(title, *cells)
        self._show(table)

    def changes(self, changes: Sequence[Mapping[str, Any]], titles: Mapping[str, Mapping[str, str]]) -> None:
        """Print what changed between two releases, and why."""
        table = self._table("figure", ["before", "after"], last="reasons")
        for change in changes:
            why = ", ".join(
                f"{self.words(f'reason-{reason}')} {signed(delta, self.language)}"
                for reason, delta in change["reasons"]
                if delta
            )
            title = in_language(titles[change["figure"]], self.language)
            table.add_row(title, number(change["before"], self.language), number(change["after"], self.language), why)
        self._show(table)

    def explained(self, rows: Sequence[Sequence[str]]) -> None:
        """Print how much of each published total the public record explains."""
        table = self._table("figure", ["published", "explained", "unspecified"])
        for row in rows:
            table.add_row(*row)
        self._show(table)

    def line(self, text: str) -> None:
        """Print a sentence that comes from another catalogue."""
        if not self._quiet:
            self._console.print(Text(f"  {text}"))

    def _table(self, first: str, columns: Sequence[str], last: str = "") -> Table:
        table = Table(box=None, header_style="italic", pad_edge=False, padding=(0, 2, 0, 0))
        table.add_column(self.words(f"column-{first}"))
        for column in columns:
            table.add_column(self.words(f"column-{column}"), justify="right")
        if last:
            table.add_column(self.words(f"column-{last}"), overflow="fold")
        return table

    def _show(self, table: Table) -> None:
        if not self._quiet:
            self._console.print(table)
