"""A script is spoken, encoded and tagged: by the real voice, measured in the samples."""

from __future__ import annotations

import io
import os
import signal
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest
import soundfile
from mutagen.id3 import ID3
from mutagen.mp3 import MP3
from mutagen.oggopus import OggOpus

from breachwire.errors import ConfigError, SpeechError
from breachwire.model import AudioForm, Brief, Statement, Told
from breachwire.model.words import Author
from nlp import audio
from nlp.speech import disclosure, engines, script

IPTC = "http://cv.iptc.org/newscodes/digitalsourcetype/"


def brief(author: str = "extractive") -> Brief:
    statements = (
        Statement("headline", "Quarrybank confirms theft of 1.9m records", "stated"),
        Statement(
            "signal_summary", "Names and cards of 1.9 million customers were taken.", "quoted"
        ),
        Statement("eli5", "A breach is like a copied key: the lock looks the same.", "glossary"),
        Statement("deep_analysis", "It began at a supplier. It ended on Friday.", "quoted"),
        Statement("pessimistic_outlook", "No source looks ahead yet.", "notice"),
    )
    at = datetime(2026, 11, 28, tzinfo=UTC)
    return Brief("1k8p0", 3, "a" * 64, author, None, at, statements)  # type: ignore[arg-type]


def a_script() -> script.Script:
    told = disclosure.spoken({"extractive"}, neural=False)
    return script.of_brief(brief(), told, disclosure.source_type({"extractive"}, neural=False))


@pytest.fixture(scope="module")
def engine() -> engines.Engine:
    found = engines.engine("espeak", "")
    assert found is not None
    return found


@pytest.fixture(scope="module")
def mp3(engine: engines.Engine) -> audio.Made:
    return audio.make(a_script(), engine, "mp3")


def samples(made: audio.Made) -> tuple[np.ndarray, int]:
    read, rate = soundfile.read(io.BytesIO(made.data))
    return read, rate


def test_the_disclosure_is_said_first_and_notices_are_left_out() -> None:
    said = [text for _, text in a_script().said()]
    assert said[0] == "Extracted automatically from news reports; no language model wrote this."
    assert said[2] == "Quarrybank confirms theft of 1.9m records."
    assert "Signal Summary." in said
    assert "Explain Like I'm Five." in said
    assert not [text for text in said if "looks ahead" in text or "Outlook" in text]


@pytest.mark.parametrize(
    ("authors", "neural", "text", "mark"),
    [
        ({"extractive"}, False, "no language model wrote this", "algorithmicMedia"),
        ({"extractive"}, True, "The voice was generated", "trainedAlgorithmicMedia"),
        ({"model"}, False, "This text was generated using artificial intelligence.",
         "trainedAlgorithmicMedia"),
        ({"model", "extractive"}, False, "Parts of this text were generated",
         "compositeWithTrainedAlgorithmicMedia"),
    ],
)  # fmt: skip
def test_the_disclosure_is_computed_from_provenance(
    authors: set[Author], neural: bool, text: str, mark: str
) -> None:
    assert text in disclosure.spoken(authors, neural=neural)
    assert disclosure.source_type(authors, neural=neural) == IPTC + mark


def test_the_length_is_that_of_the_samples(mp3: audio.Made) -> None:
    read, rate = samples(mp3)
    frame = 1152 / rate  # an MP3 ends with a whole frame, and starts with the encoder's delay
    assert rate == 24_000
    assert 0 <= len(read) / rate - mp3.seconds < 3 * frame
    assert abs(MP3(io.BytesIO(mp3.data)).info.length - mp3.seconds) < 3 * frame
    assert mp3.seconds == pytest.approx(audio.estimate(a_script()), rel=0.25)


def test_every_sentence_is_heard_where_its_time_says(mp3: audio.Made) -> None:
    read, rate = samples(mp3)
    starts = [cue.start for cue in mp3.sentences]
    assert starts == sorted(starts)
    assert starts[0] == 0
    for at, end in zip(starts, [*starts[1:], mp3.seconds], strict=True):
        spoken = read[int(at * rate) : int((end - audio.SENTENCE_GAP) * rate)]
        assert np.sqrt(np.mean(spoken**2)) > 0.02
    for end in starts[1:]:
        pause = read[int((end - 0.12) * rate) : int((end - 0.06) * rate)]
        assert np.sqrt(np.mean(pause**2)) < 0.005
    assert {cue.start for cue in mp3.cues} <= set(starts)


def test_the_same_words_give_the_same_bytes(engine: engines.Engine, mp3: audio.Made) -> None:
    assert audio.make(a_script(), engine, "mp3").data == mp3.data


