"""Non-interference: two worlds that differ only in what is hidden from an officer look the same to that officer.

In every verb's result, error, order and size, in every row that SQL gives the officer, and in time. The verbs and the
roles are those there are: a verb without a line in ``tests/worlds.py`` fails. What may differ stands in ``DECLARED``.
Its control takes the wall out: for the protection officer the same worlds differ.
"""

from __future__ import annotations

import re
import time
from random import Random

import pytest
from hypothesis import settings
from scipy.stats import mannwhitneyu
from tests import worlds
from tests.two_returns import filed
from tests.worlds import (
    AT,
    CURIOUS,
    KNOWN,
    MALI,
    PROTECTION,
    Answer,
    Person,
    answers,
    arguments_of,
    build,
    protected_person,
    rows_seen,
)

from traboule.app.desk import Desk
from traboule.app.start import Started
from traboule.app.verbs import VERBS
from traboule.core.permissions import PROTECTORS, Actor, Role

# What differs by right, and why. A pattern is cut from both answers before they are compared.
HASH = r"\b[0-9a-f]{12,64}\b|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"
RUN = (r'"(run|link_run|inputs_hash)": "[^"]*"', "names the count and its inputs, and says nothing of them")
# Base64 of at least a signature's or a hash's length, and hashes in hexadecimal.
LEDGER = (
    rf"{HASH}|[0-9A-Za-z+/]{{43,}}=*",
    "roots, paths and signatures follow from every entry before, and an entry holds the hash of a result",
)
RELEASED = (
    rf'{HASH}|"held_back": \[[^\]]*\]|"figures": \d+',
    "a release prints headlines for everybody, and which it holds back; its documents and drafts have other hashes",
)
DECLARED: dict[str, tuple[str, str]] = {
    "figures.compute": RUN,
    "figures.show": RUN,
    "figures.explain": RUN,
    "keys.rotate": (r'"databases": \d+', "counts the databases whose keys lie in one folder, whoever is in them"),
    "session.list": (r'"handle": "[0-9a-f]{16}"', "names one's own session by a hash of its random token"),
    "return.receive": LEDGER,
    "return.withdraw": LEDGER,
    "ledger.head": LEDGER,
    "research.export": (
        r'"rows": \d+|"sha256": "[^"]*"',
        "differential privacy bounds what the table tells; the number of its rows and its hash follow from the table",
    ),
    **{verb: RELEASED for verb in VERBS if verb.startswith("release.")},
}
# Tables whose rows differ by right.
DECLARED_TABLES = {
    "release_draft": "holds what the next release prints for everybody",
    "release_audit": "the verdict on that draft",
    "release_signature": "holds the hash of a draft",
    "release_release": "a release is read by everybody",
    "release_document": "a release is read by everybody",
}
# Of a row, what names the bytes of a return, and its number, which tells how many rows were filed before by anybody.
ROW = rf"{HASH}|^\(-?\d+,"
# Sealed content differs from run to run; its length does not.
SEALED = re.compile(r"(?:\\+x|sealed:)01[0-9a-f]{56,}")
USUAL_EXAMPLES = 100


def runs(usual: int) -> int:
    """Return how many runs to make where ``usual`` are made by default: ten times as many in the long profile."""
    return usual * (settings.default or settings()).max_examples // USUAL_EXAMPLES


def seeds(usual: int) -> list[int]:
    return list(range(runs(usual)))


def shown(verb: str, answer: Answer) -> str:
    pattern, _ = DECLARED.get(verb, ("", ""))
    return re.sub(pattern, "#", answer.text) if pattern else answer.text


def between(one: tuple[str, Role, str, int], other: tuple[str, Role, str, int]) -> str:
    """Return where two answers part: verb, role, and a few words from there."""
    place = next((number for number, (a, b) in enumerate(zip(one[2], other[2], strict=False)) if a != b), 0)
    first = max(place - 60, 0)
    return f"{one[0]} {one[1].value}: …{one[2][first : place + 60]}… | …{other[2][first : place + 60]}…"


def pair_of(seed: int) -> tuple[Person | None, Person | None]:
    """Return two worlds' protected persons: added, or changed."""
    random = Random(seed)
    return (None if seed % 2 == 0 else protected_person(random)), protected_person(random)


def test_every_verb_has_a_line_and_every_role_is_asked() -> None:
    for verb in VERBS:
        assert arguments_of(verb) is not None, verb
    assert {by.role for by in CURIOUS} == set(Role) - set(PROTECTORS)


@pytest.mark.promise("unit-sees-no-other-person")
@pytest.mark.promise("desk-learns-no-victim")
@pytest.mark.parametrize("seed", seeds(2))
def test_a_protected_person_changes_nothing_for_whom_she_is_hidden_from(database: Started, seed: int) -> None:
    seen: list[list[tuple[str, Role, str, int]]] = []
    rows: list[dict[tuple[Role, str], list[str]]] = []
    for protected in pair_of(seed):
        desk = build(database, protected)
        rows.append({(by.role, table): texts for by in CURIOUS for table, texts in rows_seen(by).items()})
        seen.append([])
        for verb, role, answer in answers(desk):
            text = shown(verb, answer)
            seen[-1].append((verb, role, text, len(text)))
    for (role, table), texts in rows[0].items():
        assert plain(table, texts) == plain(table, rows[1][role, table]), (seed, role, table)
    differing = [between(one, other) for one, other in zip(*seen, strict=True) if one != other]
    assert differing == [], f"seed {seed}"


