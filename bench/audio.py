"""How long audio takes: a brief of usual length, spoken and encoded, against its own length.

`python -m bench.audio`: per form, seconds of sound, seconds it took by the clock and by the
processor (voice and encoder), and the share of real time; the expander alone, in milliseconds a
headline. Target (issue 6): a tenth of real time. On a machine that does other things the clock says
little; the processor's seconds hold.
"""

from __future__ import annotations

import resource
import time
from datetime import UTC, datetime

import orjson

from breachwire.model import MEDIA_TYPES, Brief, BriefSection, Statement
from nlp import audio
from nlp.speech import disclosure, engines, script
from nlp.speech.plain import plain

_SENTENCES = (
    "Quarrybank, a lender in the north, took its customer portal offline on 14 October 2026.",
    "A group called LAPSUS$ claims to have taken 2.5 million customer records and 3.1 TB of data.",
    "The bank confirmed that names and payment cards of 1.9m customers were stolen via MOVEit.",
    "It denied that it paid the $9M that the group had asked for, and has told the regulator.",
    "The flaw, tracked as CVE-2026-42208, was patched in version 4.2.1 of the supplier's agent.",
)
_SECTIONS: tuple[BriefSection, ...] = (
    "headline", "signal_summary", "eli5", "deep_analysis", "impact_assessment",
    "optimistic_outlook", "pessimistic_outlook",
)  # fmt: skip


def a_script() -> script.Script:
    """Some 30 sentences, as a brief of ten articles has them."""
    statements = tuple(
        Statement(section, sentence, "stated")
        for number, section in enumerate(_SECTIONS)
        for sentence in _SENTENCES[: 1 if number < 2 else 5]
    )
    brief = Brief("1", 1, "", "extractive", None, datetime(2026, 11, 28, tzinfo=UTC), statements)
    told = disclosure.spoken({"extractive"}, neural=False)
    return script.of_brief(brief, told, disclosure.source_type({"extractive"}, neural=False))


def processor() -> float:
    """Seconds that this process and its ended children have used."""
    own, children = (
        resource.getrusage(w) for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def main() -> None:
    """Print a line a form."""
    voice = engines.engine("espeak", "")
    assert voice
    text = a_script()
    plain(_SENTENCES[0])  # the word lists are read once
    started = time.perf_counter()
    for sentence in _SENTENCES * 20:
        plain(sentence)
    each = (time.perf_counter() - started) / (20 * len(_SENTENCES))
    print(orjson.dumps({"expander_ms": round(1000 * each, 2)}).decode())
    for form in MEDIA_TYPES:
        used, started = processor(), time.perf_counter()
        made = audio.make(text, voice, form)
        clock, used = time.perf_counter() - started, processor() - used
        figures = {
            "form": form,
            "seconds": round(made.seconds, 1),
            "clock": round(clock, 2),
            "processor": round(used, 2),
            "share_of_real_time": round(clock / made.seconds, 4),
            "processor_share": round(used / made.seconds, 4),
            "estimate": round(audio.estimate(text), 1),
            "bytes": len(made.data),
        }
        print(orjson.dumps(figures).decode())


if __name__ == "__main__":
    main()
