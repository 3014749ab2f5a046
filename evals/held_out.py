"""Whether related coverage of an article finds the thread that it belongs to, and its storyline.

    python -m evals.held_out --db sqlite:///FILE [--build] [--every N] [--pasted] [--out]

In: the labelled windows in `../shared/data` (or BREACHWIRE_SHARED), all in one store, which
`--build` makes: every article stands in its labelled thread, so that what is measured is the
comparison and not the threader. Each article of a thread of two or more is the question once (of
every N-th with `--every`), and for the time of its question the store does not know it: neither
its words, nor its vector, nor its claims in the thread's ledger and related coverage. It is asked
as an address (title, text, date, outlet) or, with `--pasted`, as a text without any of these.

Out: the share of questions whose own thread comes first, and is called one incident; the same of
the plain nearest neighbour; of the threads that share a gold storyline with it (at most ten a
question), the share that the ten results name. Each window was labelled by itself, so that in one
store a campaign's threads of other windows take places among the ten and are counted as wrong:
`campaign` is the same share where the windows' storylines of one campaign are one
(`labels/campaigns.toml`). `cpu_seconds` is what the questions cost.

The shipped weights were fitted on these windows. With `--out` the weights of related coverage are
fitted anew for each third of the windows, on the threads of the other two thirds as they stand in
this store; those of the join decision and of kinds, and the word frequencies, stay as shipped.
"""

from __future__ import annotations

import argparse
import json
import random
import time
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from statistics import mean
from typing import Any, Final

from breachwire import index_file
from breachwire.model import (
    Article,
    Embedder,
    Kind,
    Member,
    Placement,
    Question,
    Tie,
    Vector,
    thread_id,
)
from breachwire.model.threads import LIKELY
from breachwire.pipeline.compare import LIMIT, Comparer
from breachwire.pipeline.derive import Deriver
from breachwire.pipeline.rows import row
from breachwire.store import Store, open_store
from evals import threads as labelled
from evals.withheld import Held, Without, put
from ingest import urls
from ingest.compose import from_import
from nlp import calibration, embed, links, train
from nlp import kind as kinds
from nlp.links import Weights
from nlp.relations import Relations
from nlp.train.line import Rows, fitted
from nlp.train.related import LINK_STRENGTH

BATCH: Final = 128
THIRDS: Final = 3
NOW: Final = datetime(2026, 11, 28, tzinfo=UTC)


class _NoVectors:
    """An embedder of nothing: the labels are read, the store has the vectors."""

    name, dimension = "none", 1

    def encode(self, texts: Sequence[str]) -> Any:
        import numpy as np

        return np.zeros((len(texts), 1), dtype=np.float32)


def windows(names: Sequence[str] = ()) -> list[train.Window]:
    """The labelled windows without vectors; all, or those named."""
    found = train.read_windows(labelled.SHARED / "data", labelled.LABELS, _NoVectors())
    return [window for window in found if not names or window.name in names]


# --- the store ------------------------------------------------------------------------------------


def build(store: Store, embedder: Embedder, chosen: Sequence[train.Window]) -> None:
    """Every labelled article in its labelled thread, with claims, ledger, related coverage."""
    items = {i.article.url: (w.name, i) for w in reversed(chosen) for i in w.items}
    ordered = sorted(items.values(), key=lambda pair: pair[1].article.at)
    own: dict[str, list[tuple[train.Labelled, Article, Vector]]] = defaultdict(list)
    for start in range(0, len(ordered), BATCH):
        some = ordered[start : start + BATCH]
        taken = store.take([(from_import(_line(i.article), NOW), None) for _, i in some], NOW)
        articles = [one.article for one in taken]
        vectors = embedder.encode([embed.text_of(a.title, a.text) for a in articles])
        for (window, item), article, vector in zip(some, articles, vectors, strict=True):
            alone = "roundup" if item.roundup else f"alone {article.id}"
            own[f"{window} {item.thread}" if item.thread else alone].append((item, article, vector))
    for key, members in own.items():
        _place(store, embedder.name, members, roundup=key == "roundup")
    Deriver(store, embedder, now=lambda: NOW).run()


def _line(article: Article) -> dict[str, Any]:
    return {
        "url": article.url,
        "title": article.title,
        "summary": article.text,
        "source": article.source,
        "published": article.at.isoformat(),
    }


def _place(
    store: Store,
    model: str,
    members: Sequence[tuple[train.Labelled, Article, Vector]],
    *,
    roundup: bool,
) -> None:
    """A labelled thread as the store has one; roundups stand in none."""
    if roundup:
        out = [
            (Placement(a.id, None, "mention", 1.0, "roundup", "label", "other", roundup=True), v)
            for _, a, v in members
        ]
        store.place(model, out, [])
        return
    known: list[Kind] = [item.kind for item, _, _ in members if item.kind]
    together(store, model, [(a, v) for _, a, v in members], known[0] if known else None)


