"""The brief of invented threads: every section, nothing unsourced, stronger or twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest

from breachwire.model import (
    Article,
    BriefSection,
    Claim,
    Detail,
    Evidence,
    Field,
    Kind,
    LedgerClaim,
    Member,
    Statement,
    Status,
    Thread,
    ThreadView,
)
from breachwire.testing import an_article
from evals import brief_measures
from nlp import brief, ground, sentences
from nlp.vague import without_vague_dates

START = datetime(2026, 3, 18, 9, tzinfo=UTC)
FIRST = (
    "Calder Clinic said on Wednesday that attackers had stolen records of 24,937 patients. "
    "The company discovered the theft on March 3 and shut down its billing system. "
    "Names, home addresses and health data were taken, according to a letter to patients. "
    "The Night Heron group has claimed responsibility and says it holds 300 GB of data. "
    "We reached out to the clinic for comment. "
    "He declined to say more. "
    "Calder Clinic expects to restore its remaining systems and will pay for credit monitoring. "
    "Experts at Fenwick Labs warned that the stolen records could be used for fraud for years. "
    "The post Calder Clinic hit appeared first on Harbour Gazette."
)
SECOND = (
    "State prosecutors opened an investigation into the theft at Calder Clinic last week. "
    "The intruders used the stolen password of a contractor, the clinic’s lawyer Ada Moss said. "
    "A class action lawsuit filed in Moorside says Calder Clinic could face further claims."
)


def article(id: int, title: str, text: str, source: str = "Harbour Gazette") -> Article:
    when = START + timedelta(days=id - 1)
    return an_article(id, title, text, source=source, at=when, lead="", family=source)


def detail(
    a: Article,
    field: Field,
    words: str,
    value: Any,
    status: Status = "confirmed",
    asserter: str | None = "Calder Clinic",
) -> Detail:
    at = a.text.index(words)
    span = Evidence(a.id, "text", at, at + len(words), words)
    start, end = next((s, e) for s, e in sentences.split(a.text) if s <= at < e)
    whole = Evidence(a.id, "text", start, end, a.text[start:end])
    claim = Claim(field, value, None, status, asserter, None, None, span, whole)
    lead = LedgerClaim(claim, "t1", a.at, a.at)
    return Detail(field, "", value, None, status, asserter, a.at, (lead,), lead)


def view(
    articles: Sequence[Article], details: Sequence[Detail] = (), kind: Kind = "breach"
) -> ThreadView:
    first, last = articles[0].at, articles[-1].at
    thread = Thread("t1", "", kind, "Breaches", first, last, last, len(articles), 1)
    members = tuple(Member(a, "report", 1.0, "joins", "") for a in articles)
    return ThreadView(thread, members, tuple(details))


@pytest.fixture
def rich() -> ThreadView:
    one = article(1, "Calder Clinic says hackers stole records of 24,937 patients", FIRST)
    two = article(3, "Prosecutors open probe into Calder Clinic theft", SECOND, "Moor Courier")
    people = {"number": 24937, "unit": "people"}
    return view(
        (one, two),
        (
            detail(one, "victim", "Calder Clinic", "Calder Clinic"),
            detail(one, "affected", "24,937 patients", people),
            detail(one, "data_type", "health data", "medical"),
            detail(one, "attack_type", "stolen records", "unknown_intrusion"),
            detail(one, "actor", "Night Heron", "Night Heron", "claimed", "Night Heron group"),
            detail(one, "volume", "300 GB", {"bytes": 3 * 10**11}, "claimed", "Night Heron group"),
            detail(two, "response", "opened an investigation", "investigating", "reported", None),
        ),
    )


def of(found: Sequence[Statement], section: BriefSection, paragraph: int = 0) -> list[Statement]:
    return [s for s in found if s.section == section and s.paragraph == paragraph]


def test_a_rich_thread_fills_every_section_without_a_notice(rich: ThreadView) -> None:
    found = brief.write(rich)
    assert {s.section for s in found} == set(get_args(BriefSection))
    assert {s.paragraph for s in found if s.section == "deep_analysis"} == {0, 1, 2}
    assert [s for s in found if s.kind == "notice"] == []
    assert "restore" in of(found, "optimistic_outlook")[0].text
    assert any("fraud" in s.text or "claims" in s.text for s in of(found, "pessimistic_outlook"))


def test_every_statement_holds_and_none_but_a_dated_one_is_said_twice(rich: ThreadView) -> None:
    articles = {m.article.id: m.article for m in rich.members}
    found = brief.write(rich)
    assert [line for s in found for line in ground.problems(s, articles)] == []
    for dated in (True, False):
        texts = [s.text for s in found if (s.section == "timeline") is dated]
        assert len(texts) == len(set(texts))


def test_furniture_and_dangling_sentences_stay_out(rich: ThreadView) -> None:
    told = " ".join(s.text for s in brief.write(rich))
    for words in ("appeared first", "reached out", "He declined", "on Wednesday", "last week"):
        assert words not in told


def test_the_company_is_named_and_the_naming_sentence_cited(rich: ThreadView) -> None:
    named = next(s for s in brief.write(rich) if "discovered the theft" in s.text)
    assert named.text.startswith("Calder Clinic discovered")
    assert named.kind == "stated"
    assert any("Calder Clinic" in e.quote for e in named.evidence)


def test_the_signal_summary_has_at_most_thirty_words(rich: ThreadView) -> None:
    summary = of(brief.write(rich), "signal_summary")
    assert 0 < sum(len(s.text.split()) for s in summary) <= 30


def test_the_ledger_is_told(rich: ThreadView) -> None:
    told = " ".join(s.text for s in brief.write(rich))
    for words in (
        "Calder Clinic",
        "24,937",
        "ealth data",
        "Night Heron",
        "300 GB",
        "investigation",
    ):
        assert words in told


def test_a_claim_stays_a_claim() -> None:
    text = "The Night Heron group claims it broke into Calder Clinic and took 300 GB of data."
    one = article(1, "Night Heron group claims attack on Calder Clinic", text)
    found = brief.write(
        view(
            (one,),
            (
                detail(one, "victim", "Calder Clinic", "Calder Clinic", "claimed", "Night Heron"),
                detail(
                    one, "attack_type", "broke into", "unknown_intrusion", "claimed", "Night Heron"
                ),
                detail(one, "volume", "300 GB", {"bytes": 1}, "claimed", "Night Heron"),
            ),
        )
    )
    stated = [s.text for s in found if s.kind == "stated" and s.section != "timeline"]
    assert stated
    assert all("claim" in text for text in stated)
    assert any("No source here has confirmed" in s.text for s in of(found, "eli5"))


def test_a_denial_is_said_as_a_denial() -> None:
    text = "Calder Clinic denied that ransomware had hit its systems, calling the report a hoax."
    one = article(1, "Calder Clinic denies ransomware attack", text)
    found = brief.write(
        view(
            (one,),
            (
                detail(one, "victim", "Calder Clinic", "Calder Clinic", "denied"),
                detail(one, "attack_type", "ransomware", "ransomware", "denied"),
            ),
        )
    )
    core = of(found, "eli5")[0].text
    assert core == "Calder Clinic denies a ransomware attack."


def test_one_short_summary_gives_one_sentence_and_honest_notices() -> None:
    text = "Calder Clinic confirmed that it was breached."
    one = article(1, "Calder Clinic confirms breach", text)
    found = brief.write(view((one,)))
    quoted = [s for s in found if s.kind == "quoted" and s.section != "headline"]
    assert [s.text for s in quoted] == [text]
    assert all(of(found, "deep_analysis", p)[0].kind == "notice" for p in (0, 1, 2))


def test_copies_and_roundups_are_not_quoted(rich: ThreadView) -> None:
    other = article(4, "Copy of it", "Calder Clinic paid a ransom, said a wire copy of the report.")
    for change in ({"role": "copy", "copy_of": 1}, {"role": "mention"}):
        extra = replace(rich.members[0], article=other, **change)
        found = brief.write(replace(rich, members=(*rich.members, extra)))
        assert 4 not in {e.article for s in found for e in s.evidence}


def test_a_foreign_thread_says_so_in_every_section() -> None:
    one = replace(article(1, "Klinik gehackt", "Die Klinik wurde gehackt."), language="de")
    found = brief.write(view((one,)))
    assert {s.section for s in found} == set(get_args(BriefSection))
    assert {s.kind for s in found if s.section != "headline"} == {"notice"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("The clinic said on Monday that data was taken.", "The clinic said that data was taken."),
        ("Data taken last month was sold.", "Data taken was sold."),
        ("The clinic has been offline since last week.", None),
        ("Microsoft fixed it on Patch Tuesday.", "Microsoft fixed it on Patch Tuesday."),
        ("The attack disclosed last week has been claimed.", None),
        ("Today is the deadline.", None),
    ],
)
def test_vague_dates_go_where_they_can(text: str, shown: str | None) -> None:
    assert without_vague_dates(text) == shown


def test_it_is_not_guessed_to_be_the_victim() -> None:
    text = (
        "Calder Clinic was hit by a worm that researchers call Ashfall. "
        "It encrypts files and spreads through shared drives in a few minutes."
    )
    one = article(1, "Calder Clinic hit by worm", text)
    found = brief.write(view((one,), (detail(one, "victim", "Calder Clinic", "Calder Clinic"),)))
    assert not any("encrypts" in s.text for s in found)


def test_an_early_all_clear_is_no_outlook() -> None:
    calm = "Calder Clinic said on Monday it found no evidence of an intrusion into its systems."
    old = article(1, "Calder Clinic denies breach", calm)
    new = article(
        20, "Calder Clinic confirms breach", "Calder Clinic confirmed that data was taken."
    )
    found = brief.write(view((old, new)))
    assert [s.kind for s in of(found, "optimistic_outlook")] == ["notice"]
    fresh = of(brief.write(view((old,))), "optimistic_outlook")
    assert all(s.kind == "notice" or "no evidence" in s.text for s in fresh)


@pytest.mark.parametrize(
    "text",
    [
        "Calder Clinic asked a firm for help. The firm is Fenwick Labs, which did the work in May.",
        "Calder Clinic is in Moorside. The county’s only hospital switched off its network.",
        "Calder Clinic asked for a grade. The agency Marchbank confirmed the grade of the clinic.",
    ],
)
def test_another_organisation_is_not_taken_for_the_victim(text: str) -> None:
    one = article(1, "Calder Clinic recovers from attack", text)
    found = brief.write(view((one,), (detail(one, "victim", "Calder Clinic", "Calder Clinic"),)))
    for words in ("Calder Clinic is Fenwick", "Calder Clinic’s only", "Calder Clinic Marchbank"):
        assert not any(words in s.text for s in found)


def test_the_same_thread_gives_the_same_brief(rich: ThreadView) -> None:
    assert brief.write(rich) == brief.write(rich)


def test_the_input_hash_follows_what_is_written_from(rich: ThreadView) -> None:
    base = brief.input_hash(rich)
    assert base == brief.input_hash(rich)
    role = replace(rich.members[0], role="follow_up")
    text = replace(rich.members[0], article=replace(rich.members[0].article, content_hash="x"))
    for changed in (
        replace(rich, details=rich.details[:-1]),
        replace(rich, members=(role, *rich.members[1:])),
        replace(rich, members=(text, *rich.members[1:])),
    ):
        assert brief.input_hash(changed) != base
    updated = replace(rich, thread=replace(rich.thread, updated_at=START + timedelta(days=9)))
    assert brief.input_hash(updated) == base


def test_the_analysis_opens_with_the_event_and_the_summary_with_how_it_stands(
    rich: ThreadView,
) -> None:
    later = article(
        9,
        "Calder Clinic tells regulator 31,502 patients were affected",
        "Calder Clinic told the state on March 26 that its data breach affected 31,502 patients.",
        "Moor Courier",
    )
    extra = replace(rich.members[1], article=later)
    found = brief.write(replace(rich, members=(*rich.members, extra)))
    assert "31,502" in of(found, "signal_summary")[0].text
    assert "attackers had stolen records" in of(found, "deep_analysis")[0].text


def test_what_happened_is_told_as_the_news_came(rich: ThreadView) -> None:
    told = [s for s in of(brief.write(rich), "deep_analysis") if s.kind in ("quoted", "stated")]
    own = [s.evidence[0].article for s in told if s.evidence[0].where == "text"]
    assert own == sorted(own)


def test_plain_words_are_plain(rich: ThreadView) -> None:
    plain = of(brief.write(rich), "eli5")
    assert brief_measures.grade(" ".join(s.text for s in plain)) <= 6
    assert [s.kind for s in plain].count("glossary") == 2  # what it is like, what to know


def in_passing(field: Field, words: str, value: Any) -> ThreadView:
    """A breach with one more fact, which one report alone has, far down and by nobody's word."""
    filler = "The clinic runs seventeen practices in the north of the county and two in the south. "
    one = article(1, "Calder Clinic says hackers stole records", FIRST + filler * 8 + words)
    known = detail(one, "victim", "Calder Clinic", "Calder Clinic")
    attack = detail(one, "attack_type", "stolen records", "unknown_intrusion")
    return view((one,), (known, attack, detail(one, field, words, value, "reported", None)))


