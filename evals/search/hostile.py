"""Hostile queries against a store: none may fail, each ends within two seconds.

    python -m evals.search.hostile --db sqlite:///FILE [--number 20000] [--seed 1] [--minutes M]

In: a store. Out: one JSON object: how many were asked through the whole application (ASGI, without
a network), how many answered what, the slowest, and every query whose answer was a 500. Exit 1
where there is one, or one that took longer than two seconds of CPU time (the wall clock counts
what else the machine does). After some minutes it ends with those that were asked until then; how
far it is, it says on stderr.
"""

from __future__ import annotations

import argparse
import json
import random
import string
import sys
import time
from collections import Counter
from collections.abc import Callable
from typing import Final

from fastapi.testclient import TestClient

from api.app import create_app
from api.services import Services
from breachwire.config import Config
from breachwire.store import Store, open_store
from nlp.galaxy import known_by_slug

LONGEST: Final = 2.0
"""Seconds."""
SAID: Final = 1_000
"""Queries between two lines on how far it is."""
PIECES: Final = (
    '"', "'", "-", "--", "*", "a*", "(", ")", "{", "}", "^", ":", "title:", "terms : x", "NEAR(",
    "NEAR/3", "AND", "OR", "NOT", "OR NOT", "+", "\\", "%", "_", ";", "--'; DROP TABLE article",
    "<script>", "{{7*7}}", "\x00", "\x01", "\x7f", "\ud800", "\ue000", "\ue001", "\u202e", "\ufeff",
    "🎉", "ा", "ﬁ", "ß", "İ", "漢字", "\n", "\t", "cve-", "CVE-2026-1", "cve-2026-99999999",
    "CVE-9999-0000000", "GHSA-aaaa-bbbb-cccc", "pkg:npm/", "pkg:npm/@a/b@1", "@a/b", "a@1.1",
    "1.1.1.1", "999.999.999.999", "[.]", "hxxp://", "https://[::1", "a.b.c.d.e.f.g", "0" * 64,
    "last", "last 0 days", "last 999 years", "last 20000 hours", "2026-13", "May 0", "April 2026",
    "february 30", "yesterday", "who was hit through", "victims of", "the", "of the", "data",
    "security", "attack", "a", "e", "-data", '-"the company"', "-" * 300, "a" * 3_000, "9" * 400,
    "((((" * 50, "data*", "sec*", "att*",
)  # fmt: skip
FILTERS: Final = (
    "section", "kind", "since", "until", "source", "victim", "actor", "third_party", "sector",
    "attack_type", "data_type", "cve", "status", "sort", "limit", "cursor",
)  # fmt: skip
VALUES: Final = (
    "", "0", "-1", "24h", "7d", "9999w", "0h", "0001-01-01", "9999-12-31", "2026-02-30", "updated",
    "relevance", "recent", "Breaches", "breach", "claimed", "ransomware", "CVE-2026-1", "'", '"',
    "%", "\x00", "🎉", "a" * 201, "100", "101", "1e9", "nan", "null", "W10", "e30=", "////",
)  # fmt: skip


def main() -> None:
    """Ask, print, exit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--db", required=True)
    parser.add_argument("--number", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=60.0, help="ends then; 60")
    options = parser.parse_args()
    store = open_store(options.db)
    make = _maker(store, random.Random(options.seed))
    app = create_app(lambda: Services(store=store, config=Config(), known_actor=known_by_slug))
    answers: Counter[int] = Counter()
    failed: list[dict[str, str]] = []
    slow: list[tuple[float, dict[str, str]]] = []
    end = time.monotonic() + 60 * options.minutes
    with TestClient(app, raise_server_exceptions=False) as client:
        for number in range(options.number):
            if time.monotonic() > end:
                break
            if number % SAID == 0:
                print(f"{number} asked, {len(failed)} failed", file=sys.stderr, flush=True)
            asked = make()
            path = "/search" if number % 5 == 4 else "/api/v1/search"
            before = time.process_time()
            status = client.get(path, params=_sent(asked)).status_code
            slow = sorted([*slow, (time.process_time() - before, asked)], key=lambda s: -s[0])[:5]
            answers[status] += 1
            if status >= 500:
                failed.append(asked)
    print(json.dumps({
        "asked": answers.total(), "answers": answers, "failed": failed[:20],
        "slowest, s": [[round(spent, 3), asked["q"][:80]] for spent, asked in slow],
    }))  # fmt: skip
    sys.exit(1 if failed or slow[0][0] > LONGEST else 0)


def _maker(store: Store, rng: random.Random) -> Callable[[], dict[str, str]]:
    """What makes one more query: pieces, words of the store, letters of any kind, filters."""
    titles = [a.title for a in store.articles_in("claimed", 300)] or ["hospital ransomware"]

    def piece() -> str:
        kind = rng.random()
        if kind < 0.55:
            return rng.choice(PIECES)
        if kind < 0.85:
            return rng.choice(rng.choice(titles).split() or ["x"])
        return "".join(rng.choice(string.printable) for _ in range(rng.randint(1, 12)))

    def make() -> dict[str, str]:
        glue = rng.choice((" ", " ", "", "-", " -", '" "'))
        asked = {"q": glue.join(piece() for _ in range(rng.choice((1, 2, 3, 5, 8, 40))))}
        for _ in range(rng.choice((0, 0, 0, 1, 1, 2, 4))):
            asked[rng.choice(FILTERS)] = rng.choice(VALUES)
        return asked

    return make


def _sent(asked: dict[str, str]) -> dict[str, str]:
    """As a client can send it: surrogates have no bytes."""
    return {name: value.encode("utf-8", "replace").decode() for name, value in asked.items()}


if __name__ == "__main__":
    main()