def together(
    store: Store, model: str, members: Sequence[tuple[Article, Vector]], kind: Kind | None = None
) -> None:
    """A thread of these articles, oldest first; without a kind, of the one that the model says."""
    id_ = thread_id(members[0][0].id)
    scores = (kinds.model().scores(a.title, a.text, v) for a, v in members)
    kind = kind or kinds.kind_of(scores)
    placed, row_of = [], []
    for n, (article, vector) in enumerate(members):
        role, how = ("report", "joins") if n else ("first_report", "opens")
        placed.append((Placement(article.id, id_, role, 1.0, how, "label", kind), vector))  # type: ignore[arg-type]
        row_of.append(Member(article, role, 1.0, how, "label"))  # type: ignore[arg-type]
    store.place(model, placed, [row(id_, row_of, kind, ())])


def held(store: Store, chosen: Sequence[train.Window]) -> list[Held]:
    """Articles of labelled threads of two or more, in order of time."""
    standing: dict[str, dict[int, Article]] = defaultdict(dict)
    lines: dict[str, set[str]] = defaultdict(set)
    campaigns: dict[str, set[str]] = defaultdict(set)
    of: dict[str, str] = {}
    named = _campaigns()
    for window, item, article, at in _standing(store, chosen):
        standing[at][article.id], of[at] = article, window
        for line in item.storylines:
            own = f"{window} {line}"
            lines[own].add(at)
            campaigns[named.get(line, own)].add(at)
    partners, wider = _sharing(lines.values()), _sharing(campaigns.values())
    found = [
        Held(article, thread, of[thread], frozenset(partners[thread]), frozenset(wider[thread]))
        for thread, articles in standing.items()
        if len(articles) > 1
        for article in articles.values()
    ]
    return sorted(found, key=lambda one: one.article.id)


def _standing(
    store: Store, chosen: Sequence[train.Window]
) -> Iterator[tuple[str, train.Labelled, Article, str]]:
    """Window, labelled item, the store's article and its thread, of those that stand in one."""
    for window in chosen:
        for item in window.items:
            article = store.article_by_key(urls.key(item.article.url))
            at = store.threads_of([article.id]).get(article.id) if article else None
            if article is not None and at is not None:
                yield window.name, item, article, at


def _campaigns() -> dict[str, str]:
    """A labelled storyline's name → the campaign that it is of."""
    known = tomllib.loads((labelled.LABELS / "campaigns.toml").read_text("utf-8"))
    return {line: campaign for campaign, own in known.items() for line in own}


def _sharing(groups: Iterable[set[str]]) -> dict[str, set[str]]:
    """Thread → the others of its groups."""
    found: dict[str, set[str]] = defaultdict(set)
    for threads in groups:
        for thread in threads:
            found[thread] |= threads - {thread}
    return found


# --- the figures ----------------------------------------------------------------------------------


def questions(
    store: Store,
    embedder: Embedder,
    asked: Sequence[Held],
    *,
    pasted: bool,
    weights: Weights | None = None,
) -> Iterator[dict[str, Any]]:
    """A row for each article held out. `weights`: of related coverage; None: those shipped."""
    relations = _relations(store, embedder.name, weights)
    without = Without(store, relations, embedder.name)
    shipped = calibration.shipped()
    parameters = replace(shipped, links=weights or shipped.links)
    comparer = Comparer(without, lambda: embedder.name, lambda: embedder, lambda: parameters)
    vectors = store.vectors_of(embedder.name, [one.article.id for one in asked])
    for one in asked:
        without.hide(one)
        ties = comparer.text(_question(one.article, pasted=pasted))
        ten = {t.thread for t in ties[:LIMIT]}
        yield {
            "url": one.article.url,
            "window": one.window,
            "first": bool(ties) and ties[0].thread == one.thread,
            "same": any(t.thread == one.thread and t.relation == "same_incident" for t in ties),
            "in_ten": one.thread in ten,
            "nearest": _nearest(without, vectors[one.article.id]) == one.thread,
            "partners": min(LIMIT, len(one.partners)),
            "named": len(one.partners & ten),
            "campaign": min(LIMIT, len(one.campaign)),
            "campaign_named": len(one.campaign & ten),
            "entries": [_entry(without, tie) for tie in ties[:LIMIT] if tie.thread != one.thread],
        }


def _relations(store: Store, model: str, weights: Weights | None = None) -> Relations:
    """Every thread of the store."""
    relations = Relations(weights)
    everyone = [thread.id for thread in store.all_threads()]
    for start in range(0, len(everyone), 512):
        put(relations, store, model, everyone[start : start + 512])
    return relations


