"""What a sentence goes back to, and what newer reports overtook: each rule on invented reports."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from breachwire.testing import an_article
from nlp import antecedents, befell, brief, ground, leaning, quotable, trim, whole
from nlp.facts import Ledger
from nlp.overtaken import News
from nlp.patterns import says
from tests.nlp.test_nlp_brief import article, detail, of, view
from tests.nlp.test_nlp_brief_fuller import usable
from tests.nlp.test_nlp_brief_sentences import LEAD, everything, thread, told

AT = datetime(2026, 3, 18, 9, tzinfo=UTC)


def open_words(text: str, before: str = "") -> set[str]:
    """Stems of the definite nouns of a text that need an antecedent, after another text."""
    found = antecedents.open_nouns(text, f"{before} {text}", len(before) + 1 if before else 0)
    return {stem for reference in found for stem in reference.stems}


@pytest.mark.parametrize(
    ("text", "before", "noun"),
    [
        ("The round values Orla at $1.4bn.", "", "round"),
        ("Nine pumps would fail, the agency estimates.", "The Toy Agency wrote a rule.", "agency"),
        ("In April the three men sent malware to a school.", "", "thre"),
        ("Ada Moss said that the class could grow.", "Lawyers for a class ask for more.", "clas"),
    ],
)  # fmt: skip
def test_a_definite_noun_goes_back_to_what_was_told(text: str, before: str, noun: str) -> None:
    assert noun in open_words(text, before)


@pytest.mark.parametrize(
    "text",
    [
        "The flaw in Alley phones lets anyone listen.",
        "The rule that the council passed binds banks.",
        "Orla told the police about the attack.",
        "Orla raised a fund, and the fund pays two people.",
        "The largest of the firms has left.",
        "Orla put a copy on the internet.",
    ],
)
def test_what_a_sentence_explains_or_everybody_knows_goes_back_to_nothing(text: str) -> None:
    assert not open_words(text, "A flaw, a rule, a copy and firms were known.")


def test_a_noun_of_the_same_class_brings_it_up() -> None:
    (reference,) = antecedents.open_nouns("The stealer sends what it finds.")
    assert antecedents.told(reference, antecedents.stems("A piece of malware was sent."))
    assert not antecedents.told(reference, antecedents.stems("A letter was sent."))


def test_of_so_many_only_the_number_tells() -> None:
    (reference,) = antecedents.open_nouns("The three men were fined.")
    assert not antecedents.told(reference, antecedents.stems("A group of men was found."))
    assert antecedents.told(reference, antecedents.stems("A court fined three men."))


def test_what_goes_back_to_a_sentence_is_shown_with_it() -> None:
    text = (
        f"{LEAD}A billing alarm drew attention to large downloads from the archive in March. "
        "Calder Clinic said that its engineers took the downloads for an export to a bank."
    )
    shown = everything(thread([text]))
    assert "the downloads" not in shown or "large downloads" in shown.split("the downloads")[0]


def test_the_agency_is_the_one_that_the_report_named() -> None:
    text = (
        "Pumps need passwords under a rule that the Toy Safety Agency published. "
        "About 1.9 million pumps in service would not pass, the agency estimates."
    )
    assert "pumps in service would not pass, the Toy Safety Agency estimates." in " ".join(
        usable(text)
    )
    two = text.replace("Pumps need", "The Water Agency knows that pumps need")
    assert not any("the Toy Safety Agency estimates" in line for line in usable(two))


def test_a_speaker_comes_with_the_role_that_the_report_gives() -> None:
    text = (
        "Orla turns away two callers in five, said chief executive Roderick Vane. "
        "The firm was founded in a barn. "
        'Vane said a listing of its shares was "a question for 2028."'
    )
    opening = "Chief executive Roderick Vane said a listing"
    assert any(line.startswith(opening) for line in usable(text))
    behind = (
        "“Showing a loss is hard,” said Aurelio Finch, who leads the cyber practice at Stannard. "
        "He expects most buyers to settle quietly for lower prices."
    )
    assert any(
        line.startswith("Aurelio Finch, who leads the cyber practice at Stannard, expects")
        for line in usable(behind)
    )


def test_a_role_is_told_once_and_quoted_words_stay() -> None:
    text = (
        f"{LEAD}Administrator Ada Moss said that intruders used the password of a contractor. "
        "Nobody knew of it. Moss said that letters to patients will go out by April 9. "
        "Calder Clinic hired a firm. Moss said that a hearing will be held on April 12."
    )
    shown = everything(thread([text]))
    assert shown.count("dministrator Ada Moss") <= 1
    one = thread([text])
    articles = {m.article.id: m.article for m in one.members}
    assert not [line for s in brief.write(one) for line in ground.problems(s, articles)]


def test_a_surname_of_one_who_does_not_speak_is_named_in_full() -> None:
    text = (
        "Everard Pitt, 52, ran a firm named Thawkey Recovery from an office in Lodehaven. "
        "The court was full. The court ordered Pitt to repay $5.4 million to his clients."
    )
    assert any("ordered Everard Pitt to repay" in line for line in usable(text))


@pytest.mark.parametrize(
    "text",
    [
        "One notable aspect of Januscope is its cross-platform impact.",
        "The impact extends beyond data theft.",
        "The researchers noticed an unusual .NET exception.",
        "The most concerning issue involved unencrypted communications.",
        "On the surface, Moth behaves like any other tool for remote access.",
    ],
)
def test_what_only_sets_up_the_next_sentence_tells_nothing(text: str) -> None:
    assert says("asides", "empty", text)


@pytest.mark.parametrize(
    "text",
    [
        "The impact extends beyond Orla to nine other banks.",
        "Orla noticed an unusual login to its payroll system from a rented server on March 3.",
        "The issue affects all versions before 4.2.",
    ],
)
def test_what_tells_something_is_no_mere_opening(text: str) -> None:
    assert not says("asides", "empty", text)


@pytest.mark.parametrize(
    "text",
    [
        "For buyers the audits could prove the costlier part.",
        "Orla says that this discovery adds to a broader pattern.",
        "Shops can keep old ones until 2034.",
        "The Toy Agency answered that concern with an exception for keys.",
        "Developers who need a different threshold can use a setting.",
    ],
)
def test_comparisons_without_the_other_side_lean(text: str) -> None:
    assert leaning.leans(text, named=False)


@pytest.mark.parametrize(
    "row",
    [
        "ABCD-2026-039: An unchecked size field allows attackers to crash the device.",
        "Artifact SECRITKEY Misspelled variable used to open the deployment.",
    ],
)
def test_rows_of_lists_are_no_prose(row: str) -> None:
    assert not whole.whole(row, ())


def test_half_of_a_contrast_gives_way_to_the_whole() -> None:
    text = "Orla put out the fix on March 3 in version 9.4. But the fix does not remove a door."
    one = an_article(1, "A title", text, source="Gazette", at=AT, lead="")
    found = quotable.gather(view((one,)).members, ())
    assert [q.turned for q in found if q.position == 0] == [True]


def test_a_line_above_the_lead_tells_less_than_the_lead() -> None:
    text = (
        "New devices must ask for a password at first start. Clinics can keep theirs until 2034.\n"
        "Makers of pumps and monitors may no longer ship them with one password for all devices."
    )
    one = an_article(1, "Regulator bans one password for pumps and monitors", text,
                     source="Gazette", at=AT, lead="")  # fmt: skip
    found = {q.text.split()[0]: q.position for q in quotable.gather(view((one,)).members, ())}
    assert found["Makers"] == 0
    assert found["New"] > 2


def overtaken(old: str, new: str, *facts: tuple[int, str, str]) -> bool:
    """Whether a sentence of an older report is stale beside a newer report."""
    one, two = article(1, "Orla hit", old), article(20, "Orla again", new)
    pair = {1: one, 20: two}
    details = [
        detail(pair[n], "affected", words, {"number": 1_700_000, "unit": unit})
        for n, words, unit in facts
    ]
    both = view((one, two), details)
    news = News([one, two], Ledger(both))
    return all(news.stale(q) for q in quotable.gather(both.members, ()) if q.article == 1)


def test_what_was_to_come_and_came_is_overtaken() -> None:
    plan = "Privacy commissioner Ada Moss said that her office would examine the Orla case."
    assert overtaken(plan, "The privacy commissioner has opened an investigation of Orla.")
    assert not overtaken(plan, "Orla sold a quarter of its shares to a fund on Tuesday.")
    offer = "Police will offer the decryption keys of the Moth gang free of charge in November."
    assert overtaken(offer, "Police released the decryption keys of the Moth gang on November 13.")


def test_a_day_to_come_that_has_gone_is_overtaken() -> None:
    assert overtaken(
        "The clinic canceled all visits through Friday.", "Orla sold a part of itself."
    )


def test_a_sellers_figure_gives_way_to_the_one_that_was_measured() -> None:
    seller = "A seller offers what he says are 2.3 million guest records of Orla for $60,000."
    told_later = "Orla confirmed that 1.7 million guests are affected."
    assert overtaken(seller, told_later, (20, "1.7 million guests", "people"))
    assert not overtaken(seller, "Orla confirmed nothing and said no more on Monday.")


def test_a_closure_that_is_over_is_told_as_past() -> None:
    old = "An attack has kept Orla Clinic on paper since March 3, said the clinic's director."
    new = "Orla Clinic restored its records on March 25 and took patients again."
    one, two = article(1, "Orla hit", old), article(20, "Orla back", new)
    both = view((one, two))
    news = News([one, two], Ledger(both))
    shown = [news.past(q) for q in quotable.gather(both.members, ()) if q.article == 1]
    assert all("kept Orla Clinic on paper from March 3" in q.text for q in shown)
    assert all(q.kind == "stated" for q in shown)


@pytest.mark.parametrize(
    ("sentence", "count", "clause"),
    [
        ("Orla has started to notify 61,000 families.", "61,000 families",
         "61,000 families are being notified"),
        ("Orla notified 900 people.", "900 people", "900 people were notified"),
        ("Researchers tested 281 apps.", "281 apps", ""),
        ("The gang's infrastructure spans 170 servers.", "170 servers", ""),
        ("A breach hit 900 people.", "900 people", None),
        ("About 900 gateways can be reached from the internet.", "900 gateways",
         "900 gateways can be reached from the internet"),
    ],
)  # fmt: skip
def test_a_count_is_of_what_its_sentence_says(
    sentence: str, count: str, clause: str | None
) -> None:
    at = sentence.index(count)
    assert befell.clause(sentence, at, at + len(count), count) == clause


def test_data_is_told_in_the_sources_words() -> None:
    text = f"{LEAD}The thieves stole passport numbers and diagnoses of patients. Nobody saw them."
    one = thread([text]).members[0].article
    facts = [
        detail(one, "victim", "Calder Clinic", "Calder Clinic"),
        detail(one, "data_type", "passport numbers", "ssn_or_id"),
        detail(one, "data_type", "diagnoses", "medical"),
    ]
    impact = " ".join(s.text for s in of(brief.write(view((one,), facts)), "impact_assessment"))
    assert "passport numbers" in impact
    assert "identity numbers and" not in impact


@pytest.mark.usefixtures("any_is_printable")
def test_a_flaws_impact_is_what_it_lets_attackers_do() -> None:
    text = (
        "Orla has fixed a flaw in its Alley phones that was found in March. "
        "The flaw is tracked as CVE-2026-91234 and sits in the web page of the phone. "
        "Orla says CVE-2026-91234 allows attackers on the same network to switch on a microphone."
    )
    one = article(1, "Orla fixes flaw in Alley phones", text)
    shown = of(brief.write(view((one,), kind="vulnerability")), "impact_assessment")
    assert any("switch on a microphone" in s.text for s in shown)


def test_sources_without_a_name_are_the_outlets_word() -> None:
    text = "Orla has paused its work with Fathom, according to three people familiar with it."
    assert (
        trim.reported(text, "Gazette") == "Orla has paused its work with Fathom, Gazette reports."
    )
    named = "Orla has paused its work with Fathom, according to Ada Moss."
    assert trim.reported(named, "Gazette") == named


def test_a_participle_keeps_its_means() -> None:
    text = "The tool sends all it reads to a server, a claim verified by decrypting the traffic."
    assert trim.shorter(text, 12) is None


def test_the_container_is_what_held_the_data() -> None:
    text = (
        "A researcher found an open bucket of Orla, and the bucket was closed within the hour. "
        "It held about 900,000 photos and 52,000 daily reports with names of children."
    )
    assert any(line.startswith("The bucket held about 900,000 photos") for line in usable(text))


def test_what_happened_does_not_take_the_place_of_how() -> None:
    text = (
        f"{LEAD}Calder Clinic said that patients were told by letter in the first week of March. "
        "Outside experts found that intruders exploited a flaw in a gateway to get in."
    )
    assert any("exploited a flaw" in line for line in told(thread([text]), paragraph=1))


def test_a_plain_word_is_nobodys_name() -> None:
    text = "Police arrested a doxer who had leaked data of Orla staff for half a year."
    one = article(1, "Police arrest doxer leaking data of Orla staff", text)
    facts = (detail(one, "actor", "doxer", "doxer", "reported", None),)
    assert "Doxer is" not in " ".join(s.text for s in brief.write(view((one,), facts)))
