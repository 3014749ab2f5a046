"""Ten copies are one origin."""

from __future__ import annotations

from datetime import UTC, datetime

from breachwire.model import Article, Member, Role
from nlp import origins

AT = datetime(2026, 6, 1, tzinfo=UTC)


def _member(
    number: int,
    outlet: str,
    *,
    family: str = "",
    credit: str = "",
    copy_of: int | None = None,
    role: Role = "report",
) -> Member:
    article = Article(
        id=number,
        url=f"https://news.example/{number}",
        title="Elm Clinic breached",
        text="Records were taken.",
        lead="",
        authors=(),
        source=outlet,
        family=family,
        section="",
        published=AT,
        first_seen_at=AT,
        content_hash=str(number),
        revision=1,
        state="threaded",
        language="en",
        text_from="feed",
        page_state="unknown",
        page_note="",
        credit=credit,
    )
    return Member(article, role, 1.0, "joins", "", copy_of)


def test_families_count_once() -> None:
    members = [
        _member(1, "Daily", family="House"),
        _member(2, "Evening", family="House"),
        _member(3, "Gazette"),
        _member(4, "Gazette"),
    ]
    assert origins.count(members) == 2


def test_copies_and_credits_are_no_new_origin() -> None:
    members = [_member(1, "Daily")]
    members += [_member(n, f"Mirror {n}", copy_of=1, role="copy") for n in range(2, 12)]
    assert origins.count(members) == 1
    credited = _member(20, "Gazette", credit="The Daily reports")
    assert origins.count([*members, credited]) == 1
    elsewhere = _member(21, "Gazette", credit="Another Paper")
    assert origins.count([*members, elsewhere]) == 2


def test_at_least_one() -> None:
    assert origins.count([]) == 1
    assert origins.count([_member(2, "Mirror", copy_of=1, role="copy")]) == 1
