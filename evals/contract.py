"""The API does what its OpenAPI document says: schemathesis against a real server.

    python -m evals.contract SCHEMATHESIS [--db sqlite:///FILE] [--examples 50] [--seed 1]

In: the schemathesis command (`make api-check` installs it in an environment of its own: it brings
forty packages), a store; without one, the demonstration's stories are imported into a new one.
Out: its report, and its exit code.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from bench.search.served import server
from breachwire.demo import corpus

CONFIG: Final = Path(__file__).with_name("schemathesis.toml")
BREACHWIRE: Final = (sys.executable, "-c", "from breachwire.cli import main; main()")


def main() -> None:
    """Serve, check, exit as schemathesis does."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command")
    parser.add_argument("--db", type=lambda url: Path(url.removeprefix("sqlite:///")))
    parser.add_argument("--examples", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store = options.db or _demonstrated(Path(folder))
        with server(store) as running:
            done = subprocess.run([
                options.command, "--config-file", str(CONFIG), "run",
                f"{running.base}/api/v1/openapi.json", "--max-examples", str(options.examples),
                "--phases", "examples,coverage,fuzzing,stateful", "--seed", str(options.seed),
                "--continue-on-failure", "--no-shrink", "--max-response-time", "10",
            ], check=False, cwd=folder)  # fmt: skip
    sys.exit(done.returncode)


def _demonstrated(folder: Path) -> Path:
    """A store of the demonstration's stories."""
    items, store = folder / "items.jsonl", folder / "wire.sqlite3"
    lines = [json.dumps(item, default=str) for item in corpus.items()]
    items.write_text("\n".join(lines), "utf-8")
    command = [*BREACHWIRE, "import", str(items), "--db", f"sqlite:///{store}"]
    subprocess.run(command, check=True)
    return store


if __name__ == "__main__":
    main()
