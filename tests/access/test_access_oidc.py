"""OpenID Connect from end to end without a network: a provider of our own on loopback."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from kb.access.accounts import Person
from kb.access.keeper import Keeper
from kb.access.policy import Role
from kb.access.sessions import COOKIE
from kb.catalogue.audit import Filter
from kb.config import Settings
from kb.ui import keepers, session
from tests.access.test_access_signin import client_of, inside

pytest.importorskip("authlib", reason="the extra «oidc» is not installed")

CLIENT = "kb-client"
SECRET = "s" * 40


class Provider:
    """Says yes to everybody, as whoever ``email`` is."""

    def __init__(self) -> None:
        from joserfc.jwk import RSAKey

        self.email = "anna@example.cn"
        self.verified = True
        self.nonce = ""
        self.key = RSAKey.generate_key(2048, {"kid": "1", "use": "sig", "alg": "RS256"})
        self.root = ""

    def app(self) -> Starlette:
        """Its four addresses."""
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self.configuration),
                Route("/authorize", self.authorize),
                Route("/token", self.token, methods=["POST"]),
                Route("/jwks", self.jwks),
            ]
        )

    async def configuration(self, _: Request) -> Response:
        return JSONResponse(
            {
                "issuer": self.root,
                "authorization_endpoint": f"{self.root}/authorize",
                "token_endpoint": f"{self.root}/token",
                "jwks_uri": f"{self.root}/jwks",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "code_challenge_methods_supported": ["S256"],
            }
        )

    async def authorize(self, request: Request) -> Response:
        asked = request.query_params
        self.nonce = asked["nonce"]
        assert asked["code_challenge_method"] == "S256"
        return RedirectResponse(f"{asked['redirect_uri']}?code=c&state={asked['state']}")

    async def token(self, _: Request) -> Response:
        from joserfc import jwt

        now = int(time.time())
        claims = {
            "iss": self.root,
            "aud": CLIENT,
            "sub": "1",
            "iat": now,
            "exp": now + 600,
            "nonce": self.nonce,
            "email": self.email,
            "email_verified": self.verified,
        }
        signed = jwt.encode({"alg": "RS256", "kid": "1"}, claims, self.key)
        return JSONResponse({"access_token": "a", "token_type": "Bearer", "id_token": signed})

    async def jwks(self, _: Request) -> Response:
        return JSONResponse({"keys": [self.key.as_dict(private=False)]})


@pytest.fixture
def provider() -> Iterator[Provider]:
    import socket

    import uvicorn

    made = Provider()
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    made.root = f"http://127.0.0.1:{listening.getsockname()[1]}"
    running = uvicorn.Server(uvicorn.Config(made.app(), log_level="error"))
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not running.started:
        time.sleep(0.02)
    yield made
    running.should_exit = True
    thread.join(timeout=10)
    listening.close()


@pytest.fixture
def keeper(
    aviary_copy: Path, provider: Provider, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Keeper]:
    from streamlit import config
    from streamlit.runtime.secrets import secrets_singleton

    file = tmp_path / "secrets.toml"
    file.write_text(
        "[auth]\n"
        'redirect_uri = "http://127.0.0.1:8501/oauth2callback"\n'
        f'cookie_secret = "{"k" * 40}"\n'
        f'client_id = "{CLIENT}"\nclient_secret = "{SECRET}"\n'
        f'server_metadata_url = "{provider.root}/.well-known/openid-configuration"\n',
        encoding="utf-8",
    )
    before = config.get_option("secrets.files")
    config.set_option("secrets.files", [str(file)])
    secrets_singleton._reset()
    made = keepers.keeper(Settings(home=aviary_copy))
    made.accounts.add(
        Person("anna", Role.READER, departments=None, subject="Anna@Example.cn"),
    )
    yield made
    config.set_option("secrets.files", before)
    secrets_singleton._reset()
    keepers.close_all()
    session.close_all()


def through(client, provider: Provider):  # type: ignore[no-untyped-def]
    """As a browser goes: our door, Streamlit's route, the provider, back, our door."""
    import urllib.request

    answer = client.get("/login/oidc/start")
    answer = client.get(answer.headers["location"])
    assert answer.headers["location"].startswith(provider.root)

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_: object) -> None:
            return None

    try:
        urllib.request.build_opener(Stay).open(answer.headers["location"])
    except urllib.error.HTTPError as redirect:  # a redirect that is not followed
        back = urlsplit(redirect.headers["location"])
        redirect.close()
    assert parse_qs(back.query)["code"] == ["c"]
    answer = client.get(f"{back.path}?{back.query}")
    assert answer.headers["location"] == "/"
    answer = client.get("/", headers={"accept": "text/html"})
    assert answer.headers["location"].startswith("/login")
    answer = client.get("/login")
    assert answer.headers["location"] == "/login/oidc"
    return client.get("/login/oidc")


def test_who_has_an_account_comes_in_by_the_provider(
    keeper: Keeper, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of(keeper.settings, monkeypatch)
    assert "用统一身份认证登录" in client.get("/login").text
    answer = through(client, provider)
    assert answer.status_code == 303
    assert COOKIE in client.cookies
    # The provider's cookie does not stay: it could be used again after signing out.
    assert "_streamlit_user" not in client.cookies
    assert inside(client)
    keeper.accounts.disable("anna")
    assert not inside(client)
    noted = [(r.who, r.subject) for r in keeper.doors.audit.every(Filter(action="login"))]
    assert noted == [("anna", "OIDC")]


def test_who_has_none_stays_outside(
    keeper: Keeper, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.email = "eve@example.cn"
    client = client_of(keeper.settings, monkeypatch)
    answer = through(client, provider)
    assert answer.status_code == 403
    assert "没有为您开通账号" in answer.text
    assert not inside(client)
    assert "_streamlit_user" not in client.cookies


def test_an_unconfirmed_address_is_nobodys(
    keeper: Keeper, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.verified = False
    client = client_of(keeper.settings, monkeypatch)
    with pytest.raises(KeyError):  # no redirect to our door: the form is shown again
        through(client, provider)
    assert not inside(client)


@pytest.mark.parametrize("secret", ["k" * 40, "z" * 40])
def test_an_old_or_forged_cookie_is_worth_nothing(
    keeper: Keeper, monkeypatch: pytest.MonkeyPatch, secret: str
) -> None:
    import json

    from itsdangerous import URLSafeTimedSerializer

    class Old(URLSafeTimedSerializer):
        def make_signer(self, salt=None):  # type: ignore[no-untyped-def]
            signer = super().make_signer(salt)
            if secret[0] == "k":  # the right secret, but ten minutes ago
                signer.get_timestamp = lambda: int(time.time()) - 600
            return signer

    said = json.dumps({"is_logged_in": True, "email": "anna@example.cn"})
    value = Old(secret, salt="_streamlit_user").dumps(said)
    client = client_of(keeper.settings, monkeypatch)
    client.cookies.set("_streamlit_user", value)
    assert client.get("/login/oidc").headers["location"] == "/login"
    assert not inside(client)
