"""Progress of long work as one line at the foot of the terminal, gone when the work is done.

Steps are catalogue keys, ``step-<name>``. Text printed on the same console scrolls past above the line. Where no person
is watching nothing is drawn.
"""

from __future__ import annotations

from collections.abc import Callable

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn

BAR_WIDTH = 24


class ProgressLine:
    """One bar, that of the step under way. ``name_step`` returns a step's name in the language of the session."""

    def __init__(self, console: Console, name_step: Callable[[str], str], *, watched: bool) -> None:
        self._console = console
        self._name_step = name_step
        self._watched = watched
        self._bar: Progress | None = None
        self._task = TaskID(0)
        self._step = ""

    def __enter__(self) -> Callable[[str, int, int], None]:
        """Begin; return what long work calls with step, done and total."""
        if self._watched:
            self._bar = Progress(
                TextColumn("{task.description}"),
                BarColumn(BAR_WIDTH, style="dim", complete_style="bold", finished_style="bold", pulse_style="bold"),
                TextColumn("{task.fields[count]}"),
                TextColumn("{task.elapsed:.0f} s"),
                console=self._console,
                transient=True,
            )
            self._task = self._bar.add_task("", visible=False, count="")
            self._bar.start()
        return self._show

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def _show(self, step: str, done: int, total: int) -> None:
        if self._bar is None:
            return
        if done >= total:
            self._bar.update(self._task, visible=False)
            self._step = ""
            return
        if step != self._step:
            self._step = step
            self._bar.reset(self._task, description=self._name_step(step), visible=True)
        # A step of one part has no share that is done: its bar only moves.
        count = f"{done} / {total}" if total > 1 else ""
        self._bar.update(self._task, completed=done, total=total if total > 1 else None, count=count)
