"""Articles → threads → briefs, for as long as the process runs: the loop that derives.

In: a store, the embedding model once it is there. Out: what `pipeline.derive` makes of each batch,
and what has become too old forgotten. One process at a time threads a store: the one that has the
role "threader"; this one waits while an `import` or a `work` has it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Final

from breachwire.config import Config
from breachwire.errors import StoreBusyError
from breachwire.model import Embedder
from breachwire.pipeline.derive import Deriver, Progress
from breachwire.pipeline.retain import Keeper
from breachwire.service.loops import Loops
from breachwire.service.model import Model
from breachwire.store import Store

TICK: Final = 1.0
"""Seconds between two looks for articles that wait."""


class Deriving:
    """One store's."""

    def __init__(
        self, store: Store, config: Config, model: Model, loops: Loops, progress: Progress
    ) -> None:
        self._store, self._config, self._model = store, config, model
        self._loops, self._progress = loops, progress
        self._waiting = False
        """Whether another process does it."""

    def run(self) -> None:
        """Until the end; the model is waited for."""
        self._beat()
        embedder = self._model.wait(self._loops.stop, self._beat)
        while embedder is not None and not self._loops.stop.is_set():
            self._beat()
            self._loops.guarded(lambda: self._while_ours(embedder))

    def lacking(self) -> str:
        """What it can't begin without; empty: nothing."""
        if self._model.get() is None:
            return self._model.fault or "the embedding model, which is being loaded"
        return "another process that does it" if self._waiting else ""

    def _while_ours(self, embedder: Embedder) -> None:
        """Thread what comes in until the end; wait while another process does it."""
        with self._role() as ours:
            # Made anew each time: what the store holds may be another process's work.
            deriver = Deriver(
                self._store, embedder, now=self._loops.now,
                calibrations=self._config.calibrations(),
            )  # fmt: skip
            keeper = Keeper(self._store, self._config, self._loops.now, self._loops.say)
            while ours and not self._loops.stop.is_set():
                deriver.run(self._progress, self._over)
                keeper.run(self._over)
                self._loops.stop.wait(TICK)

    @contextmanager
    def _role(self) -> Iterator[bool]:
        """The role, if it is free; else wait a little and hold nothing."""
        with ExitStack() as stack:
            try:
                stack.enter_context(self._store.role("threader"))
            except StoreBusyError:
                if not self._waiting:
                    self._loops.say(
                        "another process is threading this store; waiting until it is done"
                    )
                self._waiting = True
                self._loops.stop.wait(TICK)
                yield False
                return
            self._waiting = False
            yield True

    def _beat(self) -> None:
        self._loops.beat("derive")

    def _over(self) -> bool:
        """Asked between two batches: whether to stop."""
        self._beat()
        return self._loops.stop.is_set()
