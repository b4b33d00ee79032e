"""OpenID Connect by Streamlit's own sign-in: who its signed cookie says it is.

Streamlit's routes (``/auth/login``, ``/oauth2callback``) talk to the provider that
``.streamlit/secrets.toml`` names and set a signed, HttpOnly cookie. We read it once, look for the
account with that identity, and go on with a session of our own: so a stopped account is out at
once, and rights are those of the account, never what the provider says.
"""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

from starlette.requests import Request
from streamlit.auth_util import encode_provider_token, get_cookie_with_chunks
from streamlit.auth_util import get_secrets_auth_section as _section
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import (
    TOKENS_COOKIE_NAME,
    USER_COOKIE_NAME,
)

COOKIES = (USER_COOKIE_NAME, TOKENS_COOKIE_NAME)
CLAIM = "email"
SHORTEST_SECRET = 32
FRESH_DAYS = 5 / 1440
"""Five minutes: the cookie is for going through the door once, not for coming back with."""


def configured() -> bool:
    """Whether a provider is named in the secrets."""
    with suppress(Exception):  # no secrets file, or one that Streamlit cannot read: no button
        return bool(_section())
    return False


def start_address() -> str:
    """Where the provider's sign-in begins."""
    return f"/auth/login?provider={encode_provider_token('default')}"


def subject_of(request: Request) -> str:
    """The e-mail address that the provider confirmed; "" where there is none to trust."""
    secret = get_cookie_secret()
    if not configured() or len(secret) < SHORTEST_SECRET:
        return ""

    def one(name: str) -> bytes | None:
        value = request.cookies.get(name)
        if value is None:
            return None
        signed = value.encode("latin-1", "replace")
        return decode_signed_value(secret, name, signed, max_age_days=FRESH_DAYS)

    with suppress(ValueError, TypeError, AttributeError, KeyError):
        raw = get_cookie_with_chunks(one, USER_COOKIE_NAME)
        said: dict[str, Any] = json.loads(raw) if raw else {}
        if not said.get("is_logged_in") or said.get("email_verified") is False:
            return ""
        return str(said.get(CLAIM, "")).strip().lower()
    return ""
