"""The form: complete in four languages, its identifiers final, its spellings unambiguous."""

import re
from importlib.resources import files

import pytest

from traboule.core.codes import vocabulary, vocabulary_names
from traboule.core.language.languages import GROWING_LANGUAGES, LANGUAGES
from traboule.core.language.messages import catalogue
from traboule.core.language.spelling import fold
from traboule.core.missing import MISSING, missing_label, read_missing
from traboule.returns.form import COVER, form

TABLES = [
    "cover", "totals", "actions", "people", "roles", "victims", "arrests", "migrants", "identifiers", "legs",
    "seizures", "checks", "hits", "investigations",
]  # fmt: skip
TYPES = {"text", "code", "codes", "integer", "number", "date", "moment", "reference", "references"}
FIELDS = [(table, field) for table in form().tables.values() for field in table.fields.values()]


def test_the_tables_stand_in_their_order():
    assert list(form().tables) == TABLES
    assert form() is form()


def test_every_row_table_begins_with_its_row_id_and_ends_with_evaluation_and_handling():
    for table in form().row_tables.values():
        names = list(table.fields)
        assert names[0] == "row_id"
        assert table.fields["row_id"].required
        assert table.fields["row_id"].max_length == 64
        assert names[-3:] == ["source", "information", "handling"]


def test_required_fields_are_those_agreed():
    required = {table.id: set(table.required) - {"row_id"} for table in form().tables.values()}
    assert required == {
        "cover": {"operation", "state", "agency", "version", "status", "as_of"},
        "totals": {"measure", "value"},
        "actions": {"kind", "start"},
        "people": set(),
        "roles": {"person", "role"},
        "victims": {"person", "status"},
        "arrests": {"person", "at", "attribution"},
        "migrants": {"detected_on", "count"},
        "identifiers": {"kind", "value"},
        "legs": {"order", "from_country", "to_country"},
        "seizures": {"kind"},
        "checks": {"kind", "count"},
        "hits": {"database"},
        "investigations": {"opened_on"},
    }


def test_personal_fields_are_those_kept_apart():
    personal = {(table.id, field.id) for table, field in FIELDS if field.personal}
    names = {"family_name", "given_names", "family_name_romanised", "given_names_romanised", "other_names"}
    expected = {("people", name) for name in names | {"birth_date", "birth_place"}}
    expected |= {("identifiers", "value"), ("identifiers", "remark"), ("victims", "promised_job")}
    assert personal == expected | {("actions", "narrative"), ("investigations", "narrative")}


@pytest.mark.parametrize(("table", "field"), FIELDS, ids=[f"{table.id}.{field.id}" for table, field in FIELDS])
def test_a_field_is_complete(table, field):
    assert field.type in TYPES
    assert (field.vocabulary is not None) == (field.type in ("code", "codes"))
    assert field.vocabulary is None or field.vocabulary in vocabulary_names()
    assert (field.refers_to is not None) == (field.type in ("reference", "references"))
    assert field.refers_to is None or field.refers_to in form().row_tables
    for language in LANGUAGES:
        assert field.label[language].strip()
        assert 0 < len(field.help[language]) <= 255
        assert "*" not in field.label[language]


def test_sheet_names_fit_a_workbook_and_differ():
    for language in LANGUAGES:
        names = [table.sheet_name(language) for table in form().tables.values()]
        assert len(set(names)) == len(TABLES)
        assert all(0 < len(name) <= 31 and not set(name) & set("[]:*?/\\'") for name in names)
        assert all(table.about[language] for table in form().tables.values())


def test_within_a_table_a_spelling_means_one_field():
    for table in form().tables.values():
        meant: dict[str, str] = {}
        for field in table.fields.values():
            for spelling in (field.id, *field.label.values(), *map(str, field.synonyms)):
                assert meant.setdefault(fold(spelling), field.id) == field.id, f"{table.id}: {spelling}"


def test_a_sheet_name_means_one_table():
    meant: dict[str, str] = {}
    for table in form().tables.values():
        for spelling in (table.id, *table.label.values(), *map(str, table.synonyms)):
            assert meant.setdefault(fold(spelling), table.id) == table.id, spelling


def test_every_label_of_a_list_is_read_back_as_its_code():
    for name in sorted({field.vocabulary for _, field in FIELDS if field.vocabulary}):
        code_list = vocabulary(name)
        for language in LANGUAGES:
            for code in code_list.codes:
                assert code_list.find(code_list.label(code, language)) == code
    for kind in MISSING:
        assert {read_missing(missing_label(kind, language)) for language in LANGUAGES} == {kind}


def test_every_structural_finding_is_worded_in_four_languages():
    for code, entry in catalogue("traboule.returns", "reading/faults.yaml").items():
        assert entry["severity"] in ("error", "warning", "finding"), code
        for part in ("message", "advice"):
            assert set(entry[part]) - set(GROWING_LANGUAGES) == set(LANGUAGES)
            places = {language: sorted(set(_places(entry[part][language]))) for language in LANGUAGES}
            assert len({tuple(placeholders) for placeholders in places.values()}) == 1, code


def _places(text: str) -> list[str]:
    """Return the names of the values in a text; those with a plural form are listed behind a colon."""
    return [piece.split("}")[0].split(":")[0] for piece in text.split("{")[1:]]


def test_the_cover_has_no_row_id():
    assert "row_id" not in form().tables[COVER].fields


def test_every_code_the_readers_use_is_worded_and_every_wording_is_used():
    folder = files("traboule.returns.reading")
    sources = "".join(part.read_text(encoding="utf-8") for part in folder.iterdir() if part.name.endswith(".py"))
    sources += files("traboule.returns").joinpath("read.py").read_text(encoding="utf-8")
    noted = set(re.findall(r"\"(R-FILE-[A-Z-]+)\"", sources))
    assert noted == set(catalogue("traboule.returns", "reading/faults.yaml"))
    refused = set(re.findall(r"\"(file-[a-z-]+|reader-[a-z]+)\"", sources))
    worded = catalogue("traboule.core", "errors.yaml")
    assert len(refused) > 20
    assert all(set(worded[code]) - set(GROWING_LANGUAGES) == set(LANGUAGES) for code in refused)