@pytest.mark.parametrize(
    ("field", "words", "value", "never"),
    [
        ("actor", "Imre Solheim sued in Moorside on Friday.", "Imre Solheim", "Solheim is behind"),
        ("attack_type", "Coins were stolen from a bank.", "theft_of_funds", "A theft by wire"),
    ],
)
def test_a_fact_told_in_passing_leads_nothing(
    field: Field, words: str, value: Any, never: str
) -> None:
    found = brief.write(in_passing(field, words, value))
    assert not any(never in s.text for s in found)


@pytest.mark.parametrize(
    ("asserter", "shown"),
    [
        ("Calder Clinic, a hospital", "Calder Clinic"),
        ("that outside investigators", "outside investigators"),
    ],
)
def test_whose_word_it_is_ends_with_the_name(asserter: str, shown: str) -> None:
    text = (
        "Calder Clinic, a hospital, said that outside investigators confirmed they were looking "
        "into the theft. "
        "Ada Moss is at work."
    )
    one = article(1, "Calder Clinic hit", text)
    found = brief.write(
        view(
            (one,),
            (
                detail(one, "victim", "Calder Clinic", "Calder Clinic"),
                detail(one, "response", "into the theft", "investigating", "confirmed", asserter),
            ),
        )
    )
    told = " ".join(s.text for s in found if s.kind == "stated" and "under way" in s.text).lower()
    assert shown.lower() in told
    assert asserter.lower() not in told


