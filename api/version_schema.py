"""The shapes of a brief's versions and of their difference, for OpenAPI.

In: nothing. Out: pydantic models. The documents themselves are made by `api.versions`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from api.shape import Shape
from api.shape import described as _f
from api.wire_schema import (
    _WHEN,
    Statements,
    WireAnalysis,
    WireDisclosure,
    WireReview,
    WireStatement,
    WireTime,
)
from breachwire.model import BriefSection, Section


class VersionCounts(Shape):
    """How many sentences differ."""

    added: int = _f("New sentences.", 2)
    removed: int = _f("Sentences that are gone.", 1)
    changed: int = _f("Sentences that were reworded.", 1)
    resting: int = _f("The same words on other evidence.", 0)


class VersionRow(Shape):
    """A version of a brief in the list."""

    version: int = _f("Counted from 1.", 3)
    url: str = _f("Its page, for ever.", "https://wire.example/wire/1k8p0/v/3")
    made_at: datetime = _f("When it was made.", _WHEN)
    by: str = _f("The writer's name.", "extractive, no model")
    headline: str = _f("Its headline.", "Quarrybank confirms theft of customer records")
    sha256: str = _f("Of its canonical bytes.", "9f86d081")
    reviewed: WireReview | None = _f("Its sign-off.", None)
    difference: VersionCounts | None = _f("From the version before; null: the first.", None)
    words: str = _f("The same in words.", "2 sentences added, 1 removed")


class VersionList(Shape):
    """A brief's versions."""

    thread: str = _f("The thread's id.", "1k8p0")
    url: str = _f("Address of its page.", "https://wire.example/wire/1k8p0/quarrybank-confirms")
    headline: str = _f("Its headline now.", "Quarrybank confirms theft of customer records")
    merged_into: str | None = _f("Where it was merged into.", None)
    versions: list[VersionRow] = _f("Newest first.")
    next: str | None = _f("`before` of the next page; null: that was all.", None)


class Superseded(Shape):
    """What followed a version."""

    version: int = _f("The version that followed.", 3)
    url: str = _f("Its page.", "https://wire.example/wire/1k8p0/v/3")
    at: datetime = _f("When it was made.", _WHEN)
    by: str = _f("Its writer's name.", "extractive, no model")
    latest: int = _f("The latest version.", 4)
    difference: VersionCounts = _f("From this version to that.")
    words: str = _f("The same in words.", "2 sentences added, 1 removed")


class BriefVersion(Shape):
    """One version of a brief: what the page showed then, ledger and coverage aside."""

    thread: str = _f("The thread's id.", "1k8p0")
    version: int = _f("Counted from 1.", 2)
    url: str = _f("Its page, for ever.", "https://wire.example/wire/1k8p0/v/2")
    current_url: str = _f("The thread's page.", "https://wire.example/wire/1k8p0/quarrybank")
    superseded: Superseded | None = _f("What followed it; null: it is the latest.", None)
    merged_into: str | None = _f("Where its thread was merged into.", None)
    headline: WireStatement = _f("Its headline.")
    section: Section = _f("Section of the wire.", "Breaches")
    analysis: WireAnalysis = _f("Who wrote it.")
    disclosure: WireDisclosure = _f("How it was made.")
    signal_summary: Statements = _f("At most 30 words.")
    eli5: Statements = _f("Plain words.")
    deep_analysis: list[Statements] = _f("Three paragraphs.")
    impact_assessment: Statements = _f("What it means, as analysis.")
    optimistic_outlook: Statements = _f("How it may turn out well.")
    pessimistic_outlook: Statements = _f("How it may turn out badly.")
    timeline: list[WireTime] = _f("By date of the event.")


class WordRun(Shape):
    """Words that stayed, went or came."""

    op: Literal["same", "gone", "new"] = _f("What became of them.", "new")
    text: str = _f("The words.", "1.9 million customers ")


class ChangedStatement(Shape):
    """A sentence before and after."""

    before: WireStatement = _f("As it was.")
    after: WireStatement = _f("As it is.")
    words: list[WordRun] = _f("Word by word.")


class SectionDifference(Shape):
    """What became of one section."""

    section: BriefSection = _f("Which section.", "impact_assessment")
    label: str = _f("For people.", "Impact Assessment")
    added: list[WireStatement] = _f("New sentences.")
    removed: list[WireStatement] = _f("Sentences that are gone.")
    changed: list[ChangedStatement] = _f("Reworded.")
    resting: list[ChangedStatement] = _f("The same words on other evidence.")


class VersionEnd(Shape):
    """One side of a difference."""

    version: int = _f("Counted from 1.", 2)
    url: str = _f("Its page.", "https://wire.example/wire/1k8p0/v/2")
    made_at: datetime = _f("When it was made.", _WHEN)
    by: str = _f("The writer's name.", "extractive, no model")


class VersionDifference(Shape):
    """How two versions of a brief differ."""

    thread: str = _f("The thread's id.", "1k8p0")
    url: str = _f("Address of its page.", "https://wire.example/wire/1k8p0/quarrybank-confirms")
    headline: str = _f("Its headline now.", "Quarrybank confirms theft of customer records")
    from_: VersionEnd = Field(alias="from", description="The older.")
    to: VersionEnd = _f("The newer.")
    difference: VersionCounts = _f("From the older to the newer.")
    words: str = _f("The same in words.", "2 sentences added, 1 removed")
    sections: list[SectionDifference] = _f("Sections that differ, in the order of the page.")
