"""Make a statement from figures: the only module that does.

In: a stored run of figures, the operation, what the desk adds (embargo, reason, stories, a quotation), what was issued
before. Out: a :class:`Statement`. Guaranteed: every number in it comes from that one run and carries its definition.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from traboule.core.language.languages import without_growing
from traboule.figures.compute import Computed
from traboule.figures.definition import dictionary
from traboule.figures.figure import Figure
from traboule.figures.intervals.simulation import SURE
from traboule.operation.operation import Operation
from traboule.release.statement import (
    FigureChange,
    Kind,
    Line,
    Past,
    PublishedDefinition,
    Quotation,
    ReleasedInterval,
    ReleaseStory,
    StatedPress,
    Statement,
)


@dataclass(frozen=True, slots=True)
class Added:
    """What the desk adds to the figures of a release."""

    kind: Kind
    reason: Mapping[str, str] = field(default_factory=dict)
    embargo_until: datetime | None = None
    stories: tuple[ReleaseStory, ...] = ()
    quotation: Quotation | None = None
    next_release: date | None = None


def state(operation: Operation, computed: Computed, added: Added, *, past: tuple[Past, ...], today: date) -> Statement:
    """Return the statement of the operation's next release after those of ``past``."""
    figures = [computed.figures.figure(name) for name in operation.figures]
    return Statement(
        operation=operation.code,
        titles=dict(operation.titles),
        start=operation.start,
        end=operation.end,
        kind=added.kind,
        number=past[-1].number + 1 if past else 1,
        issued_on=today,
        figures_hash=computed.figures.inputs_hash,
        lines=tuple(_line(figure, operation) for figure in figures),
        changes=tuple(
            FigureChange(difference.figure, difference.old, difference.new, difference.reasons())
            for difference in computed.context.since
            if difference.figure in operation.figures and difference.old != difference.new
        ),
        policy=operation.policy.to_json(),
        embargo_until=added.embargo_until,
        reason=added.reason,
        stories=added.stories,
        quotation=_quotation(operation, added.quotation),
        definitions=tuple(_definition(name, operation.policy.languages) for name in operation.figures),
        history=past,
        participants=tuple(sorted(operation.states)),
        press=_press(operation),
        country_names={code: dict(names) for code, names in operation.country_names.items()},
        next_release=added.next_release,
    )


def _press(operation: Operation) -> StatedPress:
    """Return what the operation file says for its communiqués, in the languages of its releases; what its spokesperson
    says is the quotation's."""
    texts = {
        key: {language: text for language, text in texts.items() if language in operation.policy.languages}
        for key, texts in operation.press.texts.items()
        if not key.startswith("spokesperson.")
    }
    return StatedPress(texts, operation.press.email, operation.press.phone)


def _quotation(operation: Operation, added: Quotation | None) -> Quotation | None:
    """Return the quotation of the release, by default the one of the operation's spokesperson; None without any."""
    name, function, text = (
        dict(operation.press.texts.get(f"spokesperson.{key}", {})) for key in ("name", "function", "quotation")
    )
    if added is None:
        return Quotation(name, text, function) if text else None
    return added if added.speaker else replace(added, speaker=name, function=function)


def _line(figure: Figure, operation: Operation) -> Line:
    return Line(
        figure=figure.id,
        value=figure.value,
        low=figure.low,
        high=figure.high,
        precision=figure.precision,
        of=figure.of if figure.of in operation.figures else None,
        unit=figure.unit,
        qualifier=figure.qualifier or "",
        declared_only=figure.declared_only,
        interval=ReleasedInterval(SURE, *figure.likely) if figure.likely and figure.precision == "exact" else None,
    )


def _definition(name: str, languages: tuple[str, ...]) -> PublishedDefinition:
    definition = dictionary()[name]
    caveats = tuple(without_growing(caveat, keep=languages) for caveat in definition.caveats)
    titles = without_growing(definition.titles, keep=languages)
    return PublishedDefinition(name, titles, definition.standard, caveats)
