"""Related coverage: a thread, an address or a text → threads with the kind of relation and why.

In: a store, the embedder where it is loaded, and one of thread, url, text. Out: DESIGN §6's dict,
most useful first. An address the store does not know is fetched by the function handed in and
compared, never stored.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from api import passages
from api.links import thread_path
from api.search import CANDIDATES, NEAR, K, quotes
from api.services import address_key
from api.threads import live_thread
from breachwire.errors import UsageError
from breachwire.model import Article, Embedder, Page, Related, Relation, Thread
from breachwire.store import Store, ThreadFilter

LONGEST: Final = 100_000
"""Characters of a pasted text (DESIGN §6: 100 kB)."""
RESULTS: Final = 10
SAME: Final = 0.85
"""Cosine from which two texts of this model tell one story, names or not; with a shared victim,
`SAME_NAMED` does. First settings; issue 7 calibrates them."""
SAME_NAMED: Final = 0.6
_READ: Final = 20_000
"""Characters of a text that names are gathered from; it is embedded by its first 2,000."""
_NAMES_TRIED: Final = 12
_WORDS: Final = 12
"""Of the words a text says most often, how many are searched for."""
_ENOUGH: Final = 3
"""How many of them an article must say where neither a name nor the meaning ties it; a quarter of
a short text's words, at least two."""
_CVE: Final = re.compile(r"(?<![\w-])cve-\d{4}-\d{4,9}(?![\w-])", re.IGNORECASE)
_NAME: Final = re.compile(r"\b[A-Z][\w&'’-]*(?:[ .](?:of |and |for |the )?[A-Z0-9][\w&'’-]*){0,4}")
_BY_FIELD: Final[Mapping[str, tuple[Relation, str]]] = {
    "cve": ("same_flaw", "{} in both"),
    "victim": ("same_victim", "{} is a victim here"),
    "third_party": ("same_supplier", "{} is the way in here"),
    "actor": ("same_actor", "{} is the actor here"),
}
_STRENGTH: Final = {"cve": 1.5, "victim": 2.0, "third_party": 1.0, "actor": 0.7}


@dataclass(slots=True)
class _Tie:
    """What ties a thread to the text in hand."""

    fields: dict[str, list[str]] = field(default_factory=dict)
    cosine: float = 0.0
    score: float = 0.0
    articles: list[int] = field(default_factory=list)


def related(
    store: Store,
    embedder: Embedder | None,
    *,
    url: str | None = None,
    text: str | None = None,
    thread: str | None = None,
    fetch_page: Callable[[str], Page] | None = None,
    key_of: Callable[[str], str] = address_key,
    base_url: str = "",
) -> dict[str, Any]:
    """What else was written about it, at most ten threads.

    Raises NotFoundError (thread), UsageError (none of the three, too long, unknown address and no
    way to fetch), FetchError and ParseError of `fetch_page`.
    """
    if thread is not None:
        return _answer(store, thread, embedder, _of_thread(store, thread), base_url)
    if url is not None:
        return _by_url(store, embedder, url, fetch_page, key_of, base_url)
    if text is not None and text.strip():
        if len(text) > LONGEST:
            raise UsageError(f"text: longer than {LONGEST:,} characters")
        query = " ".join(text.split())[:200]
        return _answer(store, query, embedder, _by_text(store, embedder, text), base_url)
    raise UsageError("related: give a thread, a url or a text")


def _by_url(
    store: Store,
    embedder: Embedder | None,
    url: str,
    fetch_page: Callable[[str], Page] | None,
    key_of: Callable[[str], str],
    base_url: str,
) -> dict[str, Any]:
    url = url.strip()
    if not url.lower().startswith(("http://", "https://")):
        raise UsageError("url: an address starts with http:// or https://")
    known = store.article_by_key(key_of(url))
    if known is not None:
        own = store.threads_of([known.id]).get(known.id)
        if own is not None:
            found = [_own(store, own), *_of_thread(store, own)]
            return _answer(store, url, embedder, found, base_url)
        written = f"{known.title}\n{known.text}"
    elif fetch_page is None:
        raise UsageError("url: not an article of this store, and fetching is off; paste its text")
    else:
        page = fetch_page(url)
        written = f"{page.title}\n{page.text}"
    return _answer(store, url, embedder, _by_text(store, embedder, written[:LONGEST]), base_url)


def _own(store: Store, id_: str) -> Related:
    return Related(live_thread(store, id_).id, "same_incident", "the article stands in it", 1.0)


def _of_thread(store: Store, id_: str) -> list[Related]:
    live = live_thread(store, id_).id
    return list(store.related([live]).get(live, ()))


