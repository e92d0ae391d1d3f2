"""Learn the weights of names across scripts, and write them where the package ships them.

In comes the folder of pairs (``wd_<script>_64``: Latin token, native token divided by spaces, how often); out go the
files of ``src/traboule/linkage/names/learned``. It promises: only the ``_64`` files are read; the same files give the
same bytes. Run: ``python bench/train_names.py FOLDER [--to FOLDER] [script …]``.

The pairs are NETransliteration-COLING2018 (Merhav and Ash, COLING 2018), mined from Wikidata; only parameters are kept.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np

from traboule.linkage.names.groups import Packed
from traboule.linkage.names.learn import learn, logistic
from traboule.linkage.names.letters import LEARNED, LONGEST, MOST_LATIN, latin, numbered, signs
from traboule.linkage.names.tokens import clean, romanise
from traboule.linkage.names.transliteration import features, read, written

SOURCES = {
    "arabic": "arabic",
    "cyrillic": "russian",
    "hebrew": "hebrew",
    "han": "chinese",
    "hangul": "korean",
    # The Japanese file repeats the katakana file with a few names in kanji, too few to learn from.
    "kana": "katakana",
}
ATTRIBUTION = (
    "Parameters learned from NETransliteration-COLING2018 (Yuval Merhav and Stephen Ash, Design Challenges in Named "
    "Entity Transliteration, COLING 2018; Copyright 2018 Amazon.com, MIT licence), names mined from Wikidata. "
    "The names themselves are not included."
)
SHIPPED = Path(__file__).parents[1] / "src" / "traboule" / "linkage" / "names" / "learned"
STRANGERS = 20  # Pairs of strangers for each pair of one name, when the bits are read.
READ_FROM = 15_000
Pair = tuple[str, str, int]


def pairs(folder: Path, script: str, split: str) -> list[Pair]:
    """Return (Latin token, native token, count) of a split, as the program that compares names would see them."""
    return pairs_of(folder / f"wd_{SOURCES[script]}_{split}", script)


def pairs_of(path: Path, script: str) -> list[Pair]:
    """Return the pairs of a file in ``script``."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        left, right, count = line.split("\t")
        one = "".join(romanise(word) for word in clean(left).split())
        two = "".join(clean(right.replace(" ", "")).split())
        if 1 < len(one) < LONGEST and 0 < len(signs(script, two)) < LONGEST:
            found.append((one, two, int(count)))
    return found


def train(found: list[Pair], script: str) -> str:
    """Return the file of weights that ``found`` teaches."""
    known = sorted({sign for _, native, _ in found for sign in signs(script, native)})
    number = {sign: place for place, sign in enumerate(known, start=1)}
    left = Packed.of([latin(one) for one, _, _ in found])
    right = Packed.of([numbered(script, two, number) for _, two, _ in found])
    learned = learn(left, right, len(known), (MOST_LATIN[script], LEARNED[script]))
    held = read(written(script, learned, known, np.zeros(6), ATTRIBUTION))
    rng = np.random.default_rng(3)
    drawn = rng.choice(len(found), size=min(READ_FROM, len(found)), replace=False)
    one = np.tile(drawn, STRANGERS + 1)
    two = np.concatenate([drawn, *(rng.permutation(drawn) for _ in range(STRANGERS))])
    matches = (one == two).astype(np.float64)
    reading = logistic(features(held, left, right, one, two), matches, float(np.log(STRANGERS)))
    return written(script, learned, known, reading, ATTRIBUTION)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--to", type=Path, default=SHIPPED)
    parser.add_argument("scripts", nargs="*", default=list(LEARNED))
    asked = parser.parse_intermixed_args()
    for script in asked.scripts:
        began = time.process_time()
        found = pairs(asked.folder, script, "64")
        text = train(found, script)
        (asked.to / f"{script}.json").write_text(text, encoding="utf-8")
        print(
            f"{script}: {len(found)} pairs, {len(text) // 1024} KB, "
            f"{time.process_time() - began:.1f} s, {read(text).hash[:12]}"
        )


if __name__ == "__main__":
    main()
