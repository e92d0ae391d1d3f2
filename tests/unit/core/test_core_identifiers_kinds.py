"""Identifiers kind by kind: machine-readable zones, national numbers, wallets, plates, accounts on the net, phones."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traboule.core.codes import vocabulary
from traboule.core.identifiers import Reason, Verdict, mailbox, normalise, normalise_each, read_machine_readable
from traboule.core.identifiers.check_digits import icao_digit
from traboule.core.identifiers.machine_readable import state
from traboule.core.identifiers.wallets import keccak_256

VALID, FAILED, UNCHECKED = Verdict.VALID, Verdict.FAILED, Verdict.UNCHECKED

# The specimens of ICAO 9303: part 4 (TD3), part 5 (TD1), part 6 (TD2), part 7 (MRV-A).
PASSPORT = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"
CARD = "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<"
SMALL = "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nD231458907UTO7408122F1204159<<<<<<<6"
VISA = "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL8988901C4XXX4009078F96121096ZE184226B<<<<<<"
KINDS = st.sampled_from(vocabulary("identifier_kinds").codes)
ISSUERS = st.sampled_from(["", "FR", "DE", "TR", "BR", "SA", "CN", "ES", "XK", "🙂", "no state"])


@pytest.mark.parametrize(
    ("text", "form", "number"),
    [
        (PASSPORT, "TD3", "L898902C3"),
        (CARD, "TD1", "D23145890"),
        (SMALL, "TD2", "D23145890"),
        (VISA, "MRV-A", "L8988901C"),
    ],
    ids=["TD3", "TD1", "TD2", "MRV-A"],
)
def test_the_specimens_of_the_standard_are_read_whole(text: str, form: str, number: str) -> None:
    for spelling in (text, text.replace("\n", ""), text.replace("\n", " "), text.lower()):
        zone = read_machine_readable(spelling)
        assert zone is not None
        assert (zone.form, zone.number, zone.family_names, zone.given_names) == (form, number, "ERIKSSON", "ANNA MARIA")
        assert (zone.sex, zone.is_valid) == ("female", True)


@pytest.mark.parametrize("text", [PASSPORT, CARD, SMALL], ids=["TD3", "TD1", "TD2"])
def test_every_slip_in_a_checked_digit_is_noticed(text: str) -> None:
    zone = text.replace("\n", "")
    numbers = {"TD3": range(44, 86), "TD1": [*range(5, 14), *range(30, 36)], "TD2": range(36, 64)}
    read = read_machine_readable(zone)
    assert read is not None
    for place in numbers[read.form]:
        if zone[place].isdecimal():
            wrong = zone[:place] + str((int(zone[place]) + 1) % 10) + zone[place + 1 :]
            slipped = read_machine_readable(wrong)
            assert slipped is None or not slipped.is_valid, wrong


def test_the_birth_date_takes_the_century_that_can_be() -> None:
    zone = read_machine_readable(PASSPORT)
    assert zone is not None
    born = zone.born(on_year=2024)
    assert born is not None
    assert born.iso() == "1974-08-12"
    unknown = read_machine_readable(PASSPORT.replace("740812", "19<<<<"))
    assert unknown is not None
    partial = unknown.born(on_year=2024)
    assert partial is not None
    assert partial.iso() == "2019"


def test_states_of_the_zone_are_iso_codes_and_the_stateless_have_none() -> None:
    assert [state(code) for code in ("FRA", "D<<", "GBD", "RKS", "FR<", "XXA", "UTO", "<<<")] == [
        "FR",
        "DE",
        "GB",
        "XK",
        "FR",
        "",
        "",
        "",
    ]
    line = "X1234567<".ljust(9, "<")
    head = f"{line}{icao_digit(line)}MLI800101{icao_digit('800101')}M300101{icao_digit('300101')}{'<' * 14}0"
    zone = head + icao_digit(head[:10] + head[13:20] + head[21:43])
    result = normalise("passport", zone)
    assert (result.normal, result.issuer, result.verdict) == ("X1234567", "ML", VALID)


@pytest.mark.parametrize(
    ("issuer", "number", "verdict"),
    [
        ("TR", "17291716060", VALID),
        ("TR", "17291716050", FAILED),
        ("TR", "A12B34567", UNCHECKED),
        ("BR", "390.533.447-05", VALID),
        ("BR", "390.533.447-06", FAILED),
        ("ES", "54362315-K", VALID),
        ("ES", "54362315-Z", FAILED),
        ("ES", "AAA123456", UNCHECKED),
        ("CN", "360426199101010071", VALID),
        ("CN", "360426199101010072", FAILED),
        ("PL", "44051401359", VALID),
        ("", "44051401358", UNCHECKED),
        ("ML", "44051401358", UNCHECKED),
    ],
)
def test_a_national_number_is_proved_where_its_issuer_is_told(issuer: str, number: str, verdict: Verdict) -> None:
    assert normalise("id_card", number, issuer=issuer).verdict is verdict


def test_germany_prints_the_digit_behind_the_number() -> None:
    number = "C01X00T47"
    printed = number + icao_digit(number)
    other = number + str((int(icao_digit(number)) + 1) % 10)
    assert normalise("passport", printed, issuer="DE").normal == number
    assert normalise("passport", number, issuer="DE").normal == number
    assert normalise("passport", other, issuer="DE").reason is Reason.CHECK_DIGIT


@pytest.mark.parametrize(
    ("text", "issuer", "verdict"),
    [
        ("LEI 529900T8BM49AURSDO55", "", VALID),
        ("529900T8BM49AURSDO56", "", FAILED),
        ("SIREN 552 008 443", "FR", VALID),
        ("552 008 444", "FR", FAILED),
        ("552 008 444", "", UNCHECKED),
        ("Golden Gate Recruitment 24 Ltd", "GB", UNCHECKED),
    ],
)
def test_company_numbers(text: str, issuer: str, verdict: Verdict) -> None:
    assert normalise("company", text, issuer=issuer).verdict is verdict


@pytest.mark.parametrize(
    ("address", "verdict"),
    [
        ("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", VALID),  # EIP-55's own examples.
        ("0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359", VALID),
        ("0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB", VALID),
        ("0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6Fb", FAILED),
        ("0xdbf03b407c01e7cd3cbea99509d93f8dddc8c6fb", UNCHECKED),
        ("TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", VALID),
        ("TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6u", FAILED),
        ("tron: TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", VALID),
        ("ltc1qw508d6qejxtdg4y5r3zarvary0c5xw7kgmn4n9", VALID),
        ("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5", FAILED),
        ("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8F3T4", FAILED),
        ("7EcDhSYGxXyscszYEp35KHN8vvw3svAuLKTzXwCFLtV", UNCHECKED),
        ("ask him", FAILED),
    ],
)
def test_wallets_are_proved_after_their_chain(address: str, verdict: Verdict) -> None:
    assert normalise("wallet", address).verdict is verdict


def test_keccak_is_the_original_and_reaches_over_blocks() -> None:
    assert keccak_256(b"").hex() == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
    assert keccak_256(b"abc").hex() == "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"
    assert len({keccak_256(b"a" * size) for size in range(130, 280)}) == 150


def test_plates_in_two_scripts_are_one_plate() -> None:
    assert normalise("plate", "А123ВС 77").normal == normalise("plate", "A 123 BC-77").normal
    assert normalise("plate", "ح ب أ ٧٥٤٣", issuer="SA").normal == "JBA7543"
    assert normalise("plate", "ح ب أ ٧٥٤٣").normal != "JBA7543"
    assert normalise("plate", "Ж123ВС 77").normal == "Ж123ВС77"  # No Latin plate has this shape.


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("telegram: @Work_Abroad", "telegram:work_abroad"),
        ("https://www.tiktok.com/@JobOffers/video/123", "tiktok:joboffers"),
        ("https://instagram.com/job.offers/", "instagram:job.offers"),
        ("wa.me/22365001234", "whatsapp:+22365001234"),
        ("WhatsApp: +223 65 00 12 34", "whatsapp:+22365001234"),
        ("anna#1234", "anna#1234"),
        ("imo@example.org", "imo@example.org"),
    ],
)
def test_handles_say_their_service_where_it_is_told(text: str, normal: str) -> None:
    assert normalise("handle", text).normal == normal


@pytest.mark.parametrize(
    ("kind", "text", "normal"),
    [
        ("passport", "Passport No. AB604873", "AB604873"),
        ("passport", "N° AB 604873", "AB604873"),
        ("passport", "جواز سفر: AB604873", "AB604873"),
        ("passport", "AB604873 (expired)", "AB604873"),
        ("id_card", "12604873.0", "12604873"),
        ("phone", "+57 300 604 8731 (WhatsApp)", "+573006048731"),
        ("phone", "+57 (300) 604 8731", "+573006048731"),
        ("imei", "IMEI 1: 490154203237518", "490154203237518"),
        ("plate", "ABC-604 (COL)", "ABC604"),
        ("vin", "VIN 1M8GDM9AXKP042788", "1M8GDM9AXKP042788"),
        ("email", "Anna K. <Anna.K@mail.org>", "anna.k@mail.org"),
        ("email", "anna.k (at) mail.org", "anna.k@mail.org"),
        ("handle", "@ionela_p94 (Telegram)", "telegram:ionela_p94"),
        ("handle", "Instagram: https://instagram.com/ionela_p94", "instagram:ionela_p94"),
        ("handle", "https://www.facebook.com/people/Ionela-P/100012345678901/", "facebook:100012345678901"),
    ],
)
def test_what_is_written_around_a_number_is_no_part_of_it(kind: str, text: str, normal: str) -> None:
    result = normalise(kind, text)
    assert (result.normal, result.verdict is Verdict.FAILED) == (normal, False)
    assert normalise(kind, normal).normal == normal


@pytest.mark.parametrize(
    ("kind", "text"),
    [("imei", "4.90154E+14"), ("id_card", "1.26049E+11"), ("id_card", "1,26049E11")],
)
def test_digits_that_a_spreadsheet_rounded_away_are_not_guessed(kind: str, text: str) -> None:
    result = normalise(kind, text)
    assert (result.verdict, result.reason) == (Verdict.FAILED, Reason.FORMAT)


def test_a_power_of_ten_that_lost_nothing_is_read() -> None:
    assert normalise("phone", "3.006048731E9", region="CO").normal == "+573006048731"


@pytest.mark.parametrize(
    ("kind", "text", "normals"),
    [
        ("phone", "+57 300 604 8731 / +57 300 604 8732", ["+573006048731", "+573006048732"]),
        ("phone", "300 604 8731 y 300 604 8732", ["+573006048731", "+573006048732"]),
        ("phone", "300 604 8731, 300 604 8731", ["+573006048731"]),
        ("imei", "490154203237518 / 357805023984942", ["490154203237518", "357805023984942"]),
        ("email", "a.b@mail.org; c.d@mail.org", ["a.b@mail.org", "c.d@mail.org"]),
        ("passport", "AB604873/2019", ["AB6048732019"]),
    ],
)
def test_two_numbers_beside_each_other_are_two(kind: str, text: str, normals: list[str]) -> None:
    assert [one.normal for one in normalise_each(kind, text, region="CO")] == normals


def test_one_name_at_two_services_is_two_accounts() -> None:
    assert normalise("handle", "t.me/anna").normal != normalise("handle", "instagram.com/anna").normal


def test_at_gmail_tags_and_dots_are_one_address_and_elsewhere_the_mailbox_is_asked_for() -> None:
    tagged, plain = (normalise("email", text).normal for text in ("An.Na+Job@gmail.com", "anna@googlemail.com"))
    assert tagged == plain == "anna@gmail.com"
    elsewhere = normalise("email", "An.Na+Job@example.org").normal
    assert elsewhere == "an.na+job@example.org"
    assert mailbox(elsewhere) == "an.na@example.org"
    assert mailbox("an.na@example.org") != mailbox("anna@example.org")
    assert normalise("email", "anna@bücher.example").normal == "anna@xn--bcher-kva.example"


@pytest.mark.parametrize("text", ["1-800-FLOWERS", "65 00 I2 34", "Mr Smith", "65001234 (Moussa)", "٦٥٠٠١٢ب٣", "☎️"])
def test_a_phone_with_letters_is_told_and_never_dialled_out(text: str) -> None:
    assert normalise("phone", text, region="ML").verdict is FAILED


@pytest.mark.parametrize(
    ("text", "region", "normal"),
    [
        ("+44 (0)20 7946 0958", None, "+442079460958"),
        ("020 7946 0958", "GB", "+442079460958"),
        ("tel. 020 7946 0958 ext. 12", "GB", "+442079460958"),
        ("(00223) 65001234", "FR", "+22365001234"),
        ("8 (495) 123-45-67", "RU", "+74951234567"),
        ("هاتف: ٠١٢٣٤٥٦٧٨٩", "EG", "+20123456789"),
        ("011 223 65 00 12 34", "US", "+22365001234"),
        ("02 1234 5678", "IT", "+390212345678"),  # Italy keeps the nought.
    ],
)
def test_trunk_prefixes_and_labels(text: str, region: str | None, normal: str) -> None:
    assert normalise("phone", text, region=region).normal == normal


@pytest.mark.parametrize(
    "kind", ["passport", "id_card", "plate", "imei", "iban", "card", "vin", "phone", "email", "handle"]
)
def test_five_hundred_signs_are_of_no_kind(kind: str) -> None:
    assert normalise(kind, "A1" * 250, region="ML").verdict is FAILED


@given(kind=KINDS, text=st.text(max_size=120), region=ISSUERS, issuer=ISSUERS)
def test_no_text_makes_it_raise_and_normal_forms_stay(kind: str, text: str, region: str, issuer: str) -> None:
    result = normalise(kind, text, region=region, issuer=issuer)
    assert result.kind == kind
    assert normalise(kind, text, region=region, issuer=issuer) == result
    if result.verdict is not FAILED and not result.issuer:
        assert normalise(kind, result.normal, region=region, issuer=issuer).normal == result.normal


@given(st.text(alphabet="0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ<", min_size=0, max_size=95))
def test_any_zone_is_read_or_refused(text: str) -> None:
    zone = read_machine_readable(text)
    assert zone is None or zone.born(on_year=2024) is None or zone.birth
