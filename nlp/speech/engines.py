"""Voices: plain sentences → samples, each file in a worker process of its own.

In: a configured engine, sentences in plain words (`nlp.speech.plain`). Out: `Speech`, one run of
samples a sentence. A fresh process a file: the same text gives the same bytes (a second text in one
process sounds otherwise), a voice that crashes takes nothing along, and GPL libraries (espeak-ng,
Piper) are loaded by the workers alone, which speak a protocol of a JSON line and samples.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt

from breachwire.errors import ConfigError, SpeechError

Samples = npt.NDArray[np.int16]
LIMIT: Final = 120.0
"""Seconds a worker may take: espeak-ng speaks ten minutes in one."""
_WORKERS: Final = Path(__file__).parent / "workers"


@dataclass(frozen=True, slots=True)
class Speech:
    """What a voice said: mono samples of 16 bits, one array a sentence."""

    rate: int
    """Samples a second."""
    sentences: tuple[Samples, ...]


class Engine(Protocol):
    """A voice."""

    @property
    def name(self) -> str:
        """Engine and voice: part of what a recording is known by."""

    @property
    def neural(self) -> bool:
        """Whether a trained model makes the sound: it asks for another disclosure."""

    def speak(self, sentences: Sequence[str]) -> Speech:
        """Raises SpeechError."""


@dataclass(frozen=True, slots=True)
class Worker:
    """An engine that lives in a script of `nlp/speech/workers`."""

    name: str
    neural: bool
    script: Path
    settings: Mapping[str, Any]
    limit: float = LIMIT

    def speak(self, sentences: Sequence[str]) -> Speech:
        """Start the worker, hand it the sentences, read what it said. Raises SpeechError."""
        request = json.dumps({**self.settings, "sentences": list(sentences)}).encode()
        # -I: neither the caller's folder nor its environment is in the worker's way.
        command = [sys.executable, "-I", "-B", str(self.script)]
        try:
            done = subprocess.run(  # noqa: S603 (our own script, by its full path)
                command, input=request, capture_output=True, timeout=self.limit, check=False
            )
        except subprocess.TimeoutExpired:
            raise SpeechError(f"the voice took longer than {self.limit:.0f} s; given up") from None
        except OSError as error:
            raise SpeechError(f"the voice cannot be started: {error}") from None
        if done.returncode:
            raise SpeechError(_ended(self.name, done.returncode, done.stderr))
        return _speech(done.stdout, len(sentences))


def engine(kind: str, voice: str) -> Engine | None:
    """The configured voice; None: speech is off. Raises ConfigError."""
    if kind == "off":
        return None
    if kind == "piper":
        return _piper(voice)
    name = voice or "en-us"
    settings = {"voice": name}
    return Worker(f"espeak-ng/{name}", False, _WORKERS / "espeak.py", settings)


def _piper(voice: str) -> Engine:
    if not voice:
        raise ConfigError("voice: speech = piper needs the path of a voice file (.onnx)")
    path = Path(voice).expanduser()
    if not path.is_file() or not path.with_name(path.name + ".json").is_file():
        raise ConfigError(
            f"voice: no Piper voice at {path} (it is two files, .onnx and .onnx.json)"
        )
    if find_spec("piper") is None:
        raise ConfigError("speech: piper is not installed; pip install 'breachwire[piper]'")
    settings = {"voice": str(path.resolve())}
    return Worker(f"piper/{path.stem}", True, _WORKERS / "piper_voice.py", settings, limit=600)


def _ended(name: str, code: int, stderr: bytes) -> str:
    """What a worker left behind, in a line."""
    lines = stderr.decode("utf-8", "replace").strip().splitlines()
    why = lines[-1][:200] if lines else ""
    how = f"signal {-code}" if code < 0 else f"exit code {code}"
    return f"the voice {name} ended with {how}" + (f": {why}" if why else "")


def _speech(output: bytes, expected: int) -> Speech:
    """Raises SpeechError for anything but the protocol."""
    head, _, body = output.partition(b"\n")
    try:
        told = json.loads(head)
        rate, counts = int(told["rate"]), [int(n) for n in told["samples"]]
    except (ValueError, KeyError, TypeError):
        raise SpeechError("the voice answered with something else than speech") from None
    if len(counts) != expected or 2 * sum(counts) != len(body):
        raise SpeechError("the voice broke off in the middle")
    samples = np.frombuffer(body, "<i2").astype(np.int16, copy=False)
    return Speech(rate, tuple(np.split(samples, np.cumsum(counts)[:-1])))