def left_out(
    store: Store, model: str, chosen: Sequence[train.Window]
) -> Iterator[tuple[frozenset[str], Weights]]:
    """Each third of the windows, with weights fitted on the threads of the others: pairs of one
    window, since no labeller saw two. Raises CalibrationError where they say too little."""
    rows = _link_rows(_relations(store, model), _standing(store, chosen))
    names = sorted(window.name for window in chosen)
    for n in range(THIRDS):
        out = frozenset(names[n::THIRDS])
        kept = [own for window, own in rows.items() if window not in out]
        line = fitted(kept, links.LINK_FEATURES, LINK_STRENGTH)
        yield out, replace(links.shipped(), of=line.weights, bias=line.bias)


def _link_rows(
    relations: Relations, standing: Iterable[tuple[str, train.Labelled, Article, str]]
) -> dict[str, Rows]:
    """By window, threads with their candidates, and whether they share a storyline."""
    window_of: dict[str, str] = {}
    lines: dict[str, set[str]] = defaultdict(set)
    for window, item, _, at in standing:
        window_of[at] = window
        lines[at].update(item.storylines)
    rows: dict[str, Rows] = defaultdict(Rows)
    for profile in relations.profiles():
        window = window_of[profile.id]
        for other in relations.candidates(profile):
            if window_of[other.id] == window:
                same = bool(lines[profile.id] & lines[other.id])
                rows[window].add(relations.evidence(profile, other), same)
    return rows


def _entry(store: Without, tie: Tie) -> dict[str, Any]:
    """An answer's entry, by the address of an article that it names."""
    article = next(iter(store.articles(tie.articles[:1]).values()), None)
    likely = tie.score >= LIKELY or tie.relation == "same_incident"
    return {
        "related": article.url if article else None,
        "relation": tie.relation,
        "score": tie.score,
        "open": likely,
    }


def draw(rows: Sequence[Mapping[str, Any]], count: int, seed: int) -> list[dict[str, Any]]:
    """Entries that stand open, of all answers, at random: to be judged (`evals.related`)."""
    pool = [{"question": r["url"], **e} for r in rows for e in r["entries"] if e["open"]]
    return random.Random(seed).sample(pool, min(count, len(pool)))


def _question(article: Article, *, pasted: bool) -> Question:
    if pasted:
        return Question("", f"{article.title}\n\n{article.text}")
    # Without its id: to the store it is an address like any other.
    return Question(article.title, article.text, article.at, article.url, article.source)


def _nearest(store: Without, vector: Vector) -> str | None:
    """The thread of the nearest article, as far as it stands in one."""
    hits = [id_ for id_, _ in store.search_vectors(vector, limit=8)]
    at = store.threads_of(hits)
    return next((at[id_] for id_ in hits if id_ in at), None)


def figures(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Shares over the questions."""
    return {
        "questions": len(rows),
        **{
            name: round(mean(r[name] for r in rows), 4)
            for name in ("first", "same", "in_ten", "nearest")
        },
        "partners": sum(r["partners"] for r in rows),
        "storyline": _share(rows, "named", "partners"),
        "campaign": _share(rows, "campaign_named", "campaign"),
    }


def _share(rows: Sequence[Mapping[str, Any]], part: str, whole: str) -> float | None:
    total = sum(r[whole] for r in rows)
    return round(sum(r[part] for r in rows) / total, 4) if total else None


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description="Related coverage of articles held out.")
    parser.add_argument("--db", required=True, help="sqlite:///FILE")
    parser.add_argument("--build", action="store_true", help="make the store first")
    parser.add_argument("--every", type=int, default=1, help="of so many articles one is asked")
    parser.add_argument("--pasted", action="store_true", help="as a text without date and outlet")
    parser.add_argument("--out", action="store_true", help="link weights of the other windows")
    parser.add_argument("--misses", action="store_true", help="print whose thread is not first")
    parser.add_argument("--draw", type=int, help="print so many entries drawn at random")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    store, embedder = open_store(options.db), embed.load()
    chosen = windows()
    if options.build:
        build(store, embedder, chosen)
    index_file.use(store, embedder)
    rows, began = [], time.process_time()
    asked = held(store, chosen)[:: options.every]
    groups = left_out(store, embedder.name, chosen) if options.out else [(None, None)]
    for out, weights in groups:
        some = [each for each in asked if out is None or each.window in out]
        for one in questions(store, embedder, some, pasted=options.pasted, weights=weights):
            rows.append(one)
            if options.misses and not one["first"]:
                print(json.dumps(one))
    cost = round(time.process_time() - began)
    for entry in draw(rows, options.draw or 0, options.seed):
        print(json.dumps(entry))
    how = {"pasted": options.pasted, "left_out": options.out, "every": options.every}
    print(json.dumps({**how, **figures(rows), "cpu_seconds": cost}))


if __name__ == "__main__":
    main()
