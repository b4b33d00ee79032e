"""What a server counts of itself: numbers, no question, no name, no path. `kb.ui.metrics` tells
them."""

from __future__ import annotations

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
)
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kb import meter
from kb.errors import AccessDenied, EditConflict, KbError, NotFound, QuerySyntaxError, StepRefused

# A registry of our own: what else in this process counts (Streamlit does) is not told.
REGISTRY = CollectorRegistry()
disable_created_metrics()  # type: ignore[no-untyped-call] # theirs has no return type
ProcessCollector(registry=REGISTRY)

QUERIES = Counter("shuniu_queries", "Questions, by how they went", ["outcome"], registry=REGISTRY)
SECONDS = Histogram(
    "shuniu_query_seconds",
    "Seconds that a question took, noting it in the log included",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0),
    registry=REGISTRY,
)
ERRORS = Counter(
    "shuniu_errors",
    "Requests that failed by no doing of the reader's, by kind of error",
    ["kind"],
    registry=REGISTRY,
)
RESPONSES = Counter("shuniu_http_responses", "Answers by HTTP status", ["code"], registry=REGISTRY)
SOCKETS = Gauge("shuniu_open_pages", "Pages open now (their sockets)", registry=REGISTRY)
READY = Gauge("shuniu_ready", "Whether a part answers: 1 or 0", ["part"], registry=REGISTRY)
GENERATION = Gauge("shuniu_index_generation", "The generation served here", registry=REGISTRY)
AGE = Gauge("shuniu_index_age_seconds", "Since that generation was made", registry=REGISTRY)

for _outcome in meter.OUTCOMES:
    QUERIES.labels(_outcome)
for _kind in ("CatalogueError", "EngineError", "IndexCorrupt", "AuditUnwritable", "unexpected"):
    # There from the start, so that the first one is seen as a rise.
    ERRORS.labels(_kind)

READERS_OWN = (AccessDenied, NotFound, QuerySyntaxError, StepRefused, EditConflict)
"""What a reader can bring about by himself is no fault of the server's."""


def failed(error: BaseException) -> None:
    """Count a request that failed. What is the reader's own doing is passed over."""
    if not isinstance(error, READERS_OWN):
        ERRORS.labels(type(error).__name__ if isinstance(error, KbError) else "unexpected").inc()


def asked(outcome: str, seconds: float) -> None:
    """Count a question (`kb.meter.listen`)."""
    QUERIES.labels(outcome).inc()
    if outcome != meter.KEPT:
        SECONDS.observe(seconds)


class Counted:
    """Counts answers and open pages. Pure ASGI, around everything else."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] == "http":
            await self._app(scope, receive, _counting(send))
        elif scope["type"] == "websocket":
            with SOCKETS.track_inprogress():
                await self._app(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def _counting(send: Send) -> Send:
    async def counted(message: Message) -> None:
        if message["type"] == "http.response.start":
            RESPONSES.labels(str(message["status"])).inc()
        await send(message)

    return counted
