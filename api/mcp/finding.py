"""What the tools find: arguments → answers as dicts, by the functions that the HTTP API uses.

In: a `Call`, a tool's arguments. Out: dicts as `mcp.shapes` describes them, without the notice.
All raise the project's errors. Nothing is fetched, and nothing written.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import blake2s
from typing import Any, Final

from api import history, threads
from api.mcp import parts
from api.mcp.arguments import (
    ChangesArguments,
    ClaimsArguments,
    RelatedArguments,
    SearchArguments,
    ThreadArguments,
)
from api.mcp.asking import LISTED, Answer, Call
from api.params import thread_filter, when
from api.related import related as ties_of
from api.rows import rows
from api.search import search as search_for
from breachwire.errors import UsageError
from breachwire.model import Thread
from breachwire.store import ThreadFilter

_FILTERS: Final = frozenset({"q", "sort", "limit", "cursor"})


def search(call: Call, asked: SearchArguments) -> Answer:
    """Threads for words and filters."""
    given = asked.model_dump(exclude=set(_FILTERS))
    if not asked.q.strip() and not any(given.values()):
        raise UsageError("search: give words as q, or a filter such as since='7d'")
    s = call.services
    found = search_for(
        s.store, s.embedder(), asked.q, thread_filter(given),
        sort=asked.sort, limit=asked.limit, cursor=asked.cursor, base_url=call.base,
        known_actor=s.known_actor, with_facets=asked.cursor is None,
    )  # fmt: skip
    listed = _rows(call, [result["thread"] for result in found["results"]])
    return {
        "notes": call.searched(found["modes"]),
        "query": found["query"],
        "modes": found["modes"],
        "corrected": found["corrected"],
        "found": found.get("found"),
        "loosen": (found.get("loosen") or [])[:LISTED],
        "threads": [
            {
                **parts.summary(listed[one["thread"]]),
                "why": one["why"],
                "quotes": [parts.passage(passage) for passage in one["passages"]],
            }
            for one in found["results"]
            if one["thread"] in listed
        ],
        "next": found["next"],
    }


def _rows(call: Call, ids: Sequence[str]) -> dict[str, Any]:
    store = call.services.store
    page = store.threads(ThreadFilter(ids=tuple(ids)), limit=len(ids)) if ids else None
    own = page.threads if page else ()
    return {row["id"]: row for row in rows(store, own, base_url=call.base)}


def thread(call: Call, asked: ThreadArguments) -> Answer:
    """A thread's brief and facts."""
    live, found = _document(call, asked.thread)
    lists = {
        "facts": [parts.leading_fact(detail) for detail in found["key_details"]],
        "reporting": [parts.report(article) for article in found["original_reporting"]],
        "timeline": [{"at": e["at"], **parts.statement(e["what"])} for e in found["timeline"]],
        "related": [
            {"thread": o["id"], **{k: o[k] for k in ("headline", "relation", "reason")}}
            for o in found["related"]
        ],
        "storylines": [{"id": o["id"], "label": o["label"]} for o in found["storylines"]],
    }
    kept = ("url", "section", "kind", "state", "first_at", "updated_at", "articles", "origins",
            "behind")  # fmt: skip
    return {
        "notes": call.notes(),
        **_named(asked.thread, live),
        **{name: found[name] for name in kept},
        "headline": parts.statement(found["headline"]),
        "disclosure": parts.disclosed(found["disclosure"]),
        "version": found["analysis"]["version"],
        "brief": parts.brief(found),
        **{name: entries[:LISTED] for name, entries in lists.items()},
        "left_out": {n: len(e) - LISTED for n, e in lists.items() if len(e) > LISTED},
    }


def _document(call: Call, id_: str) -> tuple[threads.Facts, dict[str, Any]]:
    store = call.services.store
    facts = threads.facts(store, threads.readable(store, id_))
    made = threads.document(store, facts, base_url=call.base, origins_of=call.services.origins_of)
    return facts, made


def _named(asked: str, facts: threads.Facts) -> dict[str, str | None]:
    live = facts.thread.id
    return {"asked": asked if asked != live else None, "thread": live}


def changes(call: Call, asked: ChangesArguments) -> Answer:
    """What changed in a thread's facts."""
    store = call.services.store
    live = threads.readable(store, asked.thread).id
    since = when("since", asked.since, datetime.now(UTC))
    found = history.thread_changes(store, live, since=since, limit=asked.limit, cursor=asked.cursor)
    return {
        "notes": call.notes(),
        "asked": asked.thread if asked.thread != live else None,
        **found,
        "changes": [parts.change(one) for one in found["changes"]],
    }


def claims(call: Call, asked: ClaimsArguments) -> Answer:
    """Everybody's word on each fact."""
    facts, found = _document(call, asked.thread)
    bounds = [[said.claim.bound for said in detail.claims] for detail in facts.details]
    own = [
        one
        for one in parts.claims(found["key_details"], bounds)
        if asked.field in (None, one["field"]) and asked.status in (None, one["status"])
    ]
    start = _place(asked, facts.thread)
    after = start + asked.limit
    return {
        "notes": call.notes(),
        **_named(asked.thread, facts),
        "headline": found["headline"]["text"],
        "claims": own[start:after],
        "next": f"{after}-{_mark(asked, facts.thread)}" if after < len(own) else None,
    }


def _place(asked: ClaimsArguments, of: Thread) -> int:
    """Where a page begins. Raises UsageError."""
    if asked.cursor is None:
        return 0
    number, _, mark = asked.cursor.partition("-")
    if mark != _mark(asked, of) or not (number.isascii() and number.isdecimal()):
        raise UsageError(
            "cursor: not one that these claims gave, or they have changed; leave it out to start"
            " anew"
        )
    return int(number[:9])


def _mark(asked: ClaimsArguments, of: Thread) -> str:
    """Of the claims as they stand: a cursor of others, or of older ones, leads nowhere."""
    told = f"{of.id} {asked.field} {asked.status} {of.updated_at.isoformat()}"
    return blake2s(told.encode(), digest_size=6).hexdigest()


def related(call: Call, asked: RelatedArguments) -> Answer:
    """What else was written about a thread, a text or an article that the store has."""
    given = asked.model_dump(include={"thread", "text", "url"}, exclude_none=True)
    if len(given) != 1:
        raise UsageError("related: give one of thread, text and url")
    if asked.text is not None:
        call.count_text()
    # No `fetch_page`: an article could else have an assistant send what it knows to any address.
    found = ties_of(call.services, **given, base_url=call.base)
    return {
        "notes": call.searched(found["modes"]),
        "query": found["query"],
        "modes": found["modes"],
        "threads": [parts.related(one) for one in found["results"][: asked.limit]],
    }
