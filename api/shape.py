"""What the shapes of answers are made of, for OpenAPI: their base, and fields with a description.

In: a field's description and examples. Out: pydantic's. The shapes stand in the modules of their
nouns: `list_schema`, `search_schema`, `related_schema`, `entity_schema`, `wire_schema`,
`version_schema`; those of a few routes alone beside the routes. Answers are made as dicts and
encoded by orjson; tests hold them to the shapes.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Shape(BaseModel):
    """Base of all shapes: nothing beyond the described fields."""

    model_config = ConfigDict(extra="forbid")


def described(description: str, *examples: Any) -> Any:
    """A field that must be there."""
    return Field(description=description, examples=list(examples) or None)
