"""Print how relevant search is, for each variant: `python -m evals.search --db sqlite:///FILE`.

The store holds the recorded wire (`breachwire import` of its items, oldest first). Without
`--sealed`, the queries that may be read while tuning; `--by-kind` adds nDCG@10 by kind of query.
`--pooled` fills a new store with what was pooled for a sixth of them and gives the floors' figures.
"""

import argparse
import json

from breachwire import index_file
from breachwire.store import effort, open_store
from evals import search
from evals.search import pooled
from evals.threads import SHARED
from ingest import urls
from nlp import embed


def main() -> None:
    """Print one JSON object."""
    parser = argparse.ArgumentParser(description="Relevance of search.")
    parser.add_argument("--db", required=True, help="a store of the recorded wire")
    parser.add_argument("--sealed", action="store_true", help="the sealed third: once, at the end")
    parser.add_argument("--by-kind", action="store_true", help="nDCG@10 by kind of query")
    parser.add_argument(
        "--as-million", action="store_true",
        help="with the bounds of full text as tight as they are for a million articles",
    )  # fmt: skip
    parser.add_argument("--pooled", action="store_true", help="a new store of the pools alone")
    options = parser.parse_args()
    store = open_store(options.db)
    if options.pooled:
        print(json.dumps(pooled.figures(store, embed.load(), SHARED / "data" / "wire"), indent=1))
        return
    if options.as_million:
        share = store.counts().articles / 1_000_000
        for name in (
            "SCORED", "COMMON", "WALKED", "LATE", "PHRASED", "SOUGHT", "DRIVING", "TELLING",
        ):  # fmt: skip
            setattr(effort, name, round(getattr(effort, name) * share))
    embedder = embed.load()
    index_file.use(store, embedder)
    asked = [q for q in search.queries() if q.sealed == options.sealed]
    judged = search.grades(store, urls.key)
    known = search.known_items(store, asked, urls.key)
    runs = search.runs(store, search.Remembering(embedder), asked)
    answer = {name: search.figures(asked, run, judged, known) for name, run in runs.items()}
    margins = {
        f"fused over {name}": search.margin(asked, runs["fused"], runs[name], judged)
        for name in ("text", "vectors")
    }
    print(json.dumps({"queries": len(asked), **answer, **margins}, indent=1))
    for kind in dict.fromkeys(q.kind for q in asked) if options.by_kind else ():
        some = [q for q in asked if q.kind == kind]
        shown = {name: search.figures(some, run, judged, known) for name, run in runs.items()}
        print(kind, len(some), {name: own["ndcg@10"] for name, own in shown.items()})


if __name__ == "__main__":
    main()
