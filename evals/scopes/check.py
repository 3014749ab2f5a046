"""Every route with every kind of token: what each answers, and which tables it wrote to.

In: the application (for its routes), a client of a server of it, the same store and its file. Out:
a line for each thing that is wrong. What doesn't reach has to answer 401 or 403 (a page: the way to
the login) and to write nothing at all: no commit is seen by another connection. What is open to all
opens no further by a token, and writes what docs/open-routes.md says.

Each request comes from an address of its own (`X-Forwarded-For`), as limits and lock-outs are not
what is looked at here.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from itertools import count
from pathlib import Path
from typing import Any, Final

import httpx
from fastapi import FastAPI

from breachwire.model import Scope, Token
from breachwire.model.tokens import SCOPES, digest, new_secret
from breachwire.store import Store
from evals.scopes.acts import ACTS
from evals.scopes.routes import Way, ways

_WATCHES: Final = frozenset({"saved_search", "watch_entry"})
WRITES: Final[Mapping[str, frozenset[str]]] = {
    "POST /report": frozenset({"error_report", "meta"}),
    "POST /watch": _WATCHES,
    "POST /api/v1/watches": _WATCHES,
    "POST /subscribe": frozenset({"subscriber", "mail_link", "outbox"}),
}
"""Open routes that write for everybody, and into which tables (`meta` counts the changes that pages
show); all others write only for whoever has a secret of their own, which nobody has here."""
TEXT: Final = "Quarrybank took its portal offline."
_LIST: Final = {"label": "x", "entries": [{"name": "Quarrybank"}]}
_FIELDS: Final = {
    "text": TEXT, "names": "Quarrybank", "frequency": "weekly", "act": "leave", "do": "delete",
    "sure": "1", "List-Unsubscribe": "One-Click",
}  # fmt: skip
"""Of all open forms; each takes its own."""
_FIRST: Final = int(IPv4Address("198.18.0.1"))


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever asks."""

    name: str
    scope: Scope | None
    """None: nobody who may anything."""
    headers: Mapping[str, str]
    csrf: str = ""
    """What forms of a session carry."""

    def reaches(self, needs: Scope) -> bool:
        """Whether its scope holds that one."""
        return self.scope is not None and SCOPES.index(self.scope) >= SCOPES.index(needs)


