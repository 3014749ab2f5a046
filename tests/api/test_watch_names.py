"""Lists as people have them: `api.watch.names`."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from api.watch import names
from breachwire.errors import UsageError
from breachwire.model import WATCH_KINDS, WatchEntry


def pairs(text: str) -> list[tuple[str, str]]:
    return [(one.name, one.kind) for one in names.read(text).entries]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Tidewater Sync\r\n\r\n  Quarrybank \n",
         [("Tidewater Sync", "any"), ("Quarrybank", "any")]),
        ("Acme, Inc.", [("Acme, Inc.", "any")]),
        ("Acme, Inc., supplier", [("Acme, Inc.", "third_party")]),
        ("Acme;third-party\nSalt Heron\tThreat Actor\nHealth, sector",
         [("Acme", "third_party"), ("Salt Heron", "actor"), ("Health", "sector")]),
        ('"Acme; Sons, Ltd", victim\n"Quoted ""Q"" Co"',
         [("Acme; Sons, Ltd", "victim"), ('Quoted "Q" Co', "any")]),
        ("cve-2026-12345\nCVE-2026-12346, flaw",
         [("CVE-2026-12345", "cve"), ("CVE-2026-12346", "cve")]),
        ("Id;Company;Country;Type\n7;Acme GmbH;DE;supplier\n8;Grüne Logistik;AT;",
         [("Acme GmbH", "third_party"), ("Grüne Logistik", "any")]),
        ("Supplier\nAcme\nSupplier", [("Acme", "any"), ("Supplier", "any")]),
        ("name,kind\n\"Acme, Inc.\",victim", [("Acme, Inc.", "victim")]),
        ("Acme,\nBolt;", [("Acme", "any"), ("Bolt", "any")]),
        ("東京電力", [("東京電力", "any")]),
    ],
)  # fmt: skip
def test_lists_as_people_have_them(text: str, found: list[tuple[str, str]]) -> None:
    assert pairs(text) == found
    assert names.read(text).refused == ()


def test_bad_lines_are_named_and_the_others_kept() -> None:
    read = names.read("name,kind\nAcme,victim\nBolt,wizard\n,actor\nCVE-20,cve\n" + "x" * 201)
    assert [one.name for one in read.entries] == ["Acme"]
    assert [(one.line, one.why) for one in read.refused] == [
        (3, f"the kind 'wizard' is none of {', '.join(WATCH_KINDS)}"),
        (4, "no name in it"),
        (5, "no CVE id, such as CVE-2026-12345"),
        (6, "longer than 200 characters"),
    ]
    assert read.refused[3].text == "x" * 80


def test_a_name_twice_is_there_once_and_counted() -> None:
    read = names.read("Acme\nacme\nAcme, victim\nACME")
    assert [(e.name, e.kind) for e in read.entries] == [("Acme", "any"), ("Acme", "victim")]
    assert (read.repeated, read.refused) == (2, ())


def test_a_list_ends_somewhere() -> None:
    read = names.read("\n".join(f"Name {n}" for n in range(names.MOST + 2)))
    assert len(read.entries) == names.MOST
    assert [one.line for one in read.refused] == [names.MOST + 1, names.MOST + 2]


def test_control_characters_and_turned_text_do_not_get_in() -> None:
    (one,) = names.read("Ac\x00me \u202egnorw\x1b[2J").entries
    assert one.name == "Ac me gnorw [2J"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("Grün".encode(), "Grün"),
        (b"\xef\xbb\xbfname\nGr\xc3\xbcn", "name\nGrün"),
        ("Grün".encode("utf-16"), "Grün"),
        ("Grün".encode("cp1252"), "Grün"),
    ],
)
def test_files_of_any_usual_encoding(body: bytes, text: str) -> None:
    assert names.decoded(body) == text


@pytest.mark.parametrize("body", [b"PK\x03\x04rest", b"\xd0\xcf\x11\xe0", b"\x89PNG\x00\x00"])
def test_what_is_no_text_is_one_line(body: bytes) -> None:
    with pytest.raises(UsageError, match=r"CSV"):
        names.decoded(body)


@given(st.text(max_size=60), st.sampled_from(WATCH_KINDS))
@example("ENTITY", "any")
@example("supplier", "third_party")
@settings(max_examples=300, deadline=None)
def test_an_entry_comes_back_from_its_line(name: str, kind: str) -> None:
    try:
        one = names.entry(name, kind)
    except UsageError:
        return
    assert names.read(names.as_line(one)).entries == (one,)


@given(st.text())
@settings(max_examples=300, deadline=None)
def test_no_list_is_an_error(text: str) -> None:
    read = names.read(text)
    assert all(isinstance(one, WatchEntry) for one in read.entries)
