"""Structured output for a small model: a JSON schema → an answer that fits it, strings its own.

In: a causal model and tokenizer of transformers, a prompt, a schema (objects, arrays, strings,
enums, integers). Out: the JSON text. What the schema fixes is written for the model and read by it;
strings it writes itself, greedily, up to their quotation mark; of an enum it takes the likelier. An
array gets one item: the models this is for repeat themselves.
"""

from __future__ import annotations

import json
from typing import Any, Final

_LONGEST: Final = 48
"""Tokens of a string."""


class Guided:
    """One answer in the making."""

    def __init__(self, model: Any, tokenizer: Any, prompt: str) -> None:
        self._model = model
        self._tokenizer = tokenizer
        self._past: Any = None
        self._scores: Any = None
        self.read = 0
        self.wrote = 0
        self._text = ""
        self._feed(prompt)
        self._text = ""

    def answer(self, schema: dict[str, Any]) -> str:
        """The whole of it."""
        self._fill(schema)
        return self._text

    def _fill(self, schema: dict[str, Any]) -> None:
        if "enum" in schema:
            self._choose([str(option) for option in schema["enum"]])
        elif schema["type"] == "object":
            for n, (name, inner) in enumerate(schema["properties"].items()):
                self._feed(("{" if n == 0 else ", ") + json.dumps(name) + ": ")
                self._fill(inner)
            self._feed("}")
        elif schema["type"] == "array":
            self._feed("[")
            self._fill(schema["items"])
            self._feed("]")
        elif schema["type"] == "integer":
            self._feed("0")
        else:
            self._string()

    def _feed(self, text: str) -> None:
        ids = self._tokenizer(text, return_tensors="pt", add_special_tokens=False)["input_ids"]
        self._step(ids)
        self.read += int(ids.shape[1])
        self._text += text

    def _step(self, ids: Any) -> None:
        made = self._model(input_ids=ids, past_key_values=self._past, use_cache=True)
        self._past, self._scores = made.past_key_values, made.logits[0, -1]

    def _choose(self, options: list[str]) -> None:
        firsts = [self._tokenizer(o, add_special_tokens=False)["input_ids"][0] for o in options]
        best = max(range(len(options)), key=lambda n: float(self._scores[firsts[n]]))
        self._feed(json.dumps(options[best]))

    def _string(self) -> None:
        self._feed('"')
        told = ""
        for _ in range(_LONGEST):
            token = self._scores.argmax()
            piece = self._tokenizer.decode([int(token)], skip_special_tokens=True)
            before, quote, _rest = piece.partition('"')
            told += before
            if quote or not piece or "\n" in piece:
                break
            self._step(token.reshape(1, 1))
            self.wrote += 1
        self._text += json.dumps(told.strip())[1:-1]
        self._feed('"')
