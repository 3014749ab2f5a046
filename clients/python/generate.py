"""OpenAPI document → `breachwire_client/types.py`; `aio.py` → `client.py`. `make openapi` runs it.

Own code because dataclasses with a name other than JSON's (`in` is `in_`) come from no generator
without a run-time library of its own. What of JSON Schema the document doesn't use is refused.
"""

from __future__ import annotations

import json
import keyword
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from textwrap import wrap
from typing import Any, Final

HERE: Final = Path(__file__).resolve().parent
PACKAGE: Final = HERE / "breachwire_client"
DOCUMENT: Final = HERE.parents[1] / "docs" / "openapi.json"
PARAMETERS: Final = {
    "ThreadSort": ("/api/v1/threads", "sort"),
    "SearchSort": ("/api/v1/search", "sort"),
    "EntityKind": ("/api/v1/entities/{kind}/{slug}", "kind"),
    "Table": ("/api/v1/exports/{what}.{form}", "what"),
    "TableForm": ("/api/v1/exports/{what}.{form}", "form"),
}
"""Choices that methods take, by the name they get."""
SELECTION: Final = "/api/v1/exports/stix"
"""The route that takes the filters, and beside them…"""
PAGING: Final = {"limit", "cursor"}
_LITERAL: Final = re.compile(r"Literal\[[^\]]+, [^\]]+\]")
_SCALARS: Final = {"string": "str", "integer": "int", "number": "float", "boolean": "bool"}
_FORMATS: Final = {"date-time": "datetime", "date": "date"}
_HEAD: Final = '''"""The shapes of the API's answers: made of docs/openapi.json by `make openapi`.

A name that Python has for itself has an underscore behind it: `in_`, `from_`. Choices may grow: a
newer service may answer with one that isn't listed here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, TypedDict
'''
_SYNC: Final = (
    (r"\basync (def|for|with)\b", r"\1"),
    (r"\bawait ", ""),
    (r"\bAsync(\w+)", r"\1"),
    (r"\b__a(enter|exit|iter)__", r"__\1__"),
    (r"\ba(close|iter_bytes|read)\b", r"\1"),
    (r"\bfrom asyncio import sleep\b", "from time import sleep"),
    (r"\bAwaitable\[(\w+)\]", r"\1"),
    (r"for row in found:\n +yield row\b", "yield from found"),
)


def types(document: Mapping[str, Any]) -> str:
    """The module's text."""
    schemas = document["components"]["schemas"]
    parts = [*_choices(document), _filters(document)]
    parts += [_shape(name, schemas[name]) for name in sorted(schemas)]
    text, names = "\n\n".join(parts), _names(document)
    for literal, name in names.items():
        text = text.replace(literal, name)
    aliases = "\n".join(f"{name} = {literal}" for literal, name in sorted(names.items()))
    return _formatted(f"{_HEAD}\n{aliases}\n\n{text}\n")


def _names(document: Mapping[str, Any]) -> dict[str, str]:
    """Choices that several fields of one name share, by how they are written: `Status`, `Kind`."""
    fields = [
        (key, of)
        for schema in document["components"]["schemas"].values()
        for key, of in schema.get("properties", {}).items()
    ]
    parameters = document["paths"][SELECTION]["get"]["parameters"]
    fields += [(one["name"], one["schema"]) for one in parameters]
    uses = Counter((key, found) for key, of in fields for found in _LITERAL.findall(_type(of)))
    names: dict[str, str] = {}
    for (key, literal), times in uses.most_common():
        name = key.title().replace("_", "")
        if times > 1 and literal not in names and not keyword.iskeyword(key):
            names |= {literal: name} if name not in names.values() else {}
    return names


def sync(asynchronous: str) -> str:
    """The same client without `async`: rewritten word by word, as httpcore does it."""
    head = '"""The client, made of `aio`: `make openapi`. Don\'t edit this one.\n'
    text = re.sub(r'\A"""[^\n]*\n', lambda _: head, asynchronous)
    text = text.replace("Awaitable, ", "", 1)
    for pattern, replacement in _SYNC:
        text = re.sub(pattern, replacement, text)
    return _formatted(text)


