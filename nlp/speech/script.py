"""What is read aloud: a brief, or a day's briefs → lines in the order they are said.

In: a brief, its disclosure. Out: a `Script`: sections with sentences as written, the disclosure
first. Notices are left out: a listener can't skip them, and the page has them. Expansion to plain
words is done when it is spoken (`nlp.audio`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from breachwire.model import Brief, BriefSection, Told
from nlp import sentences

ARTIST: Final = "Breachwire"
_SECTIONS: Final[tuple[tuple[BriefSection, str], ...]] = (
    ("signal_summary", "Signal Summary"),
    ("eli5", "Explain Like I'm Five"),
    ("deep_analysis", "Deep Intelligence Analysis"),
    ("impact_assessment", "Impact Assessment"),
    ("optimistic_outlook", "Optimistic Outlook"),
    ("pessimistic_outlook", "Pessimistic Outlook"),
)
"""In the order and by the names of the page (DESIGN §6)."""


@dataclass(frozen=True, slots=True)
class Part:
    """Sentences under one heading."""

    label: str
    sentences: tuple[str, ...]
    titled: bool = True
    """Whether the label is said before them."""


@dataclass(frozen=True, slots=True)
class Script:
    """All that a recording is made from."""

    title: str
    disclosure: str
    source_type: str
    date: date
    parts: tuple[Part, ...]

    def said(self) -> Iterator[tuple[int, str]]:
        """Each sentence with the number of its part, headings included."""
        for number, part in enumerate(self.parts):
            if part.titled:
                yield number, part.label + "."
            yield from ((number, sentence) for sentence in part.sentences)


def of_brief(brief: Brief, disclosure: str, source_type: str, *, before: str = "") -> Script:
    """A thread's brief; `before` is said after the disclosure (the demonstration's banner)."""
    headline = " ".join(s.text for s in brief.statements if s.section == "headline")
    parts = [*_opening(disclosure, before), Part("Headline", tuple(_split(headline)), titled=False)]
    for section, label in _SECTIONS:
        own = [s for s in brief.statements if s.section == section and s.kind != "notice"]
        if own:
            parts.append(Part(label, tuple(_split("\n".join(s.text for s in own)))))
    return Script(headline, disclosure, source_type, brief.made_at.date(), tuple(parts))


def of_day(
    title: str,
    day: date,
    told: Sequence[Told],
    left_out: int,
    disclosure: str,
    source_type: str,
    *,
    before: str = "",
) -> Script:
    """A day of the wire: each thread by its headline and its signal summary."""
    parts = [*_opening(disclosure, before), Part("The day", (title + ".",), titled=False)]
    for one in told:
        lines = tuple(_split(f"{one.headline}\n{one.summary}"))
        parts.append(Part(one.headline, lines, titled=False))
    if left_out:
        more = "thread stands" if left_out == 1 else "threads stand"
        parts.append(Part("More", (f"{left_out} more {more} on the wire's page.",), titled=False))
    return Script(title, disclosure, source_type, day, tuple(parts))


def _opening(disclosure: str, before: str) -> Iterator[Part]:
    said = [disclosure, *([before] if before else [])]
    yield Part("Disclosure", tuple(_split("\n".join(said))), titled=False)


def _split(text: str) -> Iterator[str]:
    """Its sentences; a headline or another line without a full stop gets one."""
    for start, end in sentences.split(text):
        sentence = text[start:end]
        yield sentence if sentence[-1] in ".!?…”\"'" else sentence + "."
