"""Learn the weights of names across scripts and of spellings in Latin letters, and write them where the package ships
them.

In comes the folder of pairs (``wd_<script>_64``: Latin token, native token divided by spaces, how often); out go the
files of ``src/traboule/linkage/names/learned``. It promises: only the ``_64`` files are read; the same files give the
same bytes. Run: ``python bench/train_names.py FOLDER [--to FOLDER] [script …]``.

Two Latin tokens that share a spelling in another script are taken for spellings of one name (Sergei, Serguei); two that
look alike, are met often and share none, for two names (Marko, Mirko). The latter teach how much closer a pair must be
than its letters alone: see ``closely`` in :class:`~traboule.linkage.names.similarity.alignment_weights.Parts`.

The pairs are NETransliteration-COLING2018 (Merhav and Ash, COLING 2018), mined from Wikidata; only parameters are kept.
"""

from __future__ import annotations

import argparse
import csv
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from pathlib import Path

import numpy as np
from rapidfuzz.distance import JaroWinkler

from other_spellings import spelled_elsewhere
from traboule.linkage.names.alignment_training import learn, logistic
from traboule.linkage.names.equivalents import Floats, PackedTokens
from traboule.linkage.names.phonetics import loose_skeleton
from traboule.linkage.names.similarity.transliteration import ScriptModel, features, read_script_model, to_json
from traboule.linkage.names.similarity.well_known import to_json as well_known_json
from traboule.linkage.names.symbols import LEARNED, LONGEST, MOST_LATIN, SignNumbers, latin_symbols, native_signs
from traboule.linkage.names.writing.cleaning import clean
from traboule.linkage.names.writing.romanisation import romanise

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
POPULAR = "Popular names by country (sigpwned/popular-names-by-country-dataset, CC0 1.0)."
SHIPPED = Path(__file__).parents[1] / "src" / "traboule" / "linkage" / "names" / "learned"
STRANGERS = 20  # Pairs of strangers for each pair of one name, when the bits are read.
READ_FROM = 15_000
# A token met so often, and spelled in so many ways in other scripts, is known for a name; how alike look-alikes are.
MET, SPELLED, ALIKE = 5, 2, 0.75
WRITTEN = 4  # A native token met so often is well known.
LOOK_ALIKES = 2  # Drawn for each pair of one name.
TRUSTED = 2  # A pair met so often is hardly a mistake.
_MOST_SPELLINGS, _MOST_IN_BLOCK, _SHORTEST = 20, 400, 3
# What Latin tokens share a spelling in: scripts that are written as they sound.
_SHARED_IN = ("arabic", "cyrillic", "hebrew", "kana")
Pair = tuple[str, str, int]


def pairs(folder: Path, script: str, split: str) -> list[Pair]:
    """Return (Latin token, native token, count) of a split, as the program that compares names would see them."""
    return pairs_of(folder / f"wd_{SOURCES[script]}_{split}", script)


