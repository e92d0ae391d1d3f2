"""A served room under load: what each screen takes, and whether it carries the peak of an operation.

    python bench/load.py [--data FOLDER] [--only screens,sessions,filing,verbs,soak] [--minutes 10] [--json]

Visitors speak HTTP with a ``traboule serve`` of its own process, on the same machine, which so serves and asks at once.
*screens*: every account of the menu opens each of its screens twenty times, alone. *sessions*: 116 sessions click
through their screens for some minutes, two seconds apart, while ten walls are open. *filing*: 116 states file a
workbook of 2 MB each within a minute, from the upload to the receipt. *verbs*: programs ask 155 times a second.
*soak*: sessions and verbs at a fifth of that, and the memory of the server. Everybody signs in beforehand.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.report import Measured, side_by_side
from bench.served import MemorySamples, Room, demonstrated, served
from bench.visitors import Seen, Visitor, Watcher
from bench.workbooks import workbooks

SESSIONS, WALLS, THINKING = 116, 10, 2.0
FILING_WITHIN, RATE = 60.0, 155
SOAKED = 0.2  # Of the sessions and of the rate.
ROUNDS = 20
HEADQUARTERS = ("desk", "press", "protection", "auditor", "administrator")
_OFFICER = re.compile(r'<option value="(officer\.[a-z]+)"')
# What programs ask for, in turn.
_ASKED = ("/api/v1/returns", "/api/v1/releases", "/api/v1/hits/mine", "/api/v1/figures", "/api/v1/public/releases")


@dataclass
class Tally:
    """What was seen by many visitors. May be added to from any thread."""

    by_path: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, seen: Seen, path: str = "") -> None:
        """Count what was seen, under ``path`` where its own is one of many alike."""
        with self.lock:
            self.by_path[path or seen.path].append(seen.seconds)
            if seen.is_error:
                self.errors[f"{path or seen.path} {seen.status or seen.page}"] += 1

    def measured(self, seconds: float) -> dict[str, Any]:
        """Return rate, quantiles and errors of everything seen in ``seconds``."""
        times = [taken for path in self.by_path.values() for taken in path]
        return {
            "requests": len(times),
            "requests_per_second": round(len(times) / seconds, 1),
            **quantiles(times),
            "errors": sum(self.errors.values()),
        }


def quantiles(times: Sequence[float]) -> dict[str, float]:
    """Return the median, the 95 % and 99 % quantiles and the longest of ``times``, in ms."""
    ordered = sorted(times) or [0.0]
    places = {"p50_ms": 0.5, "p95_ms": 0.95, "p99_ms": 0.99, "longest_ms": 1.0}
    return {name: round(1000 * ordered[min(int(share * len(ordered)), len(ordered) - 1)], 1)
            for name, share in places.items()}  # fmt: skip


def officers(room: Room) -> list[str]:
    """Return the logins of the demo's national officers."""
    return _OFFICER.findall(Visitor(room.url, "").get("/sign-in").page)


def signed_in(room: Room, logins: Iterable[str]) -> list[Visitor]:
    """Return visitors who have signed in, one a login. RuntimeError where somebody cannot."""
    visitors = []
    for login in logins:
        visitor = Visitor(room.url, login)
        if (seen := visitor.sign_in()).is_error:
            raise RuntimeError(f"{login} cannot sign in: {seen.status} {seen.page[:200]}")
        visitors.append(visitor)
    return visitors


def screens(room: Room, rounds: int = ROUNDS) -> tuple[Measured, Tally]:
    """Return the times of each screen, as one visitor after another opens it."""
    tally = Tally()
    for visitor in signed_in(room, [*HEADQUARTERS, officers(room)[0]]):
        for path in visitor.get("/").links():
            visitor.get(path)  # The first look compiles a template.
            for _ in range(rounds):
                tally.add(visitor.get(path), plain(path))
    measured = {path: {**quantiles(times), "requests": len(times)} for path, times in sorted(tally.by_path.items())}
    return measured, tally