def test_an_mp3_says_what_it_is(mp3: audio.Made) -> None:
    tags = ID3(io.BytesIO(mp3.data))
    assert tags.version == (2, 4, 0)
    assert tags["TIT2"].text == ["Quarrybank confirms theft of 1.9m records"]
    assert tags["TPE1"].text == ["Breachwire"]
    assert str(tags["TDRC"].text[0]) == "2026-11-28"
    assert tags["TLEN"].text == [str(round(1000 * mp3.seconds))]
    assert tags["TXXX:DIGITALSOURCETYPE"].text == [IPTC + "algorithmicMedia"]
    assert tags.getall("COMM")[0].text[0].startswith("Extracted automatically")
    chapters = sorted(tags.getall("CHAP"), key=lambda c: c.start_time)
    assert [c.sub_frames["TIT2"].text[0] for c in chapters] == [c.label for c in mp3.cues]
    assert [c.start_time for c in chapters] == [round(1000 * c.start) for c in mp3.cues]


def test_opus_says_it_too(engine: engines.Engine) -> None:
    made = audio.make(a_script(), engine, "opus")
    opus = OggOpus(io.BytesIO(made.data))
    assert opus.info.length == pytest.approx(made.seconds, abs=0.05)
    assert opus["title"] == ["Quarrybank confirms theft of 1.9m records"]
    assert opus["artist"] == ["Breachwire"]
    assert opus["date"] == ["2026-11-28"]
    assert opus["digitalsourcetype"] == [IPTC + "algorithmicMedia"]
    assert opus["description"][0].startswith("Extracted automatically")
    assert opus["chapter001name"] == [made.cues[1].label]
    read, rate = samples(made)
    assert np.sqrt(np.mean(read**2)) > 0.02
    assert len(read) / rate == pytest.approx(made.seconds, abs=0.05)


def test_a_day_is_told_thread_by_thread() -> None:
    told = (Told("a", "One is hit", "Records were taken."), Told("b", "Two is hit", ""))
    day = script.of_day(
        "The wire", date(2026, 11, 28), told, 1, "Disclosed.", IPTC, before="Invented."
    )
    said = [text for _, text in day.said()]
    assert said == [
        "Disclosed.", "Invented.", "The wire.", "One is hit.", "Records were taken.", "Two is hit.",
        "1 more thread stands on the wire's page.",
    ]  # fmt: skip
    assert [part.label for part in day.parts][2:4] == ["One is hit", "Two is hit"]


def worker(tmp_path: Path, code: str, limit: float = 20) -> engines.Worker:
    path = tmp_path / "voice.py"
    path.write_text(code, "utf-8")
    return engines.Worker("broken", False, path, {}, limit)


@pytest.mark.parametrize(
    ("code", "line"),
    [
        (f"import os; os.kill(os.getpid(), {signal.SIGKILL.value})", "signal 9"),
        (f"import os; os.kill(os.getpid(), {signal.SIGSEGV.value})", "signal 11"),
        ("import sys; sys.exit('no such voice')", "exit code 1: no such voice"),
        ("print('hello')", "something else than speech"),
        ('print(\'{"rate": 22050, "samples": [9]}\')', "broke off"),
        ("import time; time.sleep(9)", "longer than 1 s"),
    ],
)
def test_a_voice_that_fails_is_one_clear_line(tmp_path: Path, code: str, line: str) -> None:
    voice = worker(tmp_path, code, limit=1 if "sleep" in code else 20)
    with pytest.raises(SpeechError, match=line):
        voice.speak(["Hello."])


def test_a_voice_that_espeak_does_not_have() -> None:
    voice = engines.engine("espeak", "no-such-voice")
    assert voice
    with pytest.raises(SpeechError, match="no voice 'no-such-voice'"):
        voice.speak(["Hello."])


def test_piper_says_what_it_lacks(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="needs the path"):
        engines.engine("piper", "")
    with pytest.raises(ConfigError, match="no Piper voice at"):
        engines.engine("piper", str(tmp_path / "a.onnx"))
    for name in ("a.onnx", "a.onnx.json"):
        (tmp_path / name).write_bytes(b"{}")
    if "piper" not in sys.modules and not _installed("piper"):
        with pytest.raises(ConfigError, match="breachwire\\[piper\\]"):
            engines.engine("piper", str(tmp_path / "a.onnx"))


def _installed(name: str) -> bool:
    from importlib.util import find_spec

    return find_spec(name) is not None


def test_off_is_no_voice() -> None:
    assert engines.engine("off", "") is None


@pytest.mark.parametrize("form", ["mp3", "opus"])
def test_nothing_to_say_and_too_much_are_refused(engine: engines.Engine, form: AudioForm) -> None:
    def one(text: str) -> script.Script:
        part = script.Part("x", (text,), titled=False)
        return script.Script("x", "", "", date(2026, 11, 28), (part,))

    with pytest.raises(SpeechError, match="nothing to say"):
        audio.make(one("🔥"), engine, form)
    with pytest.raises(SpeechError, match="longer than"):
        audio.make(one("word " * 9000), engine, form)


def test_the_library_stays_in_the_worker(mp3: audio.Made) -> None:
    assert mp3.data
    maps = Path(f"/proc/{os.getpid()}/maps")
    if not maps.exists():
        pytest.skip("no /proc here")
    assert "espeak" not in maps.read_text()
