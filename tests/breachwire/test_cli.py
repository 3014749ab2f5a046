"""The command line as a user types it: answers, exit codes, one line an error."""

from __future__ import annotations

import gzip
import json
import os
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from breachwire.testing import ScriptedServer, answer
from evals.models.fake import NAME, FakeModel, honest
from tests import commands
from tests.databases import everything, execute

CLINIC = (
    "Harbour Clinic confirmed that a ransomware attack exposed the names of 24,937 patients. "
    "The Grey Lantern group claims it stole 300 GB of data from Harbour Clinic. "
    "Payment cards were not accessed, Harbour Clinic said in a letter to patients. "
    "Harbour Clinic notified patients of the attack in October 2026. "
    "Grey Lantern broke into Harbour Clinic through a password of its contractor Mossgate."
)
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(address: str, tmp_path: Path) -> Run:
    """Run `breachwire ARGS` with a store and folders of its own."""
    own = {
        **os.environ,
        "BREACHWIRE_DB": address,
        "XDG_DATA_HOME": str(tmp_path / "data"),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
    }

    def call(
        *args: str, environ: dict[str, str] | None = None, input: str = ""
    ) -> subprocess.CompletedProcess[str]:
        return commands.run(*args, env=own | (environ or {}), given=input)

    return call


def write(path: Path, *items: dict[str, Any]) -> str:
    text = "".join(json.dumps(item) + "\n" for item in items)
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(text.encode()))
    else:
        path.write_text(text)
    return str(path)


def refused(done: subprocess.CompletedProcess[str], code: int, says: str) -> bool:
    """Exit code, one line on stderr, nothing on stdout."""
    assert done.returncode == code, done.stderr
    assert says in done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    return not done.stdout


@pytest.mark.sqlite
def test_a_store_in_a_file_is_worked_by_one(run: Run) -> None:
    assert refused(run("work", "--queues", "poll"), 2, "--queues needs a store on PostgreSQL")


def test_import_export_search_show(run: Run, tmp_path: Path, item: Callable[..., Any]) -> None:
    file = write(tmp_path / "items.jsonl.gz", item(), item(url="https://x.example/2", title=""))
    done = run("import", file)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "1 new, 0 revised, 0 known, 1 bad\n"
    assert "line 2 left out" in done.stderr

    (thread,) = map(json.loads, run("export", "threads", "--format", "jsonl").stdout.splitlines())
    assert thread["articles"] == [item()["url"]]
    assert set(thread) == {
        "id", "headline", "kind", "articles", "mentions", "storylines", "related",
        "first_at", "last_at",
    }  # fmt: skip
    articles = [json.loads(line) for line in run("export", "articles").stdout.splitlines()]
    texts = {a["url"]: a for a in articles}
    for line in run("export", "details", "--format", "jsonl").stdout.splitlines():
        detail = json.loads(line)
        stored = texts[detail["article"]][detail["in"]]
        assert stored[detail["start"] : detail["end"]] == detail["text"]

    rows = run("export", "claims", thread["id"], "--format", "csv").stdout.splitlines()
    assert rows[0].startswith("thread,article,outlet,")
    bundle = json.loads(run("export", "stix", "--since", "2000-01-01").stdout)
    assert [o["name"] for o in bundle["objects"] if o["type"] == "report"] == [thread["headline"]]
    assert refused(run("export", "misp"), 2, "name a folder")

    found = json.loads(run("search", "harbour clinic", "--no-model", "--json").stdout)
    assert [r["thread"] for r in found["results"]] == [thread["id"]]
    shown = run("thread", "show", thread["id"]).stdout
    assert "Signal Summary" in shown
    assert item()["url"] in shown
    assert run("doctor").returncode == 0


