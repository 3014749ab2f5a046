"""`newsletter …` on a store of invented news: previews, sending, exports; wrong use is one line."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email import message_from_string
from pathlib import Path
from typing import Any

import pytest

from breachwire.model import Draft, Placement, Thread, thread_id
from breachwire.model.newsletter import Link, Wish
from breachwire.model.tokens import digest
from breachwire.store import Store, open_store
from tests import commands

Run = Callable[..., subprocess.CompletedProcess[str]]
NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def wire(address: str) -> Iterator[Store]:
    """One breach that two outlets report."""
    import numpy as np

    store = open_store(address)
    drafts = [
        Draft(url=f"https://{host}.example/1", title=title, text=title + ".", keys=(host,),
              lead=title, authors=(), source=host.title(), family=host, published=NOW,
              text_from="page", page_state="ok", language="en")
        for host, title in (("ledger", "Quarrybank confirms a breach"), ("post", "Quarrybank hit"))
    ]  # fmt: skip
    own = [taken.article for taken in store.take([(d, None) for d in drafts], NOW)]
    thread = Thread(thread_id(own[0].id), own[0].title, "breach", "Breaches", NOW, NOW, NOW, 2, 2)
    placed = [(Placement(a.id, thread.id, "report", 1.0, "joins", "", "breach"),
               np.eye(2, 384, dtype=np.float32)[n]) for n, a in enumerate(own)]  # fmt: skip
    store.place("hand-made", placed, [thread])
    yield store
    store.close()


@pytest.fixture
def run(tmp_path: Path, post_office: Any, wire: Store, address: str) -> Run:
    settings = {f"BREACHWIRE_{k.upper()}": str(v) for k, v in post_office.settings().items()}
    environ = {**os.environ, **settings, "BREACHWIRE_DB": address,
               "XDG_CONFIG_HOME": str(tmp_path)}  # fmt: skip

    def call(*args: str, **more: str) -> subprocess.CompletedProcess[str]:
        return commands.run("newsletter", *args, env=environ | more)

    return call


def subscribe(store: Store, address: str, wish: Wish) -> None:
    store.ask(address, wish, NOW)
    store.add_links(store.subscriber(address).id, [Link("confirm", digest(address))], NOW)
    store.confirm(digest(address), "yes", NOW)


def test_preview_shows_and_stores_nothing(run: Run, tmp_path: Path, wire: Store) -> None:
    shown = run("preview")
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.startswith("Extracted automatically")
    assert "Quarrybank confirms a breach" in shown.stdout
    for name in ("a.html", "a.txt", "a.md", "a.json", "a.eml"):
        assert run("preview", "--to", str(tmp_path / name)).returncode == 0
    assert json.loads((tmp_path / "a.json").read_text())["groups"][0]["heading"] == "New"
    mail = message_from_string((tmp_path / "a.eml").read_text())
    assert mail.get_content_type() == "multipart/alternative"
    assert wire.issues() == []
    odd = run("preview", "--to", str(tmp_path / "a.docx"))
    assert (odd.returncode, len(odd.stderr.splitlines())) == (2, 1)


def test_send_goes_to_whom_it_is_for_once(run: Run, wire: Store, post_office: Any) -> None:
    subscribe(wire, "ada@post.example", Wish())
    subscribe(wire, "bo@post.example", Wish(sections=("Policy",)))
    subscribe(wire, "cy@post.example", Wish("daily"))
    dry = run("send", "--dry-run")
    assert "1 subscribers: 1 threads" in dry.stdout
    assert "1 subscribers: no mail" in dry.stdout
    assert (wire.issues(), post_office.mails) == ([], [])
    sent = run("send")
    assert sent.returncode == 0, sent.stderr
    assert "mail: 1 sent, 1 with nothing for their reader" in sent.stdout
    assert run("send").stdout == "mail: nothing waits\n"
    assert [to for to, _ in post_office.mails] == ["ada@post.example"]
    (row,) = json.loads(run("list", "--json").stdout)["issues"]
    assert (row["threads"], row["letters"]) == (1, {"sent": 1, "skipped": 1})
    daily = run("send", "--frequency", "daily")
    assert "mail: 1 sent" in daily.stdout, daily.stderr


def test_a_mail_server_that_is_away_is_one_line(run: Run, wire: Store) -> None:
    subscribe(wire, "ada@post.example", Wish())
    failed = run("send", BREACHWIRE_SMTP_PORT="9")
    assert failed.returncode == 1
    assert failed.stderr.splitlines()[-1].startswith("breachwire: mail server localhost:9: ")
    assert "mail: 1 sent" in run("send").stdout
    none = run("send", BREACHWIRE_SMTP_HOST="")
    assert (none.returncode, len(none.stderr.splitlines())) == (1, 1)


def test_subscribers_are_listed_and_erased(run: Run, wire: Store) -> None:
    subscribe(wire, "ada@post.example", Wish(watch=("Quarrybank",)))
    assert "active    weekly ada@post.example, since" in run("subscribers").stdout
    (one,) = json.loads(run("subscribers", "--json").stdout)["subscribers"]
    assert (one["consent"], one["wish"]["watch"]) == ("yes", ["Quarrybank"])
    assert run("subscribers", "--erase", "ada@post.example").stdout == "erased\n"
    assert run("subscribers", "--erase", "ada@post.example").returncode == 1


def test_export_of_threads_a_search_and_an_issue(run: Run, wire: Store) -> None:
    (thread,) = wire.all_threads()
    by_id = run("export", thread.id)
    assert by_id.returncode == 0, by_id.stderr
    assert f"https://wire.example/wire/{thread.id}/" in by_id.stdout
    assert "> Extracted automatically" in by_id.stdout
    found = json.loads(run("export", "--search", "quarrybank", "--format", "json").stdout)
    assert [item["id"] for g in found["groups"] for item in g["items"]] == [thread.id]
    assert run("export", thread.id, "--format", "html").stdout.startswith("<!DOCTYPE html>")
    run("send")
    (made,) = wire.issues()
    assert "Weekly briefing" in run("export", "--issue", made.id).stdout
    for wrong in ((), (thread.id, "--search", "x"), ("--issue", "none")):
        failed = run("export", *wrong)
        assert failed.returncode in (1, 2)
        assert len(failed.stderr.splitlines()) == 1
