"""Things that link besides persons: companies, addresses, adverts, accounts; and that bad input links nothing."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.counted_work import python_steps
from tests.examples import examples

from traboule.core.language.languages import GROWING_LANGUAGES, LANGUAGES
from traboule.core.language.messages import catalogue
from traboule.linkage.explain import side_by_side
from traboule.linkage.stop_list import stop_list
from traboule.linkage.store.links import LINKS_SCHEMA
from traboule.linkage.things import scoring
from traboule.linkage.things.find import ThingResult, find_things
from traboule.linkage.things.shingles import agreement, signatures
from traboule.linkage.verdicts import JudgedPair, LinkVerdict

COLUMNS = pa.schema([(name, pa.string()) for name in ("record", "unit", "kind", "value", "issuer")])
OFFER = (
    "Hiring now! Customer service agents for a hotel in Bangkok, salary 1500 USD per month, free ticket and "
    "accommodation, no experience needed. WhatsApp +66 81 234 5679"
)
OFFER_AGAIN = (
    "HIRING NOW: customer service agents for our hotel in Bangkok, wage 1,800 USD per month, free ticket + "
    "accommodation, no experience needed!! Call +855 12 987 654"
)
OFFERS = {
    "fr": (
        "Recrutement urgent de serveuses à Dubaï, contrat de deux ans, logement gratuit, salaire de mille dollars",
        "Recrutement urgent de serveuses à Doha, contrat de deux ans, logement gratuit, salaire de 2000 dollars",
    ),
    "ar": (
        "مطلوب نادلات للعمل في فندق في دبي، عقد سنتان، سكن مجاني وتذكرة طيران، الراتب ألف دولار شهريا",
        "مطلوبٌ نادلات للعمل في فندق في الدوحة، عقد سنتان، سكن مجاني وتذكرة طيران، الراتب ألفا دولار شهريا",
    ),
    "ru": (
        "Срочно требуются официантки в гостиницу в Дубае, контракт на два года, бесплатное жилье и билет",
        "Срочно требуются официантки в гостиницу в Дохе, контракт на два года, бесплатное жильё и билет!!!",
    ),
    "zh": (
        "急招酒店客服人员前往曼谷工作,月薪一千五百美元,包吃包住包机票,无需经验,请联系微信",
        "急招酒店客服人员前往金边工作,月薪一千八百美元,包吃包住包机票,无需经验,请联系微信",
    ),
}


def found(
    *rows: tuple[str, str] | tuple[str, str, str], judged: Sequence[JudgedPair] = (), **entry: str
) -> ThingResult:
    """Return what links among (kind, value, issuer) rows, numbered from 0."""
    table = [
        {"record": f"FR/a/{place:03d}", "unit": "FR", "kind": row[0], "value": row[1], "issuer": (*row, "")[2] or None}
        for place, row in enumerate(rows)
    ]
    return find_things(pa.Table.from_pylist(table, schema=COLUMNS), stop_list([entry] if entry else []), judged)


def links(result: ThingResult) -> dict[tuple[int, int], dict[str, Any]]:
    return {(int(row["left"][-3:]), int(row["right"][-3:])): row for row in result.all_links.to_pylist()}


def only(result: ThingResult) -> dict[str, Any]:
    (row,) = result.all_links.to_pylist()
    return row


def test_the_table_is_that_of_persons() -> None:
    assert found().all_links.schema == LINKS_SCHEMA
    row = only(found(("email", "a.b@example.org"), ("email", "A.B@example.org")))
    assert (row["left"], row["right"], row["tier"], row["status"]) == ("FR/a/000", "FR/a/001", "strong", "automatic")


def test_the_bits_of_fields_and_prior_are_the_weight() -> None:
    for row in found(
        ("advert", OFFER), ("advert", OFFER_AGAIN), ("company", "A B C Trading"), ("company", "ABC Ltd")
    ).all_links.to_pylist():
        told = json.loads(row["evidence"])
        assert told["prior"] + sum(bits for _, bits in told["fields"].values()) == pytest.approx(
            row["weight"], abs=1e-3
        )


def test_every_label_has_its_words_in_four_languages() -> None:
    words = catalogue("traboule.linkage", "words.yaml")
    for (field, _), label in scoring.thing_labels().items():
        texts = (words["levels"][label], words["fields"][field])
        assert all(set(text) - set(GROWING_LANGUAGES) == set(LANGUAGES) for text in texts)


SIDES = {
    ("company", "Allianz 529900T8BM49AURSDO56"): {
        "Company name": "one",
        "Company number": "given, but its check digit fails",
    },
    ("company", "Sea Star Travel"): {"Company name": "several"},
    ("address", "12 rue de la Paix, Paris"): {"Street and town": "several", "House number": "one"},
    ("advert", "hiring, call +66 81 234 5679"): {
        "Text of the advert": "too short to compare",
        "Contact in the advert": "one",
    },
    ("handle", "@work_abroad"): {"Account": "a handle, without its service"},
    ("email", "an.na@gmail.com"): {"Account": "an e-mail address"},
}


@pytest.mark.parametrize(("thing", "sides"), SIDES.items())
def test_a_pair_to_be_judged_says_what_each_side_holds(thing: tuple[str, str], sides: dict[str, str]) -> None:
    """Judged unsure, every pair is open: so each kind of thing is seen with what it holds."""
    other = (thing[0], thing[1].replace("an.na", "anna").replace("@work", "t.me/work"))
    unsure = JudgedPair("FR/a/000", "FR/a/001", LinkVerdict.UNSURE, datetime(2024, 10, 9, tzinfo=UTC))
    told = found(thing, other, judged=(unsure,)).all_links.to_pylist()[0]
    assert told["status"] == "open"
    assert {line.field: line.left for line in side_by_side(told["evidence"], "en")} == sides
    assert all(line.left and line.right for language in LANGUAGES for line in side_by_side(told["evidence"], language))


class TestJudgements:
    PAIR = (("company", "Golden Gate Ltd"), ("company", "Silver Star Ltd"))
    AT = datetime(2024, 10, 9, tzinfo=UTC)

    @pytest.mark.parametrize(
        ("verdict", "status"), [(LinkVerdict.MATCH, "judged_match"), (LinkVerdict.NO_MATCH, "judged_no_match")]
    )
    def test_a_verdict_binds_whatever_the_evidence(self, verdict: LinkVerdict, status: str) -> None:
        judged = JudgedPair("FR/a/001", "FR/a/000", verdict, self.AT)
        assert found(*self.PAIR).all_links.num_rows == 0
        assert only(found(*self.PAIR, judged=(judged,)))["status"] == status

    def test_one_on_rows_of_two_kinds_or_gone_does_nothing(self) -> None:
        judged = [JudgedPair("FR/a/000", other, LinkVerdict.MATCH, self.AT) for other in ("FR/a/001", "FR/a/900")]
        assert found(("company", "Golden Gate Ltd"), ("advert", OFFER), judged=judged).all_links.num_rows == 0


class TestCompanies:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("Golden Gate Recruitment Ltd", "GOLDEN GATE RECRUTEMENT S.A.R.L."),
            ("ООО «Золотые ворота»", "Zolotye Vorota OOO"),
            ("شركة النور الساطع للتوظيف ذ.م.م", "Al Nour Al Sate Recruitment LLC"),
            ("Sea Star Travel, S.A. de C.V.", "Star Sea Viajes SL"),
            ("Global Bright Future Co., Ltd.", "Bright Future"),
        ],
    )
    def test_legal_form_script_and_order_tell_nothing_apart(self, one: str, other: str) -> None:
        row = only(found(("company", one), ("company", other)))
        assert (row["tier"], row["status"]) == ("medium", "open")

    @pytest.mark.parametrize(
        ("one", "other"),
        [("Golden Gate Ltd", "Silver Gate Ltd"), ("Travel Agency Ltd", "Agence de voyages SARL"), ("Ltd", "SARL")],
    )
    def test_the_kind_of_company_links_nothing(self, one: str, other: str) -> None:
        assert found(("company", one), ("company", other)).all_links.num_rows == 0

    def test_a_number_links_whatever_the_name_and_a_failed_one_is_not_strong(self) -> None:
        good = only(found(("company", "Allianz 529900T8BM49AURSDO55"), ("company", "LEI 529900T8BM49AURSDO55")))
        bad = only(found(("company", "Allianz 529900T8BM49AURSDO56"), ("company", "LEI 529900T8BM49AURSDO56")))
        assert (good["tier"], good["status"], bad["tier"]) == ("strong", "automatic", "weak")

    def test_other_figures_in_one_name_are_another_firm(self) -> None:
        other = found(("company", "Sea Star Travel 1 Ltd"), ("company", "Sea Star Travel 2 Ltd"))
        same = only(found(("company", "Sea Star Travel 2 Ltd"), ("company", "Sea Star Travel 2 SARL")))
        assert other.all_links.num_rows == 0
        assert (same["tier"], same["status"]) == ("medium", "open")

    def test_the_same_digits_of_two_states_are_two_numbers_filed(self) -> None:
        told = only(found(("company", "552 008 443", "FR"), ("company", "552008443", "FR")))
        assert json.loads(told["evidence"])["strong"] == ["company_number"]


class TestAddresses:
    def test_order_and_abbreviation_and_script_tell_nothing_apart(self) -> None:
        assert links(found(("address", "12 rue de la Paix, 75002 Paris"), ("address", "Paris, 12 R. de la Paix")))
        assert links(found(("address", "شارع الحمرا ١٢، بيروت"), ("address", "12 Hamra St., Beirut")))

    def test_another_house_number_is_against(self) -> None:
        result = links(found(("address", "12 rue de la Paix Paris"), ("address", "14 rue de la Paix Paris")))
        assert all("address_number" in row["evidence"] and row["tier"] == "weak" for row in result.values())

    def test_a_shelter_is_stopped_and_told(self) -> None:
        result = found(("address", "Foyer Sainte-Anne, 3 rue Haute"), ("address", "3 rue Haute, Foyer Sainte-Anne"))
        assert (result.all_links.num_rows, result.stopped["reason"].to_pylist()) == (0, ["shelter", "shelter"])


class TestAdverts:
    def test_a_few_words_changed_and_another_phone_is_the_same_offer(self) -> None:
        row = only(found(("advert", OFFER), ("advert", OFFER_AGAIN)))
        assert (row["tier"], row["status"]) == ("medium", "open")

    @pytest.mark.parametrize("language", OFFERS)
    def test_in_every_language(self, language: str) -> None:
        one, other = OFFERS[language]
        assert links(found(("advert", one), ("advert", other), ("advert", OFFER))).keys() == {(0, 1)}

    def test_a_contact_in_common_makes_it_two_pieces_of_evidence(self) -> None:
        again = OFFER_AGAIN.replace("+855 12 987 654", "0066 (81) 234-5679")
        assert only(found(("advert", OFFER), ("advert", again)))["status"] == "automatic"

    def test_a_masked_phone_is_no_contact(self) -> None:
        masked = [text.replace("+66 81 234 5679", "+66 81 *** ****") for text in (OFFER, OFFER)]
        told = json.loads(only(found(*(("advert", text) for text in masked)))["evidence"])
        assert set(told["fields"]) == {"advert_text"}

    def test_signs_nobody_sees_hide_nothing(self) -> None:
        hidden = OFFER_AGAIN.replace("e", "e\u200b").replace("hotel", "ho\u00adtel")
        assert only(found(("advert", OFFER), ("advert", hidden)))["tier"] == "medium"

    def test_many_copies_are_a_star_and_no_net(self) -> None:
        result = found(*(("advert", OFFER) for _ in range(200)))
        assert result.all_links.num_rows < 200 * 60

    def test_short_texts_say_nothing(self) -> None:
        assert found(("advert", "job offer call me"), ("advert", "job offer call me")).all_links.num_rows == 0


class TestAccounts:
    def test_one_account_spelled_twice_is_one_and_a_lead_is_a_lead(self) -> None:
        rows = [
            ("handle", text)
            for text in ("t.me/work_abroad", "telegram: @Work_Abroad", "@work_abroad", "instagram.com/work_abroad")
        ]
        result = links(found(*rows))
        assert {pair: row["status"] for pair, row in result.items()} == {
            (0, 1): "automatic",
            (0, 2): "open",
            (0, 3): "open",
            (2, 3): "open",
        }

    def test_one_mailbox_is_a_lead(self) -> None:
        row = only(found(("email", "anna+job@mail.org"), ("email", "anna@mail.org")))
        assert (row["tier"], row["status"]) == ("medium", "open")

    def test_what_an_operation_stops_links_nothing(self) -> None:
        result = found(("email", "help@desk.org"), ("email", "help@desk.org"), kind="email", value="help@desk.org")
        assert (result.all_links.num_rows, result.stopped["records"].to_pylist()) == (0, [2])


BAD = ["", " ", "🙂🙂", "\u202eevil\u202c", "\x00\x01", "-", "0000-00-00", "N/A", "xxxx", "•••", "\ufeff"]


@pytest.mark.parametrize("kind", ["company", "address", "advert", "email", "handle", "wallet", "iban", "card"])
def test_bad_input_links_nothing_and_is_told(kind: str) -> None:
    for text in BAD:
        result = found((kind, text), (kind, text))
        assert "automatic" not in result.all_links["status"].to_pylist() or text == "\u202eevil\u202c"
        told = result.stopped["records"].to_pylist() == [2] or len(result.malformed) == 2
        assert told or text == "\u202eevil\u202c", text


@pytest.mark.parametrize("kind", ["address", "email", "handle", "wallet", "iban", "card"])
def test_five_hundred_signs_link_nothing_and_are_told(kind: str) -> None:
    result = found((kind, "ab1 " * 125), (kind, "ab1 " * 125))
    assert (result.all_links.num_rows, len(result.malformed)) == (0, 2)


VALUES = st.lists(
    st.tuples(
        st.sampled_from(["company", "address", "advert", "email", "handle"]),
        st.one_of(
            st.text(max_size=60),
            st.sampled_from(
                [OFFER, OFFER_AGAIN, "Golden Gate Ltd", "12 rue de la Paix", "anna@gmail.com", "t.me/anna_b"]
            ),
        ),
    ),
    max_size=8,
)


@settings(max_examples=examples(60), deadline=None)
@given(VALUES, st.randoms(use_true_random=False))
def test_order_changes_nothing_and_a_stranger_changes_nothing(
    rows: list[tuple[str, str]], chance: random.Random
) -> None:
    table = [
        {"record": f"FR/a/{place:03d}", "unit": "FR", "kind": kind, "value": value, "issuer": None}
        for place, (kind, value) in enumerate(rows)
    ]
    shuffled = chance.sample(table, len(table))
    stranger = {
        "record": "ZZ/z/9",
        "unit": "ZZ",
        "kind": "advert",
        "value": "Nanny wanted in Oslo " * 6,
        "issuer": None,
    }
    plain, again, more = (
        find_things(pa.Table.from_pylist(each, schema=COLUMNS), stop_list()).all_links
        for each in (table, shuffled, [*table, stranger])
    )
    assert plain.equals(again)
    assert plain.equals(more)


@given(st.text(min_size=80, max_size=400), st.text(min_size=80, max_size=400))
def test_agreement_is_symmetric_and_full_with_itself(one: str, other: str) -> None:
    signs = signatures([one, other, one], width=6)
    left, right = pa.array([0, 1, 0]).to_numpy(), pa.array([1, 0, 2]).to_numpy()
    found_ = agreement(signs, left, right)
    assert found_[0] == found_[1]
    assert found_[2] == 1.0


def test_the_estimate_comes_near_the_true_likeness() -> None:
    chance = random.Random(3)
    words = [
        f"{chance.choice('bcdfgkmprst')}{chance.choice('aeiou')}{chance.choice('lmnrst')}{place % 7}"
        for place in range(400)
    ]
    for kept in (0.95, 0.8, 0.6):
        one = [chance.choice(words) for _ in range(60)]
        other = [word if chance.random() < kept else chance.choice(words) for word in one]
        texts = [" ".join(one), " ".join(other)]
        sets = [{text[place : place + 6] for place in range(len(text) - 5)} for text in texts]
        true = len(sets[0] & sets[1]) / len(sets[0] | sets[1])
        estimate = agreement(signatures(texts, width=6), pa.array([0]).to_numpy(), pa.array([1]).to_numpy())[0]
        assert abs(estimate - true) < 0.15


def adverts(total: int) -> pa.Table:
    """Return adverts of which the last tenth reuses texts of the first tenth, eight of nine with some words changed."""
    chance = random.Random(5)
    words = [f"{a}{b}{c}{d}" for a in "bdfgklmnprst" for b in "aeiou" for c in "lmnrst" for d in ("", "a", "ing", "er")]
    bases = [[chance.choice(words) for _ in range(45)] for _ in range(total * 9 // 10)]
    reused = [
        base if place % 9 else [chance.choice(words) if chance.random() < 0.06 else word for word in base]
        for place, base in enumerate(bases[: total // 10])
    ]
    texts = [f"{' '.join(text)} +{chance.randrange(10**9, 10**10)}" for text in (*bases, *reused)]
    rows = {
        "record": [f"FR/a/{place:05d}" for place in range(len(texts))],
        "unit": ["FR"] * len(texts),
        "kind": ["advert"] * len(texts),
        "value": texts,
        "issuer": [None] * len(texts),
    }
    return pa.table(rows, schema=COLUMNS)


def test_reused_adverts_among_ten_thousand_are_found() -> None:
    result = find_things(adverts(10_000), stop_list())
    pairs = set(zip(result.all_links["left"].to_pylist(), result.all_links["right"].to_pylist(), strict=True))
    true = {(f"FR/a/{place:05d}", f"FR/a/{9_000 + place:05d}") for place in range(1_000)}
    assert len(pairs & true) >= 980
    assert len(pairs - true) <= 20


def test_the_work_of_finding_adverts_grows_with_their_number() -> None:
    """Four times the adverts take four times the steps; comparing all with all would take sixteen times."""
    small, large = adverts(1_000), adverts(4_000)
    find_things(small, stop_list())
    steps = [python_steps(find_things, table, stop_list()) for table in (small, large)]
    assert steps[1] < 6 * steps[0]
