"""One search of libFuzzer's, in its own process: `evals.fuzz.__main__` starts it.

    python -m evals.fuzz.search TARGET [libFuzzer's options] CORPUS…

In: a target's name. Out: libFuzzer's own report on stderr; status 0 where nothing broke.
"""

from __future__ import annotations

import sys

import atheris  # type: ignore[import-not-found,unused-ignore]

with atheris.instrument_imports(
    include=["ingest", "feedparser", "trafilatura", "dateutil", "breachwire"]
):
    from evals.fuzz.targets import TARGETS


def main() -> None:
    """Hand the target to libFuzzer, which ends the process."""
    target = TARGETS[sys.argv.pop(1)]
    atheris.Setup(sys.argv, target)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
