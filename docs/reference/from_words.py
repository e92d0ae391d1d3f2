"""Reference pages read from the program's YAML: figures, the form of a return, vocabularies, faults.

In: definitions, forms, vocabularies and catalogues. Out: Markdown. Whatever kind of thing is met that has no words
here stops the generation: the reference is whole or it is not written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from markdown import LANGUAGE_NAMES, SOURCE, code, codes, label, link, page, table, text, yes

from traboule.core.codes import Vocabulary, vocabulary, vocabulary_names
from traboule.core.language.languages import LANGUAGES, SPOKEN_LANGUAGES
from traboule.core.language.messages import catalogue
from traboule.figures.definition import Condition, FigureDefinition, Population, dictionary
from traboule.returns.form import COVER, Field, TableForm, form

RULES = "../explanation/rules.md"

POPULATIONS = {
    Population.RETURNS: "states with a return in force",
    Population.PERSONS: "persons, after linkage",
    Population.ARRESTS: "arrests: one person, one arresting state, one instant",
    Population.TALLIES: "counts that rows carry",
}
REQUIRED_OF_PERSONS = {"minor": "Only persons who are minors, by whichever of their records says so."}

TYPES = {
    "text": "text, up to the length given",
    "code": "one code of a vocabulary; a label or another spelling of it, in any of the four languages, is read too",
    "codes": "several codes of a vocabulary, separated by semicolons",
    "integer": "a whole number, in Latin, Arabic-Indic or Persian digits",
    "number": "a number",
    "date": "a day, or a month or year where no more is known",
    "moment": "a day, with the time where it is known, local to the action",
    "reference": "the row ID of a row in another table of the same agency",
    "references": "several such row IDs",
}

# Where faults stand, in the order of the page: package, file, heading.
FAULT_FILES = (
    ("traboule.returns", "reading/faults.yaml", "The file"),
    ("traboule.returns", "faults/returns.yaml", "The return as a whole"),
    ("traboule.returns", "faults/rows.yaml", "Rows"),
    ("traboule.returns", "faults/cells.yaml", "Cells"),
    ("traboule.operation", "faults.yaml", "Operation files"),
    ("traboule.release", "faults.yaml", "Texts of a release"),
)


def figures() -> str:
    """Return the page of figures."""
    about = (
        "What each figure *is*, in the order in which they are published. How a number comes about is told in "
        "[How a number is made](../explanation/how-a-number-is-made.md)."
    )
    return page("Figures", about, [part for one in dictionary().values() for part in _figure(one)])


def _figure(definition: FigureDefinition) -> Iterator[str]:
    yield f"## {definition.id}"
    yield table(
        [LANGUAGE_NAMES[language] for language in LANGUAGES],
        [[label(definition.titles[language], language) for language in LANGUAGES]],
    )
    declared = definition.declared
    facts = {
        "Counts": POPULATIONS[definition.population],
        "Unit": code(definition.unit),
        "Qualifier": code(definition.qualifier or ""),
        "Of which": f"a part of {link(definition.of)}" if definition.of else "",
        "Rows counted": "; or ".join(_condition(one) for one in definition.filter),
        "Also required": REQUIRED_OF_PERSONS[definition.requires] if definition.requires else "",
        "Adds up": code(definition.amount),
        "Distinct by": codes(definition.distinct_by),
        "Precision": code(definition.precision),
        "Declared as": codes(declared.measures),
        "Or as the union of": codes(declared.union),
        "Declared in units": codes(declared.units),
        "Broken down by": ", ".join(f"{code(name)} ({kind})" for name, kind in definition.breakdowns.items()),
        "Standard": text(definition.standard),
        "Rules": f"[{', '.join(map(str, definition.rules))}]({RULES})",
    }
    yield table(("", ""), [(name, said) for name, said in facts.items() if said])
    yield "\n".join(f"- {text(caveat['en'])}" for caveat in definition.caveats)


def _condition(condition: Condition) -> str:
    said = f"rows of {link(condition.table, 'return-form.md')}"
    if condition.field:
        said += f" whose {code(condition.field)} is {' or '.join(code(one) for one in condition.among)}"
    if condition.unless:
        said += f", unless the same person has {' or '.join(_condition(one) for one in condition.unless)}"
    return said


def return_form() -> str:
    """Return the page of the form."""
    known = form()
    about = (
        f"Form version {known.version}: the tables of a return and what each field holds. A sheet may bear its name in "
        "any of the four languages, and so may each column. Help is given in English here; the workbook shows it in "
        "its own language."
    )
    types = {field.type for one in known.tables.values() for field in one.fields.values()}
    parts = [
        "## What a field holds",
        table(("Type", "Holds"), [(code(name), TYPES[name]) for name in TYPES if name in types]),
        "Any field that is not required may instead say that its value is unknown, was not asked, or does not apply; "
        f"these three, an empty cell and zero are different things ([rule 14]({RULES})). *Personal* fields are kept "
        "apart from the rest and read only by the state that filed them, the protection officer and linkage; the "
        "whole table of victims is kept that way too.",
        *(part for one in known.tables.values() for part in _table(one)),
    ]
    return page("The form of a return", about, parts)


def _table(one: TableForm) -> Iterator[str]:
    yield f"## {one.id}"
    yield text(one.about["en"]) + (" One value a field, not rows." if one.id == COVER else "")
    yield "Sheet: " + " · ".join(label(one.label[language], language) for language in LANGUAGES)
    headings = ["Field", "Holds", "Required", "Personal", *(LANGUAGE_NAMES[each] for each in LANGUAGES), "Help"]
    yield table(headings, [_field(field) for field in one.fields.values()])


def _field(field: Field) -> list[str]:
    holds = code(field.type)
    if field.vocabulary is not None:
        holds += f" of {link(field.vocabulary, 'vocabularies.md')}"
    elif field.refers_to is not None:
        holds += f" to {link(field.refers_to)}"
    elif field.type == "text":
        holds += f" up to {field.max_length}"
    labels = [label(field.label[language], language) for language in LANGUAGES]
    return [code(field.id), holds, yes(field.required), yes(field.personal), *labels, text(field.help["en"])]


def vocabularies() -> str:
    """Return the page of vocabularies."""
    about = (
        "Every list of codes a return may use, with its standard and its labels. **Extension** marks a code that is "
        "ours and not of the standard named. Other spellings that are read, too, stand in "
        "`src/traboule/core/vocabularies/`. Names of countries and territories are those of CLDR and take no position "
        "on anyone's status. Codes of the IOM Human Trafficking Case Data Standard are used under CC BY 4.0, with "
        "labels of ours; IOM does not endorse this use."
    )
    names = vocabulary_names()
    contents = " · ".join(link(name) for name in names)
    return page("Vocabularies", about, [contents, *(part for name in names for part in _vocabulary(vocabulary(name)))])


def _vocabulary(known: Vocabulary) -> Iterator[str]:
    yield f"## {known.name}"
    yield f"Standard: {text(known.standard)}.<br>Source: {text(known.source)}."
    notes = _notes(known)
    headings = [
        "Code",
        *(LANGUAGE_NAMES[language] for language in LANGUAGES),
        *(["Notes"] if any(notes.values()) else []),
    ]
    rows = []
    for each in known.codes:
        labels = [label(known.label(each, language), language) for language in LANGUAGES]
        rows.append([code(each), *labels, *([notes[each]] if any(notes.values()) else [])])
    yield table(headings, rows)


def _notes(known: Vocabulary) -> dict[str, str]:
    """Return what a vocabulary's file says of each code besides its labels and spellings."""
    declared = catalogue("traboule.core", f"vocabularies/{known.name}.yaml")
    said: dict[str, Mapping[str, Any]] = {str(entry["code"]): entry for entry in declared["codes"]}
    notes = {}
    for each in known.codes:
        entry = said.get(each, {})
        others = [name for name in entry if name not in ("code", "synonyms", "extension", *SPOKEN_LANGUAGES)]
        parts = ["**extension**"] if known.extension(each) else []
        parts += [f"{text(name.replace('_', ' '))}: {_spoken(entry[name])}" for name in others]
        notes[each] = "; ".join(parts)
    return notes


