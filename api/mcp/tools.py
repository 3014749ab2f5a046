"""The six tools: name and arguments → an answer as structured content and as text, or one line on
what was wrong.

In: a `Call`, a tool's name, arguments as they came. Out: `Told`. Never raises for what was asked:
an assistant reads the line and asks better.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import ValidationError

from api import problems
from api.mcp import arguments, finding, naming, plain, shapes, telling
from api.mcp.asking import Answer, Call

INSTRUCTIONS: Final = (
    "Breachwire: security news as incident threads; who claims what, on which exact words."
    " Start with search; thread has the brief, claims everybody's word, changes what is new."
    " Cite articles by their address and quote them exactly. A fact's status is part of it:"
    " claimed or reported is not confirmed, and disputed or denied says so. A brief is"
    f" machine-made: pass its disclosure on with it. {plain.NOTICE}"
)


@dataclass(frozen=True, slots=True)
class Tool:
    """What is told of a tool, and what it does."""

    name: str
    title: str
    description: str
    takes: type[arguments.Arguments]
    answers: type[shapes.Told]
    find: Callable[[Call, Any], Answer]
    tell: Callable[[Answer], Iterable[str]]


@dataclass(frozen=True, slots=True)
class Told:
    """An answer."""

    text: str
    content: Answer | None
    """None: it is an error, and the text says which."""


TOOLS: Final[Mapping[str, Tool]] = {
    tool.name: tool
    for tool in (
        Tool(
            "search",
            "Search incident threads",
            "Find incident threads by words, names, a CVE, meaning and filters. Each comes with"
            " its status and the passages that speak for it. At most 20 a page.",
            arguments.SearchArguments,
            shapes.SearchTold,
            finding.search,
            telling.search,
        ),
        Tool(
            "thread",
            "Read a thread",
            "All on one incident: the machine-made brief with its disclosure, every fact with"
            " status, whose word it is and quote, timeline, original reporting, related threads.",
            arguments.ThreadArguments,
            shapes.ThreadTold,
            finding.thread,
            telling.thread,
        ),
        Tool(
            "changes",
            "What changed in a thread",
            "What changed in a thread's facts since a time: before, after, and the words that"
            " changed it. Newest first, at most 50 a page.",
            arguments.ChangesArguments,
            shapes.ChangesTold,
            finding.changes,
            telling.changes,
        ),
        Tool(
            "related",
            "Related coverage",
            "What else was written about a thread, a text or an article that the wire has: what"
            " ties them, what is new to your text, where it says otherwise. At most 10 threads."
            " Fetches no address.",
            arguments.RelatedArguments,
            shapes.RelatedTold,
            finding.related,
            telling.related,
        ),
        Tool(
            "entity",
            "Look up a victim, actor, supplier, CVE or outlet",
            "Who somebody is across threads: spellings, sector, who is named beside, and of each"
            " thread what is said of it, with status and quote. At most 30 threads a page.",
            arguments.EntityArguments,
            shapes.EntityTold,
            naming.entity,
            telling.entity,
        ),
        Tool(
            "claims",
            "Who claims what",
            "The ledger of a thread: every claim on every fact, with status, who says so, when,"
            " and the exact words; also what was said before and what was denied. At most 50 a"
            " page.",
            arguments.ClaimsArguments,
            shapes.ClaimsTold,
            finding.claims,
            telling.claims,
        ),
    )
}


def answer(call: Call, name: str, given: Mapping[str, Any]) -> Told:
    """A tool's answer. Raises KeyError for a name that is none of TOOLS."""
    tool = TOOLS[name]
    try:
        asked = tool.takes.model_validate(given)
        found = tool.find(call, asked)
    except ValidationError as error:
        return Told(_wrong(error), None)
    except Exception as error:
        # What the project raises is a line for people; of anything else the log has the rest.
        return Told(plain.line(problems.status_and_detail(error)[1]), None)
    content = plain.visible({"notice": plain.NOTICE, **found})
    return Told(_text(tool, content), content)


def _text(tool: Tool, content: Answer) -> str:
    """Our own words around the fence, outside words inside."""
    after = [f"More: the same call with cursor={content['next']!r}."] if content.get("next") else []
    body = plain.fenced(tool.tell(plain.inner(content)))
    return "\n".join([content["notice"], *content["notes"], body, *after])


def _wrong(error: ValidationError) -> str:
    """The first thing that was wrong with the arguments; never the value itself."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    where = plain.line(".".join(str(part) for part in first["loc"])[:60])
    said = str(first["msg"]).removeprefix("Value error, ")
    return f"{where}: {said}" if where else said
