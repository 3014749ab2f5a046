"""What is written becomes what is said: every case STANDARDS names, and thousands of headlines."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp import lexicon
from nlp.speech.plain import SPEAKABLE, plain

CASES = {
    # identifiers
    "CVE-2026-42208": "C.V.E. twenty twenty-six, four two two zero eight",
    "cve-2025-0001": "C.V.E. twenty twenty-five, zero zero zero one",
    "UNC3944 and APT28": "U.N.C. three nine four four and A.P.T. twenty-eight",
    "T1059.001": "T one zero five nine point zero zero one",
    "SHA-256": "S.H.A. two five six",
    # sums
    "$9M": "nine million dollars",
    "€3.5bn": "three point five billion euros",
    "a $9M ransom": "a nine million dollar ransom",
    "raises $30 Million": "raises thirty million dollars",
    "$5M-$7M": "five million to seven million dollars",
    "$5-10 million": "five to ten million dollars",
    "$1": "one dollar",
    "£40k": "forty thousand pounds",
    "5m USD": "five million U.S. dollars",
    # counts
    "1.2m": "one point two million",
    "1.2 million": "one point two million",
    "1,234,567": (
        "one million two hundred and thirty-four thousand five hundred and sixty-seven"
    ),
    "200K+ records": "more than two hundred thousand records",
    "2048-bit": "two thousand and forty-eight-bit",
    "2048 users": "two thousand and forty-eight users",
    # names and initialisms
    "LAPSUS$": "Lapsus",
    "Cl0p": "Clop",
    "ALPHV": "A.L.P.H.V.",
    "MOVEit": "Move It",
    "PII": "P.I.I.",
    "SaaS": "sass",
    "CISA, the FBI and SQL": "CISA, the F.B.I. and S.Q.L.",
    "the FBI Director": "the F.B.I Director",
    "VPNs and CVEs": "V.P.N's and C.V.E's",
    "LockBit": "Lock Bit",
    "QILIN HITS THE US BANK": "QILIN HITS THE U.S. BANK",
    # dates and times
    "2026-10-14": "October fourteenth, twenty twenty-six",
    "2026-10-14T06:30:00Z": "October fourteenth, twenty twenty-six at six thirty U.T.C.",
    "10/14/2026": "October fourteenth, twenty twenty-six",
    "14/10/2026": "October fourteenth, twenty twenty-six",
    "10/11/2026": "ten slash eleven slash twenty twenty-six",
    "14.10.2026": "October fourteenth, twenty twenty-six",
    "on 14 October 2026": "on the fourteenth of October twenty twenty-six",
    "Oct. 14": "October fourteenth",
    "Sept. 11-14": "September eleventh to fourteenth",
    "3:45 p.m.": "three forty-five P.M.",
    "10 a.m. ET": "ten A.M. E.T.",
    "14:00": "fourteen hundred",
    "the 1990s": "the nineteen nineties",
    "2005": "two thousand and five",
    # addresses
    "evil.example": "evil dot example",
    "evil[.]example": "evil dot example",
    "hxxps://evil[.]example/login": "evil dot example slash login",
    "desk@outlet.example": "desk at outlet dot example",
    "192.0.2.7": "one nine two dot zero dot two dot seven",
    "192[.]0[.]2[.]7:8080": "one nine two dot zero dot two dot seven port eight zero eight zero",
    "d41d8cd98f00b204e9800998ecf8427e": (
        "a hash that begins with D four one D eight C D nine"
    ),
    "config.php": "config dot P.H.P.",
    # sizes, shares, spans, places, versions
    "3.1 TB": "three point one terabytes",
    "a 3.1TB archive": "a three point one terabyte archive",
    "1TB": "one terabyte",
    "10 Gbps": "ten gigabits per second",
    "50 %": "fifty percent",
    "10-15%": "ten to fifteen percent",
    "10–15 people": "ten to fifteen people",
    "2024-2026": "twenty twenty-four to twenty twenty-six",
    "2024–26": "twenty twenty-four to twenty-six",
    "23rd": "twenty-third",
    "v4.2.1": "version four point two point one",
    "version 7.4.2.1": "version seven point four point two point one",
    "24H2": "twenty-four H two",
    "CVSS 9.8/10": "C.V.S.S. nine point eight out of ten",
    # marks
    "“We were hit,” it said": "We were hit, it said",
    "says ‘Copy Fail’ hit users’ data": "says Copy Fail hit users' data",
    "no — (really)": "no, really",
    "AT&T and/or you": "A.T. and T. and or you",
    "Москва": "a word in Cyrillic letters",
    "🔥": "",
}  # fmt: skip


@pytest.mark.parametrize(("written", "said"), CASES.items())
def test_it_is_said_so(written: str, said: str) -> None:
    assert plain(written) == said


def test_an_address_that_is_too_long_to_hear_is_begun() -> None:
    said = plain("https://a.example/" + "very/long/path/" * 9)
    assert said.startswith("eh dot example slash very slash long")
    assert said.endswith("and so on")


def test_a_word_that_never_ends_is_begun_and_long_texts_are_whole() -> None:
    assert plain("a" * 999) == "a" * 140 + " and so on"
    assert plain("$9M stolen. " * 300) == " ".join(["nine million dollars stolen."] * 300)


def test_what_looks_like_an_address_and_is_none_stays() -> None:
    assert (
        plain("It said.The firm, e.g. in the U.S.") == "It said. The firm, for example in the U.S."
    )


@given(st.text(max_size=120))
def test_anything_becomes_something_that_can_be_said(text: str) -> None:
    said = plain(text)
    assert all(SPEAKABLE.fullmatch(char) for char in said)
    assert plain(said) is not None


@given(
    st.integers(0, 10**15), st.sampled_from(["{} people", "${}", "{}%", "a{}b", "{}-{}", "x.{}"])
)
def test_no_digit_is_left(number: int, form: str) -> None:
    said = plain(form.replace("{}", str(number)))
    assert not re.search(r"\d", said)
    assert len(said.split()) >= 1


def headlines() -> Iterator[str]:
    shared = os.environ.get(
        "BREACHWIRE_SHARED", Path(__file__).resolve().parents[2].parent / "shared"
    )
    for file in sorted(Path(shared).glob("data/threads/*.jsonl")):
        for line in file.read_text("utf-8").splitlines():
            yield json.loads(line)["title"]


def lost(title: str, said: str) -> list[str]:
    """Plain words of the title that are not said, in their order."""
    own = {name.lower() for name in lexicon.table("spoken")["names"]}
    words = re.findall(r"(?<![\w./@\\:-])[a-z]{3,}(?=[ ,;!?]|\Z)", title)
    heard = iter(re.findall(r"[a-z]+", said.lower()))
    return [w for w in words if w not in own and not any(w == h for h in heard)]


def test_the_labelled_windows_headlines_can_be_said_and_lose_nothing() -> None:
    titles = list(headlines())
    if not titles:
        pytest.skip("no labelled windows beside this checkout")
    for title in titles:
        said = plain(title)
        assert said or not re.search(r"\w", title)
        assert all(SPEAKABLE.fullmatch(char) for char in said), title
        assert not lost(title, said), title
        # No run-on: a number's words touch no letter of what stood beside it.
        assert not re.search(r"(?:illion|hundred|thousand|percent|dollars)[a-rt-z]", said), title
