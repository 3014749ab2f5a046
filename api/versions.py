"""A brief's versions: which there are, what one said, how two differ.

In: a store, a thread's id as it was asked for. Out: documents for the API, the pages and the
command line. A version belongs to the thread it was written for: after a merge it stays at its
address and says where the thread is now.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from api import briefs, differences
from api.links import thread_path, version_path
from api.threads import readable
from breachwire.errors import NotFoundError, UsageError
from breachwire.model import Article, Brief, SignOff, Thread
from breachwire.model.disclosure import disclosure
from breachwire.model.signoffs import sha256
from breachwire.store import Store

SHOWN: Final = 30
"""Versions on a page."""


def number(text: str) -> int:
    """A version's number. Raises NotFoundError."""
    if not (text.isascii() and text.isdecimal() and len(text) <= 9):
        raise NotFoundError("version", text[:60])
    return int(text)


def span(text: str) -> tuple[int, int]:
    """ "2..3" → 2, 3. Raises UsageError."""
    first, dots, last = text.partition("..")
    if not (dots and all(t.isascii() and t.isdecimal() and len(t) <= 9 for t in (first, last))):
        raise UsageError(f"{text[:60]!r} names no two versions; write them as 2..3")
    return int(first), int(last)


def listed(
    store: Store, id_: str, *, before: int | None = None, limit: int = SHOWN, base: str = ""
) -> dict[str, Any]:
    """A thread's versions, newest first, each with how it differs from the one before.

    Raises NotFoundError for an unknown thread.
    """
    thread = _thread(store, id_)
    found = store.brief_versions(id_, before=before, limit=limit + 1)
    signed = store.signoffs([id_]).get(id_, ())
    older: list[Brief | None] = [*found[1:], None] if found else []
    rows = [_row(one, last, thread, signed, base) for one, last in zip(found, older, strict=True)][
        :limit
    ]
    return {
        "thread": id_,
        "url": base + thread_path(id_, thread.headline),
        "headline": thread.headline,
        "merged_into": thread.merged_into,
        "versions": rows,
        "next": str(found[limit - 1].version) if len(found) > limit else None,
    }


def _thread(store: Store, id_: str) -> Thread:
    """Merged or not. Raises NotFoundError, GoneError."""
    readable(store, id_)
    return store.thread(id_)


def _row(
    one: Brief, last: Brief | None, thread: Thread, signed: Sequence[SignOff], base: str
) -> dict[str, Any]:
    held = next((s for s in signed if s.covers(one)), None)
    counts = differences.counted(differences.differences(last, one)) if last else None
    return {
        "version": one.version,
        "url": base + version_path(thread.id, one.version),
        "made_at": one.made_at.isoformat(),
        "by": disclosure(one).by,
        "headline": next((s.text for s in one.statements if s.section == "headline"), ""),
        "sha256": sha256(one),
        "reviewed": briefs.review(held) if held else None,
        "difference": counts,
        "words": differences.in_words(counts),
    }


def version(store: Store, id_: str, number_: int, *, base: str = "") -> dict[str, Any]:
    """One version: all it said, on which words, and what superseded it when.

    Raises NotFoundError.
    """
    thread, one = _thread(store, id_), store.brief(id_, number_)
    articles = store.articles(sorted(briefs.cited([one])))
    signed = store.signoffs([id_]).get(id_, ())
    live = readable(store, id_)
    return {
        "thread": id_,
        "version": number_,
        "url": base + version_path(id_, number_),
        "current_url": base + thread_path(live.id, live.headline),
        "superseded": _superseded(store, thread, one, base),
        "merged_into": live.id if live.id != id_ else None,
        "headline": briefs.headline(one, articles) or briefs.notice(thread.headline),
        "section": thread.section,
        **briefs.provenance(one, [s for s in signed if s.version == number_], one.made_at),
        **briefs.sections(one, articles),
        "timeline": briefs.timeline(one, articles),
    }


def _superseded(store: Store, thread: Thread, one: Brief, base: str) -> dict[str, Any] | None:
    """By which version, when and with what difference; None: it is the latest of its thread."""
    latest = store.briefs([thread.id]).get(thread.id)
    if latest is None or latest.version <= one.version:
        return None
    known = store.brief_versions(thread.id, limit=latest.version)  # without those withdrawn
    following = min((v for v in known if v.version > one.version), key=lambda v: v.version)
    counts = differences.counted(differences.differences(one, following))
    return {
        "version": following.version,
        "url": base + version_path(thread.id, following.version),
        "at": following.made_at.isoformat(),
        "by": disclosure(following).by,
        "latest": latest.version,
        "difference": counts,
        "words": differences.in_words(counts),
    }


def difference(store: Store, id_: str, old: int, new: int, *, base: str = "") -> dict[str, Any]:
    """What was added, removed and changed from version `old` to `new`, by section.

    Raises NotFoundError; UsageError where they are in no order.
    """
    if old >= new:
        raise UsageError("the difference is from an older version to a newer one, as 2..3")
    thread = _thread(store, id_)
    before, after = store.brief(id_, old), store.brief(id_, new)
    articles: dict[int, Article] = store.articles(sorted(briefs.cited([before, after])))
    found = differences.differences(before, after)
    counts = differences.counted(found)
    return {
        "thread": id_,
        "url": base + thread_path(id_, thread.headline),
        "headline": thread.headline,
        "from": _end(before, id_, base),
        "to": _end(after, id_, base),
        "difference": counts,
        "words": differences.in_words(counts),
        "sections": differences.documents(found, articles),
    }


def _end(one: Brief, id_: str, base: str) -> dict[str, Any]:
    return {
        "version": one.version,
        "url": base + version_path(id_, one.version),
        "made_at": one.made_at.isoformat(),
        "by": disclosure(one).by,
    }
