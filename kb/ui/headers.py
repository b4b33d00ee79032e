"""What a browser is told to refuse. Pure ASGI, so that websockets pass untouched."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import lru_cache

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kb.ui.shell import shell

FIXED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "SAMEORIGIN",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}


class SecurityHeaders:
    """Adds the headers to every answer. The host was checked before (see `kb.ui.server`)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        host = dict(scope["headers"]).get(b"host", b"").decode("latin-1")

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in FIXED.items():
                    headers[name] = value
                headers["Content-Security-Policy"] = policy(host)
            await send(message)

        await self._app(scope, receive, with_headers)


@lru_cache(maxsize=16)
def policy(host: str) -> str:
    """Everything from here and nothing else.

    ``'unsafe-inline'`` for styles: Streamlit's (emotion) are written at run time. Scripts are
    files; the one that stands in Streamlit's page is named by its digest. A live chart (Vega) would
    need ``'unsafe-eval'``: ours are drawn on this side (`kb.ui.charts`). ``ws:`` is named because
    not every browser takes ``'self'`` for it.
    """
    inline = " ".join(f"'sha256-{d}'" for d in digests(shell()))
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' {inline}".rstrip(),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            f"connect-src 'self' ws://{host} wss://{host}",
            "worker-src 'self' blob:",
            "frame-src 'self'",
            "frame-ancestors 'self'",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
        )
    )


def digests(page: str) -> list[str]:
    """SHA-256 of each script that stands in the page itself, in base64 (CSP level 3, 2.3)."""
    scripts = re.findall(r"<script>(.*?)</script>", page, flags=re.DOTALL)
    return [base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in scripts]
