"""The API does what its OpenAPI document says, and no route more than its scope: schemathesis
against a real server.

    python -m evals.contract SCHEMATHESIS [--db sqlite:///FILE] [--examples 50] [--seed 1]
        [--parts document,scopes]

In: the schemathesis command (`make api-check` installs it in an environment of its own: it brings
forty packages), a store, which is written to; without one, the demonstration's stories are imported
into a new one. Out: its reports, a line for each thing that a token may and should not, and exit
code 1 where anything was wrong.

Of the scopes first every route is asked with every kind of token (`evals.scopes`); then
schemathesis makes up requests: to the editors' pages as nobody, read, edit and admin, and to the
API with each token. Nobody and `read` have to leave every table as it was; with any token the API
writes watches alone.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import httpx
from fastapi import FastAPI

from api.app import create_app
from api.services import Services
from bench.search.served import server
from breachwire.config import Config
from breachwire.demo import corpus
from breachwire.model import Scope, Token
from breachwire.model.tokens import SCOPES, digest, new_secret
from breachwire.store import Store, open_store
from evals.scopes import acts, check, routes

CONFIG: Final = Path(__file__).with_name("schemathesis.toml")
BREACHWIRE: Final = (sys.executable, "-c", "from breachwire.cli import main; main()")
USES: Final = frozenset({"token"})
"""When a token was last used, noted every ten minutes."""
API_WRITES: Final = USES | {"saved_search", "watch_entry", "meta"}
"""Watches; the count of changes."""


@dataclass(frozen=True, slots=True)
class Run:
    """How schemathesis is run."""

    command: str
    folder: Path
    base: str
    examples: int
    seed: int

    def of(self, document: str, headers: Mapping[str, str] | None = None) -> int:
        """Its exit code, for a document's address or file."""
        told = [
            part for name, value in (headers or {}).items() for part in ("-H", f"{name}: {value}")
        ]
        return subprocess.run([
            self.command, "--config-file", str(CONFIG), "run", document, "--url", self.base,
            "--max-examples", str(self.examples), "--seed", str(self.seed), *told,
            "--phases", "examples,coverage,fuzzing,stateful",
            "--continue-on-failure", "--no-shrink", "--max-response-time", "10",
        ], check=False, cwd=self.folder).returncode  # fmt: skip


def main() -> None:
    """Serve, check, exit 1 where anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command")
    parser.add_argument("--db", type=lambda url: Path(url.removeprefix("sqlite:///")))
    parser.add_argument("--examples", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--parts", default="document,scopes")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = options.db or _demonstrated(Path(folder))
        wrong: list[str] = []
        with server(file) as running:
            run = Run(options.command, Path(folder), running.base, options.examples, options.seed)
            if "document" in options.parts:
                code = run.of(f"{running.base}/api/v1/openapi.json")
                wrong += [f"schemathesis: exit code {code}"] if code else []
            if "scopes" in options.parts:  # seven runs
                wrong += scoped(replace(run, examples=max(1, options.examples // 5)), file)
    print(*(wrong or ["nothing was wrong"]), sep="\n")
    sys.exit(1 if wrong else 0)


def scoped(run: Run, file: Path) -> list[str]:
    """What a token may and should not, on a running server of the store in `file`."""
    with closing(open_store(f"sqlite:///{file}")) as store:
        app = create_app(lambda: Services(store=store, config=Config()))
        with httpx.Client(base_url=run.base, timeout=60) as client:
            table = check.problems(app, client, store, file)
            print(
                f"{len(routes.ways(app))} routes, each with every kind of token: {len(table)} wrong"
            )
            with closing(check.Asker(client, file)) as asker:
                return table + list(_made_up(run, app, store, asker))


def _made_up(run: Run, app: FastAPI, store: Store, asker: check.Asker) -> Iterator[str]:
    """What schemathesis finds as nobody and with each scope."""
    for scope in (None, *SCOPES):
        headers = _token(store, scope)
        asker.ask(check.Caller("", scope, headers), "GET", "/edit")  # a use is noted now
        examples = {path: act(store) for path, act in acts.ACTS[:3]}
        file = run.folder / f"{scope}.json"
        file.write_text(json.dumps(routes.document(app, scope, examples)), "utf-8")
        before = asker.tables()
        if code := run.of(str(file), headers):
            yield f"editors' pages as {scope or 'nobody'}: exit code {code}"
        written = _changed(before, asker.tables()) - USES
        if scope in (None, "read") and written:
            yield f"editors' pages as {scope or 'nobody'}: wrote to {', '.join(sorted(written))}"
        if scope is None:
            continue
        before = asker.tables()
        if code := run.of(f"{run.base}/api/v1/openapi.json", headers):
            yield f"the API with a token of scope {scope}: exit code {code}"
        if others := _changed(before, asker.tables()) - API_WRITES:
            yield f"the API with a token of scope {scope}: wrote to {', '.join(sorted(others))}"


def _token(store: Store, scope: Scope | None) -> dict[str, str]:
    if scope is None:
        return {}
    secret = new_secret()
    store.add_token(Token(0, f"schemathesis, {scope}", scope, datetime.now(UTC)), digest(secret))
    return {"Authorization": f"Bearer {secret}"}


def _changed(before: Mapping[str, str], after: Mapping[str, str]) -> set[str]:
    return {name for name in after if after[name] != before.get(name)}


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