@dataclass
class Asker:
    """Sends requests, and sees what they write."""

    client: httpx.Client
    file: Path
    _numbers: Iterator[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        self._eye = sqlite3.connect(f"file:{self.file}?mode=ro", uri=True, check_same_thread=False)

    def close(self) -> None:
        """Let the file go."""
        self._eye.close()

    def ask(
        self, caller: Caller, method: str, path: str, **body: Any
    ) -> tuple[httpx.Response, bool]:
        """The answer, and whether anything was committed meanwhile."""
        before = self._version()
        address = str(IPv4Address(_FIRST + next(self._numbers)))
        headers = {"X-Forwarded-For": address, **caller.headers}
        answer = self.client.request(method, path, headers=headers, **body)
        self.client.cookies.clear()
        return answer, self._version() != before

    def tables(self) -> dict[str, str]:
        """A digest of the rows of each."""
        kept = (
            "SELECT name FROM sqlite_master WHERE type = 'table'"
            " AND name NOT LIKE 'sqlite_%' AND sql NOT LIKE '%VIRTUAL%'"
        )
        return {name: self._rows(name) for (name,) in self._eye.execute(kept)}

    def _rows(self, table: str) -> str:
        rows = self._eye.execute(f'SELECT * FROM "{table}"')
        return hashlib.sha256(repr(rows.fetchall()).encode()).hexdigest()

    def _version(self) -> int:
        return int(self._eye.execute("PRAGMA data_version").fetchone()[0])


def problems(app: FastAPI, client: httpx.Client, store: Store, file: Path) -> list[str]:
    """What is wrong, a line each."""
    with closing(Asker(client, file)) as asker:
        known = callers(asker, store)
        all_ = ways(app)
        return [
            *_untried(all_),
            *_pages(asker, known, [w for w in all_ if w.needs == "read"], store),
            *_acts(asker, known, store),
            *_open(asker, known, [w for w in all_ if w.needs is None], store),
        ]


# who asks


def callers(asker: Asker, store: Store) -> list[Caller]:
    """Nobody, tokens that open nothing, and each scope by Bearer and by session."""
    now = datetime.now(UTC)
    nobody = Caller("nobody", None, {})
    found = [nobody, _bearer("an unknown token", None, new_secret())]
    secret, _ = _token(store, "admin", now - timedelta(seconds=1))
    found.append(_bearer("an expired admin", None, secret))
    for scope in SCOPES:
        secret, _ = _token(store, scope)
        found += [_bearer(scope, scope, secret), _session(asker, nobody, scope, secret)]
    secret, revoked = _token(store, "admin")
    session = _session(asker, nobody, "admin", secret)
    store.revoke_token(revoked.id, now)
    found.append(_bearer("a revoked admin", None, secret))
    found.append(Caller("a revoked admin's session", None, session.headers, session.csrf))
    return found


def _token(store: Store, scope: Scope, ends: datetime | None = None) -> tuple[str, Token]:
    secret, now = new_secret(), datetime.now(UTC)
    return secret, store.add_token(Token(0, f"scope {scope}", scope, now, ends), digest(secret))


def _bearer(name: str, scope: Scope | None, secret: str) -> Caller:
    return Caller(f"{name} (Bearer)", scope, {"Authorization": f"Bearer {secret}"})


def _session(asker: Asker, nobody: Caller, scope: Scope, secret: str) -> Caller:
    answer, _ = asker.ask(nobody, "POST", "/edit/login", data={"token": secret})
    cookie = answer.headers["set-cookie"].partition(";")[0]
    there = Caller("", scope, {"Cookie": cookie})
    page, _ = asker.ask(there, "GET", "/edit")
    (csrf,) = set(re.findall(r'name="csrf" value="(\w+)"', page.text))
    return Caller(f"{scope} (session)", scope, {"Cookie": cookie}, csrf)


# what they ask


def _untried(all_: list[Way]) -> Iterator[str]:
    """A new form of the editors' pages has to be tried."""
    forms = {way.path for way in all_ if way.needs == "edit"}
    for path in sorted(forms ^ {path for path, _ in ACTS}):
        yield f"{path}: is a form without an act in evals/scopes/acts.py, or the other way round"


def _pages(asker: Asker, known: list[Caller], all_: list[Way], store: Store) -> Iterator[str]:
    """A GET changes nothing, and shows nothing to who may not read."""
    values = {"id": next(iter(store.all_threads())).id}
    for caller in known:
        asker.ask(caller, "GET", "/edit")  # a use is noted, at most every ten minutes
        for way in all_:
            answer, wrote = asker.ask(caller, "GET", way.filled(values))
            if wrote:
                yield f"{way.path}: reading wrote, for {caller.name}"
            if caller.reaches("read") != (answer.status_code in (200, 404) or _within(answer)):
                yield f"{way.path}: {answer.status_code} for {caller.name}"


def _within(answer: httpx.Response) -> bool:
    """Led to another of the editors' pages, not to the login."""
    return answer.status_code == 303 and not answer.headers["location"].startswith("/edit/login")


def _acts(asker: Asker, known: list[Caller], store: Store) -> Iterator[str]:
    """Each would be done, were the scope enough; then by each that is, it is done."""
    able = [caller for caller in known if caller.reaches("edit")]
    unable = [caller for caller in known if not caller.reaches("edit")]
    for path, act in ACTS:
        where, form = _filled(path, act(store))
        for caller in unable:
            answer, wrote = asker.ask(caller, "POST", where, data={**form, "csrf": caller.csrf})
            wanted = 401 if caller.scope is None else 403
            if wrote or answer.status_code != wanted:
                yield f"{path}: {answer.status_code}, {wrote=} for {caller.name}"
        yield from _done(asker, able[0], path, where, form)
    for caller in able[1:]:
        for path, act in ACTS:
            yield from _done(asker, caller, path, *_filled(path, act(store)))


def _filled(path: str, made: tuple[str, dict[str, str]]) -> tuple[str, dict[str, str]]:
    return path.replace("{id}", made[0]), made[1]


def _done(
    asker: Asker, caller: Caller, path: str, where: str, form: Mapping[str, str]
) -> Iterator[str]:
    answer, wrote = asker.ask(caller, "POST", where, data={**form, "csrf": caller.csrf})
    if answer.status_code != 303 or not wrote:
        yield f"{path}: {answer.status_code}, {wrote=} for {caller.name}, who may"


def _open(asker: Asker, known: list[Caller], all_: list[Way], store: Store) -> Iterator[str]:
    """Where nobody is refused, so is a token; and what is written is what everybody may write."""
    nobody, thread = known[0], next(iter(store.all_threads())).id
    strongest = [caller for caller in known if caller.scope == "admin"]
    for way in all_:
        may = WRITES.get(f"{way.method} {way.path}", frozenset())
        path = way.filled({"id": thread, **_samples()})
        before = asker.tables() if may else {}
        refused = False
        for caller in (nobody, *strongest):
            answer, wrote = asker.ask(caller, way.method, path, **_body(way, thread))
            refused |= caller is nobody and answer.status_code >= 400
            if answer.status_code >= 500 or (refused and answer.status_code < 400):
                yield f"{way.method} {way.path}: {answer.status_code} for {caller.name}"
            if wrote != bool(may) and answer.status_code != 404:  # 404: this server sends no mail
                yield f"{way.method} {way.path}: {wrote=} for {caller.name}"
        after = asker.tables() if may else {}
        if others := {name for name in after if after[name] != before.get(name)} - may:
            yield f"{way.method} {way.path}: wrote to {', '.join(sorted(others))}"


def _samples() -> dict[str, str]:
    """Values of names in paths; secrets that nobody was given."""
    unknown = secrets.token_urlsafe(32)
    return {"secret": unknown, "name": new_secret(), "day": "2026-01-01", "form": "rss"}


def _body(way: Way, thread: str) -> dict[str, Any]:
    """What a form or a program sends so that it is taken."""
    if way.method == "GET":
        return {}
    if way.path == "/api/v1/watches":
        return {} if way.method == "DELETE" else {"json": _LIST}
    if way.path == "/api/v1/related":
        return {"json": {"text": TEXT}}
    # Whoever asks twice for one address gets no second mail.
    address = f"{secrets.token_hex(4)}@reader.example"
    return {"data": {"thread": thread, "token": new_secret(), "email": address, **_FIELDS}}
