"""Compare a number of a text with a published one: the same, rounded, within bounds, or off.

In: a mention and a published figure. Out: how they stand to each other. "More than 2,000" is true of 2,517 and "nearly
18,000" of 17,793; "over 2,517" and "nearly 19,000" are not. The "at least" and "about" of the published figure count
(rule 4). Pure arithmetic: no words of any language.
"""

from __future__ import annotations

from traboule.factcheck.measures import FRACTIONS, TOLERANCES
from traboule.factcheck.reading.numerals.hedge_kinds import admits, excludes_itself, hedge_kinds, precision
from traboule.factcheck.reading.numerals.mention import Mention
from traboule.figures.published import PublishedFigure

CONFIRMED = "confirmed"
CONSISTENT = "consistent"
WRONG = "wrong"
DROPPED = "dropped_qualifier"
NOT_OURS = "not_ours"
VERDICTS: tuple[str, ...] = (CONFIRMED, CONSISTENT, DROPPED, WRONG, NOT_OURS)

SAME, ROUNDED, BOUND, RANGE, VAGUE, OFF = "same", "rounded", "bound", "range", "vague", "off"

_COUNT, _SHARE = TOLERANCES["count"], TOLERANCES["share"]
_SLIP_DIGITS = 3


def relation(mention: Mention, figure: PublishedFigure) -> str:
    """Return SAME, ROUNDED, BOUND (a true "more than"), RANGE, VAGUE or OFF."""
    right = figure.value
    if right is None:
        return OFF
    if mention.kind == "vague":
        return VAGUE if mention.value <= right <= mention.value * _COUNT["vague_span"] else OFF
    if mention.high is not None:
        return RANGE if mention.value <= right <= mention.high else OFF
    if mention.value == right:
        # "Over 2,517" is not true of 2,517; of what was published round, "about" or "at least", nobody knows.
        telling = figure.precision == "exact" and precision(right) == 1
        return OFF if telling and excludes_itself(mention.hedge) else SAME
    if mention.hedge and admits(mention.hedge, mention.value, right, approximate=mention.approximate):
        return BOUND if hedge_kinds()[mention.hedge].bounds else ROUNDED
    return _plain(mention.value, mention.hedge, figure, right)


def exactly(mention: Mention, figure: PublishedFigure) -> bool:
    """Tell whether a SAME number also keeps the published precision: exact, about, at least."""
    if figure.precision == "exact":
        return mention.hedge in ("", "at_least", "up_to") and not mention.approximate
    if figure.precision == "about":
        return mention.hedge in ("about", "nearly", "close_to")
    return mention.hedge in ("more_than", "at_least", "just_over", "a_good")


def share_relation(mention: Mention, right: float) -> str:
    """Return how a stated share compares with the published one: SAME, ROUNDED, BOUND or OFF. Both lie in 0–1."""
    if mention.high is not None:
        return BOUND if mention.value <= right <= mention.high else OFF
    if mention.hedge and hedge_kinds()[mention.hedge].bounds:
        return BOUND if admits(mention.hedge, mention.value, right) else OFF
    difference = abs(mention.value - right)
    if difference <= _SHARE["same"]:
        return SAME
    if _is_spoken(mention):
        return ROUNDED if difference <= _SHARE["spoken"] else OFF
    percent = round(100 * mention.value, 4)
    if mention.hedge and admits(mention.hedge, percent, 100 * right):
        return ROUNDED
    return ROUNDED if difference <= _SHARE["percent"] else OFF


def far_share(mention: Mention, right: float) -> bool:
    """Tell whether no rounding explains a share: it is off by a percentage point, or by five if it is in words."""
    far = _SHARE["spoken_wrong"] if _is_spoken(mention) else _SHARE["percent"]
    return abs(mention.value - right) > far and mention.high is None and share_relation(mention, right) == OFF


def _is_spoken(mention: Mention) -> bool:
    """Tell whether a share is a fraction in words or a ratio: "a third", "two in three"."""
    return mention.approximate or any(abs(mention.value - share) < _SHARE["same_fraction"] for share in FRACTIONS)


def likeness(value: float, right: int) -> float:
    """Return how alike two sizes are: 1 for the same, 0.5 for double or half."""
    if value <= 0 or right <= 0:
        return 0.0
    return min(value, right) / max(value, right)


def slip(mention: Mention, figure: PublishedFigure) -> bool:
    """Tell whether a number is a published one with digits exchanged or one misread; never of fewer than three."""
    return not mention.hedge and slipped(mention.value, figure.value or 0)


def slipped(value: float, right: float) -> bool:
    """Tell whether ``value`` is ``right`` with digits exchanged or one misread; never of fewer than three.

    A round number is not misread: 12,000 is another number than 14,000.
    """
    digits, true = str(value), str(right)
    if len(digits) != len(true) or len(digits) < _SLIP_DIGITS or digits == true or not digits.isdecimal():
        return False
    differing = sum(digit != true_digit for digit, true_digit in zip(digits, true, strict=True))
    # The digits of a longer number in any other order are that number's: 4,141 of 4,414.
    mixed = sorted(digits) == sorted(true)
    return (differing == 1 and right % _COUNT["round_to"] != 0) or (
        mixed and (differing == 2 or len(digits) > _SLIP_DIGITS)
    )


def exchanged(mention: Mention, figure: PublishedFigure) -> bool:
    """Tell whether a number has a published one's digits in another order: 42 for 24."""
    digits, right = str(mention.value), str(figure.value)
    plain = not mention.hedge or exactly(mention, figure)
    return digits != right and sorted(digits) == sorted(right) and plain


def _plain(value: float, hedge: str, figure: PublishedFigure, right: int) -> str:
    """Return the relation of a number that its hedge does not make true."""
    if figure.precision == "at_least" and right <= value <= right * (1 + _COUNT["growth"]):
        return BOUND
    if figure.precision == "about" and abs(value - right) <= right * _COUNT["about"]:
        return ROUNDED
    return ROUNDED if not hedge and _is_rounding(value, right) else OFF


def _is_rounding(value: float, right: int) -> bool:
    """Tell whether a round number is ``right`` rounded at its last non-zero digit: 2,500 of 2,517."""
    is_round = value >= _COUNT["least_round"] and precision(value) > 1
    return is_round and abs(value - right) <= min(precision(value) / 2, right * _COUNT["about"])
