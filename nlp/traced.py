"""One text at a time through a traced model: a sentence-transformers model → text → vector.

In: a model. Out: a function that gives what the model gives, or None where a trace does not. A
trace is the model's own operations in their order, run without the interpreter between them: 11 ms
of a core for a query instead of 18, and other threads have the interpreter meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

    from breachwire.model import Vectors

EQUAL: Final = 1e-5
"""How far a component may be from the model's own; a vector stored in 16 bits is farther off."""
_TRIED: Final = (
    "",
    "Hospital",
    "who was hit by the breach of CVE-2026-42208 in April?",
    "a longer text " * 100,
)
"""Texts of no length, of few words and of more than are read."""


def traced(model: SentenceTransformer) -> Callable[[str], Vectors] | None:
    """A text's normalised vector, shape (1, dimension); None where the trace and the model differ
    on any of some texts of different lengths. The caller keeps threads apart."""
    import torch

    try:
        run = _trace(model)
    except (RuntimeError, TypeError, KeyError, ValueError):
        return None  # a model that takes or gives other things than text models do

    def encode(text: str) -> Vectors:
        with torch.inference_mode():
            vector: Vectors = run(_tokens(model, text)).numpy()
        return vector

    off = max(float(np.abs(encode(text) - _own(model, text)).max()) for text in _TRIED)
    return encode if off <= EQUAL else None


def _trace(model: SentenceTransformer) -> Callable[[Any], Any]:
    import torch
    from transformers.utils import logging

    class Alone(torch.nn.Module):
        """Token ids of one text, none of them padding, to its normalised vector."""

        def __init__(self) -> None:
            super().__init__()
            self.parts = torch.nn.ModuleList(model)

        def forward(self, ids: Any) -> Any:
            found = {"input_ids": ids, "attention_mask": torch.ones_like(ids)}
            for part in self.parts:
                found = part(found)
            return torch.nn.functional.normalize(found["sentence_embedding"])

    level = logging.get_verbosity()
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    try:
        with torch.inference_mode():
            example = (_tokens(model, _TRIED[2]),)
            trace: Any = torch.jit.trace
            run: Callable[[Any], Any] = trace(Alone().eval(), example, check_trace=False)
            return run
    finally:
        logging.set_verbosity(level)


def _tokens(model: SentenceTransformer, text: str) -> Any:
    most = model.max_seq_length
    return model.tokenizer(text, truncation=True, max_length=most, return_tensors="pt")["input_ids"]


def _own(model: SentenceTransformer, text: str) -> Vectors:
    return model.encode([text], normalize_embeddings=True, show_progress_bar=False)
