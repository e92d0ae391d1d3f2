"""A model: what each level of each comparison says of a pair, in shares of matching and other pairs. JSON with a hash.

In comes what training found, or a model file; out goes a :class:`Model` that can score. It promises: the same
parameters give the same bytes and the same hash; a model in which a level lacks m or u is refused. Frequencies of
names and towns are kept under a keyless hash and only where common: a model names nobody.
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

FORM = 2  # The version of the file's form, not of the model.
_DIGITS = 6
_SMALLEST = 1e-12
_COMMON = 3  # Texts held by fewer records are rare, and not listed.
_TEXT = blake2b(digest_size=8, person=b"traboule-freq")
# Of how many records nothing is known, before anything is learned: a town then weighs what towns are declared to weigh.
_BELIEVED_TOTAL = {"sound": 10_000, "place": 10}


@dataclass(frozen=True, slots=True)
class Share:
    """Of one level: ``m`` of matching pairs, ``u`` of other pairs that can be compared at all are at it."""

    m: float
    u: float

    @property
    def bits(self) -> float:
        """Return the weight of the level, log2(m/u)."""
        return math.log2(self.m / self.u)


@dataclass(frozen=True, slots=True)
class Frequency:
    """How common the texts of one column are. ``counts``: hash of a text to records holding it, of ``total``.

    ``scale``: how much commoner a text is among the records that it is compared in than among all.
    """

    total: int
    counts: Mapping[str, int] = field(default_factory=dict)
    scale: float = 1.0

    def of(self, text: str) -> float:
        """Return the share of records that hold ``text``, less the pair at hand: what is rare must not look common."""
        return float(self._share(self.counts.get(text_hash(text), 0)))

    def of_each(self, texts: Iterable[str]) -> npt.NDArray[np.float64]:
        """Return the same of many texts."""
        return np.asarray(self._share(np.array([self.counts.get(text_hash(text), 0) for text in texts])))

    def _share(self, held: Any) -> Any:
        return np.maximum(held - 1.5, 0.5) / max(self.total, 1) * self.scale


@dataclass(frozen=True)
class Model:
    """``prior``: the chance that two random records match. ``levels``: comparison to level to shares.

    ``relatives``: how many there are, and how alike. ``calibration``: (slope, offset) from bits to log2 odds, found on
    synthetic truth. ``trained``: on what, in numbers; ``of``: the records of the operation that the prior speaks of.
    """

    prior: float
    levels: Mapping[str, Mapping[int, Share]]
    frequencies: Mapping[str, Frequency]
    calibration: tuple[float, float] = (1.0, 0.0)
    relatives: Relatives = field(default_factory=Relatives)
    trained: Mapping[str, float | int | str] = field(default_factory=dict)

    @cached_property
    def hash(self) -> str:
        """Return the SHA-256 of the canonical JSON, in hexadecimal."""
        return sha256(_canonical(self._content()).encode()).hexdigest()

    def expecting(self, records: int) -> Model:
        """Return this model for an operation of so many records; itself where it does not know of how many it speaks.

        The records of one person stay as many however large an operation grows, but pairs grow as its square: so the
        chance that two of them match falls. To be asked for once, when a model is taken over: then weights do not move.
        """
        of = int(self.trained.get("of", 0))
        if not of or records < 1:
            return self
        prior = rounded(min(self.prior * of / records, 0.5))
        return replace(self, prior=prior, trained={**self.trained, "of": records})

    def to_json(self) -> str:
        """Return the model file: canonical JSON with its own hash."""
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
                name: {"total": each.total, "scale": each.scale, "counts": dict(each.counts)}
                for name, each in self.frequencies.items()
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
) -> Model:
    """Return a model with numbers of six significant digits, so that the same training gives the same bytes."""
    return Model(
        prior=rounded(prior),
        levels={
            name: {value: Share(rounded(m), rounded(u)) for value, (m, u) in each.items()}
            for name, each in levels.items()
        },
        frequencies=frequencies,
        calibration=(rounded(calibration[0]), rounded(calibration[1])),
        relatives=_rounded(relatives or Relatives()),
        trained=dict(trained or {}),
    )


def _rounded(relatives: Relatives) -> Relatives:
    alike = {level: rounded(share) for level, share in relatives.name.items()}
    return Relatives(rounded(relatives.per_match), alike)


def declared_model() -> Model:
    """Return the model of what is believed before anything is learned: for operations too small to learn from."""
    return model(
        1e-4,
        {each.name: {level.value: (level.m, level.u) for level in each.levels} for each in COMPARISONS},
        {column: Frequency(total=_BELIEVED_TOTAL[column]) for column in FREQUENCY_COLUMNS},
        calibration=(0.75, 0.0),
        trained={"by": "declaration", "records": 0},
    )


def read_model(text: str) -> Model:
    """Return the model of a file. Raises Refused for a file that is none, or whose hash or levels do not hold."""
    try:
        read = json.loads(text)
        levels = {
            name: {int(value): _share(name, value, share) for value, share in each.items()}
            for name, each in read["comparisons"].items()
        }
        frequencies = {
            name: Frequency(
                int(each["total"]),
                {key: int(count) for key, count in each["counts"].items()},
                float(each["scale"]),
            )
            for name, each in read["frequencies"].items()
        }
        slope, offset = map(float, read["calibration"])
        of_relatives = read["relatives"]
        alike = {int(level): float(share) for level, share in of_relatives["name"].items()}
        relatives = Relatives(float(of_relatives["per_match"]), alike)
        found = Model(float(read["prior"]), levels, frequencies, (slope, offset), relatives, read["trained"])
        stated = read["hash"]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Refused("model-unreadable") from error
    require_complete(found)
    if stated != found.hash:
        raise Refused("model-hash-differs")
    return found


def _share(name: str, value: str, share: Mapping[str, float]) -> Share:
    m, u = share.get("m"), share.get("u")
    if not m or not u:
        raise Invalid("model-level-untrained", comparison=name, level=value)
    return Share(float(m), float(u))


def require_complete(found: Model) -> None:
    """Raise Invalid where a level of a comparison has no m or no u, or where either is no share."""
    for comparison in COMPARISONS:
        for level in comparison.levels:
            share = found.levels.get(comparison.name, {}).get(level.value)
            if share is None or not (0 < share.m <= 1 and 0 < share.u <= 1):
                raise Invalid("model-level-untrained", comparison=comparison.name, level=level.value)
    for column in FREQUENCY_COLUMNS:
        if column not in found.frequencies:
            raise Invalid("model-level-untrained", comparison=column, level="frequencies")


def frequency(texts: Mapping[str, int]) -> Frequency:
    """Return the frequencies of texts given with the number of records that hold each; only common ones are listed."""
    counts = {text_hash(text): count for text, count in texts.items() if count >= _COMMON}
    return Frequency(sum(texts.values()), dict(sorted(counts.items())))


def text_hash(text: str) -> str:
    """Return 16 hexadecimal digits that stand for ``text`` in a model file."""
    digest = _TEXT.copy()  # Begun once: reading its settings takes longer than a short text.
    digest.update(text.encode())
    return digest.hexdigest()


def rounded(number: float) -> float:
    """Return ``number`` with six significant digits, and never quite nothing."""
    return float(f"{max(number, _SMALLEST) if number >= 0 else number:.{_DIGITS}g}")


def _canonical(content: Mapping[str, object]) -> str:
    return json.dumps(content, sort_keys=True, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
