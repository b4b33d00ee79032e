"""The door of the API: a token, an event in the log, then the answer; nothing goes around it."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from kb.access.keeper import Keeper
from kb.access.tokens import FORM
from kb.access.visitor import Visitor
from kb.api.limits import A_MINUTE, Rate
from kb.api.problems import Problem, problem_of
from kb.base import KnowledgeBase
from kb.catalogue.audit import Event
from kb.config import Settings
from kb.errors import AccessDenied
from kb.seat import Seat

ORIGIN = "api"
GENERATION = "KB-Generation"
FAILURES = 30
"""Refused tokens of one address that are noted each minute; more are refused without an event."""
AT_ONCE = 64
"""Requests that are answered or wait for a thread; one more is told to come again."""
READS = ("GET", "HEAD")
CHANGING = ("took_ms",)
"""What is different each time and says nothing of the answer: left out of its ETag."""

Make = Callable[[Seat, Request], Response]


@dataclass
class Door:
    """One a process. Safe for several threads.

    ``hosts``: names under which it may be asked for; empty: any.
    """

    settings: Settings
    hosts: frozenset[str] = frozenset()
    a_minute: int = A_MINUTE
    busy: int = 0
    _base: KnowledgeBase | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.keeper = Keeper(self.settings)
        self._rate = Rate(self.a_minute)
        self._failures = Rate(FAILURES)

    def base(self) -> KnowledgeBase:
        """The base, opened at the first question; an error is not kept."""
        with self._lock:
            if self._base is None:
                self._base = KnowledgeBase.open(self.settings)
            return self._base

    def close(self) -> None:
        """Let go of the base and of the databases."""
        with self._lock:
            if self._base is not None:
                self._base.close()
                self._base = None
        self.keeper.close()

    def answer(self, request: Request, make: Make) -> Response:
        """What comes of a request, whatever goes wrong."""
        try:
            self._host(request)
            who = self._who(request)
            seat = Seat(self.base(), who)
            if (wait := self._rate.take(who.origin.partition(" ")[2])) > 0:
                raise Problem(429, headers={"Retry-After": str(ceil(wait))})
            if request.method not in READS:
                self._refused(who, f"{request.method} {request.url.path}", "只读接口")
                raise Problem(405, headers={"Allow": ", ".join(READS)})
            made = make(seat, request)
            made.headers[GENERATION] = str(seat.generation)
        except Exception as error:
            return problem_of(error).answer()
        return made

    def nothing(self, seat: Seat, request: Request) -> Response:
        """For an address that there is not."""
        self._refused(seat.visitor, f"{request.method} {request.url.path}", "没有这个地址")
        raise Problem(404)

    def _host(self, request: Request) -> None:
        name = request.headers.get("host", "").rpartition("@")[2]
        name = name.partition("]")[0] + "]" if name.startswith("[") else name.partition(":")[0]
        if self.hosts and name.lower() not in self.hosts:
            raise Problem(421)

    def _who(self, request: Request) -> Visitor:
        """Raises `Problem` (401) in the same words for every reason; the log has the reason."""
        address = request.client.host if request.client else "?"
        given = request.headers.getlist("authorization")
        scheme, _, secret = given[0].partition(" ") if len(given) == 1 else ("", "", "")
        secret = secret.strip() if scheme.lower() == "bearer" else ""
        try:
            # A good token opens whatever others at its address do.
            return self.keeper.bearer(
                secret, f"{ORIGIN} {address}", noting=lambda: self._failures.take(address) == 0
            )
        except AccessDenied:
            headers = {"WWW-Authenticate": 'Bearer realm="shuniu"'}
            raise Problem(401, headers=headers) from None

    def _refused(self, who: Visitor, what: str, why: str) -> None:
        # A token written into an address by mistake must not be in the log for others to use.
        what = FORM.sub("（令牌）", what)[:300]
        event = Event(who.name, who.origin, ORIGIN, what, allowed=False, reason=why)
        self.base().audit.append(event)


@dataclass
class Endpoint:
    """One address, as ASGI: so that every method comes to the door, which refuses all but reads."""

    door: Door
    make: Make

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        door, request = self.door, Request(scope)
        if door.busy >= AT_ONCE:
            wait = {"Retry-After": "1"}
            await Problem(503, "同时的请求太多", wait).answer()(scope, receive, send)
            return
        # Counted by the one thread of the event loop.
        door.busy += 1
        try:
            answer = await run_in_threadpool(door.answer, request, self.make)
        finally:
            door.busy -= 1
        await answer(scope, receive, send)


def told(request: Request, body: dict[str, Any]) -> Response:
    """A JSON answer with the ETag of what it says; 304 where the asker has it already."""
    kept = {key: value for key, value in body.items() if key not in CHANGING}
    spelled = json.dumps(kept, ensure_ascii=False, sort_keys=True).encode("utf-8", "replace")
    tag = f'W/"{hashlib.sha256(spelled).hexdigest()[:32]}"'
    # To be asked anew each time: rights and papers change.
    headers = {"ETag": tag, "Cache-Control": "private, no-cache", "Vary": "Authorization"}
    known = {one.strip() for one in request.headers.get("if-none-match", "").split(",")}
    if tag in known:
        return Response(status_code=304, headers=headers)
    data = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
    return Response(data, media_type="application/json", headers=headers)