def pairs_of(path: Path, script: str) -> list[Pair]:
    """Return the pairs of a file in ``script``."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        left, right, count = line.split("\t")
        two = "".join(clean(right.replace(" ", "")).split())
        found.append((in_latin(left), two, int(count)))
    return fit(found, script)


def in_latin(token: str) -> str:
    """Return a Latin token as the program that compares names would see it."""
    return "".join(romanise(word) for word in clean(token).split())


def fit(found: Iterable[Pair], script: str) -> list[Pair]:
    """Return the pairs whose tokens are neither too short nor too long."""
    return [each for each in found if 1 < len(each[0]) < LONGEST and 0 < len(native_signs(script, each[1])) < LONGEST]


def elsewhere(found: Iterable[Pair], script: str) -> list[Pair]:
    """Return native tokens of ``found`` as other countries spell them: see ``other_spellings.py``."""
    natives = [two for _, two, count in found if count >= TRUSTED]
    return fit([(in_latin(one), two, 1) for one, two in spelled_elsewhere(script, natives)], script)


def spellings_of(scripts: Mapping[str, Iterable[Pair]]) -> dict[str, set[str]]:
    """Return for each Latin token how it is spelled in the other scripts."""
    found: dict[str, set[str]] = {}
    for pairs_of_script in scripts.values():
        for one, two, _ in pairs_of_script:
            found.setdefault(one, set()).add(two)
    return found


def variants(scripts: Mapping[str, Iterable[Pair]]) -> list[Pair]:
    """Return every two Latin tokens that share a spelling, in both orders, with how many they share; and as many
    tokens beside themselves, since most spellings of a name are the same."""
    shared: Counter[tuple[str, str]] = Counter()
    for script in _SHARED_IN:
        tokens: dict[str, set[str]] = {}
        for one, two, _ in scripts[script]:
            if len(one) >= _SHORTEST:
                tokens.setdefault(two, set()).add(one)
        for spelled in tokens.values():
            if len(spelled) <= _MOST_SPELLINGS:
                shared.update(combinations(sorted(spelled), 2))
    tokens_met = sorted({token for pair in shared for token in pair})
    drawn = np.random.default_rng(3).choice(len(tokens_met), size=len(shared)).tolist() if tokens_met else []
    found = [(one, two, count) for (one, two), count in sorted(shared.items())]
    return found + [(two, one, count) for one, two, count in found] + [(tokens_met[at],) * 2 + (1,) for at in drawn]


def well_known(scripts: Mapping[str, Sequence[Pair]]) -> list[str]:
    """Return the Latin tokens that are met often, and spelled in several ways in other scripts, in their order."""
    met: Counter[str] = Counter()
    for pairs_of_script in scripts.values():
        for one, _, count in pairs_of_script:
            met[one] += count
    spelled = spellings_of(scripts)
    return sorted(token for token, count in met.items() if count >= MET and len(spelled[token]) >= SPELLED)


def popular(folder: Path) -> set[str]:
    """Return the words of the names that are most given in each country (sigpwned/popular-names-by-country, CC0)."""
    found = set()
    for path in sorted(folder.glob("common-*-by-country.csv")):
        with path.open(encoding="utf-8-sig", newline="") as rows:
            for row in csv.DictReader(rows):
                words = f"{row['Romanized Name'] or ''} {row['Localized Name'] or ''}".split()
                found |= {in_latin(word) for word in words}
    return {token for token in found if len(token) >= _SHORTEST}


def well_known_natives(scripts: Mapping[str, Sequence[Pair]]) -> list[str]:
    """Return the native tokens that are met often, in their order."""
    met: Counter[str] = Counter()
    for pairs_of_script in scripts.values():
        for _, two, count in pairs_of_script:
            met[two] += count
    return sorted(token for token, count in met.items() if count >= WRITTEN)


def known_as_one(
    scripts: Mapping[str, Sequence[Pair]], names: Sequence[str], natives: Sequence[str]
) -> list[tuple[str, str]]:
    """Return the pairs of a well-known Latin and a well-known native token that were met as one name."""
    both = frozenset(names), frozenset(natives)
    return sorted(
        {(one, two) for each in scripts.values() for one, two, _ in each if one in both[0] and two in both[1]}
    )


def alike(
    scripts: Mapping[str, Sequence[Pair]], names: Sequence[str]
) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return the pairs of ``names`` that look alike: those that share a spelling, those that do not."""
    blocks: dict[str, list[str]] = {}
    for token in names:
        without_one = (token[:at] + token[at + 1 :] for at in range(len(token)))
        for key in {f"{loose_skeleton(token)} by sound", token, *without_one}:
            blocks.setdefault(key, []).append(token)
    pairs_met = {pair for block in blocks.values() if len(block) <= _MOST_IN_BLOCK for pair in combinations(block, 2)}
    near = sorted(pair for pair in pairs_met if JaroWinkler.similarity(*pair) >= ALIKE)
    spelled = spellings_of(scripts)
    one_name = [pair for pair in near if not spelled[pair[0]].isdisjoint(spelled[pair[1]])]
    return one_name, sorted(set(near) - set(one_name))