def _choices(document: Mapping[str, Any]) -> Iterator[str]:
    for name, (path, wanted) in PARAMETERS.items():
        found = next(p for p in document["paths"][path]["get"]["parameters"] if p["name"] == wanted)
        yield f'{name} = {_type(found["schema"])}\n"""{found["description"]}"""'


def _filters(document: Mapping[str, Any]) -> str:
    lines = [
        "class Filters(TypedDict, total=False):",
        '    """Which threads: all that are given hold."""',
        "",
    ]
    for one in document["paths"][SELECTION]["get"]["parameters"]:
        if one["name"] not in PAGING:
            lines += [f"    {one['name']}: {_type(one['schema'])}", *_told(one["description"])]
    return "\n".join(lines)


def _shape(name: str, schema: Mapping[str, Any]) -> str:
    """A dataclass; of what has no fields (choices, free objects) another name."""
    if "properties" in schema:
        return _class(name, schema)
    return f'{name} = {_type(schema)}\n"""{schema.get("description", name)}"""'


def _class(name: str, schema: Mapping[str, Any]) -> str:
    lines = ["@dataclass(frozen=True, slots=True, kw_only=True)", f"class {name}:"]
    lines += [*_told(schema.get("description", name)), ""]
    required = set(schema.get("required", ()))
    for key, of in schema["properties"].items():
        lines.append(f"    {_name(key)}: {_type(of)}{'' if key in required else _default(of)}")
        lines += _told(of.get("description", ""))
    return "\n".join(lines)


def _name(key: str) -> str:
    """Raises SystemExit for a key that decoding would take for another."""
    if not key.isidentifier() or key.endswith("_"):
        sys.exit(f"{key!r}: no field can have that name")
    return f"{key}_" if keyword.iskeyword(key) or key == "json" else key


def _default(schema: Mapping[str, Any]) -> str:
    """What stands for a key that is not there."""
    match schema.get("default"):
        case list():
            return " = field(default_factory=list)"
        case dict():
            return " = field(default_factory=dict)"
        case value:
            return f" = {value!r}"


def _type(schema: Mapping[str, Any]) -> str:
    """A schema as a type. Raises SystemExit for one that this can't tell."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " | ".join(_type(one) for one in schema["anyOf"])
    if "enum" in schema:
        return f"Literal[{', '.join(map(repr, schema['enum']))}]"
    if "const" in schema:
        return f"Literal[{schema['const']!r}]"
    match schema.get("type"):
        case None if not schema.keys() & {"allOf", "oneOf", "not"}:
            return "Any"
        case "null":
            return "None"
        case "array" if "prefixItems" in schema:
            return f"tuple[{', '.join(_type(one) for one in schema['prefixItems'])}]"
        case "array":
            return f"list[{_type(schema['items'])}]"
        case "object":
            return f"dict[str, {_values(schema)}]"
        case scalar if scalar in _SCALARS:
            return _FORMATS.get(schema.get("format", ""), _SCALARS[scalar])
    sys.exit(f"clients/python/generate.py can't tell {json.dumps(schema)} as a type")


def _values(schema: Mapping[str, Any]) -> str:
    of = schema.get("additionalProperties")
    return _type(of) if isinstance(of, dict) else "Any"


def _told(text: str) -> list[str]:
    """A field's docstring, as wide as its line."""
    lines = wrap(" ".join(text.split()).replace("\\", "\\\\"), 90)
    if not lines:
        return []
    lines[0], lines[-1] = f'"""{lines[0]}', (f'"""{lines[0]}' if len(lines) == 1 else lines[-1])
    return [f"    {line}" for line in [*lines[:-1], f'{lines[-1]}"""']]


def _formatted(text: str) -> str:
    """Imports in order, then the whole as `make lint` wants it."""
    return _ruff("format", text=_ruff("check", "--select", "I", "--fix", "--quiet", text=text))


def _ruff(*command: str, text: str) -> str:
    words = [sys.executable, "-m", "ruff", *command, "--stdin-filename", str(PACKAGE / "new.py")]
    done = subprocess.run([*words, "-"], input=text, capture_output=True, text=True, check=True)
    return done.stdout


def main() -> None:
    """Write both."""
    document = json.loads(DOCUMENT.read_text("utf-8"))
    (PACKAGE / "types.py").write_text(types(document), "utf-8")
    (PACKAGE / "client.py").write_text(sync((PACKAGE / "aio.py").read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
