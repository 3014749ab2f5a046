"""The shapes of webhooks: what receivers are sent, what the API takes and answers.

In: nothing. Out: pydantic models with every field described, and the webhooks of the OpenAPI
document. `documents` makes what is sent; a test holds the two together.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final, Literal

from fastapi import APIRouter
from pydantic import Field

from api.shape import Shape
from breachwire.model import CorrectionKind, Kind, Section, Status
from breachwire.model import Field as DetailField
from breachwire.model.webhooks import HappeningKind, WebhookState

_STAND = "{} with its status; null: {}."
_EVIDENCE = "The words that it rests on, each with its outlet and address."
_MORE = "How many more the same article made; all of them are at /threads/{id}/changes."
_ASSERTER = "Whose word that is; null: the outlets' own, or not named."


class HeadlineMark(Shape):
    """Who or what wrote the headline (EU AI Act, Article 50)."""

    label: str = Field(description="To stand beside the headline wherever it is shown.")
    digital_source_type: str = Field(
        description="IPTC's term, as its address.",
        examples=["http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicMedia"],
    )
    ai_generated: bool = Field(description="Whether a language model wrote it.", examples=[False])


class QuoteTold(Shape):
    """Words of an article."""

    quote: str = Field(description="As they stand there, at most 600 characters.")
    outlet: str = Field(description="Whose article.", examples=["Signal Post"])
    url: str = Field(description="Its address at the outlet.")


class ReportTold(Shape):
    """An article; its text is at its outlet."""

    outlet: str = Field(description="Whose.", examples=["Signal Post"])
    title: str = Field(description="As it stands there.")
    url: str = Field(description="Its address at the outlet.")


class ThreadData(Shape):
    """The thread that it happened in."""

    thread: str = Field(description="Permanent id.", examples=["1k8p0"])
    url: str = Field(description="Address of its page; `.json` behind it is the wire format.")
    headline: str = Field(description="As on its page at this moment.")
    section: Section = Field(description="Of the wire.", examples=["Breaches"])
    kind: Kind = Field(description="What it is about.", examples=["breach"])
    disclosure: HeadlineMark = Field(description="Who or what wrote the headline.")


class FactTold(Shape):
    """A key detail."""

    field: DetailField = Field(description="Which fact.", examples=["victim"])
    label: str = Field(description="The same for people.", examples=["Victim"])
    value: str = Field(description="In words.", examples=["Quarrybank"])
    status: Status = Field(description="How it stands.", examples=["confirmed"])
    asserter: str | None = Field(description=_ASSERTER, examples=["Quarrybank"])
    evidence: list[QuoteTold] = Field(description=_EVIDENCE)


class CreatedData(ThreadData):
    """A new thread, as soon as its first report was read."""

    first_report: ReportTold | None = Field(description="The article that opened it.")
    facts: list[FactTold] = Field(description="Its leading key details, at most 8.")


class ChangeData(Shape):
    """A fact that stands otherwise, as /threads/{id}/changes states it."""

    id: str = Field(description="Of the change, for ever.", examples=["4711"])
    field: DetailField = Field(description="Which fact.", examples=["affected"])
    label: str = Field(description="The same for people.", examples=["People affected"])
    before: str | None = Field(
        description=_STAND.format("As it stood", "new"), examples=["500 people (reported)"]
    )
    after: str | None = Field(
        description=_STAND.format("As it stands", "withdrawn"),
        examples=["24,937 people (confirmed)"],
    )
    text: str = Field(description="Both in a line.")
    day: date = Field(description="When it was said.", examples=["2026-11-23"])
    edited: bool = Field(description="Whether an article was edited after we had read it.")
    status: Status | None = Field(description="How it stands now; null: withdrawn.")
    asserter: str | None = Field(description=_ASSERTER)
    evidence: list[QuoteTold] = Field(description=_EVIDENCE)


class ChangedData(ThreadData):
    """What one article changed in the ledger at one time."""

    changes: list[ChangeData] = Field(description="The leading one first, at most 12.")
    more: int = Field(description=_MORE, examples=[0])


class CorrectionData(Shape):
    """What an article said, and says now."""

    id: str = Field(description="Of the correction, for ever.", examples=["17"])
    kind: CorrectionKind = Field(
        description="edited: silently; notice: the outlet says so.", examples=["edited"]
    )
    field: DetailField | None = Field(
        description="Which fact; null: a notice, of which is unknown."
    )
    label: str | None = Field(description="The same for people.")
    before: str | None = Field(description=_STAND.format("As the article had it", "not at all"))
    after: str | None = Field(description=_STAND.format("As it has it now", "not at all"))
    article: ReportTold = Field(description="The corrected one.")
    evidence: list[QuoteTold] = Field(description=_EVIDENCE)


class CorrectedData(ThreadData):
    """Corrections of one article that were seen at one time."""

    corrections: list[CorrectionData] = Field(description="At most 12.")
    more: int = Field(description="How many more there were.", examples=[0])


class MergedData(ThreadData):
    """`thread` holds what `merged` held; the old address leads there for ever."""

    merged: str = Field(description="Id of the thread that is part of it now.", examples=["1k8nz"])


_AT = "When it happened here; webhook-timestamp says when it was sent."


class ThreadCreated(Shape):
    """A new thread."""

    type: Literal["thread.created"] = Field(description="Kind of happening.")
    timestamp: datetime = Field(description=_AT)
    data: CreatedData = Field(description="What happened.")


class ThreadChanged(Shape):
    """A change of a ledger."""

    type: Literal["thread.changed"] = Field(description="Kind of happening.")
    timestamp: datetime = Field(description=_AT)
    data: ChangedData = Field(description="What happened.")


class ThreadCorrected(Shape):
    """An outlet's correction."""

    type: Literal["thread.corrected"] = Field(description="Kind of happening.")
    timestamp: datetime = Field(description=_AT)
    data: CorrectedData = Field(description="What happened.")


