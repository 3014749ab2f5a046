"""How well the threader tells like events apart and joins follow-ups in other words.

    python -m evals.twins [--wrong]

In: `apart.toml`, pairs of items on two events that resemble one another, and `join.toml`, pairs on
one event that don't: headlines and feed summaries of this project's own, all invented. Out: one
JSON line: how many pairs are right, each in a threader of its own ("alone"), all in one threader
("together"), and at the one threshold of cosine that serves all pairs best. `strays` are the pairs
with an item in a thread with another pair's. With `--wrong`, a line before it for each wrong pair:
name, what tells, the threader's reason.
"""

from __future__ import annotations

import argparse
import json
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from breachwire.model import Article, Embedder, Placement
from nlp import embed, train
from nlp.thread import Threader

JUDGEMENTS: Final = ("apart", "join")
Figures = dict[str, Any]
Placements = Mapping[int, Placement]


@dataclass(frozen=True, slots=True)
class Item:
    """An article with its vector."""

    article: Article
    vector: Any


@dataclass(frozen=True, slots=True)
class Pair:
    """Two items, earlier first, and what an editor says of them."""

    judgement: str
    """apart or join"""
    name: str
    why: str
    first: Item
    second: Item
    context: tuple[Item, ...]

    def items(self) -> list[Item]:
        """All that is placed, in order of publication."""
        return sorted([self.first, self.second, *self.context], key=lambda i: i.article.id)

    def right(self, placements: Placements) -> bool:
        """Whether the placements agree with the editor."""
        first, second = (placements[i.article.id].thread for i in (self.first, self.second))
        return (first is not None and first == second) == (self.judgement == "join")


def pairs(embedder: Embedder) -> list[Pair]:
    """Both files; articles are numbered in order of publication over both."""
    told = [(j, p) for j in JUDGEMENTS for p in _read(Path(__file__).with_name(f"{j}.toml"))]
    raw = [item for _, p in told for item in (*p["item"], *p.get("context", ()))]
    raw.sort(key=lambda d: d["published"])
    vectors = embedder.encode([embed.text_of(d["title"], d["summary"]) for d in raw])
    items = {
        id(d): Item(_article(n, d), v) for n, (d, v) in enumerate(zip(raw, vectors, strict=True), 1)
    }
    return [_pair(judgement, p, items) for judgement, p in told]


def _read(path: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads(path.read_text("utf-8"))["pair"]
    return found


def _article(number: int, item: dict[str, Any]) -> Article:
    outlet = item["source"].lower().replace(" ", "-").removesuffix(".example")
    url, published = f"https://{outlet}.example/{number}", item["published"].isoformat()
    return train.article_of(number, {**item, "url": url, "published": published})


def _pair(judgement: str, told: dict[str, Any], items: Mapping[int, Item]) -> Pair:
    first, second = (items[id(d)] for d in told["item"])
    context = tuple(items[id(d)] for d in told.get("context", ()))
    return Pair(judgement, told["name"], told["why"], first, second, context)


def place(items: Iterable[Item]) -> dict[int, Placement]:
    """Each item's placement by a fresh threader, which takes them in this order."""
    threader, found = Threader(), {}
    for item in items:
        placement = threader.decide(item.article, item.vector)
        threader.accept(item.article, item.vector, placement)
        found[item.article.id] = placement
    return found


def alone(found: Sequence[Pair]) -> dict[int, Placement]:
    """Placements with each pair in a threader of its own."""
    return {id_: p for pair in found for id_, p in place(pair.items()).items()}


def together(found: Sequence[Pair]) -> dict[int, Placement]:
    """Placements with all pairs in one threader."""
    return place(sorted((i for p in found for i in p.items()), key=lambda i: i.article.id))


def strays(found: Sequence[Pair], placements: Placements) -> list[str]:
    """Names of the pairs with an item that shares a thread with another pair's."""
    owners: dict[str, set[str]] = defaultdict(set)
    for pair in found:
        for item in pair.items():
            thread = placements[item.article.id].thread
            if thread is not None:
                owners[thread].add(pair.name)
    return sorted({name for names in owners.values() if len(names) > 1 for name in names})


def _counts(found: Sequence[Pair], placements: Placements) -> Figures:
    """Right and all pairs of each file."""
    return {
        judgement: {
            "right": sum(p.right(placements) for p in found if p.judgement == judgement),
            "total": sum(p.judgement == judgement for p in found),
        }
        for judgement in JUDGEMENTS
    }


def _by_cosine(found: Sequence[Pair]) -> Figures:
    """Right and all pairs at the threshold where most are right: what words alone tell."""
    rows = [(float(p.first.vector @ p.second.vector), p.judgement == "join") for p in found]
    thresholds = [*(cosine for cosine, _ in rows), 2.0]
    right = max(sum((cosine >= t) == join for cosine, join in rows) for t in thresholds)
    return {"right": right, "total": len(rows)}


def report(found: Sequence[Pair], runs: Mapping[str, Placements]) -> Figures:
    """The figures of placements that are already made."""
    figures: Figures = {name: _counts(found, placements) for name, placements in runs.items()}
    figures["together"]["strays"] = len(strays(found, runs["together"]))
    figures["cosine"] = _by_cosine(found)
    return figures


def figures(embedder: Embedder) -> Figures:
    """Everything measured, as the JSON line has it."""
    found = pairs(embedder)
    return report(found, {"alone": alone(found), "together": together(found)})


def wrong(found: Sequence[Pair], runs: Mapping[str, Placements]) -> Iterator[Figures]:
    """A row for each pair that a run gets wrong, with the later item's reason; then the strays."""
    for run, placements in runs.items():
        for pair in found:
            if not pair.right(placements):
                yield {
                    "run": run,
                    "wrong": pair.judgement,
                    "name": pair.name,
                    "why": pair.why,
                    "reason": _reason(pair, placements),
                }
    yield from ({"stray": name} for name in strays(found, runs["together"]))


def _reason(pair: Pair, placements: Placements) -> str:
    """What the threader says of the later item, or of the earlier one that it takes for a recap."""
    first, second = (placements[i.article.id] for i in (pair.first, pair.second))
    said = first if first.roundup else second
    return f"{said.method} ({said.score:.2f}): {said.reason}"


def main() -> None:
    """Print the figures; see the module."""
    parser = argparse.ArgumentParser(description="Score the threader on invented twins.")
    parser.add_argument("--wrong", action="store_true", help="a line for each wrong pair")
    options = parser.parse_args()
    found = pairs(embed.load())
    runs = {"alone": alone(found), "together": together(found)}
    if options.wrong:
        for row in wrong(found, runs):
            print(json.dumps(row, ensure_ascii=False))
    print(json.dumps({"eval": "twins", **report(found, runs)}))


if __name__ == "__main__":
    main()
