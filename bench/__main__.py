"""All benchmarks, one after the other: printed side by side, and written to ``docs/reference/benchmarks.md``.

    python -m bench [--quick] [--largest 100000] [--peers splink,goldenmatch,…]

``--quick`` takes smaller sizes and writes nothing. The page is written anew after each table, so that a run that is
stopped leaves what it measured, and says what it did not. The exit status is 1 where a bar was missed.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench import (
    bars,
    compiling,
    demo,
    disclosure,
    figures,
    growth,
    historical,
    linkage,
    protection,
    reading,
    validation,
)
from bench.children import ROOT, run
from bench.growth import skipped
from bench.machine import machine
from bench.population import found_names
from bench.report import Measured, ratios, side_by_side

PAGE = ROOT / "docs" / "reference" / "benchmarks.md"
SIZES, QUICK_SIZES = (10_000, 100_000, 1_000_000), (2_000, 10_000)
ALL_PEERS_AT = 10_000
NAMES = {"rare": "names met once", "common": "names met five times or more"}
NAMES_ABOUT = (
    "Names of two parts in Latin letters beside the same names in six other scripts, of which no weights were learned. "
    "*ours* is what linkage compares names by, the levels 0 to 6. *ours, bits* weighs whole names and is not used by "
    "linkage yet. F1 is at the best threshold, one for all scripts: ten strangers for each match, then three relatives "
    "besides who share one of the two parts, then two look-alikes."
)
NOT_HERE = (
    "GPU engines (cuDF): none on this machine.",
    "A cluster: Spark runs here on one machine, for the contract suite only; there it is slower than DuckDB by design.",
    "Commercial engines (Senzing, Quantexa, Tamr): no licence.",
)


@dataclass(frozen=True, slots=True)
class Section:
    """One table of the page: ``about`` says what was done, ``measure`` does it, on ``size`` records if that varies."""

    title: str
    about: str
    command: str
    measure: Callable[[], Measured]
    size: int = 0


def sections(peers: Sequence[str], *, quick: bool) -> list[Section]:
    """Return what is measured, in the order of the page."""
    found = [_linkage(size, peers) for size in (QUICK_SIZES if quick else SIZES)]
    for title, program, of in (
        ("Linkage, historical figures", "historical", historical),
        ("Reading a return", "reading", reading),
        ("Checking a return", "validation", validation),
        ("Counting figures, a million person records", "figures", figures),
        ("Disclosure control, a whole operation", "disclosure", disclosure),
        ("Bars of single rooms", "bars", bars),
        ("Compiling on a new machine", "compiling", compiling),
        ("The demo, the whole way", "demo", demo),
        ("What walls and ledger cost, the whole demo", "protection", protection),
    ):
        about = " ".join(part.replace("\n", " ") for part in (of.__doc__ or "").strip().split("\n\n")[::2])
        found.append(Section(title, about, f"python bench/{program}.py", of.measure))
    unseen = Section(
        "Linkage, 100,000 records, names that no weights were learned from",
        "As above, with names drawn from the development split only.",
        "python bench/linkage.py --size 100000 --peers splink --unseen",
        lambda: linkage.measure(2_000 if quick else 100_000, ["splink"], seed=7, unseen=True),
        100_000,
    )
    return [*found, unseen, *(_names(kind, quick=quick) for kind in NAMES), _growth(quick=quick)]


def _names(kind: str, *, quick: bool) -> Section:
    """Return the section of names across scripts, of those that are ``kind``: rare or common."""
    return Section(
        f"Names across scripts: {NAMES[kind]}",
        NAMES_ABOUT,
        f"python bench/names.py FOLDER --kind {kind}",
        lambda: measured_names(kind, 300 if quick else 3_000),
    )


def measured_names(kind: str, matches: int) -> Measured:
    """Return the scores of names; ours are the levels, as linkage compares names by them."""
    folder = found_names()
    if folder is None:
        return {"ours": {"not_run": "no name pairs beside this checkout"}}
    command = [sys.executable, "bench/names.py", str(folder), "--kind", kind, "--matches", str(matches), "--json"]
    found = run(command)
    if "not_run" in found:
        return {"ours": found}
    speeds, scores = found[kind]["pairs_per_second"], found[kind]["together"]
    return {
        {"levels": "ours", "bits": "ours, bits"}.get(name, name): {
            **{f"f1_{beside}": figures["f1"] for beside, figures in qualities.items()},
            "average_precision": qualities["relatives"]["average_precision"],
            "pairs_per_second": speeds[name],
        }
        for name, qualities in scores.items()
    }


def _growth(*, quick: bool) -> Section:
    """Return the section of the index at three sizes, with the report of skipped keys."""
    return Section(
        "The index as the work grows tenfold",
        (growth.__doc__ or "").split("\n\n")[2].replace("\n", " "),
        "python bench/growth.py",
        lambda: growth.measure(QUICK_SIZES if quick else growth.SIZES),
    )


def _linkage(size: int, peers: Sequence[str]) -> Section:
    """Return the section of linkage at one size; the slow peers take part in the smallest."""
    taking_part = list(peers) if size <= ALL_PEERS_AT else [name for name in peers if name in ("splink", "tantivy")]
    return Section(
        f"Linkage, {size:,} records in many scripts",
        (linkage.__doc__ or "").split("\n\n")[2].replace("\n", " "),
        f"python bench/linkage.py --size {size} --peers {','.join(taking_part) or 'none'}",
        lambda: linkage.measure(size, taking_part, seed=7),
        size,
    )


def page(parts: Sequence[tuple[Section, Measured]], missing: Sequence[Section], on: Sequence[str]) -> str:
    """Return the page; ``missing``: the sections not measured in this run."""
    lines = [
        "# Benchmarks",
        "",
        "Written by `make bench`. Every engine ran in a process of its own, on the same work, in one run; *peak",
        "memory* is that process's. Ratios above 1 are in our favour, below 1 in the peer's.",
        "",
        *on,
    ]
    for section, found in parts:
        lines += ["", f"## {section.title}", "", section.about, "", f"`{section.command}`", "", side_by_side(found)]
        lines += ["", ratios(found)] if ratios(found) else []
        lines += (
            ["", "Records that a key too common left out, by kind of key:", "", skipped(found)]
            if skipped(found)
            else []
        )
    left_out = [
        f"{section.title}: {engine}, {each['not_run']}."
        for section, found in parts
        for engine, each in found.items()
        if "not_run" in each
    ]
    left_out += [f"{section.title}: left out of this run, `{section.command}`." for section in missing]
    lines += ["", "## Not run", "", *(f"- {line}" for line in (*left_out, *NOT_HERE)), ""]
    return "\n".join(lines)


def main() -> None:
    """Measure everything, print it, and write the page."""
    asked = argparse.ArgumentParser(prog="python -m bench", description=(__doc__ or "").splitlines()[0])
    asked.add_argument("--quick", action="store_true", help="smaller sizes; the page is not written")
    asked.add_argument("--peers", default=",".join(linkage.ENGINES), help="comma separated, or none")
    asked.add_argument("--largest", type=int, default=max(SIZES), help="records; larger sizes are left out")
    wanted = asked.parse_args()
    peers = [name for name in wanted.peers.split(",") if name and name != "none"]
    on = machine()
    print("\n".join(on))
    everything = sections(peers, quick=wanted.quick)
    chosen = [section for section in everything if section.size <= wanted.largest]
    parts: list[tuple[Section, Measured]] = []
    for section in chosen:
        print(f"\n{section.title}\n{section.command}", flush=True)
        found = section.measure()
        parts.append((section, found))
        print("\n".join(text for text in (side_by_side(found), ratios(found)) if text), flush=True)
        if not wanted.quick:
            done = {measured.title for measured, _ in parts}
            missing = [each for each in everything if each.title not in done]
            PAGE.write_text(page(parts, missing, on), encoding="utf-8")
    if any(bars.missed_bars(found) for _, found in parts):
        sys.exit(1)


if __name__ == "__main__":
    main()
