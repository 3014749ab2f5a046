"""What the wire, a thread page and its JSON cost in the server, at 10,000 invented articles.

In: a store filled by `bench.store`. Out: one JSON line a route: milliseconds from the ASGI call to
the last byte, median and 99th percentile of 100 requests after ten to warm up, threads chosen at
random. No network and no client are in the figure.

    python -m bench.pages [ARTICLES]
"""

from __future__ import annotations

import asyncio
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from typing import Any

from api.app import create_app
from api.services import Services
from bench.store import WORDS, write
from breachwire.config import Config
from breachwire.store import open_store

REQUESTS = 100
WARM_UP = 10


async def ask(app: Any, path: str) -> tuple[float, int]:
    """Milliseconds and status of one GET."""
    path, _, query = path.partition("?")
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET",
        "scheme": "http", "path": path, "raw_path": path.encode(), "query_string": query.encode(),
        "headers": [(b"host", b"127.0.0.1:8000")], "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8000), "root_path": "",
    }  # fmt: skip
    status = 0

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        nonlocal status
        status = message.get("status", status)

    started = time.perf_counter()
    await app(scope, receive, send)
    return 1000 * (time.perf_counter() - started), status


async def measure(app: Any, name: str, path: Callable[[], str]) -> None:
    """Print a route's line. Raises SystemExit where an answer is not 200."""
    times = []
    for number in range(WARM_UP + REQUESTS):
        spent, status = await ask(app, path())
        if status != 200:
            raise SystemExit(f"{name}: {status}")
        if number >= WARM_UP:
            times.append(spent)
    print(json.dumps({
        "bench": name, "median_ms": round(statistics.median(times), 2),
        "p99_ms": round(sorted(times)[int(0.99 * len(times))], 2),
    }), flush=True)  # fmt: skip


def main(articles: int) -> None:
    """Fill a store, ask each route."""
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{folder}/wire.sqlite3")
        write(store, articles)
        app = create_app(lambda: Services(store=store, config=Config()))
        ids = [thread.id for thread in store.all_threads()]
        rng = random.Random(3)
        slugs = {id_: _slug(store.thread(id_).headline) for id_ in ids}

        async def all_() -> None:
            # An unknown parameter keeps the answer kept from the last request out of the figure.
            await measure(app, "the wire", lambda: f"/?n={rng.random()}")
            await measure(app, "the wire, kept answer", lambda: "/")
            await measure(app, "a thread page", lambda: _path(rng.choice(ids), slugs))
            await measure(app, "a thread's JSON", lambda: f"/api/v1/threads/{rng.choice(ids)}")
            await measure(app, "search", lambda: f"/search?q={rng.choice(WORDS)}+bora")

        asyncio.run(all_())
        store.close()


def _path(id_: str, slugs: dict[str, str]) -> str:
    return f"/wire/{id_}/{slugs[id_]}"


def _slug(headline: str) -> str:
    from api.links import thread_slug

    return thread_slug(headline)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