def _spoken(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return text(", ".join(map(str, value)) if isinstance(value, list) else value)


def fault_catalogues() -> dict[str, Mapping[str, Mapping[str, Any]]]:
    """Return heading -> code -> entry, for every catalogue of faults; LookupError for one that has no heading here."""
    found = {
        (package, name): {key: entry for key, entry in catalogue(package, name).items() if "message" in entry}
        for package, name, _ in FAULT_FILES
    }
    listed = {SOURCE.joinpath(*package.split(".")[1:], name) for package, name in found}
    for path in SOURCE.rglob("*.yaml"):
        if path not in listed and "\n  advice:" in path.read_text(encoding="utf-8"):
            raise LookupError(f"the faults of {path.relative_to(SOURCE)} have no heading in the reference")
    return {heading: found[package, name] for package, name, heading in FAULT_FILES}


def faults() -> str:
    """Return the page of faults."""
    about = (
        "Everything a check can say of a return or of an operation file. An **error** holds its row until the state "
        "corrects it; a **warning** lets the row in and asks the filer to look; a **finding** lets it in and tells the "
        "desk. `{name}` is filled in. French, Spanish and Arabic stand beside the English in "
        + ", ".join(code(f"src/{package.replace('.', '/')}/{name}") for package, name, _ in FAULT_FILES)
        + f", and every officer sees them in that officer's language. Rules are listed [here]({RULES})."
    )
    parts = []
    for heading, entries in fault_catalogues().items():
        rows = [
            (
                code(name),
                # A fault of an operation file names no severity: each one keeps the operation from being opened.
                str(entry.get("severity", "error")),
                text(entry.get("rule", "")),
                text(entry["message"]["en"]),
                text(entry["advice"]["en"]),
            )
            for name, entry in sorted(entries.items())
        ]
        parts += [f"## {heading}", table(("Code", "Severity", "Rule", "What is wrong", "What to do"), rows)]
    return page("Faults", about, parts)
