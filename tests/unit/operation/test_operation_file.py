"""An operation file: the shipped one is whole, and every fault that can be made in one is named with its line."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traboule.core.codes import vocabulary
from traboule.core.errors import Invalid, NotFound
from traboule.core.language.languages import LANGUAGES
from traboule.core.language.messages import catalogue
from traboule.operation import check as checking
from traboule.operation.check import check
from traboule.operation.document import read
from traboule.operation.operation import load, shipped, shipped_codes, shipped_text

TEXT = shipped_text("liberterra-ii")
FAULTS = catalogue("traboule.operation", "faults.yaml")


def faults(text: str) -> list[tuple[str, str, int]]:
    return [(finding.code, finding.field, finding.row) for finding in check(read(text))]


def line_of(text: str, beginning: str) -> int:
    return next(n for n, line in enumerate(text.splitlines(), start=1) if line.startswith(beginning))


class TestTheShippedOperation:
    operation = shipped("liberterra-ii")

    def test_it_holds_the_facts_that_were_published(self) -> None:
        assert (self.operation.start, self.operation.end) == (date(2024, 9, 29), date(2024, 10, 4))
        assert len(self.operation.participants) == len(self.operation.states) == 116
        assert set(self.operation.coordination_units) == {"AR", "SN", "PH", "MK"}
        assert set(self.operation.titles) == set(LANGUAGES)

    def test_the_states_of_the_public_record_take_part_and_owe_a_return(self) -> None:
        states = {
            "AR",
            "PH",
            "ML",
            "CR",
            "MK",
            "IQ",
            "TR",
            "GB",
            "TN",
            "DZ",
            "RS",
            "ME",
            "BR",
            "TG",
            "RO",
            "SN",
            "CN",
            "FR",
            "NO",
        }
        assert states <= self.operation.required_states
        assert self.operation.required_states == self.operation.states

    def test_it_says_that_its_list_of_participants_is_not_the_published_one(self) -> None:
        assert "has never been published" in TEXT
        assert "plausible" in TEXT

    def test_migrants_are_counts_and_the_policy_protects_minors_more(self) -> None:
        assert self.operation.person_rows_for_migrants is False
        assert self.operation.policy.minors_threshold > self.operation.policy.threshold > 1
        assert self.operation.policy.languages == LANGUAGES

    def test_every_operation_that_is_shipped_loads_under_its_own_code(self) -> None:
        assert [shipped(code).code for code in shipped_codes()] == list(shipped_codes())

    def test_an_operation_that_is_not_shipped_is_not_found(self) -> None:
        with pytest.raises(NotFound):
            shipped("../liberterra-ii")

    def test_both_ends_of_the_window_lie_inside_it(self) -> None:
        assert self.operation.contains(date(2024, 9, 29))
        assert self.operation.contains(datetime.fromisoformat("2024-10-04T23:59:59"))
        assert not self.operation.contains(datetime.fromisoformat("2024-09-28T23:59:59"))
        assert not self.operation.contains(date(2024, 10, 5))


def test_the_hash_is_of_what_is_said_and_not_of_how() -> None:
    operation = load(TEXT)
    assert load("# A note.\n" + TEXT).content_hash == operation.content_hash
    assert load(TEXT.replace("threshold: 10", "threshold:   10")).content_hash == operation.content_hash
    assert load(TEXT.replace("threshold: 10", "threshold: 11")).content_hash != operation.content_hash
    assert len(operation.content_hash) == 64


def test_a_file_is_read_by_its_path_too(tmp_path: Path) -> None:
    path = tmp_path / "operation.yaml"
    path.write_text("\ufeff" + TEXT, encoding="utf-8")
    assert load(path) == load(TEXT)
    path.write_text(TEXT.replace("2024-10-04", "2024-09-04"), encoding="utf-8")
    with pytest.raises(Invalid) as caught:
        load(path)
    assert caught.value.findings[0].sheet == "operation.yaml"


# What is changed in the whole file, the fault it must give, and the key and line at which it must be named.
CHANGES = [
    ("code: liberterra-ii", "code: Liberterra II", "operation-code-malformed", "code", "code:"),
    ("code: liberterra-ii", "code: [a]", "operation-not-text", "code", "code:"),
    ("code: liberterra-ii", f"code: {'a' * 65}", "operation-code-malformed", "code", "code:"),
    ("  fr: Liberterra II\n", "", "operation-title-missing", "title", "title:"),
    ("  ar: ليبرتيرا الثانية", "  ar: ''", "operation-title-missing", "title", "title:"),
    ("  ar: ليبرتيرا", "  de: Liberterra\n  ar: ليبرتيرا", "operation-key-unknown", "title.de", "  de:"),
    ("start: 2024-09-29", "start: 2024-10-29", "operation-window-reversed", "window", "window:"),
    ("start: 2024-09-29", "start: 29/09/2024", "operation-date-unreadable", "window.start", "  start:"),
    ("start: 2024-09-29", "start: 2024-09-31", "operation-date-unreadable", "window.start", "  start:"),
    ("  start: 2024-09-29\n", "", "operation-key-missing", "window.start", "window:"),
    ("{state: AO,", "{state: ZZ,", "operation-state-unknown", "participants.1.state", "  - {state: ZZ"),
    ("{state: AO,", "{state: Angola,", "operation-state-unknown", "participants.1.state", "  - {state: Angola"),
    ("{state: AO, required: true}", "AO", "operation-not-mapping", "participants.1", "  - AO"),
    ("{state: BI,", "{state: AO,", "operation-state-twice", "participants.3.state", None),
    (
        "{state: AO, required: true}",
        "{state: AO}",
        "operation-key-missing",
        "participants.1.required",
        "  - {state: AO",
    ),
    (
        "{state: AO, required: true",
        "{state: AO, required: 1",
        "operation-not-truth",
        "participants.1.required",
        "  - {state: AO",
    ),
    (
        "[AR, SN, PH, MK]",
        "[AR, SN, PH, XK]",
        "operation-unit-not-participant",
        "coordination_units.4",
        "coordination_units",
    ),
    ("[AR, SN, PH, MK]", "[AR, QQ]", "operation-state-unknown", "coordination_units.2", "coordination_units"),
    ("[AR, SN, PH, MK]", "AR", "operation-not-list", "coordination_units", "coordination_units"),
    ("  - arrests\n", "  - arests\n", "operation-figure-unknown", "figures.2", "  - arests"),
    ("  - arrests\n", "  - participants\n", "operation-entry-twice", "figures.2", None),
    ("[countries, exp", "[lands, exp", "operation-vocabulary-unknown", "vocabularies.1", "vocabularies"),
    ("migrants: false", "migrants: no", "operation-not-truth", "person_rows_for_migrants", "person_rows"),
    ("  threshold: 10\n", "", "operation-key-missing", "release.threshold", "release:"),
    (
        "  rounding: 5",
        "  rounding: 5\n  protection: hiding",
        "operation-protection-unknown",
        "release.protection",
        "  prot",
    ),
    (
        "  rounding: 5",
        "  rounding: 2\n  protection: rounding",
        "operation-number-too-small",
        "release.rounding",
        "  round",
    ),
    ("  threshold: 10", "  threshold: 1", "operation-number-too-small", "release.threshold", "  threshold"),
    ("  threshold: 10", "  threshold: ten", "operation-number-too-small", "release.threshold", "  threshold"),
    (
        "  minors_threshold: 20",
        "  minors_threshold: -20",
        "operation-number-too-small",
        "release.minors_threshold",
        "  minors",
    ),
    ("[en, fr, es, ar]", "[en, de]", "operation-language-unknown", "release.languages.2", "  languages"),
    ("release:\n", "release: 5\nx:\n", "operation-not-mapping", "release", "release"),
    (
        '{kind: phone, value: "145"',
        '{kind: fax, value: "145"',
        "operation-identifier-kind-unknown",
        "stop_list.3.kind",
        "  - {kind: fax",
    ),
    (
        '{kind: phone, value: "145",',
        "{kind: phone,",
        "operation-key-missing",
        "stop_list.3.value",
        "  - {kind: phone, reason",
    ),
    ("window:\n", "color: red\nwindow:\n", "operation-key-unknown", "color", "color"),
    ("window:\n", "code: other\nwindow:\n", "operation-key-twice", "code", "code: other"),
    ("vocabularies: [", "vocabularies: *units\nx: [", "operation-alias", "vocabularies", "vocabularies"),
]


@pytest.mark.parametrize(("old", "new", "code", "key", "at"), CHANGES)
def test_each_fault_is_named_with_its_key_and_line(old: str, new: str, code: str, key: str, at: str | None) -> None:
    assert TEXT.count(old) >= 1, "the change must find its place"
    changed = TEXT.replace(old, new, 1)
    if "*units" in new:
        changed = changed.replace("coordination_units: [", "coordination_units: &units [")
    rows = [(row) for fault_code, field, row in faults(changed) if (fault_code, field) == (code, key)]
    assert rows, faults(changed)
    if at is not None:
        assert rows == [line_of(changed, at)]
    with pytest.raises(Invalid):
        load(changed)


def test_all_faults_come_at_once_in_the_order_of_the_lines() -> None:
    changed = (
        TEXT.replace("2024-10-04", "2024-01-01").replace("{state: AO,", "{state: ZZ,").replace("threshold: 10", "x: 1")
    )
    with pytest.raises(Invalid) as caught:
        load(changed)
    codes = [finding.code for finding in caught.value.findings]
    assert {"operation-window-reversed", "operation-state-unknown", "operation-key-missing"} <= set(codes)
    rows = [finding.row for finding in caught.value.findings]
    assert rows == sorted(rows)
    for language in LANGUAGES:
        assert str(len(codes)) in caught.value.sentence(language)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "just words",
        "- a\n- b",
        "a: [",
        "a: b: c",
        "\t- x",
        "[" * 50_000,
        "a: \x00",
        "x" * 1_000_001,
        "--- 1\n--- 2",
    ],
    ids=lambda text: text[:12],
)
def test_what_is_no_operation_file_is_refused_in_words(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        load(text)
    assert caught.value.code == "operation-file-unreadable"
    without_keys = text in {"", "just words", "- a\n- b"}
    assert [finding.code for finding in caught.value.findings] == [
        "operation-without-keys" if without_keys else "operation-unreadable"
    ]


def test_a_file_that_would_grow_without_end_is_not_followed() -> None:
    laughs = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n"
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    assert "operation-alias" in {code for code, _, _ in faults(laughs)}
    assert "operation-alias" in {code for code, _, _ in faults("a: &a\n  b: *a\n")}


def test_a_release_in_a_growing_language_needs_the_title_in_it() -> None:
    wanted = TEXT.replace("[en, fr, es, ar]", "[pt, en]", 1)
    assert [(code, field) for code, field, _ in faults(wanted)] == [("operation-title-missing", "title")]
    assert faults(wanted.replace("  ar: ليبرتيرا", "  pt: Liberterra II\n  ar: ليبرتيرا", 1)) == []


def test_a_growing_language_that_lacks_words_of_a_release_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "SPOKEN_LANGUAGES", (*LANGUAGES, "de"))
    findings = check(read(TEXT.replace("[en, fr, es, ar]", "[en, de]", 1)))
    assert [(finding.code, finding.field) for finding in findings] == [
        ("operation-language-growing", "release.languages.2")
    ]
    assert findings[0].values["first"] == "locale/de/communique.yaml"
    assert int(str(findings[0].values["count"])) > 400


def test_every_fault_has_its_words_and_every_word_its_fault() -> None:
    codes = {code for old, new, code, _, _ in CHANGES}
    codes |= {"operation-unreadable", "operation-without-keys"}
    codes |= {"operation-no-participants", "operation-language-growing"}
    assert codes == set(FAULTS)
    for code, wording in FAULTS.items():
        for part in ("message", "advice"):
            assert all(wording[part].get(language, "").strip() for language in LANGUAGES), (code, part)


def test_an_operation_without_participants_is_none() -> None:
    assert ("operation-no-participants", "participants") in {
        (code, field)
        for code, field, _ in faults(
            TEXT[: TEXT.index("participants:")] + "participants: []\n" + TEXT[TEXT.index("figures:") :]
        )
    }


def test_every_figure_asked_for_is_a_measure_or_the_participants() -> None:
    assert set(shipped("liberterra-ii").figures) - set(vocabulary("measures").codes) == {"participants"}


@given(st.text(max_size=200))
def test_no_text_makes_it_raise_anything_but_invalid(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        load(text)
    assert caught.value.findings
