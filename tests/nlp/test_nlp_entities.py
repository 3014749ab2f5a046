"""A detail's party: spellings, sector and country with their words; what has no page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from breachwire.model import Article, Claim, Detail, Evidence, LedgerClaim
from nlp import details, galaxy, lexicon, resolve, whereabouts

START = datetime(2026, 3, 1, tzinfo=UTC)


def said(
    field: str, value: str, sentence: str, *, article: int = 1, status: str = "reported"
) -> LedgerClaim:
    """A claim on the first place of `value` in its sentence, which opens the article's text."""
    start = sentence.index(value)
    words = Evidence(article, "text", start, start + len(value), value)
    whole = Evidence(article, "text", 0, len(sentence), sentence)
    claim = Claim(field, value, None, status, None, "outlet", "statement", words, whole)  # type: ignore[arg-type]
    at = START + timedelta(days=article)
    return LedgerClaim(claim, "t1", at, at)


def only(*claims: LedgerClaim) -> Detail:
    (detail,) = details.consolidate(claims)
    return detail


@pytest.mark.parametrize(
    ("name", "sentence", "sector", "country", "words"),
    [
        ("Orbiqon", "Orbiqon, a hospital operator in Ohio, said it was hit.", "Health", "US",
         "hospital operator in Ohio"),
        ("Veltrane", "The French telecom Veltrane confirmed the theft.", "Telecoms", "FR",
         "The French telecom"),
        ("Morevia", "Hackers breached the Brazilian bank Morevia in May.", "Bank", "BR",
         "the Brazilian bank"),
        ("Kestrix", "UK Train Operator Kestrix Warns Customers of Data Breach", "Railway", "GB",
         "UK Train Operator"),
        ("Dunmore", "Dunmore is a Berlin-based software maker.", "IT", "DE",
         "Berlin-based software maker"),
        ("Halvine", "The breach hit Halvine, a healthcare software provider.", "IT", None,
         "healthcare software provider"),
    ],
)  # fmt: skip
def test_sources_words_tell_sector_and_country(
    name: str, sentence: str, sector: str, country: str | None, words: str
) -> None:
    party = only(said("victim", name, sentence)).party
    assert party
    assert party.sector
    assert (party.sector.value, party.sector.basis, party.sector.words) == (sector, "quote", words)
    assert (party.country and party.country.value) == country
    assert party.sector.words in party.sector.evidence.quote == sentence


@pytest.mark.parametrize(
    ("name", "sector", "country"),
    [
        ("Wayne Memorial Hospital", "Health", None),
        ("Dutch Ministry of Finance", "Government, Administration", "NL"),
        ("Indian Motorcycle", None, None),
        ("University of Quarrel", "Higher education", None),
        ("Bank of Tarrow", "Bank", None),
        ("Oklahoma Tax Commission", "Government, Administration", "US"),
    ],
)
def test_a_name_tells_by_itself(name: str, sector: str | None, country: str | None) -> None:
    party = only(said("victim", name, f"{name} was breached.")).party
    assert party
    assert (party.sector and party.sector.value) == sector
    assert (party.country and party.country.value) == country
    assert not party.sector or party.sector.basis == "name"


def test_what_no_source_says_or_sources_differ_on_stays_absent() -> None:
    party = only(said("victim", "Orbiqon", "Orbiqon was breached in Georgia last week.")).party
    assert party
    assert party.sector is None
    assert party.country is None
    differing = only(
        said("victim", "Orbiqon", "The French bank Orbiqon was hit."),
        said("victim", "Orbiqon", "The Dutch bank Orbiqon was hit.", article=2),
    ).party
    assert differing
    assert differing.country is None
    assert differing.sector
    assert differing.sector.value == "Bank"


def test_a_description_joins_the_one_victim_of_its_kind() -> None:
    operator = said("victim", "hospital operator", "The hospital operator was hit.", article=2)
    ahmc = said("victim", "Orbiqon Healthcare", "Orbiqon Healthcare was hit.")
    detail = only(ahmc, operator)
    assert (detail.value, len(detail.claims)) == ("Orbiqon Healthcare", 2)
    bank = said("victim", "Bank of Tarrow", "Bank of Tarrow was hit.", article=3)
    found = {str(d.value): len(d.claims) for d in details.consolidate([ahmc, operator, bank])}
    assert found == {"Orbiqon Healthcare": 2, "Bank of Tarrow": 1}


def test_a_description_that_fits_two_or_none_stands_alone() -> None:
    operator = said("victim", "hospital operator", "The hospital operator was hit.", article=2)
    first = said("victim", "Orbiqon Healthcare", "Orbiqon Healthcare was hit.")
    second = said("victim", "Melk Clinic", "Melk Clinic was hit.", article=3)
    assert len(details.consolidate([first, operator, second])) == 3
    assert len(details.consolidate([operator, said("victim", "Ploxo", "Ploxo was hit.")])) == 2


