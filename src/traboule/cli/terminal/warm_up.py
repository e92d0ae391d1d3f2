"""The last step of an installation, run as ``python -m traboule.cli.terminal.warm_up``, with its progress."""

from __future__ import annotations

from rich.console import Console

from traboule.app.warm_up import warm_up
from traboule.cli.spoken import say, spoken_language
from traboule.cli.terminal.progress import ProgressLine


def main() -> None:
    """Compile and import everything once, and show how far it is."""
    console, language = Console(stderr=True, markup=False, highlight=False), spoken_language(None)
    with ProgressLine(console, lambda step: say(f"step-{step}", language), watched=console.is_terminal) as show:
        show("import", 0, 1)
        warm_up(lambda done, total: show("compile", done, total))


if __name__ == "__main__":
    main()
