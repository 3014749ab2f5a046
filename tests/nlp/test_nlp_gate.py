"""The gate: what its features say, what always passes, what its file must hold."""

import hashlib
import json
from pathlib import Path

import pytest

from bench.hostile import article
from nlp import asserters, claims, clauses, gate, reading, tagger, train_gate

TEXT = (
    "Harbour Clinic confirmed that hackers stole the names of 4,000 patients. "
    "The clinic said the intruders used a stolen password rather than malware. "
    "It denied that passwords were taken."
)


def passage(text: str) -> reading.Passage:
    return reading.read(article(text))[1]


@pytest.mark.parametrize(
    ("text", "word", "sign"),
    [
        ("Rather than exploiting a flaw, the crew called the desk.", "flaw", "negated"),
        ("The leak raises the risk of phishing against patients.", "phishing", "possible"),
        ("The clinic pledged to notify patients in June.", "notify", "ahead"),
        ("The tool is built to steal browser passwords.", "passwords", "able"),
    ],
)
def test_signs_of_a_clause(text: str, word: str, sign: str) -> None:
    assert sign in clauses.before(passage(text), text.index(word))


def test_a_break_ends_the_clause() -> None:
    text = "The leak may grow; hackers took names."
    assert "possible" not in clauses.before(passage(text), text.index("names"))


def test_what_is_denied_always_passes() -> None:
    closed = gate.Weights(-30.0, {}, dict.fromkeys(gate.OF_FIELD, (1.0, 1.0)))
    found = claims._look(article(TEXT))
    last = found.passages[3]
    start = last.low.index("passwords")
    voice = found.stance.of(last, start, start + 9)
    assert voice.status == "denied"
    shut = gate.Gate(found.article, found.passages, found.cast, _tags(), found.odds, closed)
    assert shut.fits("data_type", "credentials", last, start, start + 9, voice)
    plain = found.passages[1]
    at = plain.low.index("names")
    other = found.stance.of(plain, at, at + 5)
    assert not shut.fits("data_type", "names", plain, at, at + 5, other)


def _tags() -> tagger.Tags:
    made = article(TEXT)
    return tagger.read(made.title, made.text)


def test_every_weight_is_of_a_feature_and_every_field_has_its_bar() -> None:
    weights = gate.shipped()
    assert set(weights.least) == set(gate.OF_FIELD)
    assert all(0 <= bar <= 1 for pair in weights.least.values() for bar in pair)
    rows = claims.rows(article(TEXT)).values()
    assert rows
    assert all(0 < weights.chance(row) < 1 for row in rows)
    assert {name for row in rows for name in row} & set(weights.of)


def test_judgements_of_a_changed_text_are_left_out(tmp_path: Path) -> None:
    start = TEXT.index("names")
    judged = {"field": "data_type", "in": "text", "start": start, "end": start + 5,
              "right": True, "value": "names"}  # fmt: skip
    good = {**judged, "url": "https://outlet.example/1", "hash": _hash("names")}
    lines = [good, {**good, "hash": _hash("other")}]
    item = {"url": good["url"], "title": "Hackers breach Harbour Clinic, it says", "text": TEXT,
            "source": "Outlet", "published": "2026-06-01T00:00:00+00:00"}  # fmt: skip
    labels, articles = tmp_path / "labels.jsonl", tmp_path / "articles.jsonl"
    labels.write_text("\n".join(map(json.dumps, lines)), "utf-8")
    articles.write_text(json.dumps(item), "utf-8")
    found, changed = train_gate.read(labels, articles)
    assert (len(found), changed) == (1, 1)
    assert found[0].right
    assert found[0].opens


def _hash(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()[:8]


@pytest.mark.parametrize(
    ("words", "asserter"),
    [
        ("that outside investigators", "outside investigators"),
        ("Orbiqon, a company", "Orbiqon"),
        ("Tervana loses bank", "Tervana"),
        ("Gilt Heron extortion crew", "Gilt Heron extortion crew"),
        ("an unauthorized party", None),
        ("macOS", None),
    ],
)
def test_asserters_are_cut_as_an_editor_would(words: str, asserter: str | None) -> None:
    assert asserters.decent(words) == asserter
