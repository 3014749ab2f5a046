"""A script → a recording: spoken, put together, encoded, tagged.

In: a `Script` (`nlp.speech.script`), an engine, a form. Out: `Made`: the file's bytes, its length,
where each section and each sentence begins. Times are counted in samples, so they are exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from breachwire.errors import SpeechError
from breachwire.model import AudioForm, Cue
from nlp.speech import encode
from nlp.speech.engines import Engine, Samples, Speech
from nlp.speech.plain import plain
from nlp.speech.script import Script

AUDIO_VERSION: Final = "1"
"""Raised with every change that alters what is heard, so that recordings are made anew."""
LONGEST: Final = 30_000
"""Characters of text that are spoken: half an hour. A brief has some 4,000."""
SENTENCE_GAP: Final = 0.25
"""Seconds of silence after a sentence, beside the voice's own."""
PART_GAP: Final = 0.7
A_SECOND: Final = 14.6
"""Characters of written text that espeak-ng says in a second, gaps included: 15.6 of a brief of the
demonstration, 12.3 of bench.audio's, which is all numbers."""


@dataclass(frozen=True, slots=True)
class Made:
    """A file and what is known of it."""

    data: bytes
    seconds: float
    cues: tuple[Cue, ...]
    """The script's parts."""
    sentences: tuple[Cue, ...]
    """Each sentence, in the words that were said."""


def make(script: Script, engine: Engine, form: AudioForm) -> Made:
    """Speak and encode. Raises SpeechError."""
    if sum(len(text) for _, text in script.said()) > LONGEST:
        raise SpeechError(f"that is longer than {LONGEST:,} characters; nobody would listen")
    lines = [(part, words) for part, text in script.said() if (words := plain(text))]
    if not lines:
        raise SpeechError("there is nothing to say")
    speech = engine.speak([words for _, words in lines])
    samples, starts = _joined(speech, [part for part, _ in lines])
    seconds = len(samples) / speech.rate
    sentences = tuple(Cue(words, at) for (_, words), at in zip(lines, starts, strict=True))
    cues = _cues(script, lines, starts)
    resampled = encode.resampled(samples, speech.rate)
    return Made(encode.encoded(resampled, form, script, cues, seconds), seconds, cues, sentences)


def estimate(script: Script) -> float:
    """Seconds that it will take, without speaking it: within a fifth; numbers take longer."""
    return sum(len(text) for _, text in script.said()) / A_SECOND


def _joined(speech: Speech, parts: Sequence[int]) -> tuple[Samples, list[float]]:
    """One run of samples with silence between, and where in it each sentence starts (seconds)."""
    pieces: list[Samples] = []
    starts: list[float] = []
    at = 0
    following = [*parts[1:], None]
    for piece, part, after in zip(speech.sentences, parts, following, strict=True):
        gap = SENTENCE_GAP if after == part else PART_GAP
        silence = np.zeros(round(gap * speech.rate), np.int16)
        starts.append(at / speech.rate)
        pieces += [piece, silence]
        at += len(piece) + len(silence)
    return np.concatenate(pieces), starts


def _cues(
    script: Script, lines: Sequence[tuple[int, str]], starts: Sequence[float]
) -> tuple[Cue, ...]:
    """Each part at its first sentence."""
    firsts: dict[int, float] = {}
    for (part, _), at in zip(lines, starts, strict=True):
        firsts.setdefault(part, at)
    return tuple(Cue(script.parts[part].label, at) for part, at in firsts.items())
