"""feedparser's test documents with their expectations, read from the archive.

In: the archive. Out: cases: name, bytes, headers, the expectation as a syntax tree, and the fields
that it speaks of.
"""

from __future__ import annotations

import ast
import os
import re
import tarfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

CARRIED = {
    "feed": {"title", "title_detail.value", "link"},
    "entry": {
        "title", "title_detail.value", "link", "id", "guid",
        "published", "published_parsed", "issued", "issued_parsed", "created", "created_parsed",
        "updated", "updated_parsed", "modified", "modified_parsed",
        "author", "author_detail.name", "authors.name",
        "content.value", "summary", "summary_detail.value", "description",
        "description_detail.value",
    },
}  # fmt: skip
"""Fields by feedparser's names that ParsedFeed and Entry carry."""

_SPOKEN = re.compile(
    r"^(?:title|links?|id|guid|authors?|content|summary|description|published|issued|created"
    r"|updated|modified|author_detail|title_detail|summary_detail)(?:_parsed)?(?:$|\.)"
)
_FEED_DESCRIPTION = {"description", "summary", "summary_detail.value", "content.value"}


@dataclass(frozen=True, slots=True)
class Case:
    """A document and what is expected of it."""

    name: str
    body: bytes
    headers: dict[str, str]
    expectation: ast.expr | None
    """None where the comment holds no expression (8 documents in UTF-16 and UTF-32 included)."""
    fields: frozenset[tuple[str, str]]
    """("feed" or "entry", field) pairs the expectation speaks of."""

    @property
    def speaks(self) -> bool:
        """Of title, link, id, date, author or content of the feed or an entry."""
        return any(_SPOKEN.match(field) for _, field in self.fields)

    @property
    def is_ours(self) -> bool:
        """Whether all that it speaks of is carried by our values."""
        return self.speaks and all(field in CARRIED[owner] for owner, field in self.fields)


def archive() -> Path:
    """The archive beside the checkout, or under BREACHWIRE_SHARED."""
    beside = Path(__file__).resolve().parents[2].parent / "shared"
    shared = Path(os.environ.get("BREACHWIRE_SHARED", beside))
    return shared / "data" / "feeds" / "feedparser-cases.tgz"


def cases(names: Sequence[str] = ()) -> Iterator[Case]:
    """Every document of the archive, or those whose name ends with one of `names`."""
    with tarfile.open(archive()) as tar:
        for member in tar:
            path = member.name.removeprefix("./")
            if not member.isfile() or not path.startswith("tests/"):
                continue
            if names and not path.endswith(tuple(names)):
                continue
            if (stream := tar.extractfile(member)) is not None:
                yield _case(path.removeprefix("tests/"), stream.read())


def _case(name: str, body: bytes) -> Case:
    text = _comment(body)
    headers = {
        found[1].lower(): found[2].strip()
        for found in re.finditer(r"^\s*Header:\s*([\w-]+):[ \t]*(.*)$", text, re.MULTILINE)
    }
    found = re.search(r"Expect:\s*(.*?)\s*-->", text, re.DOTALL)
    expectation = None
    if found:
        try:
            expectation = ast.parse(found[1].strip(), mode="eval").body
        except SyntaxError:
            expectation = None
    fields = frozenset(_fields(expectation)) if expectation is not None else frozenset()
    return Case(name, body, headers, expectation, fields)


def _comment(body: bytes) -> str:
    """The document's head as text; the comment is ASCII in all encodings but EBCDIC."""
    if body[:4] == b"\x4c\x6f\xa7\x94":
        return body.decode("cp037")
    return body.replace(b"\0", b"").decode("utf-8", "surrogateescape")


def path_of(node: ast.expr) -> tuple[str, list[str | int]] | None:
    """feed['a']['b'] or entries[0].a → its root name and keys; None for other expressions."""
    keys: list[str | int] = []
    while True:
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            keys.insert(0, node.slice.value)  # type: ignore[arg-type]
            node = node.value
        elif isinstance(node, ast.Attribute):
            keys.insert(0, node.attr)
            node = node.value
        else:
            return (node.id, keys) if isinstance(node, ast.Name) else None


def _fields(node: ast.expr) -> Iterator[tuple[str, str]]:
    if (path := path_of(node)) is not None:
        root, keys = path
        if root in ("feed", "entries"):
            words = [key for key in keys if isinstance(key, str)]
            yield ("feed" if root == "feed" else "entry"), ".".join(words)
        elif root not in ("bozo", "True"):
            yield "entry", f"({root})"
        return
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            yield from _fields(child)
