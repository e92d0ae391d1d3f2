"""The last step of an installation, run as ``python -m traboule.cli.terminal.warm_up``, with its progress."""

from __future__ import annotations

from pathlib import Path

from traboule.app.warm_up import warm_up
from traboule.cli.session import DEFAULT_DATA, Session
from traboule.cli.spoken import spoken_language


def main(data: Path = DEFAULT_DATA) -> None:
    """Warm up, and show how far it is."""
    with Session(spoken_language(None), as_json=False, data=data).progress() as show:
        show("import", 0, 1)
        warm_up(lambda done, total: show("compile", done, total))


if __name__ == "__main__":
    main()
