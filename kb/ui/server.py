"""The server: Streamlit's page and our own routes as one application, behind one door."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Match, Route
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import config
from streamlit.starlette import App

from kb.access.keeper import Keeper
from kb.config import Settings
from kb.errors import AccessDenied, AuditUnwritable, KbError, NotFound
from kb.seat import Seat
from kb.ui import assets, counters, feed, keepers, links, metrics, session, signin
from kb.ui.answers import download
from kb.ui.files import TYPES, pack_bytes, safe_name
from kb.ui.gate import Gate, origin_of
from kb.ui.headers import SecurityHeaders
from kb.ui.health import Health
from kb.ui.health import routes as health_routes
from kb.ui.keepers import keeper
from kb.ui.routes import routes as fetched
from kb.ui.shell import notice, shell

log = logging.getLogger("kb.ui")

LOOPBACK = ("127.0.0.1", "localhost", "[::1]", "::1")
"""Names of this machine. Another is answered only where ``public_url`` or ``host`` names it."""

Handler = Callable[[Request], Awaitable[Response]]


def create(settings: Settings, script: Path) -> App:
    """The application that ``kb serve`` runs.

    Args:
        settings: of the home that is shown. ``KB_HOME`` must name the same, for the page itself.
        script: ``app.py``.
    """
    assets.served()
    door = keeper(settings)
    # Streamlit looks at the name too, when the page opens its socket.
    config.set_option("server.allowedHosts", hosts(settings))
    # An upload is refused while it comes in, not after it was read.
    config.set_option("server.maxUploadSize", settings.max_file_mb)

    @asynccontextmanager
    async def lifespan(_: App) -> AsyncIterator[None]:
        # Dictionaries and the model are read at the first search: better before somebody waits.
        Thread(target=session.warm, args=(settings,), daemon=True).start()
        Thread(target=door.warm, daemon=True).start()
        yield
        session.close_all()
        keepers.close_all()

    health = Health(settings)
    page: Handler = _page
    routes = [
        *health_routes(health),
        metrics.route(settings, health),
        *signin.routes(door),
        Route("/kb/{name}", _asset),
        # Streamlit asks for its own before it knows of ours.
        Route("/favicon.png", _icon),
        *fetched(settings),
        Route("/feed/{secret}.ics", _feed(settings, door)),
        Route("/files/pack/{id}/{name}", _pack(settings)),
        *(Route(f"/{path}", page) for path in ("", *links.PATHS)),
        # What is no page of ours Streamlit would answer with a page of its own, in English.
        Else("/{nothing}", _nothing),
    ]
    return App(
        script,
        routes=routes,
        lifespan=lifespan,
        middleware=[
            Middleware(counters.Counted),
            Middleware(Named, settings=settings),
            Middleware(SecurityHeaders),
            Middleware(Gate, keeper=door),
        ],
        exception_handlers={500: _fault},
    )


class Named(TrustedHostMiddleware):
    """Answers to its own names only; to who brings the token of the metrics, under any: what
    gathers them knows a server by its address."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        super().__init__(app, allowed_hosts=hosts(settings), www_redirect=False)
        self._any = (metrics.PATH,) if settings.metrics_token else ()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] == "http" and scope["path"] in self._any:
            await self.app(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


STREAMLITS = ("/oauth2callback",)
"""Addresses of one part that are Streamlit's (the others have more)."""


class Else(Route):
    """What no route of ours or of Streamlit's takes."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """As `Route.matches`, but never for what is Streamlit's."""
        if scope.get("path") in STREAMLITS:
            return Match.NONE, {}
        return super().matches(scope)


def hosts(settings: Settings) -> list[str]:
    """Names under which the page may be asked for."""
    shown = urlsplit(settings.public_url).hostname
    own = settings.host if settings.host not in ("0.0.0.0", "::", *LOOPBACK) else ""  # noqa: S104
    return [*LOOPBACK, *(name for name in (shown, own) if name)]


async def _asset(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in assets.FILES:
        return PlainTextResponse("没有这个文件", status_code=404)
    headers = {"Cache-Control": "no-cache"}
    return Response(assets.data(name), media_type=assets.FILES[name], headers=headers)


async def _icon(_: Request) -> Response:
    return Response(assets.data("icon.svg"), media_type=assets.FILES["icon.svg"])


def _pack(settings: Settings) -> Handler:
    async def answer(request: Request) -> Response:
        """A pack's file, made from what is stored. The name decides the format and is what the
        browser saves it under; it reaches no file system."""
        name = safe_name(request.path_params["name"])
        if name is None:
            return PlainTextResponse("没有这种文件", status_code=404)
        form = Path(name).suffix[1:]
        pack_id = request.path_params["id"]
        inline = request.query_params.get("view") == "1" and form == "html"

        def work() -> bytes:
            with session.serving(request, settings):
                return pack_bytes(session.here().seat, pack_id, form, view=inline)

        try:
            data = await run_in_threadpool(work)
        except NotFound as error:
            return PlainTextResponse(str(error), status_code=404)
        except AccessDenied as error:
            return PlainTextResponse(str(error), status_code=403)
        except AuditUnwritable as error:
            counters.failed(error)
            return PlainTextResponse(str(error), status_code=503)
        except KbError as error:
            counters.failed(error)
            log.warning("pack %s: %s", pack_id, error)
            return PlainTextResponse(str(error), status_code=500)
        return download(data, name, TYPES[form], inline=inline)

    return answer


def _feed(settings: Settings, door: Keeper) -> Handler:
    async def answer(request: Request) -> Response:
        """One person's dates, for a calendar program: the secret in the address says whose."""

        def work() -> bytes:
            base = session.opened(settings).base
            secret = str(request.path_params["secret"])
            who = feed.whose(base, door, secret, f"日程订阅 {origin_of(request)}")
            return feed.ics(Seat(base, who), settings)

        try:
            data = await run_in_threadpool(work)
        except NotFound as error:
            return PlainTextResponse(str(error), status_code=404)
        except AccessDenied:
            return PlainTextResponse(feed.NONE_SUCH, status_code=404)
        except KbError as error:
            counters.failed(error)
            log.warning("feed: %s", error)
            return PlainTextResponse("暂时取不到日程，请稍后再试", status_code=503)
        headers = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
        return Response(data, media_type=feed.TYPE, headers=headers)

    return answer


async def _page(_: Request) -> Response:
    return HTMLResponse(shell(), headers={"Cache-Control": "no-cache"})


async def _nothing(_: Request) -> Response:
    return HTMLResponse(notice("没有这一页", "网址可能写错了，或者内容已经移走。"), status_code=404)


async def _fault(request: Request, error: Exception) -> Response:
    counters.failed(error)
    # The traceback goes to the log of the server; a person is told in words.
    log.error("failed: %s", request.url.path)
    return HTMLResponse(notice("没有办成", "程序遇到了没有料到的情况，请重试。"), status_code=500)
