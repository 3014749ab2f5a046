"""What a brief says in its own words: who was hit, how many, what it means, what to know."""

from __future__ import annotations

from breachwire.model import Statement
from nlp import brief, claims
from nlp.facts import Ledger
from tests.nlp.test_nlp_brief import article, detail, of, view


def told(found: list[Statement] | tuple[Statement, ...], section: str) -> str:
    return " ".join(s.text for s in found if s.section == section)


def test_a_name_in_the_story_is_no_victim() -> None:
    text = (
        "Fathom Labs paused its work with Orla after a breach at its supplier on Monday. "
        "Ada Moss of Fathom Labs said that the pause has no end date and touches nine projects."
    )
    one = article(1, "Fathom Labs pauses work with Orla", text)
    found = brief.write(view((one,), (detail(one, "victim", "Fathom Labs", "Fathom Labs"),)))
    assert "hit" not in told(found, "eli5")
    assert "break-in" not in told(found, "eli5")


def test_a_plain_noun_is_no_name_beside_one() -> None:
    text = (
        "Saint Brannoc's Hospital was hit by ransomware in May. Saint Brannoc's Hospital is open. "
        "Ambulances return to the Moorside hospital after the attack on Saint Brannoc's Hospital."
    )
    one = article(1, "Ransomware hits Saint Brannoc's Hospital", text)
    ledger = Ledger(
        view(
            (one,),
            (
                detail(one, "victim", "Moorside hospital", "Moorside hospital"),
                detail(one, "victim", "Saint Brannoc", "Saint Brannoc"),
            ),
        )
    )
    assert ledger.victims() == ["Saint Brannoc's Hospital"]


def test_the_impact_opens_with_the_newest_count_of_those_hit() -> None:
    first = (
        "Orla said that thieves copied files of 900 customers in its breach last March. "
        "Organizations should update their systems to 9.1 and are urged to do so promptly."
    )
    second = (
        "Officials in Moorside now count 1,240 patients as affected, and a depot sends letters."
    )
    one, two = article(1, "Orla breached", first), article(5, "Orla counts again", second)
    found = brief.write(view((one, two), (detail(one, "victim", "Orla", "Orla"),)))
    impact = of(found, "impact_assessment")
    assert "1,240" in impact[0].text
    assert "update their systems" not in told(found, "impact_assessment")


def test_no_long_recovery_is_foreseen_once_systems_are_back() -> None:
    hit = "A ransomware attack hit Calder Clinic on Monday and shut its wards, officials said. "
    back = "Calder Clinic restored its records system on Friday after nine days of paper charts."
    for text, foreseen in ((hit, True), (hit + back, False)):
        one = article(1, "Ransomware attack hits Calder Clinic", text)
        details = (
            detail(one, "victim", "Calder Clinic", "Calder Clinic", "reported", None),
            detail(one, "attack_type", "ransomware", "ransomware", "reported", None),
        )
        found = brief.write(view((one,), details))
        assert ("may take weeks" in told(found, "impact_assessment")) is foreseen


def test_nothing_is_inferred_from_a_claim_or_from_part_of_a_number() -> None:
    claimed = "Night Heron claims to have breached Orla and taken passwords of its users."
    one = article(1, "Night Heron claims breach of Orla", claimed)
    details = (
        detail(one, "victim", "Orla", "Orla", "claimed", "Night Heron"),
        detail(one, "data_type", "passwords", "credentials", "claimed", "Night Heron"),
    )
    assert not [s for s in brief.write(view((one,), details)) if s.kind == "inferred"]
    partly = "Hackers stole the last four digits of credit cards from Orla, the firm said."
    two = article(2, "Hackers hit Orla", partly)
    details = (
        detail(two, "victim", "Orla", "Orla"),
        detail(two, "data_type", "credit cards", "payment_card"),
    )
    found = brief.write(view((two,), details))
    assert not [s for s in found if s.kind == "inferred"]
    assert "card" not in " ".join(s.text for s in of(found, "eli5") if s.kind == "glossary")