def test_clients_who_are_told_are_not_the_people_it_hit() -> None:
    text = "Calder Clinic told clients that access to its systems now expires after 12 hours."
    one = article(1, "Calder Clinic tightens access", text)
    known = detail(one, "victim", "Calder Clinic", "Calder Clinic")
    told = detail(one, "response", "told clients", "notified_people")
    found = brief.write(view((one,), (known, told)))
    assert not any("being told" in s.text for s in of(found, "eli5"))


def test_the_victims_own_noun_is_the_victim() -> None:
    text = (
        "The Moor Transit Authority was breached, according to Fenwick Labs, which found files. "
        "Fenwick Labs has offices in Moorside. "
        "The authority has notified the police and the attorney general of the theft of rider data."
    )
    one = article(1, "Moor Transit Authority breached", text)
    known = detail(one, "victim", "Moor Transit Authority", "Moor Transit Authority")
    told = next(s for s in brief.write(view((one,), (known,))) if "notified the police" in s.text)
    assert told.text.startswith("The Moor Transit Authority has notified")
    assert any(e.quote == "Moor Transit Authority" for e in told.evidence)


def test_a_copys_outlet_is_not_the_one_that_reports(rich: ThreadView) -> None:
    copy = article(7, "Calder Clinic says hackers stole records", FIRST, "Copycat Post")
    extra = replace(rich.members[0], article=copy, role="copy", copy_of=1)
    data = rich.details[2]
    again = detail(copy, "data_type", "health data", "medical", "reported", None)
    both = replace(data, status="reported", asserter=None, claims=(*again.claims, *data.claims))
    led = replace(both, lead=again.lead)
    known = tuple(led if d is data else d for d in rich.details)
    found = brief.write(replace(rich, members=(*rich.members, extra), details=known))
    assert not any("Copycat" in s.text for s in found)
