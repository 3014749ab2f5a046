"""Passages of roundups: offsets are exact, lists and paragraphs come apart, chaff stays out."""

from __future__ import annotations

import pytest

from breachwire.demo import corpus
from nlp import passages


def said(title: str, text: str = "") -> list[str]:
    found = passages.split(title, text)
    for one in found:
        whole = title if one.where == "title" else text
        assert one.title in whole[one.start : one.end]
    return [(title if p.where == "title" else text)[p.start : p.end] for p in found]


@pytest.mark.parametrize(
    ("title", "items"),
    [
        (
            "In Other News: Quellmark Breach, Borvane Zero-Day, Oakmesh Sued",
            ["Quellmark Breach", "Borvane Zero-Day", "Oakmesh Sued"],
        ),
        (
            "⚡ Weekly Recap: Quellmark Hack, VPN 0-Day and Router Worm & More",
            ["Quellmark Hack", "VPN 0-Day", "Router Worm"],
        ),
        (
            "ThreatsDay Bulletin: Oakmesh Worm, SIM Farms +25 New Stories",
            ["Oakmesh Worm", "SIM Farms"],
        ),
        (
            "Data Breaches Announced by Quellmark Health; Tarn Hospital; Lone Elm Clinic",
            ["Quellmark Health", "Tarn Hospital", "Lone Elm Clinic"],
        ),
        (
            "Cyberattacks Announced by Tarn Physicians & Mile Elm Medical Center",
            ["Tarn Physicians", "Mile Elm Medical Center"],
        ),
        ("Hackers Breached a Minister’s Email", ["Hackers Breached a Minister’s Email"]),
        ("ISC Stormcast For Monday, March 1st, 2027", []),
        ("Cybersecurity M&A Roundup: 38 Deals Announced by Quellmark and Borvane", []),
    ],
)
def test_a_title_is_a_list_of_topics(title: str, items: list[str]) -> None:
    assert said(title) == items


@pytest.mark.parametrize(
    ("text", "items"),
    [
        (
            "Plus: Quellmark loses patient files, a worm eats Oakmesh routers, and more.",
            ["Quellmark loses patient files", "a worm eats Oakmesh routers"],
        ),
        (
            "Noteworthy stories that might have slipped under the radar: Tarn Bank breach, Borvane "
            "flaw exploited, and EPA gets $19 million. The post X appeared first on Y .",
            ["Tarn Bank breach", "Borvane flaw exploited", "EPA gets $19 million"],
        ),
        (
            "Borvane fixed a critical flaw, while Oakmesh addressed a severe one.",
            ["Borvane fixed a critical flaw", "Oakmesh addressed a severe one."],
        ),
        (
            "Ransomware attacks have been announced by Tarn Obstetrics & Gynecology, Elm "
            "Therapy, and Cal […]",
            ["Tarn Obstetrics & Gynecology", "Elm Therapy"],
        ),
        (
            "Two were added. CVE-2027-10234 Borvane Firewall Vulnerability CVE-2027-555 "
            "CVE-2027-20001 Oakmesh Router Injection",
            [
                "CVE-2027-10234 Borvane Firewall Vulnerability CVE-2027-555",
                "CVE-2027-20001 Oakmesh Router Injection",
            ],
        ),
        ("No summary available - -", []),
    ],
)
def test_a_summary_comes_apart(text: str, items: list[str]) -> None:
    assert said("ISC Stormcast", text) == items


def test_a_page_gives_paragraphs_under_headings_and_their_sentences() -> None:
    text = (
        "Quellmark again\nThe chain lost files. Patients sue.\n\nA worm. It eats Oakmesh routers."
    )
    found = passages.split("ISC Stormcast", text)
    wholes = [p for p in found if p.body]
    assert [(p.title, p.body) for p in wholes] == [
        ("Quellmark again", "The chain lost files. Patients sue."),
        ("A worm.", "It eats Oakmesh routers."),
    ]
    assert text[wholes[0].start : wholes[0].end] == text.split("\n\n")[0]
    assert {"The chain lost files.", "It eats Oakmesh routers."} <= {p.title for p in found}


def test_spans_of_the_demonstration_are_exact_and_bounded() -> None:
    for article in (a for a in corpus.articles() if a.roundup):
        text = "\n\n".join(article.paragraphs)
        found = passages.split(article.title, text * 40)
        assert 0 < len(found) <= passages.MOST
        for one in found:
            whole = article.title if one.where == "title" else text * 40
            assert whole[one.start : one.end].startswith(one.title)
