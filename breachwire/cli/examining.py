"""A configured store → what `doctor` says of it: file, disk, rows, index, clock, backups."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

from breachwire.cli.common import open_store, utcnow
from breachwire.errors import BreachwireError, StoreVersionError
from breachwire.model import Finding

if TYPE_CHECKING:
    from breachwire.config import Config
    from breachwire.store import Store

LOW_DISK = 500_000_000
"""Bytes free below which the store may soon refuse to write."""
LATE: Final = 900.0
"""Seconds that a job may wait: most are begun at once, the first polls of many feeds in minutes."""
AHEAD: Final = timedelta(minutes=5)
"""How far ahead of this machine's clock what was stored may be: clocks of two machines differ."""
_FILE: Final = "sqlite:///"
_RESTORE: Final = "stop all processes; `breachwire restore FILE` puts your last backup in its place"
_MENDS: Final = (
    ("another program", "choose another file with --db"),
    ("not a Breachwire store", f"choose another file with --db, or {_RESTORE}"),
    ("not a sound store", _RESTORE),
    ("writing for", "see which process that is (`fuser FILE`) and end it"),
    ("needs to write", "give file and folder to the user that runs Breachwire"),
    ("disk is full", "make room on the disk; polls go on by themselves"),
    ("does not exist", "make the folder, or name another with --db"),
)
"""Of an error's line, what tells how to mend it."""


def findings(config: Config) -> Iterator[Finding]:
    """The store's; where it can't be opened, why."""
    yield from _place(config.database())
    try:
        store = open_store(config)
    except BreachwireError as error:
        yield Finding("store", False, str(error), mend_of(error))
        return
    try:
        for look in (_store, _queue, _index, _webhooks, _clock, _backup):
            yield from look(store, config)
    except BreachwireError as error:
        yield Finding("store", False, str(error), mend_of(error))
    finally:
        store.close()


def quick(store: Store, config: Config) -> list[Finding]:
    """What can be looked at while readers wait, of a store that is open; `doctor` looks at all."""
    return [*_place(config.database()), *_clock(store, config)]


def mend_of(error: BreachwireError) -> str:
    """What to do about an error of the store."""
    if isinstance(error, StoreVersionError):
        return "install that version again, or restore a backup that this one made"
    known = (mend for words, mend in _MENDS if words in str(error))
    return next(known, "see README, “When something is wrong”")


def _place(url: str) -> Iterator[Finding]:
    """What can be said of a file without opening it; a database's disk is its server's."""
    if not url.startswith(_FILE):
        return
    path = Path(url.removeprefix(_FILE)).absolute()
    folder = path.parent
    if not folder.is_dir():
        return  # opening says so
    free = shutil.disk_usage(folder).free
    found = f"{free / 1e9:.1f} GB free in {folder}"
    yield Finding("disk", free > LOW_DISK, found, "make room on the disk")
    closed = [one for one in (folder, path) if one.exists() and not os.access(one, os.W_OK)]
    if closed:
        mend = "give file and folder to the user that runs Breachwire"
        yield Finding("rights", False, f"this user can't write {closed[0]}", mend)


def _store(store: Store, config: Config) -> Iterator[Finding]:  # noqa: ARG001
    counts = store.counts()
    found = f"{counts.articles} articles, {counts.threads} threads, {counts.feeds} feeds"
    yield Finding("store", True, f"{store.url}: {found}")
    problems = store.check()
    index = all("breachwire reindex" in line for line in problems)
    yield Finding(
        "integrity",
        not problems,
        "; ".join(problems) or "no fault found",
        "" if index else f"{_RESTORE} and keeps this one aside",
    )
    waiting = f"{counts.unplaced} articles to thread, {counts.stale} briefs to write"
    yield Finding("waiting", True, waiting)
    for feed in store.feeds():
        if feed.state == "failing":
            yield Finding("feed", True, f"{feed.spec.url}: {feed.error} ({feed.failures} polls)")


def _queue(store: Store, config: Config) -> Iterator[Finding]:  # noqa: ARG001
    """Work that several processes share; one that works alone has none."""
    for one in store.jobs():
        found = f"{one.waiting} jobs wait, {one.doing} are being done, {one.failed} failed"
        late = (one.oldest or 0.0) > LATE
        if late:
            found += f"; the oldest has waited for {(one.oldest or 0.0) / 60:.0f} minutes"
        mend = f"no worker takes them, or too few: `breachwire work --queues {one.queue}`"
        yield Finding(f"queue {one.queue}", not late, found, mend)


def _index(store: Store, config: Config) -> Iterator[Finding]:  # noqa: ARG001
    if find_spec("faiss") is None:
        return  # said already
    from breachwire import index_file

    fault = index_file.fault(store)
    mend = "`breachwire reindex` drops it; the next start makes it anew, and does so by itself too"
    yield Finding("vectors", not fault, fault or "the kept index is whole, or none is kept", mend)


def _webhooks(store: Store, config: Config) -> Iterator[Finding]:  # noqa: ARG001
    from api.webhooks.keeping import ADVICE, ended

    now, hooks = utcnow(), store.webhooks()
    for hook in hooks:
        if why := ended(hook, now):
            yield Finding(f"webhook {hook.id}", False, why, ADVICE)
    if hooks:
        counts = store.deliveries_counted().values()
        waiting = sum(own.get("waiting", 0) for own in counts)
        yield Finding("webhooks", True, f"{len(hooks)}, {waiting} deliveries waiting")


def _clock(store: Store, config: Config) -> Iterator[Finding]:  # noqa: ARG001
    now = utcnow()
    polls = (feed.last_fetch_at for feed in store.feeds() if feed.last_fetch_at)
    newest = max(polls, default=datetime.min.replace(tzinfo=UTC))
    if newest > now + AHEAD:
        hours = (newest - now).total_seconds() / 3600
        yield Finding(
            "clock",
            False,
            f"feeds were polled {hours:.1f} hours from now by this machine's clock ({now:%F %R})",
            "set the clock (NTP); polls keep their intervals meanwhile",
        )
    else:
        yield Finding("clock", True, f"{now:%F %R} UTC; nothing stored is ahead of it")


def _backup(store: Store, config: Config) -> Iterator[Finding]:  # noqa: ARG001
    if not store.url.startswith(_FILE):
        yield Finding("backup", True, "the server's own: pg_dump, or its log kept aside")
        return
    from breachwire.store.backup import MADE

    last = store.meta(MADE)
    days = (utcnow() - datetime.fromisoformat(last)).days if last else 0
    found = f"the last was made {days} days ago" if last else "none yet: `breachwire backup FILE`"
    yield Finding("backup", True, found)