@pytest.mark.parametrize(
    ("field", "name", "status"),
    [
        ("actor", "Iranian hackers", "reported"),
        ("victim", "U.S. companies", "reported"),
        ("victim", "npm packages", "reported"),
        ("victim", "Minnesota county", "reported"),
        ("victim", "Orbiqon", "denied"),
        ("victim", "ShinyHunters", "reported"),
        ("victim", "Mandiant", "confirmed"),
        ("response", "arrest", "reported"),
    ],
)
def test_no_party_of_denials_descriptions_and_who_investigates(
    field: str, name: str, status: str
) -> None:
    detail = only(said(field, name, f"It says {name} was hit.", status=status))
    assert detail.party is None


def test_spellings_of_one_party() -> None:
    party = only(
        said("victim", "Orbiqon", "Orbiqon was hit."),
        said("victim", "Orbiqon", "Orbiqon said so.", article=2),
        said("victim", "Orbiqon Healthcare", "Orbiqon Healthcare was hit.", article=3),
    ).party
    assert party
    assert party.key == "orbiqon healthcare"
    assert party.forms == ("Orbiqon", "Orbiqon Healthcare")
    assert (party.first_said, party.last_said) == (
        START + timedelta(days=1),
        START + timedelta(days=3),
    )


def test_a_product_is_not_its_vendor() -> None:
    apart = [
        ("Microsoft", "Microsoft Exchange"),
        ("Salesloft", "Salesloft Drift"),
        ("Amazon", "Amazon Web Services"),
        ("Orbiqon", "Orbiqon VPN"),
    ]
    assert not [pair for pair in apart if resolve.same("third_party", *pair)]
    assert resolve.same("victim", "Cisco", "Cisco Systems")
    assert resolve.same("victim", "Orbiqon", "Orbiqon Healthcare")


def test_kin_groups_are_apart_and_linked_as_it_is_said() -> None:
    names = ("LAPSUS$", "Scattered LAPSUS$ Hunters", "ShinyHunters", "Scattered Spider")
    assert len({resolve.actor_key(name) for name in names}) == 4
    hunters = galaxy.known("Scattered LAPSUS$ Hunters")
    assert hunters
    assert hunters.name == "Scattered LAPSUS$ Hunters"
    assert [(link.name, link.source) for link in hunters.links] == [("Lapsus$", "name")]
    spider = galaxy.known_by_slug("octo-tempest")
    assert spider
    assert spider.name == "Scattered Spider"
    assert "Octo Tempest" in spider.aliases
    kimsuky = galaxy.known("TA406")
    assert kimsuky
    assert ("part-of", "Kimsuky", "galaxy") in [
        (link.relation, link.name, link.source) for link in kimsuky.links
    ]
    assert kimsuky.country == "KP"


def test_a_plain_word_names_no_actor_by_itself() -> None:
    assert galaxy.known_by_slug("genesis-market-users") is None
    assert galaxy.known("Orbiqon") is None


def test_every_sector_is_one_of_the_galaxys() -> None:
    listed = {row[0] for row in lexicon.rows("sectors")}
    assert set(lexicon.table("sectors")["sectors"]) <= listed
    assert len(listed) > 100


def test_every_country_has_a_name() -> None:
    codes = lexicon.table("countries")["countries"]
    assert not [code for code in codes if whereabouts.country_name(code) == code]
    assert whereabouts.country_name("US") == "United States"


def test_the_full_name_is_taken_from_the_articles_text() -> None:
    at = START
    text = "Orbiqon Healthcare, a hospital operator in Ohio, was hit. Orbiqon Drive was not."
    article = Article(
        id=1, url="https://a.example/1", title="Orbiqon hit", text=text, lead="", authors=(),
        source="", family="", section="", published=at, first_seen_at=at, content_hash="",
        revision=1, state="threaded", language="en", text_from="feed", page_state="unknown",
        page_note="", credit="",
    )  # fmt: skip
    (detail,) = details.consolidate([said("victim", "Orbiqon", "Orbiqon hit")], {1: article})
    assert detail.party
    assert detail.party.key == "orbiqon healthcare"
    assert detail.party.forms == ("Orbiqon", "Orbiqon Healthcare")
    assert detail.party.sector
    quote = detail.party.sector.evidence
    assert text[quote.start : quote.end] == quote.quote == text.split(". ")[0] + "."


@pytest.mark.parametrize(
    ("found", "heading"),
    [
        ("Insurer Ploxo", "Ploxo"),
        ("tool Ploxo", "Ploxo"),
        ("Ploxo County offices", "Ploxo County"),
        ("Ploxo gateways", "Ploxo"),
        ("Exchange Bank", "Exchange Bank"),
        ("Service Canada", "Service Canada"),
        ("Carrow Bay airport", "Carrow Bay airport"),
    ],
)
def test_a_heading_has_the_name_alone(found: str, heading: str) -> None:
    assert resolve.bare(found) == heading


@pytest.mark.parametrize("words", ["of Ploxo Hotels", "PLOXO, Sept 2 (Wire", "PLOXO - Offices"])
def test_pieces_of_sentences_have_no_page(words: str) -> None:
    assert resolve.broken(words)
    assert details.consolidate([said("victim", words, f"He spoke {words} at noon.")]) == ()
