"""How much of what a model writes survives the checks: threads of the demonstration → counts.

In: an OpenAI-compatible endpoint and a model's name. Out: JSON on stdout: threads, sentences kept
and dropped by reason, sections by writer, tokens, seconds; with `--texts`, a line on stderr for
each sentence and what became of it.

    python -m evals.models http://127.0.0.1:8098/v1 SmolLM2-135M-Instruct --threads 5
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from breachwire.config import Config
from breachwire.demo import corpus
from breachwire.errors import ModelError
from breachwire.model import ThreadView
from breachwire.net import retry_after
from breachwire.pipeline.derive import Deriver, views
from breachwire.pipeline.improve import Ledger, endpoint
from breachwire.pipeline.intake import import_items
from breachwire.store import Store, open_store
from nlp import brief, embed, llm
from nlp.llm import answer, passages
from nlp.llm.checks import Checker


def now() -> datetime:
    """The clock."""
    return datetime.now(UTC)


def filled(store: Store) -> None:
    """The demonstration's articles, derived."""
    import_items(store, [json.dumps(item).encode() for item in corpus.items()], now=now())
    Deriver(store, embed.load(Config().embedding_model), now=now).run()


def threads_of(store: Store, most: int, *, short: bool) -> list[ThreadView]:
    """The threads with most articles, or with fewest: short prompts, for slow models."""
    sign = 1 if short else -1
    threads = sorted(store.all_threads(), key=lambda t: (sign * t.articles, t.id))[:most]
    return views(store, [t.id for t in threads])


class Survival:
    """Asks and counts."""

    def __init__(self, store: Store, config: Config, texts: bool) -> None:
        self._server = endpoint(config, "Breachwire evals")
        self.ledger = Ledger(store, config.model_budget, now)
        self._chat = llm.Chat(self._post, config.model_name, self.ledger, self._wait)
        self._texts = texts
        self.counts: Counter[str] = Counter()

    def write(self, view: ThreadView) -> None:
        """One thread's brief, counted."""
        self._view = view
        try:
            written = llm.write(view, brief.write(view), self._ask)
        except ModelError as error:
            self.counts[f"unwritten:{error.kind}"] += 1
            print(f"{view.thread.id}: {error}", file=sys.stderr)
            return
        self.counts += written.counts
        self.counts["by model" if written.model else "nothing stood"] += 1

    def _ask(self, messages: list[dict[str, str]], schema: dict[str, Any]) -> llm.Answer:
        said = self._chat.ask(messages, schema)
        if self._texts:
            self._show(said.text, len(messages) > 2)
        return said

    def _show(self, text: str, again: bool) -> None:
        print(f"--- {self._view.thread.id}{' again' if again else ''}\n{text}", file=sys.stderr)
        if again:
            return
        checker = Checker(self._view, passages.offer(self._view))
        try:
            drafts = answer.brief(text)
        except ModelError as error:
            print(f"=> {error}", file=sys.stderr)
            return
        for draft in drafts:
            verdict = checker.judge(draft)
            why = "; ".join(f"{r.code}: {r.words}" for r in verdict.reasons) or "stands"
            print(f"=> {draft.field}: {draft.text} => {why}", file=sys.stderr)

    def _post(self, body: bytes) -> llm.Reply:
        response = self._server.post("/chat/completions", body)
        wait = retry_after(response.headers.get("retry-after"), now())
        return llm.Reply(response.status, response.body, wait)

    def _wait(self, seconds: float) -> bool:
        time.sleep(seconds)
        return False


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description="what survives the checks")
    parser.add_argument("endpoint")
    parser.add_argument("model")
    parser.add_argument("--threads", type=int, default=5)
    parser.add_argument("--db", type=Path, help="a store that is filled already")
    parser.add_argument("--short", action="store_true", help="threads with fewest articles")
    parser.add_argument("--timeout", type=int, default=900)
    parser.add_argument("--texts", action="store_true", help="each sentence and its fate")
    options = parser.parse_args()
    config = replace(
        Config(), model_endpoint=options.endpoint, model_name=options.model,
        model_timeout=options.timeout,
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        path = options.db or Path(folder) / "evals.sqlite3"
        result = run(f"sqlite:///{path}", config, options)
    print(json.dumps(result, sort_keys=True))


def run(url: str, config: Config, options: argparse.Namespace) -> dict[str, Any]:
    """Ask for that many threads' briefs of a store; an empty one is filled first."""
    with closing(open_store(url)) as store:
        if not store.counts().threads:
            filled(store)
        before = Counter(store.model_used_ever())
        found = threads_of(store, options.threads, short=options.short)
        survival = Survival(store, config, options.texts)
        begun = time.monotonic()
        for view in found:
            survival.write(view)
        seconds = round(time.monotonic() - begun)
        use = Counter(store.model_used_ever()) - before
    return {"threads": len(found), "seconds": seconds} | dict(survival.counts) | dict(use)


if __name__ == "__main__":
    main()
