"""Feeds of what is served: threads → `Feed`s for a wire, a section, an entity, a search, a thread.

In: a store and threads, or a wire document. Out: values that `feed_formats` writes. Ids are tag
URIs (RFC 4151) of a thread's permanent id; `updated` is the time of its ledger's last change, so
that a reader's program sees an entry anew only then: one more article on the same facts is none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from markupsafe import Markup

from api.feed_formats import INVENTED, Feed, FeedEntry
from api.history import SHOWN, by_article
from api.links import tag, thread_path, web
from api.values import in_words
from breachwire.model import Brief, Detail, Disclosure, Thread
from breachwire.model.disclosure import disclosure
from breachwire.model.signoffs import standing
from breachwire.store import Store, ThreadFilter

ENTRIES: Final = 40
DETAILS: Final = 5
"""Details in a feed's entry: those that lead."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Channel:
    """What a feed is of."""

    id: str
    """The part of its tag URI behind the host and year."""
    title: str
    about: str
    home: str
    """Path of the page it belongs to, with its query."""
    path: str
    """Of the feed, without its ending."""
    query: str = ""


def listing(
    store: Store, channel: Channel, threads: Sequence[Thread], base: str, *, demo: bool = False
) -> Feed:
    """An entry a thread, the one whose ledger changed last first."""
    ids = [thread.id for thread in threads]
    briefs, details, signed = store.briefs(ids), store.details(ids), store.signoffs(ids)
    changes = store.latest_changes(ids)
    entries = []
    for thread in threads:
        brief = briefs.get(thread.id)
        made = disclosure(brief, standing(brief, signed.get(thread.id, ())))
        url = base + thread_path(thread.id, thread.headline)
        body = _body(thread, brief, details.get(thread.id, ()), made, url, demo=demo)
        changed = [one.at for one in changes.get(thread.id, ())]
        entries.append(
            FeedEntry(
                id=tag(base, thread.id),
                url=url,
                title=thread.headline,
                html=body,
                at=thread.first_at,
                section=thread.section,
                made=made,
                updated=max(changed, default=thread.first_at),
            )
        )
    entries.sort(key=lambda entry: (entry.updated or entry.at, entry.id), reverse=True)
    return Feed(
        id=tag(base, channel.id),
        title=_titled(channel.title, demo),
        about=channel.about,
        home=base + channel.home,
        url=base + channel.path,
        updated=max((entry.updated or entry.at for entry in entries), default=_EPOCH),
        entries=entries,
        query=channel.query,
    )


def newest(store: Store, where: ThreadFilter) -> tuple[Thread, ...]:
    """The threads of a feed."""
    return store.threads(where, limit=ENTRIES).threads


def of_thread(
    document: Mapping[str, Any], made: Disclosure, path: str, *, demo: bool = False
) -> Feed:
    """A thread: its brief at the head, then its update notices, newest first: one for each article
    that changed the ledger. An article that changed nothing makes none."""
    url = document["url"]
    base = url.rsplit("/wire/", 1)[0]
    headline, summary = document["headline"]["text"], document["signal_summary"]
    first = datetime.fromisoformat(document["first_at"])
    changes = document["changes"]
    changed = datetime.fromisoformat(changes[0]["at"]) if changes else first
    body = [_titled(document["disclosure"]["text"], demo), " ".join(s["text"] for s in summary)]
    head = FeedEntry(
        tag(base, document["id"]), url, headline, str(_paragraphs(body)), first,
        document["section"], made, changed,
    )  # fmt: skip
    return Feed(
        id=f"{tag(base, document['id'])}/reports",
        title=_titled(f"Breachwire: {headline}", demo),
        about="What changed in the facts of this thread, newest first.",
        home=url,
        url=base + path,
        updated=changed,
        entries=[head, *(_notice(document, base, own, demo=demo) for own in _whole(changes))],
    )


def _whole(changes: Sequence[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    """By article; the oldest is left out where the document was cut, which may have been inside
    it: a part would go by another id."""
    found = by_article(changes)
    return found[:-1] if len(changes) == SHOWN and len(found) > 1 else found


def _notice(
    document: Mapping[str, Any], base: str, changes: Sequence[Mapping[str, Any]], *, demo: bool
) -> FeedEntry:
    """An update notice: what one article changed, each with whose words it rests on. Its id is the
    change's own, which stays where its thread is merged into another."""
    lowest = min(int(change["id"]) for change in changes)
    texts = [change["text"] for change in changes]
    made = disclosure(None)  # our rules alone write these lines, whoever wrote the brief
    lines = Markup("").join(Markup("<li>%s%s</li>") % (c["text"], _outlets(c)) for c in changes)
    return FeedEntry(
        id=tag(base, f"change/{lowest}"),
        url=document["url"] + "#changed",
        title=texts[0] if len(texts) == 1 else f"{texts[0]}; and {len(texts) - 1} more",
        html=str(_paragraphs([_titled(made.label, demo)]) + Markup("<ul>%s</ul>") % lines),
        at=datetime.fromisoformat(changes[0]["at"]),
        section=document["section"],
        made=made,
    )


def _outlets(change: Mapping[str, Any]) -> Markup:
    """Links to the articles, where there are any."""
    links = [
        Markup('<a href="%s">%s</a>') % (e["url"], e["outlet"])
        for e in change["evidence"]
        if web(e["url"])
    ]
    return Markup(" (%s)") % Markup(", ").join(links) if links else Markup("")


def _body(
    thread: Thread,
    brief: Brief | None,
    details: Sequence[Detail],
    made: Disclosure,
    url: str,
    *,
    demo: bool,
) -> str:
    """The disclosure first, then the summary, the leading details, the way to the sources."""
    statements = brief.statements if brief else ()
    said = [s.text for s in statements if s.section == "signal_summary"]
    facts = Markup("").join(_fact(detail) for detail in details[:DETAILS])
    origins = f"{thread.articles} articles, {thread.origins} origins"
    link = Markup('<p><a href="%s">%s</a></p>') % (url, f"Sources and quotes: {origins}")
    lead = _paragraphs([_titled(made.label, demo), *([" ".join(said)] if said else [])])
    return str(lead + (Markup("<ul>%s</ul>") % facts if facts else Markup()) + link)


def _fact(detail: Detail) -> Markup:
    value = in_words(detail.field, detail.value, detail.bound)
    says = f", says {detail.asserter}" if detail.asserter else ""
    return Markup("<li>%s: %s (%s%s)</li>") % (detail.label, value, detail.status, says)


def _paragraphs(texts: Sequence[str]) -> Markup:
    return Markup("").join(Markup("<p>%s</p>") % text for text in texts)


def _titled(text: str, demo: bool) -> str:
    return f"{text} ({INVENTED})" if demo else text