def test_a_model_improves_what_work_wrote_and_doctor_says_that_it_answers(
    run: Run, item: Callable[..., Any]
) -> None:
    with FakeModel(honest) as fake:
        environ = {"BREACHWIRE_MODEL_ENDPOINT": fake.url, "BREACHWIRE_MODEL_NAME": NAME}
        run("import", "-", input=json.dumps(item(summary=CLINIC)))
        done = run("work", environ=environ)
        assert f"1 briefs tried by {NAME}, 1 of them stand" in done.stderr
        (brief,) = map(json.loads, run("export", "briefs").stdout.splitlines())
        assert brief["author"] == "model"
        looked = run("doctor", environ=environ)
        assert looked.returncode == 0
        assert f"ok   model {fake.url}: answers; {NAME} is among its models" in looked.stdout
    looked = run("doctor", environ=environ)
    assert looked.returncode == 1
    assert f"BAD  model {fake.url}: no connection" in looked.stdout


def test_stdin_and_running_twice(run: Run, item: Callable[..., Any]) -> None:
    line = json.dumps(item())
    assert run("import", "-", input=line).stdout == "1 new, 0 revised, 0 known, 0 bad\n"
    assert run("import", "-", input=line).stdout == "0 new, 0 revised, 1 known, 0 bad\n"


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (["import", "/nowhere/items.jsonl"], 2, "no file /nowhere/items.jsonl"),
        (["import", "/"], 2, "/ is a folder"),
        (["thread", "show", "zzzz"], 1, "no thread 'zzzz'"),
        (["--db", "/nowhere/x.sqlite3", "export", "threads"], 1, "/nowhere"),
        (["feeds", "remove", "https://x.example/feed"], 1, "no feed 'https://x.example/feed'"),
        (["feeds", "check", "ftp://x.example/feed"], 1, "ftp"),
        (["feeds", "add", "ledger.example/feed"], 2, "it starts with http:// or https://"),
        (["feeds", "add", "/etc/hostname", "--no-check"], 2, "is no address"),
        (["feeds", "add", "http://127.0.0.1:1/feed"], 1, "127.0.0.1"),
        (["feeds", "import", "/nowhere/list.opml"], 2, "no file /nowhere/list.opml"),
        (["up", "--port", "0", "--feeds", "/nowhere/list.opml"], 2, "no file /nowhere/list.opml"),
        (["up", "--host", "no-such-host.invalid"], 1, "cannot listen on no-such-host.invalid"),
        (["search", " "], 2, "nothing to search for"),
        (["extract", "http://127.0.0.1:1/"], 1, "127.0.0.1"),
        (["up", "--allow-private", "somewhere"], 2, "allow_private"),
    ],
)
def test_bad_input_is_one_line(run: Run, args: list[str], code: int, says: str) -> None:
    assert refused(run(*args), code, says)


def test_wrong_use_exits_with_two(run: Run) -> None:
    assert run("export", "everything").returncode == 2
    assert run("nonsense").returncode == 2


