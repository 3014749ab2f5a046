"""Which sentences an editor would print, by fitted weights."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from breachwire.model import Article
from nlp import brief, printable, train_printable
from nlp.printable import SECTIONS
from nlp.train.judged import digest
from tests.nlp.test_nlp_timeline import article, view

LEAD = (
    "Calder Clinic said on Wednesday that hackers had copied records of 24,937 patients. "
    "The clinic found the intrusion on March 3 and shut its billing system down. "
)
STEP = "The DLL then decrypts this second payload and passes it to the process, as described above."


def one(text: str) -> Article:
    return article(1, "Calder Clinic hit by hackers", text, "Harbour Gazette")


def odds(text: str, sentence: str, section: str, kind: str = "breach") -> float:
    report, start = one(text), text.index(sentence)
    found = printable.odds(report, start, start + len(sentence), kind)
    return found[SECTIONS.index(section)]


def test_a_lead_is_likelier_printed_than_a_step_of_something_untold() -> None:
    text = f"{LEAD}{STEP}"
    for section in set(SECTIONS) - {"deep_analysis 1"}:  # which goes on from the lead
        assert odds(text, LEAD[:82], section) > odds(text, STEP, section), section


def test_what_will_be_comes_next_and_how_a_thing_works_does_not() -> None:
    plan = "Calder Clinic will reopen its billing office on Monday and expects delays until May."
    inner = "The loader uses a function that reads the file into memory and runs the payload."
    text = f"{LEAD}{plan} {inner}"
    assert odds(text, plan, "deep_analysis 2") > odds(text, inner, "deep_analysis 2") + 1


def test_the_shipped_weights_name_each_section_and_where_they_come_from() -> None:
    stored = json.loads((printable.PARAMETERS / "printable.json").read_text("utf-8"))
    assert tuple(stored["sections"]) == SECTIONS
    assert "train_printable" in stored["origin"]
    assert set(printable.shipped().least) == set(SECTIONS)
    assert all(len(row) == len(SECTIONS) for row in printable.shipped().of.values())


def test_a_sentence_below_the_least_odds_is_not_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = view(one(LEAD))
    assert any("24,937" in s.text for s in brief.write(seen) if s.section != "headline")
    none = printable.Weights(
        (0.0,) * len(SECTIONS), {}, dict.fromkeys(SECTIONS, 1.0), dict.fromkeys(SECTIONS, 0.0)
    )
    monkeypatch.setattr(printable, "shipped", lambda: none)
    printable.odds.cache_clear()
    quoted = [s for s in brief.write(seen) if s.kind == "quoted" and s.section != "headline"]
    printable.odds.cache_clear()
    assert quoted == []


def judged(number: int, verdict: str, sentence: str) -> tuple[dict[str, object], dict[str, object]]:
    """A judgement and its article."""
    text, url = f"{LEAD}{sentence}", f"https://gazette.example/{number}"
    item = {"url": url, "title": "Calder Clinic hit", "text": text, "source": "Harbour Gazette"}
    start, end = len(LEAD), len(text)
    label = {
        "url": url, "kind": "breach", "for": "impact_assessment", "start": start, "end": end,
        "hash": digest(sentence), "verdict": verdict,
    }  # fmt: skip
    return label, {**item, "published": "2026-03-18T09:00:00+00:00"}


def test_weights_are_fitted_on_judgements_and_read_back(tmp_path: Path) -> None:
    rows = [
        judged(n, *pair)
        for n in range(0, 60, 2)
        for n, pair in ((n, ("ok", "Patients lost their records.")), (n + 1, ("lean", STEP)))
    ]
    labels, articles, out = (tmp_path / name for name in ("labels", "articles", "weights"))
    labels.write_text("".join(json.dumps(label) + "\n" for label, _ in rows))
    articles.write_text("".join(json.dumps(item) + "\n" for _, item in rows))
    found, changed = train_printable.read(labels, train_printable.by_url(articles))
    assert (len(found), changed) == (60, 0)
    train_printable.write(train_printable.fit(found), "a test", out)
    weights = printable.read(out)
    at = SECTIONS.index("impact_assessment")
    right, wrong = (
        [weights.odds(j.signs)[at] for j in found if j.right is kept] for kept in (True, False)
    )
    assert min(right) > max(wrong)


def test_a_judgement_of_a_text_that_has_changed_is_left_out(tmp_path: Path) -> None:
    label, item = judged(1, "ok", "Patients lost their records.")
    (tmp_path / "labels").write_text(json.dumps({**label, "hash": "00000000"}) + "\n")
    (tmp_path / "articles").write_text(json.dumps(item) + "\n")
    articles = train_printable.by_url(tmp_path / "articles")
    assert train_printable.read(tmp_path / "labels", articles) == ([], 1)
