"""A thread in wire format: the store's rows → the document of wire.schema.json.

In: a store and a thread's id. Out: a dict that is valid against the schema, from which the page,
the Markdown and the feeds are made as well, so that none says more than another. What the brief
does not hold yet is said by a notice, never filled in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from api import audio, briefs, history, indicators, spans
from api.briefs import evidence, outlet
from api.links import storyline_path, thread_path
from api.markdown import markdown
from breachwire.errors import GoneError, NotFoundError
from breachwire.model import (
    Article,
    Brief,
    Detail,
    Disclosure,
    Evidence,
    Indicator,
    LedgerClaim,
    Member,
    Mention,
    Origin,
    Playable,
    Related,
    Role,
    SignOff,
    Statement,
    Thread,
    thread_state,
)
from breachwire.model.disclosure import disclosure
from breachwire.model.signoffs import standing
from breachwire.store import Store, ThreadFilter

__all__ = ["live_thread", "markdown", "wire"]

WORDS_A_MINUTE: Final = 220
"""Silent reading of English non-fiction: 238 words a minute (Brysbaert 2019), less for numbers."""
OriginsOf = Callable[[Sequence[Member]], Sequence[Origin]]
AudioOf = Callable[[Brief | None], Playable | None]
RELATED: Final = 10
_READ_FIRST: Final = {"first_report": 0, "report": 1, "follow_up": 1, "copy": 2, "mention": 3}


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the store holds on one thread."""

    thread: Thread
    members: tuple[Member, ...]
    details: tuple[Detail, ...]
    brief: Brief | None
    signed: tuple[SignOff, ...]
    """Of all its versions, the newest first."""
    mentions: tuple[Mention, ...]
    """Passages of roundups, the surest of each."""
    articles: Mapping[int, Article]
    indicators: tuple[Indicator, ...]
    """Of its members, the oldest article's first."""

    @property
    def made(self) -> Disclosure:
        """How its brief was made, with the sign-off that holds for it."""
        return disclosure(self.brief, standing(self.brief, self.signed))


def live_thread(store: Store, id_: str) -> Thread:
    """The thread, or the one it was merged into. Raises NotFoundError."""
    thread = store.thread(id_)
    seen = {id_}
    while thread.merged_into and thread.merged_into not in seen:
        seen.add(thread.merged_into)
        thread = store.thread(thread.merged_into)
    return thread


def readable(store: Store, id_: str) -> Thread:
    """The live thread. Raises NotFoundError; GoneError for one of outlets that are left out."""
    live = live_thread(store, id_)
    if store.is_withdrawn(live.id):
        raise GoneError("thread", live.id)
    return live


def wire(store: Store, id_: str, **more: Any) -> dict[str, Any]:
    """The document of a thread; a merged one's is that of the thread it is in now. `more` as
    `document` takes it.

    Raises GoneError; NotFoundError, also for a thread without any article.
    """
    return document(store, facts(store, readable(store, id_)), **more)


def document(
    store: Store,
    facts: Facts,
    *,
    base_url: str = "",
    now: datetime | None = None,
    origins_of: OriginsOf | None = None,
    audio_of: AudioOf | None = None,
) -> dict[str, Any]:
    """What was read, in wire format.

    With `origins_of`, "origins" counts what it finds and "origin_groups" lists them; without, the
    count is the stored one and the list absent. Without `audio_of`, "audio" is null.
    """
    found: dict[str, Any] = {
        **_head(facts, base_url, now or datetime.now(UTC)),
        **_origins(facts, origins_of),
        "sources": _sources(facts.members),
        "authors": _authors(facts.members),
        **briefs.provenance(facts.brief, facts.signed, facts.thread.updated_at),
        "audio": None,
        **briefs.sections(facts.brief, facts.articles),
        "key_details": [_detail(detail, facts.articles) for detail in facts.details],
        "original_reporting": _reporting(facts),
        "timeline": briefs.timeline(facts.brief, facts.articles),
        "indicators": indicators.rows(facts.indicators, lambda e: evidence(e, facts.articles)),
        "changes": history.documents(store, store.changes(facts.thread.id, limit=history.SHOWN)),
        "related": _related(store, facts.thread.id, base_url),
        "storylines": _storylines(store, facts.thread.id, base_url),
    }
    if audio_of:
        found["audio"] = audio.document(audio_of(facts.brief), found["url"])
    found["behind"] = bool(store.stale([facts.thread.id]))
    found["minutes_to_read"] = _minutes(found)
    return found


