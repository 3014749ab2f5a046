"""How well article text is found on 160 real pages, ours and trafilatura's own settings.

    python -m evals.extraction [--ours]

In: `../shared/data/extraction/pages.jsonl.gz` (or BREACHWIRE_SHARED): pages with snippets that an
extractor must keep and drop, title, author, date. Out: one JSON line: snippets kept and dropped by
ours and by each of trafilatura's settings, and how often title, author and day are right. The exit
status is 1 where any of its settings does better than ours in either count; `--ours` leaves out the
comparison.
"""

from __future__ import annotations

import argparse
import gzip
import json
import logging
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ingest.extract import extract_page

SETTINGS: dict[str, dict[str, Any]] = {
    "default": {},
    "recall": {"favor_recall": True},
    "precision": {"favor_precision": True},
    "fast": {"fast": True},
    "fast, precision": {"fast": True, "favor_precision": True},
    "no comments": {"include_comments": False},
    "no comments, recall": {"include_comments": False, "favor_recall": True},
    "no comments, precision": {"include_comments": False, "favor_precision": True},
    "no comments, no tables": {"include_comments": False, "include_tables": False},
    "no comments, deduplicate": {"include_comments": False, "deduplicate": True},
}
Pages = list[dict[str, Any]]


def pages() -> Pages:
    """The labelled pages."""
    beside = Path(__file__).resolve().parents[2].parent / "shared"
    shared = Path(os.environ.get("BREACHWIRE_SHARED", beside))
    with gzip.open(shared / "data" / "extraction" / "pages.jsonl.gz", "rt", encoding="utf-8") as f:
        return [json.loads(line) for line in f]


def snippets(labelled: Pages, text_of: Callable[[dict[str, Any]], str]) -> dict[str, int]:
    """How many snippets a text keeps that it must, and lacks that it must lack."""
    kept = dropped = 0
    for page in labelled:
        text = text_of(page)
        kept += sum(snippet in text for snippet in page["keep"])
        dropped += sum(snippet not in text for snippet in page["drop"])
    return {"kept": kept, "dropped": dropped}


def _theirs(settings: dict[str, Any]) -> Callable[[dict[str, Any]], str]:
    from trafilatura import extract

    return lambda page: extract(page["html"], url=page["url"], **settings) or ""


def _about(labelled: Pages, read: dict[str, Any]) -> dict[str, Any]:
    """Titles, authors and days that are right, of those the labels give."""
    counts = {"title": [0, 0], "author": [0, 0], "day": [0, 0]}
    for page in labelled:
        got = read[page["url"]]
        for name, value in (
            ("title", got.title),
            ("author", ", ".join(got.authors)),
            ("day", str(got.published or "")[:10]),
        ):
            want = page["date" if name == "day" else name]
            want = ", ".join(want) if isinstance(want, list) else want
            if want:
                counts[name][0] += _bare(value) == _bare(want)
                counts[name][1] += 1
    return {name: f"{right} of {total}" for name, (right, total) in counts.items()}


def _bare(text: str) -> str:
    return re.sub(r"\W+", "", text).casefold()


def main() -> int:
    """Print the figures; see the module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ours", action="store_true")
    only_ours = parser.parse_args().ours
    logging.disable(logging.CRITICAL)  # trafilatura warns of every page it finds nothing in
    labelled = pages()
    read = {
        page["url"]: extract_page(page["html"].encode("utf-8", "replace"), url=page["url"])
        for page in labelled
    }
    ours = snippets(labelled, lambda page: read[page["url"]].text)
    theirs = {
        name: snippets(labelled, _theirs(settings))
        for name, settings in SETTINGS.items()
        if not only_ours
    }
    print(
        json.dumps(
            {
                "eval": "extraction",
                "pages": len(labelled),
                "keep": sum(len(page["keep"]) for page in labelled),
                "drop": sum(len(page["drop"]) for page in labelled),
                "ours": ours,
                "trafilatura": theirs,
                **_about(labelled, read),
            },
            ensure_ascii=False,
        )
    )
    return int(any(t[name] > ours[name] for t in theirs.values() for name in ours))


if __name__ == "__main__" and (status := main()):
    sys.exit(status)