def by_token(look_alikes: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Return for each token of pairs the others it is paired with, in their order."""
    found: dict[str, list[str]] = {}
    for one, two in look_alikes:
        found.setdefault(one, []).append(two)
        found.setdefault(two, []).append(one)
    return {token: sorted(others) for token, others in found.items()}


def train(found: Sequence[Pair], script: str, look_alikes: Mapping[str, Sequence[str]]) -> str:
    """Return the file of weights that ``found`` teaches. ``look_alikes``: of Latin tokens, see :func:`by_token`."""
    met = sorted({sign for _, native, _ in found for sign in native_signs(script, native)})
    number = {sign: place for place, sign in enumerate(met, start=1)}
    left = PackedTokens.of([latin_symbols(one) for one, _, _ in found])
    right = PackedTokens.of([*map(SignNumbers(script, number).of, (two for _, two, _ in found))])
    learned = learn(left, right, len(met), (MOST_LATIN[script], LEARNED[script]))
    held = read_script_model(to_json(script, learned, met, (np.zeros(6), np.zeros(6)), ATTRIBUTION))
    rng = np.random.default_rng(3)
    drawn = rng.choice(len(found), size=min(READ_FROM, len(found)), replace=False)
    one = np.tile(drawn, STRANGERS + 1)
    two = np.concatenate([drawn, *(rng.permutation(drawn) for _ in range(STRANGERS))])
    matches = (one == two).astype(np.float64)
    reading = logistic(features(held, left, right, one, two)[0], matches, float(np.log(STRANGERS)))
    return to_json(script, learned, met, (reading, closely(held, found, right, look_alikes)), ATTRIBUTION)


def closely(
    held: ScriptModel, found: Sequence[Pair], right: PackedTokens, look_alikes: Mapping[str, Sequence[str]]
) -> Floats:
    """Return the coefficients of the bits by which a pair is likelier one name than a name beside a look-alike's.

    A long pair that is not much likelier than chance is two names, and so is one that falls far short of what either of
    its tokens would be at best: ナオキ is read Naoki, so that it is hardly Naoko.
    """
    rng = np.random.default_rng(3)
    trusted = [place for place, (one, _, count) in enumerate(found) if count >= TRUSTED and one in look_alikes]
    others = [rng.choice(look_alikes[found[place][0]], size=LOOK_ALIKES).tolist() for place in trusted]
    left = PackedTokens.of(
        [latin_symbols(each) for place, some in zip(trusted, others, strict=True) for each in (found[place][0], *some)]
    )
    rows = np.arange(len(left))
    _, read_off = features(held, left, right, rows, np.repeat(np.array(trusted, dtype=np.int64), LOOK_ALIKES + 1))
    return logistic(read_off, (rows % (LOOK_ALIKES + 1) == 0).astype(np.float64), float(np.log(LOOK_ALIKES)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--to", type=Path, default=SHIPPED)
    parser.add_argument("--popular", type=Path, help="folder of popular names; beside the folder of pairs if not said")
    parser.add_argument("scripts", nargs="*", default=list(LEARNED))
    asked = parser.parse_intermixed_args()
    scripts = {script: pairs(asked.folder, script, "64") for script in SOURCES}
    names = well_known(scripts)
    variants_met, look_alikes = alike(scripts, names)
    others = by_token(look_alikes)
    natives = well_known_natives(scripts)
    known_names = sorted({*names, *popular(asked.popular or asked.folder.parent / "popular_names")})
    as_one = variants_met + known_as_one(scripts, names, natives)
    told = well_known_json(known_names, natives, as_one, f"{ATTRIBUTION} {POPULAR}")
    (asked.to / "known.json").write_text(told, encoding="utf-8")
    for script in asked.scripts:
        began = time.process_time()
        found = variants(scripts) if script == "latin" else scripts[script] + elsewhere(scripts[script], script)
        text = train(found, script, others)
        (asked.to / f"{script}.json").write_text(text, encoding="utf-8")
        print(
            f"{script}: {len(found)} pairs, {len(text) // 1024} KB, "
            f"{time.process_time() - began:.1f} s, {read_script_model(text).hash[:12]}"
        )


if __name__ == "__main__":
    main()
