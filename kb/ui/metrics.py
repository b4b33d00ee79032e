"""What a server tells Prometheus of itself: numbers, no question, no name, no path.

Who may read it: with ``metrics_token`` set, whoever brings it (``Authorization: Bearer …``), from
anywhere; without, this machine only, asked by its own name and past no proxy.
"""

from __future__ import annotations

import hmac
import ipaddress
import math
from datetime import UTC, datetime

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from kb import meter
from kb.config import Settings
from kb.ui import counters
from kb.ui.health import PARTS, Found, Health

PATH = "/metrics"
FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")
LOOPBACK_NAMES = ("127.0.0.1", "localhost", "::1")


def route(settings: Settings, health: Health) -> Route:
    """``/metrics``."""
    meter.listen(counters.asked)

    async def answer(request: Request) -> Response:
        """In Prometheus' text format."""
        if not allowed(request, settings.metrics_token):
            if settings.metrics_token:
                challenge = {"WWW-Authenticate": 'Bearer realm="metrics"'}
                return PlainTextResponse("须带指标令牌", status_code=401, headers=challenge)
            return PlainTextResponse(
                "指标只在本机上看；要从别处读取，请设 KB_METRICS_TOKEN", status_code=403
            )
        _note(await health.found())
        text = generate_latest(counters.REGISTRY)
        headers = {"Content-Type": CONTENT_TYPE_LATEST, "Cache-Control": "no-store"}
        return Response(text, headers=headers)

    return Route(PATH, answer)


def allowed(request: Request, token: str) -> bool:
    """Whether this request may read the numbers."""
    if token:
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        same = hmac.compare_digest(given.strip().encode("utf-8"), token.encode("utf-8"))
        return scheme.lower() == "bearer" and same
    # A proxy on this machine speaks for others; and so does a page of theirs, by a name of its own
    # for this machine.
    if any(name in request.headers for name in FORWARDED):
        return False
    if request.url.hostname not in LOOPBACK_NAMES or request.client is None:
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False


def _note(found: Found) -> None:
    missing = {said["part"] for said in found.missing}
    for part in PARTS:
        counters.READY.labels(part).set(not missing & {part, "all"})
    counters.GENERATION.set(found.generation or math.nan)
    counters.AGE.set((datetime.now(UTC) - found.made).total_seconds() if found.made else math.nan)
