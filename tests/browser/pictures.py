"""Take a picture of every screen, wide and narrow, light and dark, in English and in Arabic, and lay them out together.

In: nothing; a small demo is run and served for it. Out: ``out/pictures``, a file for each picture and one contact sheet
for each language. Run by ``make pictures``, for people to look at; it checks nothing.
"""

from __future__ import annotations

import html
import shutil
import sys
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright
from tests.browser.chromium import NARROW, WIDE, Look, chromium, launched, play, screens, served, viewer, visiting
from tests.conftest import open_directory

FOLDER = Path(__file__).parents[2] / "out" / "pictures"
LANGUAGES, WIDTHS, COLOURS = ("en", "ar"), (WIDE, NARROW), ("light", "dark")
SHEET_WIDTH = 1800
SHEET = """<!doctype html><meta charset="utf-8"><style>
body { font: 14px sans-serif; margin: 16px; background: #888 }
section { display: grid; grid-template-columns: 3fr 1fr 3fr 1fr; gap: 12px; align-items: start; margin-bottom: 24px }
h2 { grid-column: 1 / -1; margin: 0 } img { width: 100%; max-height: 900px; object-fit: cover; object-position: top }
</style>"""


def file_name(screen: str, look: Look) -> str:
    """Return the name of the picture of ``screen``."""
    return f"{look.language}-{screen}-{look.width}-{look.colours}.png"


def take(browser: Browser, url: str) -> None:
    """Take every picture."""
    for language, width, colours in product(LANGUAGES, WIDTHS, COLOURS):
        look = Look(width, language, colours)
        for route in screens():
            with visiting(browser, url, viewer(route), look) as visitor:
                visitor.open(route)
                visitor.page.screenshot(path=FOLDER / file_name(route.name, look), full_page=True)


def lay_out(browser: Browser, language: str) -> Path:
    """Lay the pictures of ``language`` out on one sheet: a row for each screen, light beside dark."""
    rows = [SHEET]
    for route in screens():
        names = [file_name(route.name, Look(width, language, colours)) for colours, width in product(COLOURS, WIDTHS)]
        images = "".join(f'<img src="{html.escape(name)}">' for name in names)
        rows.append(f"<section><h2>{html.escape(route.name)}</h2>{images}</section>")
    page_file, sheet = FOLDER / f"sheet-{language}.html", FOLDER / f"sheet-{language}.png"
    page_file.write_text("\n".join(rows), encoding="utf-8")
    page = browser.new_page(viewport={"width": SHEET_WIDTH, "height": 900})
    page.goto(page_file.as_uri())
    page.screenshot(path=sheet, full_page=True)
    page.close()
    return sheet


def main() -> int:
    """Take the pictures and say where the sheets are; 1 where there is no browser."""
    program = chromium()
    if program is None:
        print("This needs Debian's chromium: apt-get install chromium", file=sys.stderr)
        return 1
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    with sync_playwright() as playwright, launched(playwright, program) as browser, open_directory() as data:
        play(data)
        with served(data) as url:
            take(browser, url)
        for language in LANGUAGES:
            print(lay_out(browser, language))
    return 0


if __name__ == "__main__":
    sys.exit(main())
