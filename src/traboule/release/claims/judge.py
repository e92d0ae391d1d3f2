"""A number of a text beside the published one: the same, rounded, within bounds, or wrong.

In come a mention and a published figure; out goes how they stand to each other. It promises the benefit of the doubt:
"more than 2,000" is true of 2,517, "nearly 18,000" of 17,793, and "at least" and "about" of the published figure are
kept (rule 4). Pure arithmetic: no words of any language.
"""

from __future__ import annotations

from traboule.figures.published import PublishedFigure
from traboule.release.claims.reading.numerals.mention import Mention

CONFIRMED = "confirmed"
CONSISTENT = "consistent"
WRONG = "wrong"
DROPPED = "dropped_qualifier"
NOT_OURS = "not_ours"
VERDICTS: tuple[str, ...] = (CONFIRMED, CONSISTENT, DROPPED, WRONG, NOT_OURS)

SAME, ROUNDED, BOUND, RANGE, VAGUE, OFF = "same", "rounded", "bound", "range", "vague", "off"

# "About" and "nearly" allow a tenth; a plain round number may differ by what rounding to two digits can do.
_ABOUT = 0.10
_ROUND = 0.075
# "A good 13,000" may be a little less than that.
_GOOD = 0.02
# What "at least 1,800" may grow to before another number contradicts it.
_GROWTH = 0.10
# "Hundreds" of 2,517 would be odd, but "thousands" of 3,222 is right; nothing vague is ever wrong.
_VAGUE_SPAN = 60
_SHARE_POINTS = 0.04
_PERCENT_POINTS = 0.006
_SLIP_DIGITS = 3
_ROUND_TO = 100
_ROUND_SHARES = (0.2, 0.25, 0.3333, 0.5, 0.6667, 0.75)


def relation(mention: Mention, figure: PublishedFigure) -> str:
    """Return SAME, ROUNDED, BOUND (a true "more than"), RANGE, VAGUE or OFF."""
    right = figure.value
    if right is None:
        return OFF
    if mention.kind == "vague":
        return VAGUE if mention.value <= right <= mention.value * _VAGUE_SPAN else OFF
    if mention.high is not None:
        return RANGE if mention.value <= right <= mention.high else OFF
    if mention.value == right:
        return SAME
    if mention.approximate and mention.hedge == "more_than" and right < mention.value <= right * (1 + _GOOD):
        return ROUNDED
    return _hedged(mention.value, mention.hedge, right) or _plain(mention.value, mention.hedge, figure, right)


def exactly(mention: Mention, figure: PublishedFigure) -> bool:
    """Tell whether a SAME number also keeps the published precision: exact, about, at least."""
    if figure.precision == "exact":
        return mention.hedge in ("", "at_least", "up_to") and not mention.approximate
    if figure.precision == "about":
        return mention.hedge in ("about", "nearly")
    return mention.hedge in ("more_than", "at_least")


def share_relation(mention: Mention, right: float) -> str:
    """Return how a stated share stands to the published one: SAME, ROUNDED, BOUND or OFF. Both lie between 0 and 1."""
    spoken = any(abs(mention.value - share) < 1e-3 for share in _ROUND_SHARES)
    allowed = _SHARE_POINTS if spoken or mention.hedge else _PERCENT_POINTS
    if mention.high is not None:
        return BOUND if mention.value <= right <= mention.high else OFF
    if mention.hedge in ("more_than", "at_least") and mention.value <= right:
        return BOUND
    if mention.hedge in ("less_than", "up_to") and right <= mention.value:
        return BOUND
    if abs(mention.value - right) <= 5e-4:
        return SAME
    return ROUNDED if abs(mention.value - right) <= allowed else OFF


def far_share(mention: Mention, right: float) -> bool:
    """Tell whether a share is so far off that no rounding explains it: ten points of a hundred."""
    return abs(mention.value - right) > 0.1 and mention.high is None


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

    Of a round number nobody misreads a digit: 12,000 is another one than 14,000.
    """
    told, true = str(value), str(right)
    if len(told) != len(true) or len(told) < _SLIP_DIGITS or told == true or not told.isdecimal():
        return False
    differing = sum(one != other for one, other in zip(told, true, strict=True))
    # The digits of a longer number in any other order are that number's: 4,141 of 4,414.
    mixed = sorted(told) == sorted(true)
    return (differing == 1 and right % _ROUND_TO != 0) or (mixed and (differing == 2 or len(told) > _SLIP_DIGITS))


def exchanged(mention: Mention, figure: PublishedFigure) -> bool:
    """Tell whether a number has a published one's digits in another order: 42 for 24."""
    told, right = str(mention.value), str(figure.value)
    plain = not mention.hedge or exactly(mention, figure)
    return told != right and sorted(told) == sorted(right) and plain


def _hedged(value: float, hedge: str, right: int) -> str:
    if hedge in ("more_than", "at_least") and value <= right:
        return BOUND
    if hedge in ("less_than", "up_to") and right <= value:
        return BOUND
    # "Nearly 2,500" of 2,517 is loose speech, not a wrong number.
    if hedge == "nearly" and right * 0.98 <= value <= right * (1 + _ABOUT):
        return ROUNDED
    if hedge == "about" and abs(value - right) <= right * _ABOUT:
        return ROUNDED
    return ""


def _plain(value: float, hedge: str, figure: PublishedFigure, right: int) -> str:
    if figure.precision == "at_least" and right <= value <= right * (1 + _GROWTH):
        return BOUND
    if figure.precision == "about" and abs(value - right) <= right * _ABOUT:
        return ROUNDED
    beyond = (hedge in ("more_than", "at_least") and value > right) or (
        hedge in ("less_than", "up_to") and value < right
    )
    if figure.precision == "exact" and beyond:
        # "More than 2,600" is not true of 2,517.
        return OFF
    if _is_rounding(value, right) and abs(value - right) <= right * _ROUND:
        return ROUNDED
    return OFF


def _is_rounding(value: float, right: int) -> bool:
    """Tell whether ``value`` is ``right`` rounded, up or down, at the last digit that is no nought: 2,500 of 2,517."""
    whole = int(value)
    if whole < 100 or whole != value:
        return False
    noughts = len(str(whole)) - len(str(whole).rstrip("0"))
    return noughts > 0 and abs(whole - right) < 10**noughts
