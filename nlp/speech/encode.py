"""Samples → the bytes of an MP3 or Ogg Opus file, with its tags.

In: mono samples, what the tags say. Out: bytes; those of an MP3 are the same for the same input
(Ogg puts a random serial number into its pages). soxr resamples (Opus takes no 22,050 Hz),
libsndfile encodes, mutagen writes the tags: title, artist, date, length, chapters, the disclosure
as comment, the IPTC digital source type in `DIGITALSOURCETYPE`.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from breachwire.model import AudioForm, Cue
from nlp.speech.engines import Samples
from nlp.speech.script import ARTIST, Script

RATE: Final = 24_000
"""Hertz of both forms: more than either voice has."""
_FORMATS: Final[dict[AudioForm, dict[str, Any]]] = {
    "mp3": {"format": "MP3", "compression_level": 0.7, "bitrate_mode": "CONSTANT"},  # 56 kbit/s
    "opus": {"format": "OGG", "subtype": "OPUS", "compression_level": 0.9},
}
MARK: Final = "DIGITALSOURCETYPE"


def resampled(samples: Samples, rate: int) -> Samples:
    """At RATE."""
    import soxr

    made: Samples = np.asarray(soxr.resample(samples, rate, RATE), np.int16)
    return made


def encoded(
    samples: Samples, form: AudioForm, script: Script, cues: Sequence[Cue], seconds: float
) -> bytes:
    """A whole file; `samples` at RATE."""
    import soundfile

    file = io.BytesIO()
    soundfile.write(file, samples, RATE, **_FORMATS[form])
    file.seek(0)
    tag = _tag_mp3 if form == "mp3" else _tag_opus
    tag(file, script, cues, seconds)
    return file.getvalue()


def _tag_mp3(file: io.BytesIO, script: Script, cues: Sequence[Cue], seconds: float) -> None:
    from mutagen import id3

    tags = id3.ID3()
    tags.add(id3.TIT2(encoding=3, text=script.title))
    tags.add(id3.TPE1(encoding=3, text=ARTIST))
    tags.add(id3.TDRC(encoding=3, text=script.date.isoformat()))
    tags.add(id3.TLEN(encoding=3, text=str(round(1000 * seconds))))
    tags.add(id3.TLAN(encoding=3, text="eng"))
    tags.add(id3.COMM(encoding=3, lang="eng", desc="", text=script.disclosure))
    tags.add(id3.TXXX(encoding=3, desc=MARK, text=script.source_type))
    ends = [*(round(1000 * cue.start) for cue in cues[1:]), round(1000 * seconds)]
    for number, (cue, end) in enumerate(zip(cues, ends, strict=True)):
        title = id3.TIT2(encoding=3, text=cue.label)
        tags.add(
            id3.CHAP(
                element_id=f"c{number}", start_time=round(1000 * cue.start), end_time=end,
                start_offset=0xFFFFFFFF, end_offset=0xFFFFFFFF, sub_frames=[title],
            )
        )  # fmt: skip
    ids = [f"c{number}" for number in range(len(cues))]
    flags = id3.CTOCFlags.TOP_LEVEL | id3.CTOCFlags.ORDERED
    tags.add(id3.CTOC(element_id="toc", flags=flags, child_element_ids=ids, sub_frames=[]))
    tags.save(file, v2_version=4)


def _tag_opus(file: io.BytesIO, script: Script, cues: Sequence[Cue], seconds: float) -> None:
    from mutagen.oggopus import OggOpus

    opus = OggOpus(file)
    opus["TITLE"], opus["ARTIST"], opus["DATE"] = script.title, ARTIST, script.date.isoformat()
    opus["DESCRIPTION"], opus[MARK] = script.disclosure, script.source_type
    opus["LENGTH"] = str(round(1000 * seconds))
    for number, cue in enumerate(cues):
        opus[f"CHAPTER{number:03d}"] = _stamp(cue.start)
        opus[f"CHAPTER{number:03d}NAME"] = cue.label
    file.seek(0)
    opus.save(file)


def _stamp(seconds: float) -> str:
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(int(minutes), 60)
    return f"{hours:02d}:{minutes:02d}:{rest:06.3f}"