def facts(store: Store, thread: Thread) -> Facts:
    """What the store holds on a live thread. Raises NotFoundError for one without any article."""
    members = store.members([thread.id]).get(thread.id, ())
    if not members:
        raise NotFoundError("thread", thread.id)
    details = store.details([thread.id]).get(thread.id, ())
    brief = store.briefs([thread.id]).get(thread.id)
    articles = {member.article.id: member.article for member in members}
    cited = {e.article for s in (brief.statements if brief else ()) for e in s.evidence}
    cited |= {e.article for d in details for c in d.claims for e in _words_of(c)}
    mentions = _surest(store.mentions([thread.id]).get(thread.id, ()))
    cited |= {mention.article for mention in mentions}
    if missing := sorted(cited - articles.keys()):
        articles |= store.articles(missing)
    found = store.indicators([member.article.id for member in members])
    said = tuple(one for member in members for one in found[member.article.id])
    signed = store.signoffs([thread.id]).get(thread.id, ())
    return Facts(thread, members, details, brief, signed, mentions, articles, said)


def _surest(mentions: Sequence[Mention]) -> tuple[Mention, ...]:
    """One a roundup: threads that it spoke of one by one may be one by now."""
    best: dict[int, Mention] = {}
    for mention in sorted(mentions, key=lambda m: -m.score):
        best.setdefault(mention.article, mention)
    return tuple(best.values())


def _words_of(ledger: LedgerClaim) -> tuple[Evidence, Evidence]:
    return ledger.claim.evidence, ledger.claim.sentence


def _head(facts: Facts, base_url: str, now: datetime) -> dict[str, Any]:
    thread = facts.thread
    headline = _headline(facts)
    return {
        "id": thread.id,
        "url": base_url + thread_path(thread.id, thread.headline),
        "headline": headline,
        "section": thread.section,
        "kind": thread.kind,
        "state": thread_state(thread.first_at, thread.updated_at, now),
        "first_at": thread.first_at.isoformat(),
        "updated_at": thread.updated_at.isoformat(),
        "minutes_to_read": 1,
        "articles": max(1, thread.articles),
    }


def _origins(facts: Facts, origins_of: OriginsOf | None) -> dict[str, Any]:
    """How many independent sources, and which articles rest on each, with the reason in words."""
    if origins_of is None:
        return {"origins": max(1, facts.thread.origins)}
    found = origins_of(facts.members)
    groups = [
        {
            "origin": one.name,
            "articles": [
                {
                    "article": str(sourced.article),
                    "outlet": outlet(facts.articles[sourced.article]),
                    "url": facts.articles[sourced.article].url,
                    "reason": sourced.reason,
                }
                for sourced in one.articles
            ],
        }
        for one in found
    ]
    return {"origins": max(1, len(groups)), "origin_groups": groups}


def _headline(facts: Facts) -> dict[str, Any]:
    """The brief's; before there is one, the first report's own title, quoted."""
    if (said := briefs.headline(facts.brief, facts.articles)) is not None:
        return said
    first = min(facts.members, key=lambda m: _READ_FIRST[m.role]).article
    if not first.title:
        return briefs.notice(facts.thread.headline or briefs.PENDING)
    title = Evidence(first.id, "title", 0, len(first.title), first.title)
    quoted = Statement("headline", first.title, "quoted", (title,))
    return briefs.statement(quoted, {first.id: first})


def _sources(members: Iterable[Member]) -> list[dict[str, Any]]:
    counted = Counter((outlet(m.article), m.article.family or outlet(m.article)) for m in members)
    return [
        {"outlet": name, "family": family, "articles": count}
        for (name, family), count in counted.most_common()
    ]


