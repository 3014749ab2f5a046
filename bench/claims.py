"""How many articles of 600 words are read for claims in a second, in one process: JSON lines.

    python -m bench.claims [--articles 300]

In: the demonstration's articles, each followed by others' texts until it has 600 words; the same of
CASIE's news articles where `../shared/data` is beside this checkout. Out: articles a second by wall
and by CPU time, milliseconds an article (median, 99 of 100, most), claims an article, the share of
articles that have any, and what a process's first article costs, which loads the lists and the
model. Token vectors are used: the figure to hold is 5 a second.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import statistics
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from bench.hostile import article
from breachwire.demo import corpus
from breachwire.model import Article
from evals.casie.gold import DATA
from nlp import claims

WORDS: Final = 600
Source = Sequence[tuple[str, str]]
"""Titles and texts."""


def demonstration() -> Source:
    """The invented corpus."""
    return [(item["title"], item["content"] or item["summary"]) for item in corpus.items()]


def casie() -> Source:
    """CASIE's articles of 2017; none where the data are missing."""
    if not DATA.exists():
        return []
    with gzip.open(DATA, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [(row["title"] or "", row["text"]) for row in rows]


def lengthened(source: Source, number: int) -> list[Article]:
    """`number` articles of WORDS words, no two alike: texts in turn, each from another one on."""
    made = []
    for n in range(number):
        title, text = source[n % len(source)]
        step, at = 1 + n // len(source), n
        paragraphs = text.split("\n")
        while sum(len(p.split()) for p in paragraphs) < WORDS:
            at += step
            paragraphs += source[at % len(source)][1].split("\n")
        made.append(replace(article(_cut("\n".join(paragraphs))), id=n + 1, title=title))
    return made


def _cut(text: str) -> str:
    """The first WORDS words, lines as they are."""
    left, lines = WORDS, []
    for line in text.split("\n"):
        words = line.split()[:left]
        left -= len(words)
        lines.append(" ".join(words))
        if not left:
            break
    return "\n".join(lines)


def measure(name: str, source: Source, number: int) -> dict[str, Any]:
    """The figures of one source, the first article of a process aside."""
    articles = lengthened(source, number + 1)
    first = time.process_time()
    claims.extract(articles.pop())
    first = time.process_time() - first
    each, found = [], []
    wall, cpu = time.perf_counter(), time.process_time()
    for one in articles:
        started = time.process_time()
        found.append(len(claims.extract(one)))
        each.append(1000 * (time.process_time() - started))
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    each.sort()
    return {
        "bench": "claims", "source": name, "articles": number, "words": WORDS,
        "a_second": round(number / wall, 1), "a_cpu_second": round(number / cpu, 1),
        "median_ms": round(statistics.median(each), 1),
        "p99_ms": round(each[int(0.99 * len(each))], 1), "most_ms": round(each[-1], 1),
        "claims": round(statistics.mean(found), 1),
        "with_claims": round(sum(n > 0 for n in found) / number, 2),
        "first_ms": round(1000 * first), "load": round(os.getloadavg()[0], 1),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }  # fmt: skip


def main() -> None:
    """A line a source."""
    parser = argparse.ArgumentParser(description="Time the reading of claims.")
    parser.add_argument("--articles", type=int, default=300)
    options = parser.parse_args()
    for name, source in (("demonstration", demonstration()), ("casie", casie())):
        if source:
            print(json.dumps(measure(name, source, options.articles)), flush=True)


if __name__ == "__main__":
    main()
