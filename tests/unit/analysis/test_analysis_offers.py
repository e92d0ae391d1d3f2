"""Offers: the same advert posted again, who stands behind it, and what points to deception."""

from __future__ import annotations

import pyarrow as pa
from tests.unit.analysis.test_analysis_network import World, two_raids

from traboule.analysis.network import Network
from traboule.analysis.recruitment.deception import indicators
from traboule.analysis.recruitment.offers import Offer, offers

WORDING = "URGENT hiring customer support, no experience, 1200 USD, visa and ticket paid, write only by chat @{}"
AGAIN = "Hiring customer support, no experience, 1500 USD, visa and ticket paid, write only by chat @{}"
UNRELATED = "Se necesitan cocineros con contrato en hotel de la costa, llame a la oficina de empleo, @{}"


def posted(*adverts: tuple[str, str], company: str = "") -> tuple[World, Network]:
    """Return a world with adverts, each posted where the actions of ``two_raids`` took place."""
    world = two_raids(phones=("+22376123451", "+22890123456"))
    for number, (unit, text) in enumerate(adverts):
        world.thing(f"{unit}/P/J{number}", "advert", text, action=f"{unit}/P/A1")
    for unit in ("ML", "TG") if company else ():
        world.thing(f"{unit}/P/C1", "company", company, action=f"{unit}/P/A1")
    return world, world.network()


def found(*adverts: tuple[str, str], company: str = "") -> list[Offer]:
    world, network = posted(*adverts, company=company)
    return offers(pa.Table.from_pylist(world.identifiers, schema=world.identifier_schema()), world.tables, network)


def test_an_advert_in_other_words_is_one_offer_and_another_is_not() -> None:
    first, second = found(("ML", WORDING.format("lena")), ("TG", AGAIN.format("omar")), ("TG", UNRELATED.format("ana")))
    assert (first.adverts, first.wordings, first.contacts) == (("ML/P/J0", "TG/P/J1"), 2, 2)
    assert (first.states, first.actions) == (("ML", "TG"), ("ML/P/A1", "TG/P/A1"))
    assert 0.5 < first.similarity < 1.0
    assert second.adverts == ("TG/P/J2",)
    assert first.related == second.related == ()


def test_offers_with_one_agency_are_related() -> None:
    first, second = found(("ML", WORDING.format("lena")), ("TG", UNRELATED.format("ana")), company="Golden Bridge")
    assert first.agencies == second.agencies == ("ML/P/C1",)
    assert (first.related, second.related) == ((2,), (1,))


def test_a_rule_is_shown_with_its_words_and_no_contact() -> None:
    (offer,) = found(("ML", WORDING.format("lena_1999")))
    assert [(sign.code, sign.words) for sign in offer.indicators] == [
        ("unskilled_pay", ("no experience, 1200 usd",)),
        ("chat_only", ("write only by chat",)),
    ]
    assert "lena" not in repr(offer)


def test_rules_speak_several_languages() -> None:
    texts = {
        "no_contract": "Serveuse à l'étranger, sans contrat",
        "visitor_visa": "العمل فورا تأشيرة سياحية",
        "escort": "Viaje con guía",
        "advance_fee": "Pay a deposit first",
        "papers_kept": "send your passport",
        "relatives": "bring your sister",
        "third_country": "via third country",
    }
    assert {code: [sign.code for sign in indicators([text])] for code, text in texts.items()} == {
        code: [code] for code in texts
    }
    assert indicators(["Cook wanted, contract signed before departure, salary 900 EUR"]) == ()


def test_without_adverts_there_is_no_offer() -> None:
    assert found() == []
