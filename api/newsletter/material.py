"""What an issue is made from: a store → the threads that developed, each as the mail tells it.

In: a store, the time that the issue covers, what went out before. Out: JSON-able items and the
`Candidate`s that the rules look at. Each sentence is the brief's or the ledger's own, with the
articles that it rests on; nothing is said here that the thread's page does not say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from api import history
from api.briefs import cited, evidence, outlet, statement
from api.links import thread_path, web
from api.newsletter.choose import Candidate
from api.rows import row
from api.values import event_date, in_words
from breachwire.model import (
    INCIDENTS,
    Article,
    Brief,
    Change,
    Detail,
    Member,
    SignOff,
    Statement,
    Thread,
)
from breachwire.model.signoffs import standing
from breachwire.store import Store, ThreadFilter, slug

READ: Final = 2_000
"""Threads that are looked at: a busy week has some 600."""
SENTENCES: Final = 2
SUMMARY: Final = 420
"""Characters of a summary: three or four lines on a phone's screen count, not more."""
FACTS: Final = 3
LATE: Final = timedelta(days=2)
"""How late an outlet's report may be seen and still be news."""
DAYS: Final = 2
PARTS: Final = 3
"""Changes of a day; the thread's page has them all."""
LINKS: Final = 4
"""Direct links to outlets, one each."""
_TOLD: Final = ("victim", "affected", "volume", "third_party", "actor", "cve", "money")
"""Fields of a new thread's facts, in this order."""
_STATUS: Final = re.compile(r"(.+) \(([^()]+)\)")
"""A value and its status, as `api.history` writes them."""
_NAMED: Final = ("victim", "actor", "third_party", "cve")
_PEOPLE: Final = frozenset(
    {"people", "customers", "users", "patients", "accounts", "employees", "students", "members"}
)
_SURE: Final = ("confirmed", "reported")


def developed(
    store: Store, since: datetime, until: datetime, told: Mapping[str, int]
) -> list[dict[str, Any]]:
    """Every thread whose ledger or members changed in that time, as an item."""
    found: list[dict[str, Any]] = []
    for threads in _pages(store, since, until):
        found += items(store, threads, since, told)
    return found


def _pages(store: Store, since: datetime, until: datetime) -> Iterator[list[Thread]]:
    cursor, seen = None, 0
    while seen < READ:
        page = store.threads(ThreadFilter(), limit=100, cursor=cursor)
        yield [t for t in page.threads if since <= t.updated_at < until]
        seen, cursor = seen + len(page.threads), page.next
        if cursor is None or page.threads[-1].updated_at < since:
            return


def items(
    store: Store, threads: Sequence[Thread], since: datetime, told: Mapping[str, int]
) -> list[dict[str, Any]]:
    """Threads as a mail tells them. What changed is what changed since each was told, or since
    that time where it never was."""
    ids = [thread.id for thread in threads]
    details, briefs, signed = store.details(ids), store.briefs(ids), store.signoffs(ids)
    members = store.members(ids)
    found = []
    for thread in threads:
        brief = briefs.get(thread.id)
        changes = store.changes(thread.id)
        own = _own(members.get(thread.id, ()))
        led = {d.lead.claim.evidence.article for d in details.get(thread.id, ())}
        if missing := sorted((led | _cited(brief, changes)) - own.keys()):
            own |= store.articles(missing)
        found.append({
            **_head(thread, details.get(thread.id, ()), until=thread.updated_at),
            "new": thread.first_at >= since and thread.id not in told,
            "mark": changes[0].id if changes else 0,
            **_text(brief, signed.get(thread.id, ()), own),
            **_changed(changes, since, told.get(thread.id), own),
            "facts": _facts(thread.headline, details.get(thread.id, ()), own),
            "sources": _sources(members.get(thread.id, ())),
        })  # fmt: skip
    return found


def _own(members: Iterable[Member]) -> dict[int, Article]:
    return {member.article.id: member.article for member in members}


def _cited(brief: Brief | None, changes: Sequence[Change]) -> set[int]:
    words = {e.article for change in changes for e in change.evidence}
    return words | (cited([brief]) if brief else set())


def _head(thread: Thread, details: Sequence[Detail], *, until: datetime) -> dict[str, Any]:
    shown = row(thread, details, base_url="", now=until)
    people, claimed = _people(details)
    incident = thread.kind in INCIDENTS or (thread.kind == "campaign" and bool(shown["victims"]))
    return {
        "thread": thread.id,
        "path": thread_path(thread.id, thread.headline),
        "headline": thread.headline,
        "section": thread.section,
        "kind": thread.kind,
        "status": shown["status"],
        "incident": incident,
        "first_at": shown["first_at"],
        "updated_at": shown["updated_at"],
        "articles": thread.articles,
        "origins": thread.origins,
        "people": people,
        "claimed": claimed,
        "names": sorted({slug(str(d.value)) for d in details if d.field in _NAMED} - {""}),
    }


