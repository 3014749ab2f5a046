"""The trends page and its JSON: a period → counts with charts, made again when the store changes.

In: a page's request. Out: HTML, or the API's answer.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from api import trends
from api.links import base_url
from api.services import Services
from api.shape import Shape
from breachwire.model import Status

if TYPE_CHECKING:
    from api.pages import Page


class TrendSpan(Shape):
    """A day or a week."""

    from_: date = Field(alias="from", description="Its first UTC day.", examples=["2026-11-23"])
    incidents: int = Field(description="Threads first reported in it.", examples=[4])
    claims: dict[Status, int] = Field(
        description="Claims of articles published in it, by status.",
        examples=[{"claimed": 3, "reported": 20, "confirmed": 9, "denied": 1, "disputed": 0}],
    )


class TrendName(Shape):
    """A name with its threads."""

    name: str = Field(description="As the ledger leads with it.", examples=["Tidewater Sync"])
    url: str = Field(
        description="Its page.", examples=["https://wire.example/third-party/tidewater-sync"]
    )
    threads: int = Field(description="Threads with a report in the period.", examples=[6])


class TrendAnswer(Shape):
    """Counts of what sources said in a period: incidents alone."""

    since: date = Field(description="First UTC day.", examples=["2026-08-26"])
    until: date = Field(description="Last UTC day.", examples=["2026-11-23"])
    step: Literal["day", "week"] = Field(description="What a span is.", examples=["day"])
    made_at: datetime = Field(
        description="When it was counted.", examples=["2026-11-23T06:30:00+00:00"]
    )
    spans: list[TrendSpan] = Field(description="In order, empty ones too.")
    statuses: dict[Status, int] = Field(
        description="Claims of the whole period by status.", examples=[{"claimed": 31}]
    )
    named: dict[str, list[TrendName]] = Field(
        description="Most named: third_party, actor, victim, sector."
    )


def show(page: Page) -> Response:
    """The page."""
    days = trends.days_of(page.request.query_params.get("days"))
    answer = trends.trends(page.store, days, datetime.now(UTC))
    return page.html(
        "trends.html",
        canonical=page.at("/trends"),
        described="What sources said about security incidents: counts by day, status and name.",
        t=answer,
        days=days,
        periods=trends.PERIODS,
        charts=trends.charts(answer),
        named=trends.NAMED,
        lying=trends.lying,
    )


def add(
    api: APIRouter, services: Callable[[], Services], responses: dict[int | str, dict[str, Any]]
) -> None:
    """GET /trends."""

    @api.get(
        "/trends",
        response_model=TrendAnswer,
        responses=responses,
        tags=["threads"],
        summary="What was reported over a time: incidents, claims by status, most named",
    )
    def get_trends(
        request: Request,
        days: Annotated[
            int, Query(ge=1, le=3660, description="Up to and including today.", examples=[90])
        ] = 90,
    ) -> Response:
        s = services()
        found = trends.trends(s.store, days, datetime.now(UTC), base_url(s.config, request))
        return Response(orjson.dumps(found), media_type="application/json")
