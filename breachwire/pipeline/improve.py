"""Briefs that stand → the same by a language model, where one is configured.

In: a store whose briefs are up to date, an endpoint. Out: further versions of the briefs whose
model-written sentences held. Beside the other stages and holding none of them up: every brief is
written extractively first, and stays so where the endpoint fails, the day's tokens are spent, or
what the model writes does not hold.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal

from breachwire.config import Config
from breachwire.errors import ModelError
from breachwire.model import Brief, Statement, ThreadView
from breachwire.net import Endpoint, retry_after
from breachwire.pipeline.breaker import Breaker
from breachwire.pipeline.derive import views
from breachwire.store import Store
from nlp import brief, llm
from nlp.llm import prompt

BATCH: Final = 20
"""Threads looked up at a time; each is one or two questions and one commit."""
MOST_FAILURES: Final = 3
"""Of one thread, at an endpoint that answers for others, before it is left as it is."""
_OF_THE_ENDPOINT: Final = ("unreachable", "busy", "refused")

log = logging.getLogger(__name__)
Say = Callable[[str], None]
Outcome = Literal["model", "extractive", "changed", "failed"]


def endpoint(config: Config, user_agent: str) -> Endpoint:
    """The operator's model server. Raises FetchError (bad_url)."""
    return Endpoint(
        config.model_endpoint, user_agent, key=config.model_key, timeout=config.model_timeout
    )


def answers(server: Endpoint, name: str) -> str:
    """What the server says of itself, a line. Raises FetchError, ModelError."""
    response = server.look("/models")
    if response.status in (401, 403):
        raise ModelError("refused", f"it refuses the key ({response.status})")
    if response.status >= 400:
        raise ModelError("refused", f"it answered {response.status} to /models")
    listed = f'"{name}"'.encode() in response.body
    return f"answers; {name} is {'among its models' if listed else 'not in its list of models'}"


@dataclass(frozen=True, slots=True)
class Improved:
    """What a run did."""

    tried: int = 0
    by_model: int = 0


class Ledger:
    """Tokens and counters of the day, kept in the store."""

    def __init__(self, store: Store, budget: int, now: Callable[[], datetime]) -> None:
        self._store = store
        self._budget = budget
        self._now = now

    def afford(self, wanted: int) -> bool:
        """Whether today's budget has that many tokens left."""
        used = self._store.model_used(self._day())
        spent = used.get("tokens:prompt", 0) + used.get("tokens:completion", 0)
        return spent + wanted <= self._budget

    def count(self, name: str, number: int = 1) -> None:
        """Add to one of today's counters."""
        self.add({name: number})

    def add(self, counts: dict[str, int]) -> None:
        """Add to several."""
        self._store.count_model_use(self._day(), {n: c for n, c in counts.items() if c})

    def until_tomorrow(self) -> float:
        """Seconds to the next day's budget."""
        now = self._now()
        midnight = datetime(now.year, now.month, now.day, tzinfo=UTC) + timedelta(days=1)
        return (midnight - now).total_seconds()

    def _day(self) -> str:
        return self._now().date().isoformat()


