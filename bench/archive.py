"""A number of articles → a store of invented news at a path: what `bench.threader` measures in.

    python -m bench.archive PATH ARTICLES

In: how many articles. Out: a store's file with articles, vectors, threads, memberships and victims
as claims, placed as they were invented (`bench.wire`). Written past the store's own methods, whose
commits are for batches of 64: a million articles take nine minutes and 4 GB. A file that is there
is left as it is.
"""

from __future__ import annotations

import sqlite3
import sys
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final

from bench.wire import Told, Wire
from breachwire.model import thread_id
from breachwire.store import open_store
from breachwire.store.rows import pack

MODEL: Final = "bench"
PIECE: Final = 5_000


def fill(path: Path, number: int) -> None:
    """Make the store at `path` where there is none."""
    if path.exists():
        return
    told = Wire().articles(number)
    fresh = path.with_suffix(".part")
    fresh.unlink(missing_ok=True)
    open_store(f"sqlite:///{fresh}").close()
    connection = sqlite3.connect(fresh)
    for pragma in ("journal_mode=MEMORY", "synchronous=OFF", "cache_size=-500000"):
        connection.execute(f"PRAGMA {pragma}")
    opened: dict[int, str] = {}
    while piece := list(islice(told, PIECE)):
        _write(connection, piece, opened)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.close()
    fresh.rename(path)


def id_of(at: datetime) -> int:
    """The id that the store gives the only article of a moment."""
    return int(at.timestamp() * 1000) << 10


def _write(connection: sqlite3.Connection, piece: list[Told], opened: dict[int, str]) -> None:
    rows: dict[str, list[tuple[Any, ...]]] = {t: [] for t in _COLUMNS}
    threads: dict[str, list[Any]] = {}
    for told in piece:
        id_, at = id_of(told.at), told.at.isoformat(timespec="microseconds")
        opens = told.event not in opened
        thread = opened.setdefault(told.event, thread_id(id_))
        threads.setdefault(thread, [thread, told.title, at, at, at, 0])[4:] = [at, 1]
        hash_, cve = str(id_), told.title.partition("CVE-")[2][:11]
        rows["article"].append(
            (id_, f"https://outlet{id_ % 17}.example/{id_}", told.title, told.text, told.text[:200],
             "[]", f"Outlet {id_ // 7 % 17}", "", "", at, at, hash_, 1, "claimed", "en", "feed",
             "unknown", "", "", f"outlet-{id_ // 7 % 17}",
             f"cve\ue001{cve.replace('-', chr(0xE001))}" if cve else "")
        )  # fmt: skip
        rows["embedding"].append((id_, MODEL, hash_, pack(told.vector)))
        rows["membership"].append(
            (id_, thread, "first_report" if opens else "report", 1.0, "", "", "breach", 0, None)
        )
        name = told.text.partition(" confirmed ")[0]
        span = ("text", 0, len(name), name)
        rows["claim"].append(
            (id_, 0, thread, "victim", f'"{name}"', "reported", *span, id_, *span, at, at)
        )
    with connection:
        connection.executemany(
            "INSERT INTO thread (id, headline, kind, section, first_at, last_at, updated_at,"
            " articles, origins, stale, brief_version, ledger_version)"
            " VALUES (?, ?, 'breach', 'Breaches', ?, ?, ?, ?, 1, 0, 0, 0)"
            " ON CONFLICT (id) DO UPDATE SET last_at = excluded.last_at",
            [(t[0], t[1], t[2], t[4], t[4], t[5]) for t in threads.values()],
        )
        for table, values in rows.items():
            columns = _COLUMNS[table]
            marks = ", ".join("?" * len(values[0]))
            connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", values)


_COLUMNS: Final = {
    "article": "id, url, title, text, lead, authors, source, family, section, published,"
    " first_seen_at, content_hash, revision, state, language, text_from, page_state, page_note,"
    " credit, source_slug, terms",
    "embedding": "article, model, content_hash, vector",
    "membership": "article, thread, role, score, method, reason, kind, roundup, copy_of",
    "claim": 'article, n, thread, field, value, status, "where", start, "end", quote,'
    " sentence_article, sentence_where, sentence_start, sentence_end, sentence_quote, said_at,"
    " first_seen_at",
}


if __name__ == "__main__":
    fill(Path(sys.argv[1]), int(sys.argv[2]))
