"""Nothing behind the door without a session: pure ASGI, so that websockets pass through it too."""

from __future__ import annotations

import logging
from urllib.parse import quote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kb.access.keeper import Keeper
from kb.access.sessions import COOKIE, Session
from kb.errors import KbError
from kb.ui import counters
from kb.ui.shell import notice

log = logging.getLogger("kb.ui")

OPEN = (
    "/login", "/setup", "/healthz", "/readyz", "/metrics", "/_stcore/health", "/oauth2callback",
)  # fmt: skip
OPEN_BELOW = ("/kb/", "/static/", "/auth/", "/login/", "/feed/")
"""What everybody may fetch: forms, style, Streamlit's own code; no word of a paper. Below
``/feed/`` the address itself is the key (`kb.ui.feed`); `kb.ui.metrics` asks for its own."""

CHANGE = "/password"
POLICY_VIOLATION = 1008
AWAY = "存放账号的数据库没有回答。请稍后刷新；仍然打不开，请告知维护人员。"


def origin_of(connection: HTTPConnection) -> str:
    """Where a request comes from, for the log. Uvicorn has put in what a trusted proxy said."""
    return f"网页 {connection.client.host}" if connection.client else "网页"


class Gate:
    """Lets in who has signed in. Where nobody has to, everybody."""

    def __init__(self, app: ASGIApp, keeper: Keeper) -> None:
        self._app = app
        self._keeper = keeper

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        path = scope["path"]
        socket = scope["type"] == "websocket"
        if path in OPEN or path.startswith(OPEN_BELOW):
            await self._app(scope, receive, send)
            return
        try:
            asks = await run_in_threadpool(self._keeper.asks)
            connection = HTTPConnection(scope)
            token = connection.cookies.get(COOKIE, "")
            found = await run_in_threadpool(self._keeper.session, token) if asks else None
        except KbError as error:
            counters.failed(error)
            await self._refuse(scope, receive, send, 503, error.message)
            return
        if asks and found is None:
            await self._to_the_door(scope, receive, send, "/login")
        elif found is not None and found.account.must_change and path not in (CHANGE, "/logout"):
            await self._to_the_door(scope, receive, send, CHANGE)
        elif socket and not _same_site(connection):
            await self._refuse(scope, receive, send, 403, "")
        elif socket and found is not None:
            await self._app(scope, self._watched(receive, token, found), send)
        else:
            await self._app(scope, receive, send)

    def _watched(self, receive: Receive, token: str, began: Session) -> Receive:
        """What the page sends counts only while its session lives: signed out is signed out."""

        async def watched() -> Message:
            message = await receive()
            if message["type"] == "websocket.receive":
                try:
                    now = await run_in_threadpool(self._keeper.session, token)
                except KbError:
                    now = None
                if now is None or now.account.role != began.account.role:
                    return {"type": "websocket.disconnect", "code": POLICY_VIOLATION}
            return message

        return watched

    async def _to_the_door(self, scope: Scope, receive: Receive, send: Send, door: str) -> None:
        wants_page = scope["type"] == "http" and scope["method"] in ("GET", "HEAD")
        if wants_page and "text/html" in Headers(scope=scope).get("accept", ""):
            asked = scope["path"] + (f"?{scope['query_string'].decode('latin-1')}").rstrip("?")
            back = f"?next={quote(asked, safe='')}" if door == "/login" and asked != "/" else ""
            await RedirectResponse(door + back, status_code=303)(scope, receive, send)
            return
        await self._refuse(scope, receive, send, 401, "请先登录")

    @staticmethod
    async def _refuse(scope: Scope, receive: Receive, send: Send, status: int, says: str) -> None:
        if scope["type"] == "websocket":
            # Before it is accepted: the browser is told 403.
            await receive()
            await send({"type": "websocket.close", "code": POLICY_VIOLATION})
            return
        headers = {"Cache-Control": "no-store"}
        answer: Response = PlainTextResponse(says, status_code=status, headers=headers)
        if status == 503:
            # Nobody is known yet: what is the matter, and where it lies, is for the log.
            log.error("the door cannot be watched: %s", says)
            answer = PlainTextResponse(AWAY, status_code=status, headers=headers)
            if "text/html" in Headers(scope=scope).get("accept", ""):
                answer = HTMLResponse(notice("暂时打不开", AWAY), status_code=503, headers=headers)
        await answer(scope, receive, send)


def _same_site(connection: HTTPConnection) -> bool:
    """A page of another site may not open our socket with our person's cookie."""
    origin = connection.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == connection.headers.get("host")