class Improver:
    """Asks one endpoint for briefs. One at a time on a store (role "writer")."""

    def __init__(
        self,
        store: Store,
        server: Endpoint,
        config: Config,
        *,
        now: Callable[[], datetime],
        wait: Callable[[float], bool],
        say: Say,
    ) -> None:
        """`wait`: lets seconds pass, True: the service is stopping."""
        self._store = store
        self._server = server
        self._now = now
        self._say = say
        self._name = config.model_name
        self._ledger = Ledger(store, config.model_budget, now)
        self._chat = llm.Chat(self._post, config.model_name, self._ledger, wait)
        self._breaker = Breaker(now)
        self._failures: Counter[str] = Counter()
        self._works = False
        self._spent_on: str | None = None
        self.writer = f"{config.model_name} {llm.VERSION}"
        """Whose tries are told apart: another model or other rules try anew."""

    def run(self, stop: Callable[[], bool] = lambda: False) -> Improved:
        """Try every brief that waits, until there is none, the endpoint fails, the day's tokens are
        spent, or `stop` says so."""
        outcomes: Counter[str] = Counter()
        done = False
        while not done and not stop() and not self.pause():
            before = outcomes.total()
            for thread in self._waiting():
                if stop() or self.pause():
                    break
                outcomes[self._try(thread)] += 1
            # What changed meanwhile waits for the extractive writer, not for us.
            done = outcomes.total() - outcomes["changed"] == before
            outcomes["changed"] = 0
        return Improved(outcomes["model"] + outcomes["extractive"], outcomes["model"])

    def _waiting(self) -> list[str]:
        """Those that the endpoint failed on come last: one of them may be what fails it."""
        waiting = self._store.unwritten(self.writer, BATCH)
        return sorted(waiting, key=lambda thread: self._failures[thread])

    def pause(self) -> float:
        """Seconds for which nothing will be asked; 0: it may."""
        if self._spent_on == self._now().date().isoformat():
            return self._ledger.until_tomorrow()
        return self._breaker.left()

    def _try(self, thread: str) -> Outcome:
        """One thread, and what came of it."""
        held = self._held(thread)
        view = next(iter(views(self._store, [thread])), None)
        if held is None or view is None or brief.input_hash(view) != held.input_hash:
            return "changed"
        base = brief.write(view)
        try:
            written = llm.write(view, base, self._ask)
            self._answered()
        except ModelError as error:
            if not self._bears(error, thread):
                return "failed"
            written = llm.Written(base, "", Counter({f"unwritten:{error.kind}": 1}))
        self._ledger.add(dict(written.counts))
        return self._save(held, view, base, written)

    def _held(self, thread: str) -> Brief | None:
        """The latest version as it stands in the store: what is kept in memory may name an input
        that gave the very same before."""
        known = self._store.briefs([thread]).get(thread)
        return self._store.brief(thread, known.version) if known else None

    def _answered(self) -> None:
        self._works = True
        self._breaker.answered()

    def _bears(self, error: ModelError, thread: str) -> bool:
        """Whether the fault is this thread's: it is settled, and the next may be asked for."""
        if error.kind == "budget":
            self._spent_on = self._now().date().isoformat()
            self._say(
                "the model's tokens of today are spent; briefs stay extractive until midnight"
            )
            return False
        if error.kind in _OF_THE_ENDPOINT:
            pause = self._breaker.failed(error.retry_after)
            self._failures[thread] += 1
            self._say(f"model: {error}; briefs stay extractive, next try in {pause:.0f} s")
            return self._works and self._failures[thread] > MOST_FAILURES
        log.info("model: %s", error)
        self._answered()
        return True

    def _save(
        self, held: Brief, view: ThreadView, base: tuple[Statement, ...], written: llm.Written
    ) -> Outcome:
        outcome: Outcome = "model" if written.model else "extractive"
        new = Brief(
            thread=view.thread.id,
            version=0,
            input_hash=held.input_hash,
            author="model" if written.model else "extractive",
            model=written.model or None,
            made_at=self._now(),
            statements=written.statements,
        )
        stored = self._store.save_written(
            new, base, over=held.version, writer=self.writer, outcome=outcome
        )
        return outcome if stored else "changed"

    def _ask(self, messages: list[prompt.Message], schema: dict[str, Any]) -> llm.Answer:
        """From the store where the very same was asked before, else from the endpoint."""
        key = prompt.key(self._name, messages)
        if kept := self._store.model_answer(key):
            self._ledger.count("cached")
            return llm.Answer(*kept)
        answer = self._chat.ask(messages, schema)
        self._store.save_model_answer(key, answer.text, answer.model, self._now())
        return answer

    def _post(self, body: bytes) -> llm.Reply:
        response = self._server.post("/chat/completions", body)
        wait = response.headers.get("retry-after")
        return llm.Reply(response.status, response.body, retry_after(wait, self._now()))
