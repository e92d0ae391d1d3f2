"""Whatever stands in the cells: every row is accounted for, order does not matter, nothing fails."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.counted_work import python_steps
from tests.returns_raw import about_one_person, checked, large, operation

from traboule.core.codes import vocabulary
from traboule.core.errors import Invalid
from traboule.core.findings import Finding, Severity
from traboule.core.language.languages import LANGUAGES
from traboule.returns.check import check
from traboule.returns.checked import CheckedReturn
from traboule.returns.content import content_hash
from traboule.returns.faults import advice, message
from traboule.returns.form import Field, form

words = st.sampled_from(
    [
        *("", "P1", "P2", "unknown", "n/a", "?", "ML", "Mali; Togo", "female", "suspect", "arrests", "person", "phone"),
        *("2024-10-01", "03/10/2024", "31/02/2024", "2024", "45566", "٣٠/٠٩/٢٠٢٤", "1,234", "12", "-4", "999", "1e9"),
        *("ActualVictimOfTrafficking", "possible_victim", "smuggled_migrant", "both", "=1+1", "+223 65 00 12 34"),
    ]
)
anything = st.one_of(
    words,
    st.text(max_size=40),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.dates(date(1, 1, 1), date(9999, 12, 31)),
    st.datetimes(),
)


@st.composite
def wild_tables(draw: st.DrawFn) -> dict[str, list[dict[str, Any]]]:
    """Rows of any tables, any fields, any contents."""
    names = draw(st.lists(st.sampled_from(sorted(form().row_tables)), min_size=1, max_size=5, unique=True))
    tables = {}
    for name in sorted(names):
        fields = st.sampled_from(list(form().tables[name].fields))
        tables[name] = draw(st.lists(st.dictionaries(fields, anything, max_size=9), min_size=1, max_size=4))
    return tables


days = st.dates(date(2024, 9, 25), date(2024, 10, 8)).map(date.isoformat)


def cells(field: Field) -> st.SearchStrategy[Any]:
    """Contents of the field's own type, three times out of four."""
    typed: st.SearchStrategy[Any] = words
    if field.vocabulary is not None:
        typed = st.sampled_from(vocabulary(field.vocabulary).codes[:40])
    elif field.type in ("date", "moment"):
        typed = st.one_of(days, st.sampled_from(["2024", "1990-05", "2012"]))
    elif field.type in ("integer", "number"):
        typed = st.integers(0, 12)
    elif field.type == "reference":
        typed = st.sampled_from(["P0", "P1", "P2"])
    return st.one_of(typed, typed, typed, words)


@st.composite
def tame_tables(draw: st.DrawFn) -> dict[str, list[dict[str, Any]]]:
    """Rows whose cells are mostly of their type and required fields filled, each row with a name of its own."""
    tables: dict[str, list[dict[str, Any]]] = {}
    for name in ("people", "roles", "victims", "arrests", "legs", "identifiers", "migrants", "totals"):
        fields = {key: field for key, field in form().tables[name].fields.items() if key != "row_id"}
        required = {key: cells(field) for key, field in fields.items() if field.required}
        optional = {key: cells(field) for key, field in fields.items() if not field.required}
        rows = draw(st.lists(st.fixed_dictionaries(required, optional=optional), max_size=4))
        tables[name] = [{**row, "row_id": f"P{n}"} for n, row in enumerate(rows)]
    return tables


def attempt(tables: Mapping[str, list[dict[str, Any]]]) -> CheckedReturn | None:
    try:
        return checked(**tables)
    except Invalid as invalid:
        # Barred as a whole: nothing is entered, and everything found comes with the refusal.
        prove_words(invalid.findings)
        return None


def prove_words(findings: Sequence[Finding]) -> None:
    """Prove that something was found, and that all of it is said in every language."""
    assert findings
    for finding in findings:
        for language in LANGUAGES:
            assert message(finding, language)
            assert advice(finding, language)


@given(wild_tables())
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@pytest.mark.promise("every-row-accounted-for")
def test_no_content_of_cells_makes_the_check_fail_and_every_row_is_accounted_for(
    tables: dict[str, list[dict[str, Any]]],
) -> None:
    result = attempt(tables)
    if result is None:
        return
    rows = [row for every in result.tables.values() for row in every]
    assert result.filed == result.entered + result.held + result.refused == sum(map(len, tables.values()))
    assert result.held == sum(row.held for row in rows)
    assert result.entered == sum(not row.held for row in rows)
    assert result.refused == len(result.refused_rows)
    names = Counter((row.table, row.row_id) for row in rows)
    assert all(count == 1 for count in names.values())
    errors = {(finding.table, finding.row) for finding in result.findings if finding.severity is Severity.ERROR}
    assert {(row.table, row.row) for row in rows if row.held} <= errors
    for row in (*rows, *result.refused_rows):
        assert set(row.values) & set(row.missing) == set()
        "".join(row.as_filed.values()).encode()
        content_hash(row)
    if result.findings:
        prove_words(result.findings)


@given(tame_tables(), st.randoms(use_true_random=False))
@settings(deadline=None)
def test_the_order_of_rows_changes_no_finding_of_a_row(tables: dict[str, list[dict[str, Any]]], chance: Any) -> None:
    shuffled = {name: chance.sample(rows, len(rows)) for name, rows in sorted(tables.items(), reverse=True)}
    in_order, mixed = attempt(tables), attempt(shuffled)
    assert (in_order is None) == (mixed is None)
    if in_order is None or mixed is None:
        return
    assert faults(in_order) == faults(mixed)
    assert (in_order.entered, in_order.held, in_order.refused) == (
        mixed.entered,
        mixed.held,
        mixed.refused,
    )


def faults(result: CheckedReturn) -> dict[tuple[str, str], tuple[object, ...]]:
    return {
        (row.table, row.row_id): (row.faults, row.held, content_hash(row))
        for rows in result.tables.values()
        for row in rows
    }


@given(tame_tables())
@settings(deadline=None)
def test_checking_twice_gives_the_same(
    tables: dict[str, list[dict[str, Any]]],
) -> None:
    result = attempt(tables)
    if result is None:
        return
    assert result == attempt(tables)


def test_every_row_of_a_large_return_is_entered_in_some_hundred_steps() -> None:
    """600 steps a row are usual; bench/bars.py times them: 10,000 rows a second at least."""
    result = check(large(20_000, 0), form(), operation())
    assert result.filed == result.entered == 20_000
    assert python_steps(check, large(2_000, 1), form(), operation()) < 1_000 * 2_000


def test_the_work_grows_with_the_rows_and_no_faster() -> None:
    """Four times the rows, all of them faulty and all about one person: quadratic work would take sixteen times."""
    check(about_one_person(10), form(), operation())
    steps = [python_steps(check, about_one_person(rows), form(), operation()) for rows in (500, 2_000)]
    assert steps[1] < 5 * steps[0]
