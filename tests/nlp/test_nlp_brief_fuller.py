"""What fills a brief where it was silent, and what must not: each rule on invented reports."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from breachwire.testing import an_article
from nlp import brief, headline, leaning, outlook, plainly, quotable, trim, vague, vouch
from nlp.brief_sections import core, impact
from nlp.desk import Desk
from nlp.facts import Ledger
from nlp.overtaken import News
from nlp.speakers import Speakers
from tests.nlp.test_nlp_brief import article, detail, of, view
from tests.nlp.test_nlp_brief_sentences import LEAD, everything, thread, told
from tests.nlp.test_nlp_vouch import claim

AT = datetime(2026, 3, 18, 9, tzinfo=UTC)


def usable(text: str, *victims: str) -> list[str]:
    """The sentences of an invented report that a brief may use, as it would show them."""
    one = an_article(1, "A title", text, source="Harbour Gazette", at=AT, lead="")
    members = view((one,)).members
    return [q.text for q in quotable.gather(members, victims) if q.after is None and not q.pair]


@pytest.mark.parametrize(
    ("title", "plain"),
    [
        ("Botched update darkened 40,000 homes, utility says",
         "The utility says a botched update darkened 40,000 homes."),
        ("Health regulator to ban default passwords in pumps",
         "A health regulator will ban default passwords in pumps."),
        ("Former Orla engineer charged with theft of plans",
         "A former Orla engineer was charged with theft of plans."),
        ("Four arrested over attack on Orla", "Four were arrested over attack on Orla."),
        ("Insurer Orla says claim was baseless, keeps rating",
         "Insurer Orla says claim was baseless."),
        ("Lawmakers pass a deadline for reports", "Lawmakers pass a deadline for reports."),
        ("Portal down on the last day; Orla gives filers more time",
         "Orla gives filers more time."),
        ("Orla pauses work with Fathom as breach puts plans at risk",
         "Orla pauses work with Fathom."),
        ("Extortion crew claims to hold 3 files of Orla",
         "An extortion crew claims to hold 3 files of Orla."),
    ],
)  # fmt: skip
def test_a_titles_grammar_becomes_a_sentences(title: str, plain: str) -> None:
    assert plain in plainly.of_title(title, "")


@pytest.mark.parametrize(
    "title",
    [
        "Multiple flaws expose millions of devices",
        "Harmful packages turn machines into miners",
        "Police arrest four members of a gang",
        "Two firms file notices over thefts",
    ],
)
def test_a_plural_takes_no_article(title: str) -> None:
    assert plainly.of_title(title, "")[0] == f"{title}."


def test_a_speaker_at_a_titles_end_is_never_cut_off() -> None:
    forms = plainly.of_title("Orla refused a ransom demand, chief tells investors", "")
    assert all("chief" in form for form in forms)


def test_the_plain_part_never_opens_with_it() -> None:
    text = (
        "Orla Logistics refused a ransom demand of $2.5 million, chief Ada Moss told investors. "
        "The crew stole booking records of Orla Logistics and published them in November."
    )
    one = article(1, "Orla refused $2.5 million ransom demand", text)
    facts = (
        detail(one, "victim", "Orla Logistics", "Orla Logistics", asserter="Orla Logistics"),
        detail(one, "attack_type", "ransom demand", "extortion", asserter="Orla Logistics"),
    )
    first = of(brief.write(view((one,), facts)), "eli5")[0].text
    assert "Orla" in first
    assert not first.endswith("from it.")


def test_an_outlets_own_part_is_told_by_its_name() -> None:
    told_us = "The city moved its portal behind a filter, treasurer Ada Moss told us."
    saw = "MothJar is a stealer that we first saw in August inside copies of a video editor."
    quoted = "“It told us nothing,” said the treasurer of Calderport, Ada Moss, of the filter."
    shown = usable(f"Calderport said so. {told_us} {saw} {quoted}", "Calderport")
    assert any(text.endswith("told Harbour Gazette.") for text in shown)
    assert any("that Harbour Gazette first saw in August" in text for text in shown)
    assert not any("told Harbour Gazette nothing" in text for text in shown)


def test_an_authority_and_a_program_take_their_names() -> None:
    text = (
        "Calder Clinic reported a breach to the Federal Health Privacy Office in May. "
        "The federal office has opened an inquiry into the breach. "
    )
    assert any(t.startswith("The Federal Health Privacy Office has opened") for t in usable(text))
    two = "The Federal Trade Office was told too. " + text
    assert not any("Privacy Office has opened" in t for t in usable(two))
    body = "Nine agencies had computers wiped by a program called TideGauge in May. "
    one = an_article(
        1, "TideGauge: a wiper", body + "The program arrives as a macro in a manifest.",
        source="Gazette", at=AT, lead="",
    )  # fmt: skip
    shown = [q.text for q in quotable.gather(view((one,)).members, ())]
    assert "TideGauge arrives as a macro in a manifest." in shown


def test_a_suppliers_it_is_not_the_victim() -> None:
    text = (
        "Calder Clinic lost records. Calder Clinic's provider, Saltmere, began to filter traffic. "
        "It said that the flood peaked at nine in the morning of that day."
    )
    assert not any(t.startswith("Calder Clinic said") for t in usable(text, "Calder Clinic"))


def test_a_company_named_by_one_word_takes_the_company_with_it() -> None:
    text = (
        "Calder Clinic lost records in a theft at a printer. Postrider has lost nine clients. "
        "The company said that it now requires keys for every login at its works."
    )
    assert not any(t.startswith("Calder Clinic said") for t in usable(text, "Calder Clinic"))


def test_a_person_who_speaks_of_the_company_does_not_name_it() -> None:
    text = (
        "Postrider has lost nine clients, according to managing director Edmund Sloane. "
        "He said that the company now requires hardware keys for every login."
    )
    assert not any("now requires" in t for t in usable(text, "Calder Clinic"))


def test_the_only_hospital_is_the_hospital() -> None:
    text = (
        "Calder Hospital went dark on Monday. Chief Ada Moss would not say more about talks. "
        "Ashen Lattice Group rents its malware to others. "
        "A person said the attackers had logged in to the hospital's gateway in May."
    )
    shown = usable(text, "Calder Hospital")
    assert any("logged in to Calder Hospital’s gateway" in t for t in shown)
    other = text.replace("Ashen Lattice Group rents", "Brannock Hospital rents")
    assert not any("Calder Hospital’s gateway" in t for t in usable(other, "Calder Hospital"))


@pytest.mark.parametrize(
    "before",
    [
        "“We were tired,” said public defender Noor Castell, who was there.",
        "Inmates are hard to reach by mail, noted public defender Noor Castell.",
        "A spokesperson for the union, Noor Castell, warned of more.",
    ],
)
def test_who_spoke_is_known_by_any_way_of_saying_so(before: str) -> None:
    text = f"{before} She warned that people would learn of it last."
    one = an_article(1, "A title", text, source="Gazette", at=AT, lead="")
    people = Speakers(one)
    people.name(before, 0)
    named = people.name(text[len(before) + 1 :], len(before) + 1)
    assert named is not None
    assert named[0].startswith("Noor Castell warned")


def test_who_opens_by_name_and_age_is_he() -> None:
    text = (
        "Everard Pitt, 52, ran a company above a laundry. "
        "In fact he bought the keys for $1.3 million and billed his clients $6.7 million."
    )
    assert any(t.startswith("Everard Pitt bought the keys") for t in usable(text))
    other = text.replace("Everard Pitt, 52,", "A company of Lodehaven")
    assert not any("bought the keys" in t for t in usable(other))


def test_what_a_vote_count_and_more_papers_add_can_go() -> None:
    vote = "Operators will report attacks under a law that the assembly passed by 212 votes to 140."
    assert trim.shorter(vote, 13) == vote.replace(" by 212 votes to 140", "")
    seen = "Orla has paused its work, according to three people and messages seen by The Gazette."
    assert trim.shorter(seen, 10) == "Orla has paused its work, according to three people."


def test_a_second_clause_keeps_its_speaker() -> None:
    text = "Fake notices are common, and a list of names makes them more convincing, Ada Moss said."
    assert trim.shorter(text, 8) is None


def test_what_belongs_to_last_year_is_compared_with_it() -> None:
    text = "Bookings will be back to last year's level by Easter."
    shown = vague.without_vague_dates(text)
    assert shown == "Bookings will be back to the previous year's level by Easter."


def test_counts_by_their_days_are_former_ones() -> None:
    old = "Calder Clinic has begun to write to 41,200 patients whose records an intruder reached."
    new = "For the record: 501 on March 3, 41,200 on March 18, 118,600 on April 1, and now 127,914."
    shown = everything(thread([f"{LEAD}{old}", f"Calder Clinic gave a last number. {new}"]))
    assert "41,200" not in shown


def test_what_was_frozen_is_the_newest_sum() -> None:
    one = article(1, "Orla robbed", "About $3.1 million had been frozen with the help of others.")
    two = article(9, "Orla sold", "So far $6.4 million of the loot has been frozen, a firm said.")
    both = view((one, two))
    news = News([one, two], Ledger(both))
    stale = {q.article: news.stale(q) for q in quotable.gather(both.members, ())}
    assert stale == {1: True, 9: False}


def test_a_stop_that_is_over_is_no_headline() -> None:
    one = article(1, "Exchange Orla halts withdrawals after theft of coins", "Orla was robbed.")
    two = article(9, "Orla sells a part of itself after theft of coins",
                  "Orla reopened withdrawals in March. Orla sold a part.")  # fmt: skip
    both = view((one, two), (detail(one, "victim", "Orla", "Orla"),))
    assert headline.write(both.members, Ledger(both)).text == two.title
    before = article(9, "Orla sells a part of itself after theft of coins", "Orla sold a part.")
    early = view((one, before), (detail(one, "victim", "Orla", "Orla"),))
    assert headline.write(early.members, Ledger(early)).text == one.title


def test_the_impact_opens_with_what_the_newest_report_brings_the_count_to() -> None:
    text = "Calder Clinic said that records of 24,937 patients were stolen from its printer. "
    new = (
        "Five clinics besides Calder Clinic had letters exposed, a council said, "
        "which brings the number of patients affected to 690,000."
    )
    one, two = article(1, "Calder Clinic hit", text), article(9, "Five more clinics hit", new)
    facts = (
        detail(one, "victim", "Calder Clinic", "Calder Clinic"),
        detail(one, "affected", "24,937 patients", {"number": 24937, "unit": "people"}),
    )
    impact = of(brief.write(view((one, two), facts)), "impact_assessment")
    assert impact[0].text == (
        "The number of patients affected is now 690,000, Harbour Gazette reports."
    )
    assert not any("24,937" in s.text for s in impact)


def test_what_it_cost_those_hit_is_impact() -> None:
    text = (
        "Everard Pitt, 52, ran a recovery firm in Lodehaven and was sentenced for fraud on Monday. "
        "In fact he bought the keys for $1.3 million and billed his clients $6.7 million."
    )
    one = article(1, "Man who sold fake recovery sentenced for fraud", text)
    impact = of(brief.write(view((one,), kind="law")), "impact_assessment")
    assert [s.text for s in impact if "billed his clients $6.7 million" in s.text]


@pytest.mark.usefixtures("any_is_printable")
def test_steps_of_an_attack_are_no_impact_and_what_it_comes_to_is() -> None:
    text = (
        "A flaw in Fathom Reader was found by Ada Moss of Fenwick Labs in its update service. "
        "By forcing a prompt, attackers could expose files of all users of Fathom Reader. "
        "A hidden loader first sets a tag and exposes 12 functions of Fathom Reader. "
        "Successful exploitation of Fathom Reader results in full control over the machine."
    )
    one = article(1, "Fathom Reader flaw found", text)
    desk = Desk(view((one,), kind="vulnerability"))
    while impact.take(desk) or impact.effect(desk):
        pass
    assert [s.text for s in desk.sheet.held("impact_assessment")] == [
        "Successful exploitation of Fathom Reader results in full control over the machine."
    ]


@pytest.mark.parametrize(("verb", "taken"), [("steals", False), ("has stolen", True)])
def test_what_a_tool_takes_is_not_yet_the_data(verb: str, taken: bool) -> None:
    one = article(1, "Gullfrost program seen", f"Gullfrost {verb} passwords at one firm of many.")
    fact = detail(one, "data_type", "passwords", "credentials", "reported", None)
    found = brief.write(view((one,), (fact,), kind="malware"))
    assert any("The data includes" in s.text for s in found) is taken


def test_advice_fills_what_comes_next_and_a_disguised_task_does_not() -> None:
    told_to = "Fathom has addressed it in version 9.2, and users are strongly advised to update."
    text = (
        "A flaw in Fathom Reader was found by Ada Moss of Fenwick Labs in its update service. "
        "The flaw in Fathom Reader was tried out on 40 machines. It was the first of its kind. "
        "A scheduled task of Fathom Reader, disguised as an update, restarts it every time. "
        f"{told_to}"
    )
    one = article(1, "Fathom Reader flaw found", text)
    found = of(brief.write(view((one,), kind="vulnerability")), "deep_analysis", 2)
    assert [s.text for s in found] == [told_to]


def test_what_a_rule_costs_is_its_impact() -> None:
    cost = "The state office puts the cost of compliance at $90m a year, spread over 700 clinics."
    text = (
        "Clinics of Moorside have two days to tell of an attack under a new rule. "
        f"Many are not ready for it. {cost.replace('700 clinics', '21,000 companies')}"
    )
    one = article(1, "Two days to tell: what the new rule asks", text)
    found = of(brief.write(view((one,), kind="other")), "impact_assessment")
    assert any("21,000 companies" in s.text for s in found)


def test_a_sum_of_no_kind_is_told_by_its_sentence_only() -> None:
    text = "A broker offers access to Calder Clinic at $800 each or twelve logins for $7,000."
    one = article(1, "Calder Clinic access sold", text)
    fact = detail(one, "money", "$7,000", {"amount": 7000, "currency": "USD", "kind": "other"})
    found = brief.write(
        view((one,), (detail(one, "victim", "Calder Clinic", "Calder Clinic"), fact))
    )
    assert not any("sum named" in s.text for s in found)


def test_what_a_flaw_lets_one_read_is_not_lost() -> None:
    able = "A visitor without an account can read any file on the server, including keys."
    assert not vouch.stands(claim("data_type", "credentials", "keys", able))
    took = "Thieves took files from the server, including keys of administrators."
    assert vouch.stands(claim("data_type", "credentials", "keys", took))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Orla", "Orla Hotels confirmed that records of about 1.7 million guests were stolen."),
        ("Calder County", "Records were stolen in the attack, Calder County said on Thursday."),
        ("Calder County", "Calder County, Tarrow: 83,112 notified after Black Ferrule attack"),
    ],
)
def test_who_was_hit_is_said_in_many_ways(name: str, text: str) -> None:
    assert vouch.hit(name, text)


def test_an_earlier_case_says_of_nobody_that_he_was_hit() -> None:
    text = "Orla was breached once before, in 2021, when malware on tills took 88,000 cards."
    one = article(1, "Orla denies it", text)
    ledger = Ledger(view((one,), (detail(one, "victim", "Orla", "Orla"),)))
    assert ledger.hit("Orla") is None


def test_a_warning_looks_to_the_worse() -> None:
    text = "Ada Moss of Fenwick Labs warned that the tax forms would be put to use in January."
    assert outlook._lean(text, -1) > 0
    assert text in told(thread([LEAD + text]), "pessimistic_outlook")


def test_what_opens_with_a_known_thing_needs_it_known() -> None:
    text = "The cameras will not be patched by anyone in the next years."
    assert text not in told(thread([f"{LEAD}{text}", f"Calder Clinic is open. {text}"]))


def test_a_day_ahead_is_what_comes_next() -> None:
    text = "A preliminary hearing is set for May 23, and claims can be filed from June."
    view = thread([LEAD, f"A patient of Calder Clinic has sued it over the theft. {text}"])
    assert text in told(view, paragraph=2)


def test_a_share_price_is_no_news_of_the_incident() -> None:
    text = "Calder Clinic shares rose 2 per cent on Monday after the theft was disclosed."
    assert text not in everything(thread([LEAD + text]))


@pytest.mark.parametrize(
    ("text", "core_told"),
    [
        ("Version 4.8.1 of Orlaforge was compromised. Orlaforge 4.8.0 is clean.",
         "Orlaforge was tampered with."),
        ("Orlaforge was compromised through a supplier of its payroll.",
         "An attack through trusted software hit Orlaforge."),
    ],
)  # fmt: skip
def test_software_that_carried_an_attack_was_not_hit_by_it(text: str, core_told: str) -> None:
    one = an_article(1, "Orlaforge compromised", text, source="Harbour Gazette", at=AT, lead="")
    seen = view((one,), (detail(one, "victim", "Orlaforge", "Orlaforge"),), "supply-chain")
    found = core.said(Ledger(seen), plain=True)
    assert found is not None
    assert found.text.removeprefix("Harbour Gazette says that ") == core_told


def test_a_name_is_never_cut_short() -> None:
    text = (
        "The University of North Moor lost records of its staff. "
        "The university told us it discovered the theft on March 2, when rent bounced."
    )
    shown = usable(text, "University of North", "University of North Moor")
    assert any(s.startswith("University of North Moor told") for s in shown), shown


@pytest.mark.parametrize(
    "text",
    [
        "The clinic confirmed that it holds reports of about 2,900 patients.",
        "For example, a nurse in Moorhaven lost three weeks of wages.",
        "The intruders used that key to read the mail of Calder Clinic.",
        "A fine could add to that, Calder Clinic wrote.",
    ],
)
def test_what_only_the_sentence_before_explains_leans_on_it(text: str) -> None:
    assert leaning.leans(text, named="Calder Clinic" in text)


def test_in_fact_is_cut_with_a_comma_or_without() -> None:
    assert usable("In fact Calder Clinic paid the thieves $3 million in May.", "Calder Clinic") == [
        "Calder Clinic paid the thieves $3 million in May."
    ]