def _people(details: Sequence[Detail]) -> tuple[int, bool]:
    """The highest count of people that nobody denies, and whether it is only claimed."""
    counts = [
        (d.status in _SURE, int(d.value["number"]))
        for d in details
        if d.field == "affected"
        and d.bound != "placeholder"
        and d.status not in ("denied", "disputed")
        and isinstance(d.value, Mapping)
        and d.value.get("unit") in _PEOPLE
        and isinstance(d.value.get("number"), int | float)
    ]
    sure, number = max(counts, default=(True, 0))  # a surer count goes before a higher one
    return number, not sure


def _facts(
    headline: str, details: Sequence[Detail], articles: Mapping[int, Article]
) -> list[dict[str, Any]]:
    """The leading facts that the headline doesn't name already."""
    known = [d for d in details if d.field in _TOLD and str(d.value) not in headline]
    known.sort(key=lambda d: _TOLD.index(d.field))
    return [_fact(detail, articles) for detail in known[:FACTS]]


def _fact(detail: Detail, articles: Mapping[int, Article]) -> dict[str, Any]:
    value = in_words(detail.field, detail.value, detail.bound)
    verb = "by" if detail.status == "denied" else "says"
    says = f", {verb} {detail.asserter}" if detail.asserter else ""
    said = evidence(detail.lead.claim.evidence, articles)
    text = f"{detail.label}: {value} ({detail.status}{says})"
    return {"text": text, "links": _links([said])}


def _text(
    brief: Brief | None, signed: Sequence[SignOff], articles: Mapping[int, Article]
) -> dict[str, Any]:
    """The summary's first sentences, who wrote what is shown, who reviewed it."""
    shown: list[Statement] = []
    length = 0
    for said in brief.statements if brief else ():
        if said.section != "signal_summary" or said.kind == "notice":
            continue
        if shown and length + len(said.text) > SUMMARY:
            break
        shown.append(said)
        length += len(said.text)
    shown = shown[:SENTENCES]
    title = [s for s in brief.statements if s.section == "headline"] if brief else []
    review = standing(brief, signed)
    return {
        "summary": [
            {"text": s.text, "kind": s.kind, "links": _links(statement(s, articles)["evidence"])}
            for s in shown
        ],
        "authors": {
            "headline": sorted({s.author for s in title}) or ["extractive"],
            "signal_summary": sorted({s.author for s in shown}),
        },
        "model": brief.model if brief else None,
        "version": brief.version if brief else 0,
        "reviewed": review.reviewer if review else None,
    }


def _changed(
    changes: Sequence[Change],
    since: datetime,
    mark: int | None,
    articles: Mapping[int, Article],
) -> dict[str, Any]:
    """What changed since it was told; the leading fact of the newest article first."""
    later = [c for c in changes if (c.at >= since if mark is None else c.id > mark)]
    new = [c for c in later if _is_news(c, since)]
    documents = [history.change(one, articles) for one in new if one.article in articles]
    days = history.by_day(documents)
    return {
        "changes": [_day(day) for day in days[:DAYS]],
        "changed": sum(len(day["parts"]) for day in days),
    }


def _day(day: Mapping[str, Any]) -> dict[str, Any]:
    """A day's changes: what stood before comes first, then what is new."""
    parts = sorted(day["parts"], key=lambda part: part["before"] is None)
    return {
        "day": event_date(day["day"]),
        "parts": [_part(part) for part in parts[:PARTS]],
        "links": _links(day["evidence"]),
    }


def _part(part: Mapping[str, Any]) -> str:
    after = ", ".join(part["after"]) + (", filed" if part["filed"] else "")
    if part["before"] is None:
        return f"new: {part['label']}: {after}"
    old, new = _STATUS.fullmatch(part["before"]), _STATUS.fullmatch(after)
    if old and new and old[1] == new[1]:  # the same value, surer or doubted now
        return f"{part['label']}: {old[1]}, {old[2]} → {new[2]}"
    return f"{part['label']}: {part['before']} → {after}"


def _is_news(change: Change, since: datetime) -> bool:
    """Old reports may come in late (a backfill, a new feed): what they say is no news."""
    return change.edited or change.after is None or change.after.said_at >= since - LATE


def _links(quotes: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    named = {e["outlet"]: e["url"] for e in quotes if web(e["url"])}
    return [{"outlet": name, "url": url} for name, url in list(named.items())[:2]]


def _sources(members: Sequence[Member]) -> list[dict[str, str]]:
    """One link an outlet: the first report, then the newest; copies last."""

    def rank(member: Member) -> tuple[int, float]:
        order = {"first_report": 0, "follow_up": 1, "report": 1}.get(member.role, 2)
        return order, -member.article.at.timestamp()

    found: dict[str, dict[str, str]] = {}
    for member in sorted(members, key=rank):
        article = member.article
        if web(article.url):
            link = {"outlet": outlet(article), "title": article.title, "url": article.url}
            found.setdefault(link["outlet"], link)
    return list(found.values())[:LINKS]


def candidate(item: Mapping[str, Any]) -> Candidate:
    """What the rules look at in an item."""
    return Candidate(
        thread=item["thread"],
        section=item["section"],
        mark=item["mark"],
        incident=item["incident"],
        new=item["new"],
        changes=item["changed"],
        origins=item["origins"],
        people=item["people"],
        claimed=item["claimed"],
        names=tuple(item["names"]),
    )
