"""What is new for a watch: its threads → moments in which a ledger changed, newest first.

In: services, what a watch means now. Out: a `Feed`. A moment is what one article changed at one
time, or the opening of a thread; an article that changed nothing makes none. A moment's id comes
from its lowest change, or from the thread that was opened, and its time from when we saw it:
neither moves with rebuilds, merges, other headlines or other watches.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from markupsafe import Markup

from api import history
from api.feed_formats import INVENTED, Feed, FeedEntry
from api.links import tag, thread_path, web
from api.services import Services
from api.values import in_words
from api.watch.matching import Matched
from breachwire.model import Article, Brief, Change, Claim, Detail, Thread, Watch, opener
from breachwire.model.disclosure import Disclosure, disclosure
from breachwire.store import Store, ThreadFilter

ENTRIES: Final = 100
"""Of a feed: a reader that asks once a week misses nothing of a list of some hundred names."""
CHANGES: Final = 500
"""Changes that are looked at for them."""
FACTS: Final = 8
"""Facts of an opening that are told: those that lead."""
_SHOWN: Final = 600
"""Characters of a quote."""


@dataclass(frozen=True, slots=True)
class _Moment:
    """What happened at one time in one thread."""

    key: str
    at: datetime
    home: str
    """The thread it stands in now."""
    changes: tuple[Change, ...] = ()
    opened: str = ""
    """The thread that was opened, which may be in another by now."""


def feed(services: Services, watch: Watch, found: Matched, base: str, address: str) -> Feed:
    """The newest moments. `address`: the watch's own, without an ending."""
    moments = _moments(services.store, found.threads)
    telling = _Telling(services, found, base, moments)
    title = f"Breachwire: {watch.label}"
    return Feed(
        id=tag(base, f"watch/{watch.id}"),
        title=f"{title} ({INVENTED})" if services.demo else title,
        about="What changed in the ledgers of the threads that this watches, newest first.",
        home=address,
        url=address,
        updated=moments[0].at if moments else watch.created_at,
        entries=[telling.entry(moment) for moment in moments],
    )


def _moments(store: Store, threads: Mapping[str, object]) -> list[_Moment]:
    moments = [*_changed(store, threads), *_opened(store, threads)]
    moments.sort(key=_order, reverse=True)
    return moments[:ENTRIES]


def _order(moment: _Moment) -> tuple[datetime, int, str]:
    """By time; what was seen in one step, as it was written, after what it opened."""
    return moment.at, moment.changes[0].id if moment.changes else 0, moment.key


def _changed(store: Store, threads: Mapping[str, object]) -> list[_Moment]:
    """By article and time: what one article changed is written in one step."""
    rows = store.changes_in(list(threads), CHANGES)
    groups: dict[tuple[int, datetime], list[tuple[str, Change]]] = {}
    for home, change in rows:
        groups.setdefault((change.article, change.at), []).append((home, change))
    if len(rows) == CHANGES and len(groups) > 1:  # the oldest may be there in part
        del groups[rows[-1][1].article, rows[-1][1].at]
    moments = []
    for (_, at), own in groups.items():
        changes = tuple(sorted((change for _, change in own), key=lambda c: c.id))
        moments.append(_Moment(f"change/{changes[0].id}", at, own[0][0], changes))
    return moments


def _opened(store: Store, threads: Mapping[str, object]) -> list[_Moment]:
    """Threads opened, those too that were merged into one of these."""
    homes = {**store.absorbed(list(threads)), **{id: id for id in threads}}
    openers = {id: article for id in homes if (article := opener(id)) is not None}
    seen = store.first_seen(list(openers.values()))
    return [
        _Moment(f"{id}/opened", seen[article], homes[id], opened=id)
        for id, article in openers.items()
        if article in seen
    ]


