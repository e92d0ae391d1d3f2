"""Identifiers: one written form, check digits after their standards, placeholders."""

from __future__ import annotations

import pytest

from traboule.core.codes import vocabulary
from traboule.core.identifiers import Reason, Verdict, is_placeholder, normalise, read_machine_readable
from traboule.core.identifiers.check_digits import icao_digit, luhn_digit, luhn_holds, vin_digit

VALID, FAILED, UNCHECKED = Verdict.VALID, Verdict.FAILED, Verdict.UNCHECKED

# kind, text, region, normal form, verdict, reason
CASES = [
    ("phone", "+223 65 00 12 34", None, "+22365001234", VALID, Reason.NONE),
    ("phone", "00 223 65-00-12-34", None, "+22365001234", VALID, Reason.NONE),
    ("phone", "65.00.12.34", "ML", "+22365001234", VALID, Reason.NONE),
    ("phone", "22365001234", "ML", "+22365001234", VALID, Reason.NONE),
    ("phone", "٦٥٠٠١٢٣٤", "ML", "+22365001234", VALID, Reason.NONE),
    ("phone", "\u202a+223\u00a065\u00a000\u00a012\u00a034\u202c", None, "+22365001234", VALID, Reason.NONE),
    ("phone", "＋２２３６５００１２３４", None, "+22365001234", VALID, Reason.NONE),
    ("phone", "044 123 456", "XK", "+38344123456", VALID, Reason.NONE),
    ("phone", "65 00 12 34", None, "65001234", UNCHECKED, Reason.NO_REGION),
    ("phone", "+223 10 00 12 34", None, "+22310001234", UNCHECKED, Reason.NUMBERING_PLAN),
    ("phone", "12", "ML", "12", FAILED, Reason.UNREADABLE),
    ("phone", "call him", "ML", "", FAILED, Reason.UNREADABLE),
    ("imei", "49-015420-323751-8", None, "490154203237518", VALID, Reason.NONE),
    ("imei", "490154203237519", None, "490154203237519", FAILED, Reason.CHECK_DIGIT),
    ("imei", "49015420323751", None, "490154203237518", UNCHECKED, Reason.NO_CHECK_DIGIT),
    ("imei", "4901542032375107", None, "490154203237518", UNCHECKED, Reason.NO_CHECK_DIGIT),
    ("imei", "4901542", None, "4901542", FAILED, Reason.FORMAT),
    ("imsi", "610 01 1234567890", None, "610011234567890", UNCHECKED, Reason.NO_CHECK_DIGIT),
    ("imsi", "61001", None, "61001", FAILED, Reason.FORMAT),
    ("iban", "GB82 WEST 1234 5698 7654 32", None, "GB82WEST12345698765432", VALID, Reason.NONE),
    ("iban", "gb82west12345698765432", None, "GB82WEST12345698765432", VALID, Reason.NONE),
    ("iban", "GB82 WEST 1234 5698 7654 33", None, "GB82WEST12345698765433", FAILED, Reason.CHECK_DIGIT),
    ("iban", "0123-4567-89", None, "0123456789", UNCHECKED, Reason.NO_CHECK_DIGIT),
    ("card", "4111 1111 1111 1111", None, "4111111111111111", VALID, Reason.NONE),
    ("card", "4111 1111 1111 1112", None, "4111111111111112", FAILED, Reason.CHECK_DIGIT),
    ("card", "4111 **** **** 1111", None, "4111********1111", UNCHECKED, Reason.MASKED),
    ("vin", "1M8GDM9AXKP042788", None, "1M8GDM9AXKP042788", VALID, Reason.NONE),
    ("vin", "1m8gdm9a-xkp-042789", None, "1M8GDM9AXKP042789", FAILED, Reason.CHECK_DIGIT),
    ("vin", "WVWZZZ1JZ3W386752", None, "WVWZZZ1JZ3W386752", UNCHECKED, Reason.NO_CHECK_DIGIT),
    ("vin", "WVWZZZ1JZ3W38675I", None, "WVWZZZ1JZ3W38675I", FAILED, Reason.FORMAT),
    ("passport", "L898902C3", None, "L898902C3", UNCHECKED, Reason.NO_CHECK_DIGIT),
    ("passport", "l 898902 c3", None, "L898902C3", UNCHECKED, Reason.NO_CHECK_DIGIT),
    (
        "passport",
        "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10",
        None,
        "L898902C3",
        VALID,
        Reason.NONE,
    ),
    ("passport", "L898902C37UTO7408122F1204159ZE184226B<<<<<10", None, "L898902C3", FAILED, Reason.CHECK_DIGIT),
    ("id_card", "I<UTOD231458907<<<<<<<<<<<<<<<", None, "D23145890", VALID, Reason.NONE),
    ("wallet", "1BoatSLRHtKNngkdXEeobR76b53LETtpyT", None, "1BoatSLRHtKNngkdXEeobR76b53LETtpyT", VALID, Reason.NONE),
    (
        "wallet",
        "1BoatSLRHtKNngkdXEeobR76b53LETtpyU",
        None,
        "1BoatSLRHtKNngkdXEeobR76b53LETtpyU",
        FAILED,
        Reason.CHECK_DIGIT,
    ),
    (
        "wallet",
        "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
        None,
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
        VALID,
        Reason.NONE,
    ),
    (
        "wallet",
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
        None,
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
        VALID,
        Reason.NONE,
    ),
    (
        "wallet",
        "0x52908400098527886E0F7030069857D2E4169EE7",
        None,
        "0x52908400098527886e0f7030069857d2e4169ee7",
        UNCHECKED,
        Reason.NO_CHECK_DIGIT,
    ),
    ("plate", "rmc 4471-b", None, "RMC4471B", UNCHECKED, Reason.NO_CHECK_DIGIT),
    ("plate", "د ٤٤٧١", None, "د4471", UNCHECKED, Reason.NO_CHECK_DIGIT),
    ("email", "<MailTo:Job.Offers@Example.COM>", None, "job.offers@example.com", UNCHECKED, Reason.NO_CHECK_DIGIT),
    ("email", "job.offers at example", None, "job.offers at example", FAILED, Reason.FORMAT),
    ("handle", "@Work_Abroad", None, "work_abroad", UNCHECKED, Reason.NO_CHECK_DIGIT),
    ("handle", "https://t.me/Work_Abroad/", None, "telegram:work_abroad", UNCHECKED, Reason.NO_CHECK_DIGIT),
    ("handle", "facebook.com/profile.php?id=1000123", None, "facebook:1000123", UNCHECKED, Reason.NO_CHECK_DIGIT),
    ("company", "Golden  Gate, Ltd.", None, "golden gate ltd", UNCHECKED, Reason.NO_CHECK_DIGIT),
    ("something_new", "ab-12", None, "AB12", UNCHECKED, Reason.NO_CHECK_DIGIT),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]}:{case[1][:20]}")
