"""What communiqués say of an operation: its form is checked with the file, what is missing is named, never refused."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from traboule.core.language.languages import LANGUAGES
from traboule.operation.check import check
from traboule.operation.document import read
from traboule.operation.operation import load, shipped, shipped_codes, shipped_text


def changed(**parts: Any) -> str:
    """Return the shipped file with other parts, None for one that is left out."""
    content = {**read(shipped_text("liberterra-ii")).content, **parts}
    return yaml.safe_dump({key: part for key, part in content.items() if part is not None}, allow_unicode=True)


@pytest.mark.parametrize("code", shipped_codes())
def test_a_shipped_operation_says_all_that_its_releases_need(code: str) -> None:
    operation = shipped(code)
    assert operation.press.missing(operation.policy.languages) == ()


def test_what_is_missing_is_named_by_key_and_language() -> None:
    press = read(shipped_text("liberterra-ii")).content["press"]
    del press["about"]["fr"]
    del press["spokesperson"]
    del press["contact"]["email"]
    assert load(changed(press=press)).press.missing(("en", "fr")) == (
        ("press.about", ("fr",)),
        ("press.spokesperson.name", ("en", "fr")),
        ("press.spokesperson.function", ("en", "fr")),
        ("press.spokesperson.quotation", ("en", "fr")),
        ("press.contact.email", ()),
    )
    assert len(load(changed(press=None)).press.missing(LANGUAGES)) == 10


@pytest.mark.parametrize(
    ("parts", "code", "field"),
    [
        ({"press": {"nmae": {"en": "x"}}}, "operation-key-unknown", "press.nmae"),
        ({"press": {"about": "x"}}, "operation-not-mapping", "press.about"),
        ({"press": {"about": {"de": "x"}}}, "operation-language-unknown", "press.about.de"),
        ({"press": {"about": {"en": ""}}}, "operation-not-text", "press.about.en"),
        ({"press": {"contact": {"email": {"en": "x"}}}}, "operation-not-text", "press.contact.email"),
        ({"press": {"contact": {"fax": "x"}}}, "operation-key-unknown", "press.contact.fax"),
        ({"press": {"spokesperson": {"name": "x"}}}, "operation-not-mapping", "press.spokesperson.name"),
        ({"press": "x"}, "operation-not-mapping", "press"),
        ({"country_names": {"QZ": {"en": "x"}}}, "operation-state-unknown", "country_names.QZ"),
        ({"country_names": {"CI": "x"}}, "operation-not-mapping", "country_names.CI"),
    ],
)
def test_a_form_that_nobody_reads_is_a_fault(parts: dict[str, Any], code: str, field: str) -> None:
    assert [(finding.code, finding.field) for finding in check(read(changed(**parts)))] == [(code, field)]
