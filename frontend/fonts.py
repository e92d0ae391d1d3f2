"""Cut the documents' fonts down to what the room writes, as files for a browser. Same fonts, same bytes.

In: ``src/traboule/release/fonts``. Out: ``src/traboule/web/static/fonts``, in the folder that is named, or there.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools import subset

ROOT = Path(__file__).parents[1]
SOURCE, TARGET = ROOT / "src/traboule/release/fonts", ROOT / "src/traboule/web/static/fonts"
# Latin with its extensions, which every transcribed name needs, and the signs between numbers.
LATIN = (
    "U+0020-024F,U+0259,U+02B0-02FF,U+0300-0331,U+1E00-1EFF,U+2010-2044,U+20AC,U+2190-2193,U+2212,U+2248,U+2260-2265"
)
# Arabic as Arabic, Persian and Urdu write it; its digits and its signs.
ARABIC = "U+0600-06FF,U+0750-077F,U+200C-200F,U+2066-2069"
FONTS = {
    "NotoSans-Regular.ttf": ("noto-sans-regular.woff2", LATIN),
    "NotoSans-Bold.ttf": ("noto-sans-bold.woff2", LATIN),
    "NotoSansArabic-Regular.ttf": ("noto-sans-arabic-regular.woff2", ARABIC),
    "NotoSansArabic-Bold.ttf": ("noto-sans-arabic-bold.woff2", ARABIC),
}


def cut(folder: Path) -> None:
    """Write every font for the browser into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    for source, (target, characters) in FONTS.items():
        options = [f"--unicodes={characters}", "--flavor=woff2", "--no-hinting", "--desubroutinize"]
        subset.main([str(SOURCE / source), f"--output-file={folder / target}", *options])


if __name__ == "__main__":
    cut(Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET)