def test_normal_form_and_verdict(case: tuple[str, str, str | None, str, Verdict, Reason]) -> None:
    kind, text, region, *expected = case
    result = normalise(kind, text, region=region)
    assert [result.normal, result.verdict, result.reason] == expected


@pytest.mark.parametrize("kind", vocabulary("identifier_kinds").codes)
def test_every_kind_of_the_vocabulary_is_read_and_normal_forms_stay(kind: str) -> None:
    for text in ("", "A", "490154203237518", "x" * 400, "\ud800", "<<<<<<<<<<", "١٢٣٤٥", "=1+1"):
        result = normalise(kind, text, region="ML")
        assert result.kind == kind
        assert normalise(kind, result.normal, region="ML").normal == result.normal


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "0",
        "000000",
        "0000-0000",
        "xxxx",
        "123456",
        "1234567890",
        "987654321",
        "none",
        "N/A",
        "Inconnu",
        "غير معروف",
        "9999",
        "A1234567",
        "LR1111111",
        "P0000000",
    ],
)
def test_placeholders_are_nobodys(text: str) -> None:
    assert is_placeholder(text)
    assert normalise("passport", text).placeholder


@pytest.mark.parametrize("text", ["L898902C3", "7", "AB1234", "112233", "PAA123456", "A1234576", "LR1111121"])
def test_true_numbers_are_no_placeholders(text: str) -> None:
    assert not is_placeholder(text)


@pytest.mark.parametrize(
    ("text", "placeholder"), [("+223 00000000", True), ("+223 12345678", True), ("+228 90 12 34 56", False)]
)
def test_placeholders_behind_a_country_prefix(text: str, placeholder: bool) -> None:
    assert normalise("phone", text).placeholder == placeholder


def test_check_digits_of_the_standards_own_examples() -> None:
    assert icao_digit("L898902C3") == "6"  # ICAO 9303 part 4, appendix.
    assert icao_digit("740812") == "2"
    assert icao_digit("D23145890") == "7"  # ICAO 9303 part 5.
    assert vin_digit("11111111111111111") == "1"
    assert luhn_digit("7992739871") == "3"
    assert luhn_holds("79927398713")


def test_a_long_document_number_runs_on_into_the_optional_field() -> None:
    zone = read_machine_readable("I<UTOD23145890<7349<<<<<<<<<<<")
    assert zone is not None
    assert (zone.number, zone.is_valid) == ("D23145890734", icao_digit("D23145890734") == "9")


def test_every_single_digit_slip_is_noticed() -> None:
    for kind, good in (("imei", "490154203237518"), ("card", "4111111111111111"), ("iban", "GB82WEST12345698765432")):
        for place in range(4, len(good)):
            if not good[place].isdecimal():
                continue
            wrong = good[:place] + str((int(good[place]) + 1) % 10) + good[place + 1 :]
            assert normalise(kind, wrong).verdict is FAILED, wrong
