"""Makes the README's picture: the demo of the default seed, as it looks in a terminal.

Run it as ``.venv/bin/python docs/picture.py`` when the demo's story has changed. Comes in: nothing. Goes out:
``docs/demo.svg``, without any font or other resource from elsewhere.
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from rich.console import Console

from traboule.app.desk import Desk
from traboule.app.start import stop
from traboule.demo.run import DEFAULT_SEED, Wanted, run
from traboule.demo.show import StoryPrinter

PICTURE = Path(__file__).parent / "demo.svg"
FOREIGN = re.compile(r"@font-face \{.*?\}\s*|<!--.*?-->\s*", re.DOTALL)


def main() -> None:
    """Run the demo in a folder of its own and keep what it says as a picture."""
    console = Console(record=True, width=110, markup=False, highlight=False)
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        data.chmod(0o755)
        desk = Desk.start(data, database="picture")
        try:
            run(
                lambda: desk, Wanted(DEFAULT_SEED, 1.0, None, Path("out")), StoryPrinter(console, "en"), lambda *_: None
            )
        finally:
            desk.stop()
            stop(data)
    picture = console.export_svg(title="make demo")
    PICTURE.write_text(FOREIGN.sub("", picture), encoding="utf-8")


if __name__ == "__main__":
    main()