def _by_text(store: Store, embedder: Embedder | None, text: str) -> list[Related]:
    ties: dict[str, _Tie] = {}
    often = [word for word, _ in Counter(passages.words(text[:_READ])).most_common(_WORDS)]
    _by_names(store, text, ties)
    hits = store.search_text(" ".join(often), limit=CANDIDATES // 2)
    _add(store, [(article, 0.0) for article, _ in hits], ties)
    if embedder is not None:
        _by_meaning(store, embedder, text, ties)
    best = sorted(ties.items(), key=lambda pair: -_worth(pair[1]))[: 2 * RESULTS]
    articles = store.articles([tie.articles[0] for _, tie in best if tie.articles])
    found = []
    for thread, tie in best:
        article = articles.get(tie.articles[0]) if tie.articles else None
        said = set(passages.words(f"{article.title}\n{article.text}")) if article else set()
        shared = [word for word in often if word in said]
        enough = min(_ENOUGH, max(2, len(often) // 4))
        if tie.fields or tie.cosine or len(shared) >= enough:
            found.append(_judged(thread, tie, shared))
    return found[:RESULTS]


def _by_names(store: Store, text: str, ties: dict[str, _Tie]) -> None:
    """Threads whose ledger names what the text names."""
    flaws = dict.fromkeys(cve.upper() for cve in _CVE.findall(text[:_READ]))
    wanted = [("cve", cve) for cve in list(flaws)[:_NAMES_TRIED]]
    wanted += [(kind, name) for name in names(text) for kind in ("victim", "third_party", "actor")]
    for kind, name in wanted:
        where = ThreadFilter(**{kind: name})
        threads = store.threads(where, limit=30).threads
        for thread in threads:
            tie = ties.setdefault(thread.id, _Tie())
            tie.fields.setdefault(kind, []).append(name)
            # A name that stands in many threads tells less of each.
            tie.score += _STRENGTH[kind] / (K * (1 + len(threads) / 10))


def names(text: str) -> list[str]:
    """Capitalised names of the text, the most frequent first, at most twelve."""
    found = Counter(
        m[0].removesuffix("’s").removesuffix("'s") for m in _NAME.finditer(text[:_READ])
    )
    kept = [(n, c) for n, c in found.items() if len(n) > 2 and not passages.is_common(n)]
    return [name for name, _ in sorted(kept, key=lambda pair: -pair[1])][:_NAMES_TRIED]


def _by_meaning(store: Store, embedder: Embedder, text: str, ties: dict[str, _Tie]) -> None:
    vector = embedder.encode([text[:2_000]])[0]
    hits = store.search_vectors(vector, limit=CANDIDATES // 2)
    _add(store, [hit for hit in hits if hit[1] >= NEAR], ties)


def _add(store: Store, hits: Sequence[tuple[int, float]], ties: dict[str, _Tie]) -> None:
    threads = store.threads_of([article for article, _ in hits])
    ranks: dict[str, int] = {}
    for article, cosine in hits:
        if (thread := threads.get(article)) is None:
            continue
        tie = ties.setdefault(thread, _Tie())
        tie.articles.append(article)
        if thread not in ranks:
            ranks[thread] = len(ranks) + 1
            tie.cosine = max(tie.cosine, cosine)
            tie.score += (1 + cosine) / (K + ranks[thread])


def _same(tie: _Tie) -> bool:
    """One story, by the words' meaning alone or with a victim in common."""
    return tie.cosine >= SAME or ("victim" in tie.fields and tie.cosine >= SAME_NAMED)


def _worth(tie: _Tie) -> float:
    """The same incident before all else."""
    return tie.score + (1 if _same(tie) else 0)


def _judged(thread: str, tie: _Tie, shared: Sequence[str]) -> Related:
    """The kind of relation, and the reasons in words."""
    reasons = [
        _BY_FIELD[kind][1].format(", ".join(dict.fromkeys(tie.fields[kind])))
        for kind in _BY_FIELD
        if kind in tie.fields
    ]
    if tie.cosine:
        reasons.append(f"close in meaning (cosine {tie.cosine:.2f})")
    if shared and not tie.fields:
        reasons.append("both say " + ", ".join(f"'{word}'" for word in shared[:5]))
    order = ("victim", "third_party", "cve", "actor")
    kinds: list[Relation] = [_BY_FIELD[kind][0] for kind in order if kind in tie.fields]
    relation: Relation = "same_incident" if _same(tie) else (kinds or ["similar"])[0]
    return Related(thread, relation, "; ".join(reasons), _worth(tie))


def _answer(
    store: Store,
    query: str,
    embedder: Embedder | None,
    found: Sequence[Related],
    base_url: str,
) -> dict[str, Any]:
    kept = list({r.thread: r for r in reversed(found)}.values())[::-1][:RESULTS]
    threads = _threads(store, (r.thread for r in kept))
    first = _first_articles(store, list(threads))
    return {
        "query": query,
        "modes": ["exact", "text", "semantic"] if embedder is not None else ["exact", "text"],
        "results": [
            _result(threads[r.thread], r, first.get(r.thread), base_url)
            for r in kept
            if r.thread in threads
        ],
        "next": None,
    }


def _threads(store: Store, ids: Iterable[str]) -> dict[str, Thread]:
    wanted = tuple(ids)
    if not wanted:
        return {}
    page = store.threads(ThreadFilter(ids=wanted), limit=len(wanted))
    return {thread.id: thread for thread in page.threads}


def _first_articles(store: Store, threads: Sequence[str]) -> dict[str, Article]:
    members = store.members(threads)
    return {
        thread: next((m for m in own if m.role == "first_report"), own[0]).article
        for thread, own in members.items()
        if own
    }


def _result(thread: Thread, found: Related, first: Article | None, base_url: str) -> dict[str, Any]:
    return {
        "thread": thread.id,
        "url": base_url + thread_path(thread.id, thread.headline),
        "headline": thread.headline,
        "kind": thread.kind,
        "updated_at": thread.updated_at.isoformat(),
        "why": found.reason,
        "relation": found.relation,
        "passages": quotes([first], passages.terms(thread.headline)) if first else [],
    }