class ThreadMerged(Shape):
    """Two threads are one."""

    type: Literal["thread.merged"] = Field(description="Kind of happening.")
    timestamp: datetime = Field(description=_AT)
    data: MergedData = Field(description="What happened.")


class CheckData(Shape):
    """Nothing happened."""

    text: str = Field(description="For people.")


class WebhookCheck(Shape):
    """A trial, sent when a webhook is checked."""

    type: Literal["webhook.check"] = Field(description="Kind of message.")
    timestamp: datetime = Field(description="When it was sent.")
    data: CheckData = Field(description="What there is to say.")


SENT: Final[dict[str, type[Shape]]] = {
    "thread.created": ThreadCreated,
    "thread.changed": ThreadChanged,
    "thread.corrected": ThreadCorrected,
    "thread.merged": ThreadMerged,
    "webhook.check": WebhookCheck,
}
"""What is sent, by its type."""


def described(webhooks: APIRouter) -> None:
    """Put what is sent into the OpenAPI document."""
    for name, shape in SENT.items():
        webhooks.post(
            name,
            status_code=204,
            summary=(shape.__doc__ or "").rstrip("."),
            description="Signed after the Standard Webhooks specification; any 2xx takes it.",
        )(_receiver(shape))


def _receiver(shape: type[Shape]) -> Any:
    def receive(body: Any) -> None: ...

    receive.__annotations__ = {"body": shape, "return": None}
    return receive


# what the API takes and answers

ASKED = {"url": "https://hooks.example/breachwire", "events": ["thread.changed"]}


class WebhookAsked(Shape):
    """An address to be told of what happens in a watch's threads."""

    url: str = Field(
        description="https, on port 443 or 8443 of a public address. It is told nothing before it"
        " has answered 2xx to a check (POST …/{id}/check).",
        examples=[ASKED["url"]],
        max_length=2000,
    )
    events: list[HappeningKind] = Field(
        [], description="Which; empty: all.", examples=[ASKED["events"]], max_length=4
    )


class WebhookAnswer(Shape):
    """A webhook and how it stands; never its secret."""

    id: int = Field(description="Its number.", examples=[3])
    host: str = Field(description="Where it leads.", examples=["hooks.example"])
    events: list[HappeningKind] = Field(
        description="Which it is told; all where it asked for none."
    )
    state: WebhookState = Field(
        description="unchecked: it is told nothing before its check was taken; gone: its receiver"
        " answered 410; stopped: it took nothing for days.",
        examples=["active"],
    )
    made_at: datetime = Field(description="When it was made.")
    taken_at: datetime | None = Field(description="When it took something last.")
    error: str | None = Field(description="What the last attempt failed of; null: it did not.")
    waiting: int = Field(description="Deliveries that wait.", examples=[0])
    dead: int = Field(description="Deliveries that were given up.", examples=[0])


class WebhooksAnswer(Shape):
    """A watch's webhooks."""

    webhooks: list[WebhookAnswer] = Field(description="By number.")


class WebhookMade(WebhookAnswer):
    """The same, with the secret: told this once."""

    secret: str = Field(
        description="What signatures are made with; it can't be told again, only changed.",
        examples=["whsec_…"],
    )


class SecretAnswer(Shape):
    """A new secret: told this once."""

    secret: str = Field(description="What signatures are made with.", examples=["whsec_…"])
    old_until: datetime = Field(description="Until when those of the old secret are sent as well.")


class ReplayAsked(Shape):
    """Which deliveries go out once more."""

    since: datetime | None = Field(
        None, description="What happened since; null: the dead alone.",
        examples=["2026-11-28T00:00:00Z"],
    )  # fmt: skip


class ReplayAnswer(Shape):
    """What goes out once more."""

    replayed: int = Field(description="How many deliveries.", examples=[4])
