"""The protocol: the tools of `tools` behind the official SDK, over stdio and over HTTP.

In: what makes a `Call` of a request (None over stdio), our version. Out: `Speaker`, whose `stdio`
runs until its input ends and whose `http` answers one request. Both eras of the protocol are
spoken, with and without a handshake, as the SDK does. This module alone imports the SDK.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

import anyio
from anyio import to_thread
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.shared.exceptions import MCPError
from mcp_types import (
    INVALID_PARAMS,
    CallToolRequestParams,
    CallToolResult,
    ListToolsResult,
    PaginatedRequestParams,
    TextContent,
    ToolAnnotations,
)
from mcp_types import Tool as Described
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from api.mcp import tools
from api.mcp.asking import Call

LARGEST: Final = 700_000
"""Bytes of a request: 100 kB of text are at most 600,000 as JSON."""
_READS: Final = ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)
Context = ServerRequestContext[Any, Any]


class Speaker:
    """The server; keeps nothing between two requests."""

    def __init__(self, call: Callable[[Request | None], Call], version: str) -> None:
        self._call = call
        self._listed = ListToolsResult(tools=[_described(tool) for tool in tools.TOOLS.values()])
        schemas = {tool.name: tool.input_schema for tool in self._listed.tools}
        self._server: Server[Any] = Server(
            "breachwire",
            version=version,
            title="Breachwire",
            instructions=tools.INSTRUCTIONS,
            get_tool_input_schema=schemas.get,
            on_list_tools=self._list,
            on_call_tool=self._answer,
        )

    async def _list(self, ctx: Context, params: PaginatedRequestParams | None) -> ListToolsResult:  # noqa: ARG002
        return self._listed

    async def _answer(self, ctx: Context, params: CallToolRequestParams) -> CallToolResult:
        if params.name not in tools.TOOLS:
            raise MCPError(INVALID_PARAMS, f"no such tool; there are {', '.join(tools.TOOLS)}")
        given: Mapping[str, Any] = params.arguments or {}
        work = partial(self._told, ctx.request, params.name, given)
        told = await to_thread.run_sync(work)
        text = TextContent(type="text", text=told.text)
        return CallToolResult(
            content=[text], structured_content=told.content, is_error=told.content is None
        )

    def _told(self, request: Request | None, name: str, given: Mapping[str, Any]) -> tools.Told:
        return tools.answer(self._call(request), name, given)

    async def http(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, whose Host and Origin were looked at before."""
        manager = StreamableHTTPSessionManager(
            self._server, json_response=True, stateless=True, max_request_body_size=LARGEST
        )
        # A manager a request: nothing of it outlives the answer.
        async with manager.run():
            await manager.handle_request(scope, receive, send)

    def stdio(self) -> None:
        """Speak over standard input and output until the input ends; meanwhile whatever else is
        printed goes to standard error."""
        anyio.run(self._stdio)

    async def _stdio(self) -> None:
        async with stdio_server() as (read, write):
            await self._server.run(read, write, self._server.create_initialization_options())


def _described(tool: tools.Tool) -> Described:
    return Described(
        name=tool.name,
        title=tool.title,
        description=tool.description,
        input_schema=tool.takes.model_json_schema(),
        output_schema=tool.answers.model_json_schema(by_alias=True, mode="serialization"),
        annotations=_READS,
    )
