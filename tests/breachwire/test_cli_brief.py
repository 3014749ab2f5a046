"""`breachwire brief …` as an editor or a newsletter writer types it."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from breachwire.model import Brief, Draft, Evidence, Placement, Statement, Thread, thread_id
from breachwire.store import Store, open_store
from tests import commands

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
URL = "https://ledger.example/harbour-clinic"
Run = Callable[..., subprocess.CompletedProcess[str]]
REVIEW = [
    "--reviewer", "Ida Okafor", "--role", "editor", "--competence", "ten years of reporting",
    "--facts", "victim and date", "--sources", "the one article",
    "--responsible", "Harbor Media", "--contact", "desk@harbor.example",
]  # fmt: skip


def written(store: Store) -> str:
    """A thread of one article with two versions of its brief; its id."""
    text = "Harbour Clinic said on Monday that patient files were stolen. It told the police."
    draft = Draft(url=URL, title="Harbour Clinic breached", text=text, keys=(URL,), source="Ledger",
                  published=NOW)  # fmt: skip
    (taken,) = store.take([(draft, None)], NOW)
    article = taken.article
    id_ = thread_id(article.id)
    thread = Thread(id_, article.title, "breach", "Breaches", NOW, NOW, NOW, 1, 1)
    opens = Placement(article.id, id_, "first_report", 1.0, "opens", "first", "breach")
    store.place("m", [(opens, np.eye(1, 16, dtype=np.float32)[0])], [thread])
    words = Evidence(article.id, "text", 0, 61, text[:61])
    said = (
        Statement("headline", article.title, "quoted",
                  (Evidence(article.id, "title", 0, 23, article.title),)),
        Statement("signal_summary", text[:61], "quoted", (words,)),
    )  # fmt: skip
    first = Brief(id_, 0, "h1", "extractive", None, NOW, said)
    more = replace(words, start=62, end=len(text), quote=text[62:])
    told = Statement("signal_summary", text[62:], "quoted", (more,))
    store.save_briefs([first])
    store.save_briefs([replace(first, input_hash="h2", statements=(*said, told))])
    return id_


@pytest.fixture
def wire(tmp_path: Path, address: str) -> tuple[Run, str]:
    """The command on a store of one thread, and the thread's id."""
    with closing(open_store(address)) as store:
        id_ = written(store)
    environ = {**os.environ, "BREACHWIRE_DB": address, "XDG_CONFIG_HOME": str(tmp_path)}

    def run(*args: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        done = commands.run("brief", *args, env=environ)
        assert done.returncode == code, done.stderr
        return done

    return run, id_


def test_a_brief_is_printed_in_each_form(wire: tuple[Run, str]) -> None:
    run, id_ = wire
    text = run(id_).stdout
    assert text.startswith("Harbour Clinic breached\n")
    assert text.index("no language model wrote this") < text.index("SIGNAL SUMMARY")
    assert "version 2 of 23 November 2026" in text
    assert "It told the police." in text
    assert URL in text
    assert run("show", id_).stdout == text
    assert "police" not in run(id_, "--version", "1").stdout
    marked = run("--md", id_).stdout
    assert f"([Ledger]({URL}))" in marked
    assert "[^" not in marked
    assert json.loads(run(id_, "--json").stdout)["analysis"]["version"] == 2
    assert json.loads(run(id_, "--json", "--version", "1").stdout)["superseded"]["version"] == 2
    assert "superseded by version 2" in run(id_, "--version", "1", "--md").stdout


def test_versions_are_compared(wire: tuple[Run, str]) -> None:
    run, id_ = wire
    assert "+ It told the police." in run(id_, "--diff", "1..2").stdout.splitlines()
    assert json.loads(run(id_, "--diff", "1..2", "--json").stdout)["difference"]["added"] == 1
    lines = run("versions", id_).stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["2", "1"]
    assert "1 sentence added" in lines[0]


def test_a_person_signs_the_latest_version_and_takes_it_back(wire: tuple[Run, str]) -> None:
    run, id_ = wire
    assert "not 1" in run("sign", id_, "--version", "1", *REVIEW, code=1).stderr
    said = run("sign", id_, "--version", "2", *REVIEW).stdout
    raw = run(id_, "--bytes").stdout
    assert hashlib.sha256(raw.encode()).hexdigest() in said
    assert "Reviewed and fact-checked by Ida Okafor, editor" in " ".join(run(id_).stdout.split())
    assert "signed by Ida Okafor" in run("versions", id_).stdout
    assert "signed already" in run("sign", id_, *REVIEW, code=1).stderr
    run("revoke", "1", "--who", "Bo", "--why", "a date was wrong")
    assert "Reviewed" not in run(id_).stdout
    assert "revoked already" in run("revoke", "1", "--who", "Bo", "--why", "x", code=1).stderr


@pytest.mark.parametrize("left_out", range(0, len(REVIEW), 2))
def test_no_human_field_has_a_default(wire: tuple[Run, str], left_out: int) -> None:
    run, id_ = wire
    told = run("sign", id_, *REVIEW[:left_out], *REVIEW[left_out + 2 :], code=2).stderr
    assert REVIEW[left_out] in told


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (["--version", "9"], 1), (["--diff", "2"], 2), (["--diff", "2..1"], 2),
        (["--json", "--md"], 2), (["--diff", "1..2", "--md"], 2),
        (["--diff", "1..2", "--version", "1"], 2),
    ],
)  # fmt: skip
def test_wrong_use_is_one_line(wire: tuple[Run, str], args: list[str], code: int) -> None:
    run, id_ = wire
    assert len(run(id_, *args, code=code).stderr.splitlines()) == 1


def test_an_unknown_thread_is_told(wire: tuple[Run, str]) -> None:
    run, _ = wire
    for args in (["nope"], ["versions", "nope"], ["nope", "--bytes"], ["sign", "nope", *REVIEW]):
        assert "'nope'" in run(*args, code=1).stderr