def test_a_file_that_is_no_jsonl(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text("<html><body>hello</body></html>\n")
    assert refused(run("import", str(file)), 1, "line 1: not JSON")


def test_a_page_is_no_feed(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text("<!doctype html><html><head><title>News</title></head><p>hello</p></html>\n")
    assert refused(run("feeds", "check", str(file)), 1, "HTML")


def test_a_page_is_no_list_of_feeds(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text("<!doctype html><html><p>hello</p></html>\n")
    assert refused(run("up", "--port", "0", "--feeds", str(file)), 1, f"{file}: not OPML")


def test_a_store_from_a_newer_version_is_left_as_it_is(run: Run, address: str) -> None:
    assert run("feeds", "list").returncode == 0
    execute(address, "UPDATE alembic_version SET version_num = '9999'")
    before = everything(address)
    for args in (["up", "--port", "0"], ["import", "-"], ["export", "threads"], ["fetch"]):
        assert refused(run(*args, input=""), 1, "was made by a newer version of Breachwire")
    assert everything(address) == before


def test_bytes_and_lists_are_named_by_line(run: Run, tmp_path: Path, item: Any) -> None:
    file = tmp_path / "items.jsonl"
    file.write_bytes(b"\xff\xfe\n[1]\n" + json.dumps(item()).encode() + b"\n{\n")
    done = run("import", str(file))
    assert done.stdout == "1 new, 0 revised, 0 known, 3 bad\n"
    for line in ("line 1 left out: not UTF-8", "line 2 left out: a list", "line 4 left out: not"):
        assert line in done.stderr
    assert "Loading" not in done.stderr


def test_a_used_port_is_said_at_once(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert refused(run("serve", "--port", str(port)), 1, f"cannot listen on 127.0.0.1:{port}")


def test_a_file_that_is_no_store(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "letters.txt"
    file.write_text("Dear Sir or Madam, " * 200)
    assert refused(run("--db", str(file), "export", "threads"), 1, "letters.txt")
    assert file.read_text() == "Dear Sir or Madam, " * 200


def test_feeds_add_list_export_import_remove(run: Run, tmp_path: Path) -> None:
    url = "https://ledger.example/feed"
    assert run("feeds", "add", url, "--no-check", "--outlet", "The Ledger").returncode == 0
    listed = json.loads(run("feeds", "list", "--json").stdout)["feeds"]
    assert [(f["url"], f["outlet"], f["state"]) for f in listed] == [(url, "The Ledger", "new")]
    file = tmp_path / "feeds.opml"
    assert run("feeds", "export", str(file)).returncode == 0
    assert run("feeds", "remove", url).returncode == 0
    assert run("feeds", "import", str(file)).stdout == "1 added, 0 were there already\n"


def test_help_answers_for_every_command(run: Run) -> None:
    top = run("--help")
    assert top.returncode == 0
    for command in ("up", "demo", "fetch", "work", "serve", "import", "export", "feeds", "extract",
                    "search", "related", "thread", "doctor"):  # fmt: skip
        assert f"  {command} " in top.stdout
        assert run(command, "--help").returncode == 0


def test_related_of_a_file_a_text_and_stdin(
    run: Run, tmp_path: Path, item: Callable[..., Any]
) -> None:
    assert run("import", write(tmp_path / "items.jsonl", item(summary=CLINIC))).returncode == 0
    asked = "Harbour Clinic was hit by ransomware; the data of 20,100 patients is out."
    file = tmp_path / "draft.txt"
    file.write_text(asked)
    found = json.loads(run("related", str(file), "--json").stdout)
    first = found["results"][0]
    assert first["relation"] == "same_incident"
    assert first["contradictions"][0]["value"]["number"] == 24_937
    assert json.loads(run("related", "-", "--json", input=asked).stdout) == found
    told = run("related", asked)
    assert "[same incident]" in told.stdout
    assert "! your text says 20,100" in told.stdout
    assert "new to your text" in told.stdout
    long = "x" * 100_001
    assert refused(run("related", "-", input=long), 2, "100 kB")
    assert refused(run("related", "--store", asked), 2, "--store")
    assert refused(run("related", "http://10.0.0.1/a"), 1, "private address")


def test_related_keeps_an_unknown_address_where_told_to(run: Run) -> None:
    page = (
        "<html><head><title>Harbour Clinic confirms theft</title></head><body><article>"
        f"<h1>Harbour Clinic confirms theft</h1><p>{CLINIC}</p></article></body></html>"
    ).encode()
    robots = answer(b"User-agent: *\nAllow: /\n", headers={"Content-Type": "text/plain"})
    with ScriptedServer({"/a": answer(page), "/robots.txt": robots}) as server:
        private = ("--allow-private", "127.0.0.0/8")
        url = server.url("/a")
        bare = run("related", url, "--json", *private)
        assert json.loads(bare.stdout)["results"] == []
        assert run("export", "articles").stdout == ""
        kept = run("related", url, "--json", "--store", *private)
        assert "new: Harbour Clinic confirms theft" in kept.stderr
        first = json.loads(kept.stdout)["results"][0]
        assert (first["relation"], first["why"]) == ("same_incident", "the article stands in it")
        again = run("related", url, "--store", *private)
        assert "already" in again.stderr
    assert json.loads(run("export", "articles").stdout)["url"] == url