class _Telling:
    """Moments → entries; what they need is read in one go."""

    def __init__(
        self, services: Services, found: Matched, base: str, moments: Sequence[_Moment]
    ) -> None:
        store = services.store
        self._services, self._found, self._base = services, found, base
        homes = tuple({moment.home for moment in moments})
        page = store.threads(ThreadFilter(ids=homes), limit=len(homes)) if homes else None
        self._threads = {thread.id: thread for thread in page.threads} if page else {}
        self._briefs = store.briefs(homes)
        opened = [moment for moment in moments if moment.opened]
        self._details = store.details([moment.home for moment in opened])
        openers = [id for moment in opened if (id := opener(moment.opened)) is not None]
        self._articles = store.articles(openers)
        self._stands = store.threads_of(openers)
        changes = [change for moment in moments for change in moment.changes]
        self._told = {int(one["id"]): one for one in history.documents(store, changes)}

    def entry(self, moment: _Moment) -> FeedEntry:
        thread = self._threads.get(moment.home) or self._services.store.thread(moment.home)
        made = _disclosure(self._briefs.get(thread.id))
        title, facts = (
            self._opening(moment, thread) if moment.opened else self._change(moment, thread)
        )
        return FeedEntry(
            id=tag(self._base, moment.key),
            url=self._base
            + thread_path(thread.id, thread.headline)
            + ("" if moment.opened else "#changed"),
            title=title,
            html=self._body(moment, thread, made, facts),
            at=moment.at,
            section=thread.section,
            made=made,
        )

    def _change(self, moment: _Moment, thread: Thread) -> tuple[str, Markup]:
        told = [self._told[change.id] for change in moment.changes]
        more = f"; and {len(told) - 1} more" if len(told) > 1 else ""
        lines = [self._line(one["text"], one["evidence"]) for one in told]
        return f"{thread.headline}: {told[0]['text']}{more}", Markup("").join(lines)

    def _opening(self, moment: _Moment, thread: Thread) -> tuple[str, Markup]:
        """What the first report said, as it stands in the ledger."""
        article = self._articles[opener(moment.opened) or 0]
        details = self._details.get(thread.id, ())
        said = [pair for detail in details if (pair := _said(detail, article))][:FACTS]
        articles = {article.id: article}
        lines = [
            self._line(text, [history.evidence(claim.sentence, articles)]) for text, claim in said
        ]
        if self._stands.get(article.id) == thread.id:  # else it was moved elsewhere
            lines.insert(0, self._line(f"First report: {article.title}", [_source(article)]))
        return f"New thread: {thread.headline}", Markup("").join(lines)

    def _body(self, moment: _Moment, thread: Thread, made: Disclosure, facts: Markup) -> str:
        """The disclosure first, why it is here, what changed on whose words, the way on."""
        label = f"{made.label} ({INVENTED})" if self._services.demo else made.label
        why = "; ".join(self._found.threads.get(moment.home, ()))
        link = self._base + thread_path(thread.id, thread.headline)
        return str(
            Markup("<p>%s</p><p>Watched for: %s</p>") % (label, why)
            + Markup("<ul>%s</ul>") % facts
            + Markup('<p><a href="%s">The thread, with all its sources</a></p>') % link
        )

    def _line(self, text: str, evidence: Sequence[Mapping[str, Any]]) -> Markup:
        quotes = Markup("").join(self._quote(one) for one in evidence)
        return Markup("<li>%s%s</li>") % (text, quotes)

    def _quote(self, words: Mapping[str, Any]) -> Markup:
        href = web(self._services.source_href(words["url"]))
        href = self._base + href if href.startswith("/") else href
        outlet = (
            Markup('<a href="%s">%s</a>') % (href, words["outlet"]) if href else words["outlet"]
        )
        if not words["quote"] or words["in"] == "published":
            return Markup(" (%s)") % outlet
        quote = words["quote"]
        short = quote if len(quote) <= _SHOWN else quote[:_SHOWN].rpartition(" ")[0] + " …"
        return Markup("<blockquote>%s</blockquote>%s") % (short, outlet)


def _source(article: Article) -> dict[str, Any]:
    """The article itself, without words of it."""
    return {"url": article.url, "outlet": article.source or article.url, "quote": "", "in": ""}


def _said(detail: Detail, article: Article) -> tuple[str, Claim] | None:
    """What an article itself says of a fact, in words: not what others made of it later."""
    own = [one.claim for one in detail.claims if one.claim.evidence.article == article.id]
    claim = next((one for one in own if one.sentence.article == article.id), None)
    if claim is None:
        return None
    value = in_words(claim.field, claim.value, claim.bound)
    says = f", says {claim.asserter}" if claim.asserter else ""
    return f"{detail.label}: {value} ({claim.status}{says})", claim


def _disclosure(brief: Brief | None) -> Disclosure:
    """Rules write these lines; of the brief there is the headline alone."""
    if brief is None:
        return disclosure(None)
    headline = tuple(one for one in brief.statements if one.section == "headline")
    return disclosure(replace(brief, statements=headline)) if headline else disclosure(None)
