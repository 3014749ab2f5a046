"""The embedding model: loaded once in the background, shared by every site of the process.

In: its name. Out: an embedder as soon as it is there, or why there will be none. Pages answer from
the first second: full text at once, semantic search when this is ready.
"""

from __future__ import annotations

import gc
import logging
import threading
import time
from collections.abc import Callable

from breachwire.model import Embedder
from breachwire.service.loops import Say, line
from nlp.patience import Patient

log = logging.getLogger(__name__)


class Model:
    """One model, asked for by queries at once and waited for by loops."""

    def __init__(self, name: str, say: Say) -> None:
        self._name = name
        self._say = say
        self._ready = threading.Event()
        self.fault = ""
        """Why there will be none."""
        self._embedder: Embedder | None = None
        self._patient: Embedder | None = None
        self._thread = threading.Thread(target=self._load, name="model", daemon=True)

    def start(self) -> None:
        """Begin to load."""
        self._thread.start()

    def _load(self) -> None:
        from nlp import embed

        started = time.monotonic()
        try:
            embedder = embed.load(self._name)
            embedder.encode(["warm"])
        except Exception as error:
            # Torch and its friends fail in many ways; pages and polls go on without them.
            log.debug("embedding model", exc_info=True)
            self.fault = f"an embedding model: {line(error)}"
            self._say(f"no embedding model: {line(error)}; articles are stored, not threaded")
            return
        # What the libraries made stays. Unfrozen, each full collection looks at all of it and holds
        # everything up for some 50 ms.
        gc.collect()
        gc.freeze()
        self._embedder, self._patient = embedder, Patient(embedder)
        self._ready.set()
        self._say(f"embedding model {embedder.name} loaded in {time.monotonic() - started:.1f} s")

    def name(self) -> str:
        """As its vectors are stored under; the model itself is not waited for."""
        from nlp import embed

        return embed.load(self._name).name

    def get(self) -> Embedder | None:
        """What queries ask; None until it is loaded."""
        return self._patient

    def wait(
        self, stop: threading.Event, beat: Callable[[], None] = lambda: None
    ) -> Embedder | None:
        """The model, once it is there; None when `stop` came first. `beat` is called meanwhile."""
        while not stop.is_set():
            beat()
            if self._ready.wait(0.2):
                return self._embedder
        return None
