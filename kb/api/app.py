"""The application that ``kb api serve`` runs: a process of its own beside the page's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import date
from threading import Thread

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from kb.access.policy import Action
from kb.api.addresses import ADDRESSES
from kb.api.asked import read
from kb.api.door import Door, Endpoint, told
from kb.api.openapi import description
from kb.api.problems import Problem
from kb.errors import KbError
from kb.model import Scope
from kb.seat import Seat


def create(door: Door) -> Starlette:
    """All addresses behind one door."""
    described = description()

    def openapi(seat: Seat, request: Request) -> Response:
        read(request.query_params, ())
        seat.allow(Action.LIST, "接口说明")
        return told(request, described)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        # Dictionaries and the model are read at the first search: better before somebody waits.
        warming = Thread(target=_warm, args=(door,), daemon=True)
        warming.start()
        yield
        # Not under its feet: it reads from what is closed next.
        await run_in_threadpool(warming.join, 10)
        door.close()

    async def alive(_: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def ready(_: Request) -> Response:
        try:
            generation = await run_in_threadpool(lambda: door.base().generation)
        except KbError:
            return Problem(503, "还没有可用的索引").answer()
        return JSONResponse({"status": "ok", "generation": generation})

    return Starlette(
        routes=[
            # What everybody may ask, without a token: nothing of a paper.
            Route("/healthz", alive),
            Route("/readyz", ready),
            *(Route(one.path, Endpoint(door, one.make)) for one in ADDRESSES),
            Route("/openapi.json", Endpoint(door, openapi)),
            Route("/{rest:path}", Endpoint(door, door.nothing)),
        ],
        lifespan=lifespan,
    )


def _warm(door: Door) -> None:
    with suppress(KbError):
        door.base().search("印章", Scope.everything(as_of=date.today()), limit=1)