def plain(path: str) -> str:
    """Return a path without its query, and with a star for what stands for one of many."""
    return re.sub(r"^(/figures|/links|/hits|/work)/(?!mine|alarms|count).*", r"\1/*", path.partition("?")[0])


def click_through(visitor: Visitor, until: float, tally: Tally, chance: random.Random, thinking: float) -> None:
    """Open one screen of the visitor's own after another until the clock shows ``until``."""
    time.sleep(chance.uniform(0, thinking))
    menu = visitor.get("/").links() or ["/"]
    while time.perf_counter() < until:
        path = chance.choice(menu)
        tally.add(visitor.get(path), plain(path))
        time.sleep(chance.uniform(0.5, 1.5) * thinking)


def at_once(visitors: Sequence[Visitor], perform: Callable[[Visitor, random.Random], None]) -> None:
    """Let every visitor ``perform`` in a thread of its own, and wait for all."""
    threads = [
        threading.Thread(target=perform, args=(visitor, random.Random(number)), daemon=True)
        for number, visitor in enumerate(visitors)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def walls(room: Room, count: int) -> list[Watcher]:
    """Return open walls, each in a thread of its own."""
    watchers = [Watcher(visitor) for visitor in signed_in(room, ["desk"] * count)]
    for watcher in watchers:
        threading.Thread(target=watcher.watch, daemon=True).start()
    return watchers


def sessions(room: Room, minutes: float, share: float = 1.0) -> tuple[Measured, Tally]:
    """Return what ``share`` of the sessions saw while they clicked through their screens."""
    logins = [*HEADQUARTERS, *officers(room)]
    visitors = signed_in(room, [logins[number % len(logins)] for number in range(round(SESSIONS * share))])
    watchers, tally = walls(room, WALLS), Tally()
    with MemorySamples(room.process).sampling() as memory:
        begun = time.perf_counter()
        until = begun + minutes * 60
        at_once(visitors, lambda visitor, chance: click_through(visitor, until, tally, chance, THINKING))
        seconds = time.perf_counter() - begun
    measured = {**tally.measured(seconds), "peak_mb": memory.peak(), "walls_open": sum(w.is_open for w in watchers)}
    return {f"{len(visitors)} sessions": measured}, tally


def filing(room: Room) -> tuple[Measured, Tally]:
    """Return how long each state waited for the receipt of its workbook."""
    files, tally = workbooks(SESSIONS), Tally()
    receipts: list[float] = []
    visitors = signed_in(room, [f"officer.{state.lower()}" for state, _ in files])
    waiting = dict(zip(visitors, (content for _, content in files), strict=True))
    until = threading.Event()

    def file(visitor: Visitor, chance: random.Random) -> None:
        time.sleep(chance.uniform(0, FILING_WITHIN))
        begun = time.perf_counter()
        guard = visitor.get("/returns").guard()
        preview = visitor.send("/returns/check", guard, "return.xlsx", waiting[visitor])
        tally.add(preview, "upload to preview")
        if not preview.commit():
            tally.add(Seen("no preview", 500, 0.0))
            return
        receipt = visitor.post(preview.commit(), {"csrfmiddlewaretoken": preview.guard()})
        tally.add(receipt, "commit to receipt")
        receipts.append(time.perf_counter() - begun)

    def read(visitor: Visitor, chance: random.Random) -> None:
        while not until.is_set():
            tally.add(visitor.get(chance.choice(("/", "/returns", "/wall", "/figures"))), "screens meanwhile")
            time.sleep(chance.uniform(0.5, 1.5) * THINKING)

    with MemorySamples(room.process).sampling() as memory:
        reading = threading.Thread(target=at_once, args=(signed_in(room, ["desk"] * 5), read), daemon=True)
        reading.start()
        begun = time.perf_counter()
        at_once(visitors, file)
        seconds = time.perf_counter() - begun
        until.set()
        reading.join()
    measured: dict[str, Any] = {name: quantiles(times) | {"requests": len(times)}
                                for name, times in tally.by_path.items()}  # fmt: skip
    measured["the whole way"] = {**quantiles(receipts), "requests": len(receipts), "seconds": round(seconds, 1),
                                 "errors": sum(tally.errors.values()), "peak_mb": memory.peak()}  # fmt: skip
    return measured, tally


def verbs(room: Room, minutes: float, share: float = 1.0) -> tuple[Measured, Tally]:
    """Return what programs saw that asked at a steady rate, whether or not earlier answers had come."""
    visitors = signed_in(room, officers(room)[:SESSIONS])
    tally, rate = Tally(), RATE * share / len(visitors)
    for visitor in visitors:
        visitor.become_program()
    begun = time.perf_counter()
    until = begun + minutes * 60

    def ask(visitor: Visitor, chance: random.Random) -> None:
        due = time.perf_counter() + chance.uniform(0, 1 / rate)
        for number in range(sys.maxsize):
            time.sleep(max(due - time.perf_counter(), 0))
            if time.perf_counter() > until:
                return
            seen = visitor.get(_ASKED[number % len(_ASKED)])
            # From when it was due: a server that is slow must not slow the clock down.
            tally.add(Seen(seen.path, seen.status, time.perf_counter() - due, seen.page))
            due += 1 / rate

    at_once(visitors, ask)
    return {f"{RATE * share:.0f} a second": tally.measured(time.perf_counter() - begun)}, tally


def soak(room: Room, minutes: float) -> tuple[Measured, Tally]:
    """Return what sessions and programs saw at a fifth of the peak, and how the memory of the server went meanwhile."""
    parts: dict[str, Any] = {}
    tally = Tally()

    def measure(name: str, part: Callable[[Room, float, float], tuple[Measured, Tally]]) -> None:
        measured, seen = part(room, minutes, SOAKED)
        parts.update({f"{name}: {of}": values for of, values in measured.items()})
        tally.errors.update(seen.errors)

    with MemorySamples(room.process).sampling() as memory:
        threads = [threading.Thread(target=measure, args=of) for of in (("soak", sessions), ("soak", verbs))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    parts["the server"] = {"peak_mb": memory.peak(), "growth_mb": memory.growth()}
    return parts, tally


def measure(wanted: argparse.Namespace) -> dict[str, Measured]:
    """Return what was measured of each scenario that is wanted."""
    found: dict[str, Measured] = {}
    scenarios: dict[str, Callable[[Room], tuple[Measured, Tally]]] = {
        "screens": screens,
        "sessions": lambda room: sessions(room, wanted.minutes),
        "filing": filing,
        "verbs": lambda room: verbs(room, wanted.minutes),
        "soak": lambda room: soak(room, 3 * wanted.minutes),
    }
    with demonstrated(wanted.data, wanted.persons) as data:
        for name in wanted.only.split(","):
            with served(data) as room:
                found[name], tally = scenarios[name](room)
            for error, count in sorted(tally.errors.items()):
                print(f"{name}: {count} times {error}", file=sys.stderr)
            if not wanted.json:
                print(f"\n{name}\n\n{side_by_side(found[name])}", flush=True)
    return found


def main() -> None:
    """Measure what the command line asks for, and print it as text or JSON."""
    asked = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    asked.add_argument("--data", type=Path, help="a folder with a demo; without one, a demo is run")
    asked.add_argument("--persons", type=int, default=5_800, help="size of that demo")
    asked.add_argument("--only", default="screens,sessions,filing,verbs,soak", help="comma separated")
    asked.add_argument("--minutes", type=float, default=10.0, help="of sessions and verbs; a soak takes three times")
    asked.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    wanted = asked.parse_args()
    found = measure(wanted)
    if wanted.json:
        print(json.dumps(found))


if __name__ == "__main__":
    main()