def test_what_the_sources_leave_open_stays_open() -> None:
    text = "Hackers breached Orla, which said that the files may include dates of birth and names."
    one = article(1, "Hackers breached Orla", text)
    details = (
        detail(one, "victim", "Orla", "Orla"),
        detail(one, "data_type", "dates of birth", "dob"),
        detail(one, "data_type", "names", "names"),
    )
    impact = told(brief.write(view((one,), details)), "impact_assessment")
    assert "may" in impact
    assert "the data includes" not in impact.lower()


def test_a_refuted_story_gets_a_word_on_claims_and_no_other_comparison() -> None:
    text = "Orla denied that ransomware had hit it. Night Heron claims ransomware hit Orla."
    one = article(1, "Orla denies ransomware attack", text)
    details = (
        detail(one, "victim", "Orla", "Orla", "disputed"),
        detail(one, "attack_type", "ransomware", "ransomware", "disputed"),
    )
    eli5 = told(brief.write(view((one,), details)), "eli5")
    assert "A claim is not proof" in eli5
    assert "new locks" not in eli5


def test_a_fix_that_is_out_is_not_awaited() -> None:
    text = "Orla has released version 9.1, which fixes a flaw that lets anyone open its doors."
    one = article(1, "Orla fixes flaw in its doors", text)
    eli5 = told(brief.write(view((one,), kind="vulnerability")), "eli5")
    assert "put in the fix." in eli5
    assert "as soon as" not in eli5


def test_a_dated_event_is_told_though_another_section_tells_it() -> None:
    text = (
        "Thieves copied files of Calder Clinic on March 3, 2026, with a stolen password. "
        "Calder Clinic must file its report by April 30, 2026, under the law of the state. "
        "Ada Moss told a paper on Monday that the files of Calder Clinic held names, dated May."
    )
    one = article(1, "Thieves copy files of Calder Clinic", text)
    found = brief.write(view((one,), (detail(one, "victim", "Calder Clinic", "Calder Clinic"),)))
    line = [(s.at, s.text) for s in of(found, "timeline")]
    assert line[0][0] == "2026-03-03"
    assert "Thieves copied files of Calder Clinic" in line[0][1]
    assert line[-1][0] == "2026-04-30"  # by when it must report
    assert "2026-05" not in [at for at, _ in line]


def test_a_report_whose_news_an_event_tells_is_not_listed() -> None:
    first = "Calder Clinic was breached on March 18, 2026, by thieves with a stolen password."
    second = "Calder Clinic reopened its wards on March 22, 2026, after repairs to its network."
    one = article(1, "Calder Clinic breached by thieves with stolen password", first)
    two = article(6, "Ada Moss joins the board", second)
    found = brief.write(view((one, two), (detail(one, "victim", "Calder Clinic", "C"),)))
    line = told(found, "timeline")
    assert "reopened its wards" in line
    assert "report" not in line
    assert [s.at for s in of(found, "timeline")] == sorted(
        s.at or "" for s in of(found, "timeline")
    )


def test_a_new_count_far_down_is_read_where_it_names_the_old_one() -> None:
    text = (
        "Two suits accuse Orla of negligence over the March breach that exposed tax numbers. "
        "The first suit was filed in Moorside by Ada Moss, a translator. "
        "The second was filed a day later by a physician. Both ask for damages. "
        "The complaints rest on the order of events. They quote from job advertisements. "
        "Orla said that it will answer in court. "
        "An amended filing with the state now gives 51,730 people, up from 48,200. "
        "The hall seats 2,400 people."
    )
    one = article(1, "Contractors sue Orla over breach that exposed tax numbers", text)
    counts = {c.value["number"] for c in claims.extract(one) if c.field == "affected"}
    assert 51730 in counts
    assert 2400 not in counts


def test_a_date_is_the_main_clauses_own() -> None:
    cases = {
        "Thieves who took over a token pushed two bad versions of Orla on Tuesday.": "2026-03-17",
        "A patient who received a letter in January sued Orla on March 9.": "2026-03-09",
        "Orla, which runs nine shops, said on Monday that thieves had stolen files.": "2026-03-16",
    }
    for text, at in cases.items():
        one = article(1, "Thieves hit Orla", text)
        found = brief.write(view((one,), (detail(one, "victim", "Orla", "Orla"),)))
        assert at in [s.at for s in of(found, "timeline")], text
