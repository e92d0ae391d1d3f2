"""Hold a model: the shares of matching and other pairs at each level of each comparison, as JSON with a hash.

The same parameters give the same bytes and the same hash. A model in which a level lacks m or u is refused. Frequencies
of names and towns are stored under a keyless hash, and only where common: a model names nobody.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import blake2b, sha256
from typing import Any

import numpy as np
import numpy.typing as npt

from traboule.core.errors import Invalid, Refused
from traboule.linkage.weights.comparisons import COMPARISONS, FREQUENCY_COLUMNS
from traboule.linkage.weights.relatives import Relatives

FORM = 2  # Version of the file format.
_DIGITS = 6
_SMALLEST = 1e-12
_COMMON = 3  # Records. Rarer texts are not listed.
_TEXT = blake2b(digest_size=8, person=b"traboule-freq")
# Assumed totals before anything is learned: a town then weighs what is declared for towns.
_BELIEVED_TOTAL = {"sound": 10_000, "place": 10}


@dataclass(frozen=True, slots=True)
class Share:
    """The shares of one level: ``m`` of matching pairs and ``u`` of other comparable pairs."""

    m: float
    u: float

    @property
    def bits(self) -> float:
        """The weight of the level in bits, log2(m/u)."""
        return math.log2(self.m / self.u)


@dataclass(frozen=True, slots=True)
class Frequency:
    """How common the texts of one column are. ``counts``: hash of a text to the records holding it, of ``total``.

    ``scale``: how much commoner a text is among the records it is compared with than among all. ``key``: that of the
    hashes, where the model is stored; empty in a model just trained.
    """

    total: int
    counts: Mapping[str, int] = field(default_factory=dict)
    scale: float = 1.0
    key: bytes = field(default=b"", repr=False)

    def of(self, text: str) -> float:
        """Return the share of other records that hold ``text``; the pair at hand is subtracted, so that rare texts do
        not look common."""
        return float(self._share(self.counts.get(self._hash(text), 0)))

    def of_each(self, texts: Iterable[str]) -> npt.NDArray[np.float64]:
        """Return the same for many texts."""
        return np.asarray(self._share(np.array([self.counts.get(self._hash(text), 0) for text in texts])))

    def keyed(self, key: bytes) -> Frequency:
        """Return the same with hashes that say nothing to whoever lacks ``key``."""
        counts = {_keyed(key, digest): count for digest, count in self.counts.items()}
        return replace(self, counts=dict(sorted(counts.items())), key=key)

    def _hash(self, text: str) -> str:
        return _keyed(self.key, text_hash(text)) if self.key else text_hash(text)

    def _share(self, holders: Any) -> Any:
        return np.maximum(holders - 1.5, 0.5) / max(self.total, 1) * self.scale


@dataclass(frozen=True)
class LinkModel:
    """A trained or declared model. ``prior``: the probability that two random records match. ``levels``: comparison to
    level to shares.

    ``relatives``: how many there are, and how alike. ``calibration``: (slope, offset) from bits to log2 odds, fitted on
    synthetic truth. ``trained``: on what, in numbers; its entry ``of`` is the number of records that the prior refers
    to.
    """

    prior: float
    levels: Mapping[str, Mapping[int, Share]]
    frequencies: Mapping[str, Frequency]
    calibration: tuple[float, float] = (1.0, 0.0)
    relatives: Relatives = field(default_factory=Relatives)
    trained: Mapping[str, float | int | str] = field(default_factory=dict)

    @cached_property
    def hash(self) -> str:
        """The SHA-256 of the canonical JSON, in hexadecimal."""
        return sha256(_canonical(self._content()).encode()).hexdigest()

    def expecting(self, records: int) -> LinkModel:
        """Return this model for an operation of ``records`` records; itself where it does not say how many it refers
        to.

        The records per person stay the same as an operation grows, but pairs grow quadratically, so the prior falls.
        Call this once, when a model is taken over, so that weights stay fixed afterwards.
        """
        of = int(self.trained.get("of", 0))
        if not of or records < 1:
            return self
        prior = rounded(min(self.prior * of / records, 0.5))
        return replace(self, prior=prior, trained={**self.trained, "of": records})

    def keyed(self, key: bytes) -> LinkModel:
        """Return this model as it is stored: whoever lacks ``key`` cannot try which names and places are in it."""
        if any(frequency.key for frequency in self.frequencies.values()):
            return self
        return replace(self, frequencies={name: column.keyed(key) for name, column in self.frequencies.items()})

    def to_json(self) -> str:
        """Return the model file: canonical JSON with its hash."""
        return _canonical({**self._content(), "hash": self.hash})

    def _content(self) -> dict[str, object]:
        return {
            "form": FORM,
            "prior": self.prior,
            "calibration": list(self.calibration),
            "relatives": {
                "per_match": self.relatives.per_match,
                "name": {str(level): share for level, share in self.relatives.name.items()},
            },
            "trained": dict(self.trained),
            "comparisons": {
                name: {str(value): {"m": share.m, "u": share.u} for value, share in levels.items()}
                for name, levels in self.levels.items()
            },
            "frequencies": {
                name: {"total": frequency.total, "scale": frequency.scale, "counts": dict(frequency.counts)}
                for name, frequency in self.frequencies.items()
            },
        }


def model(
    prior: float,
    levels: Mapping[str, Mapping[int, tuple[float, float]]],
    frequencies: Mapping[str, Frequency],
    *,
    calibration: tuple[float, float] = (1.0, 0.0),
    relatives: Relatives | None = None,
    trained: Mapping[str, float | int | str] | None = None,
) -> LinkModel:
    """Return a model with numbers of six significant digits, so that the same training gives the same bytes."""
    return LinkModel(
        prior=rounded(prior),
        levels={
            name: {value: Share(rounded(m), rounded(u)) for value, (m, u) in shares.items()}
            for name, shares in levels.items()
        },
        frequencies=frequencies,
        calibration=(rounded(calibration[0]), rounded(calibration[1])),
        relatives=_rounded(relatives or Relatives()),
        trained=dict(trained or {}),
    )


def _rounded(relatives: Relatives) -> Relatives:
    name_shares = {level: rounded(share) for level, share in relatives.name.items()}
    return Relatives(rounded(relatives.per_match), name_shares)


def declared_model() -> LinkModel:
    """Return the declared model, for operations too small to learn from."""
    return model(
        1e-4,
        {
            comparison.name: {level.value: (level.m, level.u) for level in comparison.levels}
            for comparison in COMPARISONS
        },
        {column: Frequency(total=_BELIEVED_TOTAL[column]) for column in FREQUENCY_COLUMNS},
        calibration=(0.75, 0.0),
        trained={"by": "declaration", "records": 0},
    )


def read_model(text: str, *, key: bytes = b"") -> LinkModel:
    """Return the model of a file, whose hashes ``key`` made. Raises Refused where the file is not a model, or its hash
    or levels are wrong.
    """
    try:
        content = json.loads(text)
        levels = {
            name: {int(value): _share(name, value, share) for value, share in entry.items()}
            for name, entry in content["comparisons"].items()
        }
        frequencies = {
            name: Frequency(
                int(entry["total"]),
                {digest: int(count) for digest, count in entry["counts"].items()},
                float(entry["scale"]),
                key,
            )
            for name, entry in content["frequencies"].items()
        }
        slope, offset = map(float, content["calibration"])
        of_relatives = content["relatives"]
        name_shares = {int(level): float(share) for level, share in of_relatives["name"].items()}
        relatives = Relatives(float(of_relatives["per_match"]), name_shares)
        parsed = LinkModel(float(content["prior"]), levels, frequencies, (slope, offset), relatives, content["trained"])
        stated = content["hash"]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Refused("model-unreadable") from error
    require_complete(parsed)
    if stated != parsed.hash:
        raise Refused("model-hash-differs")
    return parsed


def _share(name: str, value: str, share: Mapping[str, float]) -> Share:
    m, u = share.get("m"), share.get("u")
    if not m or not u:
        raise Invalid("model-level-untrained", comparison=name, level=value)
    return Share(float(m), float(u))


def require_complete(candidate: LinkModel) -> None:
    """Raise Invalid where a level of a comparison has no valid m or u."""
    for comparison in COMPARISONS:
        for level in comparison.levels:
            share = candidate.levels.get(comparison.name, {}).get(level.value)
            if share is None or not (0 < share.m <= 1 and 0 < share.u <= 1):
                raise Invalid("model-level-untrained", comparison=comparison.name, level=level.value)
    for column in FREQUENCY_COLUMNS:
        if column not in candidate.frequencies:
            raise Invalid("model-level-untrained", comparison=column, level="frequencies")


def frequency(texts: Mapping[str, int]) -> Frequency:
    """Return the frequencies of texts, given the number of records that hold each; only common ones are listed."""
    counts = {text_hash(text): count for text, count in texts.items() if count >= _COMMON}
    return Frequency(sum(texts.values()), dict(sorted(counts.items())))


def _keyed(key: bytes, digest: str) -> str:
    return blake2b(digest.encode(), digest_size=8, key=key).hexdigest()


def text_hash(text: str) -> str:
    """Return 16 hexadecimal digits that stand for ``text`` in a model file."""
    digest = _TEXT.copy()  # Copied, because initialising takes longer than hashing a short text.
    digest.update(text.encode())
    return digest.hexdigest()


def rounded(number: float) -> float:
    """Return ``number`` with six significant digits; a positive number never becomes zero."""
    return float(f"{max(number, _SMALLEST) if number >= 0 else number:.{_DIGITS}g}")


def _canonical(content: Mapping[str, object]) -> str:
    return json.dumps(content, sort_keys=True, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
