"""Compose a communiqué: a statement said in one language, section by section.

In: a :class:`Statement` and a language. Out: a :class:`Communique`. Guaranteed: every number in it stands in the
statement; the same statement and language give the same sections.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from traboule.release.communique import tables
from traboule.release.communique.document import SECTIONS, Block, Communique, Section
from traboule.release.pictures import map as pictures
from traboule.release.statement import Kind, Line, ReleaseStory, Statement
from traboule.release.texts import PLACE
from traboule.release.wording import REFERENCE, ReleaseWording, texts_of, wording


def compose(statement: Statement, language: str) -> Communique:
    """Say ``statement`` in ``language``. Raises Invalid where the language's wording breaks a rule.

    Of a block that has several texts the first is said whose figures the statement has and none of which is nought; a
    block without one is left out: not every operation asks for every figure, and all it asks for stand in the table.
    """
    words = wording(language)
    blocks: dict[str, list[Block]] = {name: [] for name in SECTIONS}
    for entry in words.catalogue["blocks"]:
        if _due(entry.get("when"), statement):
            text = next((text for text in texts_of(entry) if _sayable(text, statement)), None)
            if entry["section"] == "countries" and text is not None and _repeats_lead(text, statement):
                continue
            blocks[entry["section"]] += [] if text is None else _blocks(entry["kind"], text, statement, words)
    sections = tuple(Section(name, _title(name, words), tuple(parts)) for name, parts in blocks.items() if parts)
    label, number = words.label("release"), words.number(statement.number)
    return Communique(
        language=language,
        right_to_left=words.right_to_left,
        title=next(block.text for block in blocks["opening"] if block.kind == "headline"),
        kind=statement.kind.value,
        status=f"{words.catalogue['kinds'][statement.kind.value]} · {label} {number}",
        issued=f"{words.label('issued')} {words.day(statement.issued_on)}",
        notice=_notice(statement, words),
        watermark=words.label("watermark") if statement.draft else "",
        sections=sections,
    )


def headline_figures(statement: Statement) -> tuple[Line, ...]:
    """Return the two figures that say most, fewer where no others were counted: one that is zero says nothing.

    They are of those with an ``acts`` entry, in the order of the English wording.
    """
    lines = {line.figure: line for line in statement.lines if line.value}
    return tuple(lines[name] for name in wording("en").catalogue["acts"] if name in lines)[:2]


def _title(section: str, words: ReleaseWording) -> str:
    titles: Mapping[str, str] = words.catalogue["labels"]["sections"]
    return titles.get(section, "")


def _sayable(text: str, statement: Statement) -> bool:
    figures = {line.figure for line in statement.lines if line.value}
    headline = len(headline_figures(statement))
    references = REFERENCE.findall(text)
    return all(name in figures for kind, name, _ in references if kind == "figure") and all(
        _RANKS[name] < headline for kind, name, _ in references if kind in ("headline", "act")
    )


def _repeats_lead(text: str, statement: Statement) -> bool:
    """Tell whether a text has no figure but those that the lead has told."""
    figures = {name for kind, name, _ in REFERENCE.findall(text) if kind == "figure"}
    return figures <= {line.figure for line in headline_figures(statement)}


SENTENCE_ENDS = (".", "!", "?", "…", "؟")
_RANKS = {"first": 0, "second": 1}


def _silent(statement: Statement) -> bool:
    """Tell whether some who take part have not reported: who took part is then not what the figure counts."""
    reported = {line.figure: line.value for line in statement.lines}.get("participants", 0)
    return reported < len(statement.participants)


def _counts(statement: Statement, figure: str) -> bool:
    return any(line.figure == figure and line.value for line in statement.lines)


def _parted(statement: Statement) -> bool:
    """Tell whether some arrests were made for other offences than those the operation is about."""
    values = {line.figure: line.value for line in statement.lines}
    return values.get("arrests", 0) > values.get("arrests_trafficking_or_smuggling", 0)


_DUE: Mapping[str, Callable[[Statement], bool]] = {
    "preliminary": lambda statement: statement.kind is Kind.PRELIMINARY,
    "revised": lambda statement: statement.kind is Kind.REVISED,
    "settled": lambda statement: statement.kind is not Kind.PRELIMINARY,
    "provisional": lambda statement: statement.kind is not Kind.FINAL,
    "final": lambda statement: statement.kind is Kind.FINAL,
    "changed": lambda statement: bool(statement.changes),
    "reasoned": lambda statement: bool(statement.reason),
    "regions": lambda statement: any(table.dimension == "region" for table in statement.tables),
    "mapped": lambda statement: pictures.mapped(statement) is not None,
    "stories": lambda statement: bool(statement.stories),
    "quoted": lambda statement: statement.quotation is not None,
    "participants": lambda statement: bool(statement.participants),
    "complete": lambda statement: statement.kind is Kind.FINAL or not _silent(statement),
    "incomplete": lambda statement: statement.kind is not Kind.FINAL and _silent(statement),
    "parted": _parted,
    "victims": lambda statement: _counts(statement, "potential_victims"),
    "migrants": lambda statement: _counts(statement, "irregular_migrants"),
    "ranged": lambda statement: any(line.interval for line in statement.lines),
    "estimated": lambda statement: any(line.precision == "about" for line in statement.lines),
    "scheduled": lambda statement: statement.kind is not Kind.FINAL and statement.next_release is not None,
    "unscheduled": lambda statement: statement.kind is not Kind.FINAL and statement.next_release is None,
    "pressed": lambda statement: bool(statement.press.texts),
}


def _due(when: str | None, statement: Statement) -> bool:
    return all(_DUE[condition](statement) for condition in (when or "").split())


def _notice(statement: Statement, words: ReleaseWording) -> str:
    parts = [words.label("draft")] if statement.draft else []
    # Nothing is issued before its embargo, so that an issued document under one would say what is over.
    if statement.draft and statement.embargo_until is not None:
        parts.append(f"{words.label('embargo')} {words.moment(statement.embargo_until)}")
    return " · ".join(parts)


def _blocks(kind: str, text: str, statement: Statement, words: ReleaseWording) -> list[Block]:
    make = _MAKERS.get(kind)
    if make is not None:
        return make(statement, words)
    return [Block(kind, _filled(text, statement, words), by=_dateline(statement, words) if kind == "lead" else "")]


def _dateline(statement: Statement, words: ReleaseWording) -> str:
    place = _press(statement, "place", words)
    return words.label("dateline").format(place=place, day=words.day(statement.issued_on)) if place else ""


def _press(statement: Statement, key: str, words: ReleaseWording) -> str:
    return statement.press.texts.get(key, {}).get(words.language, "")


def _filled(text: str, statement: Statement, words: ReleaseWording) -> str:
    return words.euphonic(REFERENCE.sub(lambda match: _say(match, statement, words), text))


def _say(match: re.Match[str], statement: Statement, words: ReleaseWording) -> str:
    kind, name, case = match.groups()
    if kind == "figure":
        return words.phrase(statement.line(name), oblique=bool(case))
    if kind == "headline":
        return words.phrase(headline_figures(statement)[_RANKS[name]])
    if kind == "act":
        act = str(words.catalogue["acts"][headline_figures(statement)[_RANKS[name]].figure])
        return _filled(act, statement, words)
    return _FACTS[kind](statement, words)


def _name(statement: Statement, words: ReleaseWording) -> str:
    return _press(statement, "name", words) or statement.titles.get(words.language, statement.titles["en"])


def _capitalised_name(statement: Statement, words: ReleaseWording) -> str:
    name = _name(statement, words)
    return name[:1].upper() + name[1:]


_FACTS: Mapping[str, Callable[[Statement, ReleaseWording], str]] = {
    "operation": lambda statement, words: statement.titles.get(words.language, statement.titles["en"]),
    "name": _name,
    "Name": _capitalised_name,
    "purpose": lambda statement, words: _press(statement, "purpose", words),
    "organisation": lambda statement, words: _press(statement, "organisation", words),
    "window": lambda statement, words: words.window(statement.start, statement.end),
    "date": lambda statement, words: words.day(statement.next_release) if statement.next_release else "",
    "kind": lambda statement, words: str(words.catalogue["kinds"][statement.kind.value]),
    "rounding": lambda statement, words: words.number(int(str((statement.policy or {}).get("rounding", 1)))),
}


def _masthead(statement: Statement, words: ReleaseWording) -> list[Block]:
    return [Block("masthead", _press(statement, "organisation", words), by=words.label("press_release"))]


def _quotation(statement: Statement, words: ReleaseWording) -> list[Block]:
    quotation = statement.quotation
    if quotation is None:
        return []
    text = words.quoted(_filled(quotation.texts[words.language], statement, words))
    speaker = (quotation.speaker.get(words.language, ""), quotation.function.get(words.language, ""))
    return [Block("quotation", text, by=words.label("name_separator").join(part for part in speaker if part))]


def _stories(statement: Statement, words: ReleaseWording) -> list[Block]:
    return [_case(story, statement, words) for story in statement.stories]


def _case(story: ReleaseStory, statement: Statement, words: ReleaseWording) -> Block:
    above = words.described(story.told, statement.country) if story.told is not None else ""
    texts = (part.get(words.language, "") for part in story.parts().values())
    return Block("case", above, paragraphs=tuple(_filled_case(text, story, statement, words) for text in texts if text))


def _filled_case(text: str, story: ReleaseStory, statement: Statement, words: ReleaseWording) -> str:
    def place(match: re.Match[str]) -> str:
        kind, code = match.groups()
        if kind == "state":
            return statement.country(code, words.language)
        return words.phrase(story.persons) if story.persons else ""

    return _filled(PLACE.sub(place, text), statement, words)


def _reason(statement: Statement, words: ReleaseWording) -> list[Block]:
    reason = statement.reason.get(words.language, "").strip()
    sentence = f"{reason[:1].upper()}{reason[1:]}"
    return [Block("paragraph", sentence if sentence.endswith(SENTENCE_ENDS) else f"{sentence}.")]


def _contact(statement: Statement, words: ReleaseWording) -> list[Block]:
    reached = (
        ("office", _press(statement, "contact.office", words)),
        ("email", statement.press.email),
        ("phone", statement.press.phone),
    )
    rows = tuple((words.label("contact", name), value) for name, value in reached if value)
    return [Block("contact", rows=rows, depths=(0,) * len(rows))]


def _about(statement: Statement, words: ReleaseWording) -> list[Block]:
    about = _press(statement, "about", words)
    return [Block("paragraph", about)] if about else []


_MAKERS: Mapping[str, Callable[[Statement, ReleaseWording], list[Block]]] = {
    "masthead": _masthead,
    "quotation": _quotation,
    "stories": _stories,
    "reason": _reason,
    "contact": _contact,
    "about": _about,
    **tables.MAKERS,
}
