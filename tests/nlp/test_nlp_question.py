"""A pasted text as it is read: title, passages, and the way back to its own offsets."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from breachwire.model import Evidence, Question
from nlp import features, question

LINE = "Harbour Clinic confirms breach"
BODY = "Harbour Clinic said on Friday that files were stolen. It told the regulator."


def test_a_short_first_line_is_the_title() -> None:
    asked = question.asked(Question("", f"  {LINE}\n\n{BODY}"))
    assert (asked.article.title, asked.article.text) == (LINE, BODY)


def test_of_a_paragraph_the_first_sentence_is_the_title() -> None:
    asked = question.asked(Question("", BODY))
    assert asked.article.title == "Harbour Clinic said on Friday that files were stolen."
    assert asked.article.text == "It told the regulator."


@settings(deadline=None)
@given(st.text(alphabet=st.sampled_from("Ab .\n\r\t?é–x"), max_size=200))
def test_every_offset_leads_back_to_the_text_as_given(text: str) -> None:
    asked = question.asked(Question("", text))
    for where, own in (("title", asked.article.title), ("text", asked.article.text)):
        for start in range(len(own)):
            found = asked.given(Evidence(0, where, start, len(own), own[start:]))  # type: ignore[arg-type]
            assert found.where == "text"
            assert text[found.start : found.end] == found.quote


def test_a_title_of_its_own_keeps_its_offsets() -> None:
    asked = question.asked(Question(LINE, BODY))
    found = asked.given(Evidence(0, "title", 0, 7, "Harbour"))
    assert (found.where, found.start) == ("title", 0)


def test_passages_are_bounded_and_those_with_rare_names_are_kept() -> None:
    filler = "Nothing happened here today and nobody was hit at all.\n\n"
    rare = "Quarrybank lost records to Salt Heron through Tidewater Sync.\n\n"
    article = question.asked(Question("", filler * 900 + rare + filler * 900)).article
    some = question.parts(article, features.vocabulary(), several=True)
    assert 0 < len(some) <= question.PASSAGES
    assert any("Quarrybank" in passage.title for passage in some)


def test_a_short_text_has_no_passages() -> None:
    article = question.asked(Question("", BODY)).article
    assert question.parts(article, features.vocabulary(), several=False) == []