def plain(table: str, rows: list[str]) -> list[str]:
    """Return rows without what differs by right. Those of linkage keep their numbers, which tell nothing."""
    if any(table.endswith(name) for name in DECLARED_TABLES):
        return []
    pattern = HASH if table.startswith("linkage") else ROW
    unsealed = (SEALED.sub(lambda sealed: f"sealed {len(sealed[0])}", row) for row in rows)
    return [re.sub(pattern, "#", row) for row in unsealed]


def test_the_control_without_the_wall_they_differ(database: Started) -> None:
    """For the protection officer, who is behind the wall, queue, figures and rows tell the worlds apart."""
    likely = {"family_name": "Amavi Adzoa", "birth_date": "1999", "sex": "female"}
    first, second = None, {**KNOWN, "person": likely}
    seen, rows = [], []
    for protected in (first, second):
        desk = build(database, protected)
        rows.append(rows_seen(PROTECTION))
        seen.append([(verb, shown(verb, answer)) for verb, _, answer in answers(desk, (PROTECTION,))])
    differing = {one[0] for one, other in zip(*seen, strict=True) if one != other}
    assert {"judge.queue", "judge.built", "figures.compute", "figures.explain"} <= differing
    assert {"networks.list", "recurrence.list", "routes.show"} <= differing
    assert {table for table in rows[0] if rows[0][table] != rows[1][table]} >= {
        "register_person",
        "register_personrole",
        "linkage_link",
        "linkage_clustermember",
        "figures_figurerun",
    }


@pytest.mark.promise("filing-reveals-nothing")
def test_a_receipt_is_the_same_bytes_whoever_else_filed(database: Started) -> None:
    """Mali files the very person whom Togo filed, or did not: receipt, preview and findings are equal byte by byte.

    But for the hashes of the receipt's proof: place and size are compared.
    """
    texts = []
    for protected in (None, KNOWN):
        desk = build(database, protected)
        content = filed("ML", "Police").replace(b'"version": 1', b'"version": 2')
        asked = [
            (verb, arguments_of(verb) | {"content": content})
            for verb in ("return.preview", "return.check", "return.receive")
        ]
        answered = [(verb, worlds.ask(desk, MALI, verb, arguments, AT)) for verb, arguments in asked]
        texts.append([shown(verb, answer).encode() for verb, answer in answered])
    assert texts[0] == texts[1]


TIMED = [
    (MALI, "return.preview"),
    (MALI, "return.receive"),
    (MALI, "hits.mine"),
    (MALI, "hits.release"),
    (CURIOUS[1], "hits.list"),
    (CURIOUS[1], "judge.queue"),
    (CURIOUS[1], "judge.explain"),
    (CURIOUS[1], "judge.built"),
]


@pytest.mark.promise("filing-reveals-nothing")
def test_the_clock_does_not_tell_the_worlds_apart(database: Started) -> None:
    """The times of both worlds overlap as those of one world do: neither longer nor shorter by a quarter of a run.

    The worlds alternate, so that a machine that grows busy is busy for both.
    """
    times: dict[str, tuple[list[float], list[float]]] = {verb: ([], []) for _, verb in TIMED}
    for _ in range(runs(4) // 2):
        for world, protected in enumerate((None, KNOWN)):
            desk = build(database, protected)
            for number in range(-1, 5):
                for by, verb in TIMED:
                    taken = timed(desk, by, verb, number)
                    if number >= 0:  # The first of each is spent on connections.
                        times[verb][world].append(taken)
    for verb, (one, other) in times.items():
        assert alike(one, other), (verb, one, other)


def timed(desk: Desk, by: Actor, verb: str, number: int) -> float:
    arguments = dict(arguments_of(verb))
    if verb == "return.receive":
        version = b'"version": %d' % (number + 3)
        arguments["content"] = filed("ML", "Police").replace(b'"version": 1', version)
    start = time.perf_counter()
    worlds.ask(desk, by, verb, arguments, AT)
    return time.perf_counter() - start


def alike(one: list[float], other: list[float]) -> bool:
    """Tell whether two samples of times are of one distribution, or differ by less than an officer could use.

    Different: Mann and Whitney's test rejects at one in ten thousand, and the medians are a quarter apart or more.
    """
    medians = sorted((sorted(one)[len(one) // 2], sorted(other)[len(other) // 2]))
    return float(mannwhitneyu(one, other).pvalue) > 0.0001 or medians[1] < 1.25 * medians[0]


def test_the_control_a_clock_that_tells_is_heard() -> None:
    random = Random(5)
    times = [0.02 * random.uniform(0.8, 1.6) for _ in range(20)]
    assert alike(times, times[::-1])
    assert not alike(times, [2 * taken for taken in times])
