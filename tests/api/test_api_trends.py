"""What rows tell of the latest change, and the trends page with its JSON."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from api import rows, trends
from api.list_schema import Row
from api.trend_pages import TrendAnswer
from breachwire.model import Change, Stand, Thread

AT = datetime(2026, 11, 20, 8, tzinfo=UTC)
THREAD = Thread("t1", "Acme", "breach", "Breaches", AT, AT, AT, 3, 2)


def stand(value: Any, status: str, hours: int) -> Stand:
    return Stand(value, None, status, None, None, AT + timedelta(hours=hours), "q")  # type: ignore[arg-type]


def change(field: str, before: Stand | None, after: Stand | None) -> Change:
    return Change(1, AT, field, field.capitalize(), before, after, ())  # type: ignore[arg-type]


def told(*changes: Change) -> Any:
    return rows.row(THREAD, (), changes, base_url="", now=AT)["changed"]


def test_a_row_tells_the_weightiest_change_and_how_many_more() -> None:
    attack = change(
        "attack_type", stand("ransomware", "claimed", 0), stand("ransomware", "confirmed", 9)
    )
    people = change(
        "affected",
        stand({"number": 500, "unit": "people"}, "reported", 0),
        stand({"number": 24_937, "unit": "people"}, "confirmed", 9),
    )
    found = told(attack, people)
    assert (found["label"], found["before"], found["after"], found["more"]) == (
        "Affected", "500 people (reported)", "24,937 people (confirmed)", 1,
    )  # fmt: skip
    denied = change("victim", stand("Acme", "reported", 0), stand("Acme", "denied", 9))
    assert told(attack, people, denied)["label"] == "Victim Acme"


def test_where_the_status_alone_changed_it_alone_is_told() -> None:
    found = told(
        change(
            "attack_type", stand("ransomware", "claimed", 0), stand("ransomware", "confirmed", 9)
        )
    )
    assert (found["label"], found["before"], found["after"]) == (
        "Attack_type ransomware", "claimed", "confirmed",
    )  # fmt: skip


def test_what_the_first_report_said_is_no_change_and_a_withdrawal_is_one() -> None:
    assert told(change("victim", None, stand("Acme", "reported", 0))) is None
    assert told() is None
    gone = told(change("victim", stand("Acme", "reported", 0), None))
    assert (gone["before"], gone["after"]) == ("Acme (reported)", None)


def test_the_api_answers_as_it_is_described(client: TestClient) -> None:
    answer = client.get("/api/v1/trends", params={"days": 30}).json()
    TrendAnswer.model_validate(answer)
    assert len(answer["spans"]) == 30
    assert sum(span["incidents"] for span in answer["spans"]) == 3
    assert {one["name"] for one in answer["named"]["victim"]} == {
        "Quarrybank", "Tidewater Sync", "Millbrook General Hospital",
    }  # fmt: skip
    assert sum(answer["statuses"].values()) == sum(
        sum(span["claims"].values()) for span in answer["spans"]
    )
    assert client.get("/api/v1/trends", params={"days": 0}).status_code == 400
    year = client.get("/api/v1/trends", params={"days": 365}).json()
    assert (year["step"], len(year["spans"])) == ("week", 53)


def test_rows_are_as_they_are_described(client: TestClient) -> None:
    found = client.get("/api/v1/threads").json()["threads"]
    assert len(found) == 4
    for row in found:
        assert Row.model_validate(row).id == row["id"]


def test_the_page_shows_every_number_of_its_charts(client: TestClient) -> None:
    page = client.get("/trends?days=30").text
    answer = client.get("/api/v1/trends", params={"days": 30}).json()
    table = re.search(r'<table class="figures">.*?</table>', page, re.DOTALL)
    assert table is not None
    shown = [re.findall(r"<td>(\d+)</td>", row) for row in table[0].split("<tr>")[2:]]
    wanted = [
        [str(span["incidents"]), *(str(n) for n in span["claims"].values())]
        for span in reversed(answer["spans"])
        if span["incidents"] or any(span["claims"].values())
    ]
    assert shown == wanted
    assert 'style="' not in page
    for href in re.findall(r'<th scope="row"><a href="([^"]+)"', page):
        assert client.get(href.replace("&amp;", "&")).status_code == 200


@pytest.mark.parametrize("counts", [[], [0, 0], [3, 0, 12]])
def test_bars_are_proportional_and_inside_the_picture(counts: list[int]) -> None:
    bars = trends.standing([{"n": n} for n in counts], {"all": lambda s: s["n"]}, "things")
    assert bars.most == max(counts, default=0)
    assert len(bars.bars) == sum(map(bool, counts))
    for bar in bars.bars:
        assert bar.y >= trends.TOP
        assert bar.y + bar.height == pytest.approx(trends.BOTTOM)
        assert 0 <= bar.x <= bar.x + bar.width <= trends.WIDTH
    heights = {bar.height for bar in bars.bars}
    if counts == [3, 0, 12]:
        assert max(heights) == 4 * min(heights)
