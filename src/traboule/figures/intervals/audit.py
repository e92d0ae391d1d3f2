"""Take the audit sample from the operation's pairs: judged links that were drawn, not chosen by their effect.

In: pairs of records, their links. Out: the order in which open links are audited, and what was judged of the sample.
Guaranteed: the order depends on the names of the two records and their probability alone; samples are nested, so that
judging more only adds; what is taken from the pairs of two sets of components adds up.

Links judged because they matter to a figure do not speak for the others. So each open link has a number as good as
random, made from the names of its records, and the audit goes through the links in the order of these numbers, each
divided by a weight: doubtful links come three to five times as often as nearly certain ones, which teach little
(Efraimidis and Spirakis 2006). The calibration is conditional on the probability, so such weights do not bias it. The
sample is the longest beginning of that order in which at least four of five pairs are judged: pairs judged unsure, and
pairs that a later return brought, do not end it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np

from traboule.figures.intervals.calibration import DATED, HALF_DATED, RejectedCounts
from traboule.figures.intervals.pairs import Reals, log_odds
from traboule.figures.resolved import columns
from traboule.figures.resolved.case import Case
from traboule.figures.resolved.columns import Flags, Ints, Texts

STEP = 0.1  # Log odds of audited pairs are rounded to this step.
_STEPS = 128  # Log odds are stored from -12.8 to 12.7.
_PATTERNS = 16  # More than there are patterns of shared facts.
_THRESHOLD = -39  # Steps: pairs of a probability below 0.02 are rejected; see linkage.
_BITS = 42
_LEAST_WEIGHT = 0.1
_JUDGED_SHARE = 0.8
_MATCH, _NO_MATCH, _UNJUDGED = 0, 1, 2
_VERDICTS = {"judged_match": _MATCH, "judged_no_match": _NO_MATCH, "open": _UNJUDGED}


def audit_order(left: Texts, right: Texts, probability: Reals) -> Ints:
    """Return the places of links, the smaller record left, in the order in which they are audited."""
    return np.argsort(_keys(_hashes(left, right), _steps_of(probability)), kind="stable")


def no_pairs() -> Ints:
    """Return the codes of no pairs."""
    return np.empty(0, dtype=np.int64)


def pair_codes(case: Case, pattern: Ints) -> Ints:
    """Return a code for each pair that is open or was judged: its hash, how its records share facts (``pattern``, by
    row of the links), its kind, its log odds and its verdict; sorted.
    """
    links = case.inputs.links
    if "status" not in links.column_names:
        return no_pairs()
    status = columns.texts(links, "status")
    verdict = np.full(links.num_rows, -1, dtype=np.int64)
    for name, number in _VERDICTS.items():
        verdict[columns.among(status, (name,))] = number
    row = np.flatnonzero(verdict >= 0)
    left, right = (columns.taken(columns.texts(links, name), row) for name in ("left", "right"))
    step = _steps_of(np.asarray(links.column("probability").to_numpy(), dtype=np.float64)[row]) + _STEPS
    code = _hashes(left, right) * _PATTERNS + pattern[row]
    return np.sort(((code * 2 + kinds(case)[row]) * 2 * _STEPS + step) * 4 + verdict[row])


def kinds(case: Case) -> Ints:
    """Return the kind of each row of the links: whether both records give a birth date."""
    return case.complete.once("kinds of links", lambda: _kinds(case))


def _kinds(case: Case) -> Ints:
    births, links = case.inputs.births, case.inputs.links
    if births is None:
        return np.full(links.num_rows, DATED, dtype=np.int64)
    dated = columns.texts(births.filter(births["birth_date"].is_valid()), "record")
    left, right = (columns.is_among(columns.texts(links, name), dated) for name in ("left", "right"))
    return np.where(left & right, DATED, HALF_DATED)


def exchange(codes: Ints, other_pairs: Ints, sign: int) -> Ints:
    """Return the codes with ``others`` added, or with ``sign`` -1 taken out."""
    if not len(other_pairs):
        return codes
    return (
        np.sort(np.concatenate([codes, other_pairs]))
        if sign > 0
        else np.setdiff1d(codes, other_pairs, assume_unique=True)
    )


@dataclass(frozen=True, slots=True)
class AuditSample:
    """The judged pairs of the sample: log odds, pattern of shared facts, kind, and whether judged a match."""

    odds: Reals
    pattern: Ints
    kind: Ints
    is_match: Ints

    @classmethod
    def of(cls, codes: Ints) -> AuditSample:
        """Return the sample: the longest beginning of which four in five are judged."""
        codes = codes[~_is_below(codes)]
        codes = codes[np.argsort(_keys(codes // (16 * _STEPS * _PATTERNS), _steps(codes)), kind="stable")]
        is_judged = codes % 4 != _UNJUDGED
        share = np.cumsum(is_judged) / np.arange(1, len(codes) + 1)
        reached = np.flatnonzero(share >= _JUDGED_SHARE)
        last = int(reached[-1]) + 1 if len(reached) else 0
        chosen = codes[:last][is_judged[:last]]
        return cls(
            STEP * _steps(chosen).astype(np.float64),
            (chosen // (16 * _STEPS)) % _PATTERNS,
            (chosen // (8 * _STEPS)) % 2,
            (chosen % 4 == _MATCH).astype(np.int64),
        )


def rejected_counts(codes: Ints) -> RejectedCounts:
    """Count the judged pairs that had been rejected: these are shown to be judged only where they were drawn."""
    chosen = codes[_is_below(codes) & (codes % 4 != _UNJUDGED)]
    promised = 1 / (1 + np.exp(-STEP * _steps(chosen)))
    return RejectedCounts(len(chosen), int((chosen % 4 == _MATCH).sum()), int(np.rint(1000 * promised.sum())))


def _hashes(left: Texts, right: Texts) -> Ints:
    """Return for each pair of records a number of ``_BITS`` bits that is as good as random."""
    pairs = zip(columns.names(left), columns.names(right), strict=True)
    digests = (
        hashlib.blake2b("\x1f".join(pair).encode(), digest_size=8, person=b"traboule-audit").digest() for pair in pairs
    )
    return np.frombuffer(b"".join(digests), dtype="<u8").astype(np.uint64).__rshift__(64 - _BITS).astype(np.int64)


def _keys(hashes: Ints, steps: Ints) -> Reals:
    """Return by what links are ordered: exponential numbers, divided by the weights."""
    chance = 1 / (1 + np.exp(-np.round(STEP * steps)))  # In whole steps, so that small changes do not change the order.
    weight = np.maximum(np.sqrt(chance * (1 - chance)), _LEAST_WEIGHT)
    return np.asarray(-np.log1p(-(hashes + 0.5) / 2.0**_BITS) / weight)


def _steps_of(probability: Reals) -> Ints:
    return np.clip(np.rint(log_odds(probability) / STEP).astype(np.int64), -_STEPS, _STEPS - 1)


def _steps(codes: Ints) -> Ints:
    return (codes // 4) % (2 * _STEPS) - _STEPS


def _is_below(codes: Ints) -> Flags:
    return np.asarray(_steps(codes) < _THRESHOLD)
