"""`python -m nlp.train --data DIR`: fit, and write the parameter files."""

from __future__ import annotations

import argparse
from pathlib import Path

from nlp import calibration, embed, train


def main() -> None:
    """`python -m nlp.train --data DIR`."""
    parser = argparse.ArgumentParser(description="Fit the threader's parameters.")
    parser.add_argument("--data", type=Path, required=True, help="folder with threads/ and wire/")
    parser.add_argument("--labels", type=Path, help="more windows: folder of addresses and labels")
    parser.add_argument("--model", default=embed.DEFAULT, help="embedding model")
    options = parser.parse_args()
    items = train.read_items(options.data / "wire" / "items.jsonl.gz")
    train.write_background(
        items, f"document frequencies of {len(items)} news items, titles and leads"
    )
    embedder = embed.load(options.model)
    windows = train.read_windows(options.data, options.labels, embedder)
    origin = train.origin_of(embedder.name, windows)
    calibration.write(train.fit(windows, train.unheard(items, windows)), origin)


if __name__ == "__main__":
    main()