def _authors(members: Iterable[Member]) -> list[str]:
    """Whoever wrote it first: a copy's byline is its outlet's, not the author's."""
    names = (name for m in members if m.role != "copy" for name in m.article.authors)
    return list(dict.fromkeys(names))


def _detail(detail: Detail, articles: Mapping[int, Article]) -> dict[str, Any]:
    return {
        "field": detail.field,
        "label": detail.label,
        "value": detail.value,
        "bound": detail.bound,
        "status": detail.status,
        "asserter": detail.asserter,
        "since": detail.since.isoformat(),
        "claims": [
            {**_claim(claim, articles), **span}
            for claim, span in zip(detail.claims, spans.of(detail.claims), strict=True)
        ],
        "note": detail.note,
    }


def _claim(ledger: LedgerClaim, articles: Mapping[int, Article]) -> dict[str, Any]:
    claim = ledger.claim
    return {
        "article": str(claim.evidence.article),
        "value": claim.value,
        "text": claim.evidence.quote,
        "status": claim.status,
        "asserter": claim.asserter,
        "asserter_kind": claim.asserter_kind,
        "basis": claim.basis,
        "first_said": ledger.said_at.isoformat(),
        "evidence": evidence(claim.sentence, articles),
    }


def _reporting(facts: Facts) -> list[dict[str, Any]]:
    """Its articles, then the roundups that speak of it, as they came, each with the passage."""
    reports = [_report(m.article, m.role) for m in _by_reading(facts.members)]
    for mention in sorted(facts.mentions, key=lambda m: (facts.articles[m.article].at, m.article)):
        article = facts.articles[mention.article]
        passage = evidence(_passage(mention, article), facts.articles)
        reports.append({**_report(article, "mention"), "passage": passage})
    return reports


def _passage(mention: Mention, article: Article) -> Evidence:
    said = article.title if mention.where == "title" else article.text
    quote = said[mention.start : mention.end]
    return Evidence(article.id, mention.where, mention.start, mention.end, quote)


def _by_reading(members: Sequence[Member]) -> list[Member]:
    """First report, then reports as they came, then copies."""
    return sorted(members, key=lambda m: (_READ_FIRST[m.role], m.article.at, m.article.id))


def _report(article: Article, role: Role) -> dict[str, Any]:
    return {
        "article": str(article.id),
        "outlet": outlet(article),
        "title": article.title,
        "url": article.url,
        "authors": list(article.authors),
        "published": article.published.isoformat() if article.published else None,
        "role": role,
        "text_from": article.text_from,
        "passage": None,
    }


def _related(store: Store, id_: str, base_url: str) -> list[dict[str, Any]]:
    found = store.related([id_]).get(id_, ())
    headlines = headlines_of(store, found)
    return [
        {
            "id": other.thread,
            "url": base_url + thread_path(other.thread, headlines[other.thread]),
            "headline": headlines[other.thread],
            "relation": other.relation,
            "reason": other.reason,
            "likely": other.likely,
        }
        for other in found
        if other.thread in headlines
    ][:RELATED]


def headlines_of(store: Store, related: Sequence[Related]) -> dict[str, str]:
    """Headlines of the related threads; merged ones are left out."""
    ids = tuple(dict.fromkeys(other.thread for other in related))
    if not ids:
        return {}
    page = store.threads(ThreadFilter(ids=ids), limit=len(ids))
    return {thread.id: thread.headline for thread in page.threads}


def _storylines(store: Store, id_: str, base_url: str) -> list[dict[str, Any]]:
    return [
        {"id": line.id, "url": base_url + storyline_path(line.id), "label": line.label}
        for line in store.storylines_of([id_]).get(id_, ())
    ]


def _minutes(document: Mapping[str, Any]) -> int:
    texts = [s["text"] for name in briefs.FLAT for s in document[name]]
    texts += [s["text"] for paragraph in document["deep_analysis"] for s in paragraph]
    texts += [entry["what"]["text"] for entry in document["timeline"]]
    return max(1, round(sum(len(text.split()) for text in texts) / WORDS_A_MINUTE))
