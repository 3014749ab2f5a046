"""What a model answers: its JSON schema, and the text that came → sentences, or why not.

In: the answer's text, which may be anything. Out: `Draft`s, bounded in number and length. Servers
that don't enforce a schema wrap JSON in fences or words; what stands between the outermost braces
is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

import orjson

from breachwire.errors import ModelError
from breachwire.model import BriefSection

FieldName = Literal[
    "signal_summary",
    "eli5",
    "what_happened",
    "who_and_how",
    "what_next",
    "impact_assessment",
    "optimistic_outlook",
    "pessimistic_outlook",
]
FIELDS: Final[tuple[FieldName, ...]] = get_args(FieldName)
INFERRING: Final = frozenset({"impact_assessment", "optimistic_outlook", "pessimistic_outlook"})
"""Fields that may hold analysis."""
PARAGRAPHS: Final[dict[FieldName, int]] = {"what_happened": 0, "who_and_how": 1, "what_next": 2}
MOST_SENTENCES: Final = 6
"""Of a field; more is no summary."""
_MOST_CHARACTERS: Final = 60_000
_LONGEST: Final = 1_200
"""Characters of a sentence that are read: what is longer fails anyway."""

_SENTENCE: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "text": {"type": "string"},
        "kind": {"enum": ["stated", "inferred"]},
        "cites": {"type": "array", "items": {"type": "string"}},
    },
    "required": ["text", "kind", "cites"],
    "additionalProperties": False,
}
BRIEF: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {name: {"type": "array", "items": _SENTENCE} for name in FIELDS},
    "required": list(FIELDS),
    "additionalProperties": False,
}
_NUMBERED: Final[dict[str, Any]] = {
    **_SENTENCE,
    "properties": {"n": {"type": "integer"}, **_SENTENCE["properties"]},
    "required": ["n", *_SENTENCE["required"]],
}
REWRITE: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {"sentences": {"type": "array", "items": _NUMBERED}},
    "required": ["sentences"],
    "additionalProperties": False,
}


@dataclass(frozen=True, slots=True)
class Draft:
    """A sentence as the model gave it; nothing of it is believed yet."""

    field: FieldName
    text: str
    inferred: bool
    cites: tuple[str, ...]

    @property
    def section(self) -> BriefSection:
        """Where it would stand."""
        if self.field in PARAGRAPHS:
            return "deep_analysis"
        return self.field  # type: ignore[return-value]

    @property
    def paragraph(self) -> int:
        """Of the analysis; else 0."""
        return PARAGRAPHS.get(self.field, 0)


def brief(text: str) -> list[Draft]:
    """The sentences of a first answer, by field. Raises ModelError (broken)."""
    found = _object(text)
    drafts = [
        draft
        for name in FIELDS
        for row in _rows(found.get(name))[:MOST_SENTENCES]
        if (draft := _draft(name, row))
    ]
    if not drafts:
        raise ModelError("broken", "the model's answer holds no sentence")
    return drafts


def rewrite(text: str, failed: dict[int, FieldName]) -> dict[int, Draft]:
    """Sentences written anew, by number; those nobody asked for are left out. Raises ModelError."""
    found: dict[int, Draft] = {}
    for row in _rows(_object(text).get("sentences"))[: len(failed)]:
        number = row.get("n")
        if type(number) is int and number in failed and (draft := _draft(failed[number], row)):
            found[number] = draft
    return found


def _object(text: str) -> dict[str, Any]:
    if len(text) > _MOST_CHARACTERS:
        raise ModelError("broken", f"the model's answer has {len(text):,} characters")
    start, end = text.find("{"), text.rfind("}")
    try:
        found = orjson.loads(text[start : end + 1]) if 0 <= start < end else None
    except orjson.JSONDecodeError as error:
        raise ModelError("broken", f"the model's answer is no JSON: {error}") from None
    if not isinstance(found, dict):
        raise ModelError("broken", "the model's answer is no JSON object")
    return found


def _rows(value: Any) -> list[dict[str, Any]]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def _draft(name: FieldName, row: dict[str, Any]) -> Draft | None:
    text, cites = row.get("text"), row.get("cites")
    if not isinstance(text, str) or not text.strip():
        return None
    ids = tuple(c for c in cites if isinstance(c, str))[:20] if isinstance(cites, list) else ()
    inferred = row.get("kind") == "inferred"
    return Draft(name, " ".join(text[:_LONGEST].split()), inferred, tuple(dict.fromkeys(ids)))
