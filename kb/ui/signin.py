"""The routes of the door: sign in, sign out, change a password, make the first administrator.

Forms are plain HTML and work without a script. The session's cookie is set here and only here.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import parse_qsl, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from kb.access.keeper import Keeper
from kb.access.sessions import COOKIE, csrf_of, same
from kb.errors import AccessDenied, KbError
from kb.ui import forms
from kb.ui.gate import origin_of

LARGEST = 8192
"""Bytes of a form; a longer one is cut off and refused."""
MOST_FIELDS = 12
FORM_COOKIE = "kb_form"
TYPE = "application/x-www-form-urlencoded"
STALE = "表单已过期，请重新填写"

Fields = Mapping[str, str]
Handler = Callable[[Request], Awaitable[Response]]


class Malformed(Exception):
    """A form that no page of ours sends."""


def routes(keeper: Keeper) -> list[Route]:
    """Of one home."""
    door = Door(keeper)
    return [
        Route("/login", door.login, methods=["GET", "POST"]),
        Route("/login/alive", door.alive, methods=["GET"]),
        Route("/login/oidc/start", door.elsewhere, methods=["GET"]),
        Route("/login/oidc", door.oidc, methods=["GET"]),
        Route("/logout", door.logout, methods=["GET", "POST"]),
        Route("/password", door.password, methods=["GET", "POST"]),
        Route("/setup", door.setup, methods=["GET", "POST"]),
    ]


class Door:
    """The handlers."""

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper

    async def login(self, request: Request) -> Response:
        """The form, and what comes of it."""
        if not await run_in_threadpool(self._keeper.asks):
            return RedirectResponse("/", status_code=303)
        onward = local(request.query_params.get("next", ""))
        if request.method == "GET":
            from kb.ui.oidc import subject_of

            if subject_of(request):
                return RedirectResponse("/login/oidc", status_code=303)
            return self._form(request, forms.login, onward=onward)
        try:
            fields = await self._fields(request)
            token = await run_in_threadpool(
                self._keeper.sign_in,
                fields.get("name", ""),
                fields.get("password", ""),
                origin_of(request),
            )
        except Malformed:
            return self._form(request, forms.login, STALE, 400, onward=onward)
        except AccessDenied as error:
            return self._form(request, forms.login, error.message, 403, onward=onward)
        except KbError as error:
            return self._form(request, forms.login, str(error), 503, onward=onward)
        await self._forget(request)
        return self._signed_in(request, token, local(fields.get("next", "")))

    async def alive(self, request: Request) -> Response:
        """Whether the session still lives, and as what; asking does not keep it alive."""
        headers = {"Cache-Control": "no-store"}
        try:
            if not await run_in_threadpool(self._keeper.asks):
                return Response("", headers=headers)
            token = request.cookies.get(COOKIE, "")
            found = await run_in_threadpool(lambda: self._keeper.session(token, active=False))
        except KbError:
            return Response("", status_code=503, headers=headers)
        if found is None:
            return Response("", status_code=401, headers=headers)
        return Response(found.account.role, media_type="text/plain", headers=headers)

    async def elsewhere(self, _: Request) -> Response:
        """To the provider, by Streamlit's own route."""
        from kb.ui.oidc import configured, start_address

        return RedirectResponse(start_address() if configured() else "/login", status_code=303)

    async def oidc(self, request: Request) -> Response:
        """After Streamlit's own sign-in (``/auth/login``): its signed cookie says who it is."""
        from kb.ui.oidc import COOKIES, subject_of

        subject = subject_of(request)
        if not subject:
            return RedirectResponse("/login", status_code=303)
        try:
            token = await run_in_threadpool(self._keeper.vouched, subject, origin_of(request))
        except AccessDenied as error:
            answer = self._form(request, forms.login, str(error), 403)
        except KbError as error:
            answer = self._form(request, forms.login, str(error), 503)
        else:
            await self._forget(request)
            answer = self._signed_in(request, token, "/")
        for name in COOKIES:
            answer.delete_cookie(name, path="/")
        return answer

    async def logout(self, request: Request) -> Response:
        """By a form only: a picture in somebody's page must not sign anybody out."""
        token = request.cookies.get(COOKIE, "")
        if request.method == "GET":
            if not token:
                return RedirectResponse("/login", status_code=303)
            return _page(forms.logout(csrf_of(token)))
        try:
            await self._fields(request, session=token)
            await run_in_threadpool(self._keeper.sign_out, token, origin_of(request))
        except Malformed:
            return _page(forms.logout(csrf_of(token), STALE), 400)
        except KbError as error:
            return _page(forms.logout(csrf_of(token), str(error)), 503)
        answer = RedirectResponse("/login", status_code=303)
        from kb.ui.oidc import COOKIES

        for name in (COOKIE, *COOKIES):
            answer.delete_cookie(name, path="/")
        answer.headers["Clear-Site-Data"] = '"cache", "storage"'
        return answer

    async def password(self, request: Request) -> Response:
        """Change one's own."""
        token = request.cookies.get(COOKIE, "")
        found = await run_in_threadpool(self._keeper.session, token)
        if found is None:
            return RedirectResponse("/login", status_code=303)
        forced = found.account.must_change
        name = found.account.name
        if request.method == "GET":
            return _page(forms.password(csrf_of(token), name, forced))
        try:
            fields = await self._fields(request, session=token)
            if fields.get("new", "") != fields.get("again", ""):
                return _page(forms.password(csrf_of(token), name, forced, "两次填写不一致"), 400)
            fresh = await run_in_threadpool(
                self._keeper.change_password,
                token,
                fields.get("old", ""),
                fields.get("new", ""),
                origin_of(request),
            )
        except Malformed:
            return _page(forms.password(csrf_of(token), name, forced, STALE), 400)
        except AccessDenied:
            says = "原口令不对，或者账号已被锁定"
            return _page(forms.password(csrf_of(token), name, forced, says), 403)
        except KbError as error:
            return _page(forms.password(csrf_of(token), name, forced, str(error)), 400)
        return self._signed_in(request, fresh, "/")

    async def setup(self, request: Request) -> Response:
        """Behind the one-time link."""
        link = request.query_params.get("token", "")
        good = await run_in_threadpool(self._keeper.is_setup, link)
        if request.method == "GET":
            return self._form(
                request, forms.setup, "" if good else "这个链接无效或已用过", 200 if good else 403
            )
        try:
            fields = await self._fields(request)
            if fields.get("new", "") != fields.get("again", ""):
                return self._form(request, forms.setup, "两次填写不一致", 400)
            await run_in_threadpool(
                self._keeper.set_up,
                link,
                fields.get("name", ""),
                fields.get("shown", ""),
                fields.get("new", ""),
                origin_of(request),
            )
        except Malformed:
            return self._form(request, forms.setup, STALE, 400)
        except KbError as error:
            return self._form(request, forms.setup, str(error), 400)
        return RedirectResponse("/login", status_code=303)

    async def _fields(self, request: Request, *, session: str = "") -> dict[str, str]:
        """A form's fields, if it is one of ours: small, well formed, from our own page.

        Raises:
            Malformed: it is not.
        """
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != TYPE:
            raise Malformed
        origin = request.headers.get("origin")
        if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
            raise Malformed
        body = b""
        async for piece in request.stream():
            body += piece
            if len(body) > LARGEST:
                raise Malformed
        try:
            pairs = parse_qsl(
                body.decode("ascii"),
                keep_blank_values=True,
                strict_parsing=True,
                errors="strict",
                max_num_fields=MOST_FIELDS,
            )
        except ValueError as error:
            raise Malformed from error
        fields = dict(pairs)
        if len(fields) != len(pairs) or any("\x00" in value for value in fields.values()):
            raise Malformed
        wanted = csrf_of(session) if session else request.cookies.get(FORM_COOKIE, "")
        if not wanted or not same(wanted, fields.get("form", "")):
            raise Malformed
        return fields

    def _form(
        self,
        request: Request,
        draw: Callable[..., str],
        says: str = "",
        status: int = 200,
        **more: str,
    ) -> Response:
        """A form for somebody without a session; its cookie and its field must agree."""
        mark = secrets.token_urlsafe(24)
        answer = _page(draw(mark, says, **more), status)
        answer.set_cookie(
            FORM_COOKIE,
            mark,
            path="/",
            httponly=True,
            samesite="strict",
            secure=self._secure(request),
            max_age=3600,
        )
        return answer

    async def _forget(self, request: Request) -> None:
        """The session that the browser came with ends: nobody goes on in it."""
        if old := request.cookies.get(COOKIE, ""):
            await run_in_threadpool(self._keeper.sign_out, old, origin_of(request))

    def _signed_in(self, request: Request, token: str, onward: str) -> Response:
        answer = RedirectResponse(onward or "/", status_code=303)
        # No date: it goes with the browser. Lax, so that a link in a mail finds one signed in.
        answer.set_cookie(
            COOKIE, token, path="/", httponly=True, samesite="lax", secure=self._secure(request)
        )
        answer.delete_cookie(FORM_COOKIE, path="/")
        answer.headers["Cache-Control"] = "no-store"
        return answer

    def _secure(self, request: Request) -> bool:
        shown = self._keeper.settings.public_url
        return shown.startswith("https://") or request.url.scheme == "https"


def local(onward: str) -> str:
    """An address of our own to go on to; "" for any other («//elsewhere», «/\\elsewhere»)."""
    parts = urlsplit(onward.replace("\\", "/")) if onward.isprintable() else None
    if parts is None or parts.scheme or parts.netloc or not onward.startswith("/"):
        return ""
    return "" if onward[1:2] in ("/", "\\") or len(onward) > 2000 else onward


def _page(text: str, status: int = 200) -> HTMLResponse:
    return HTMLResponse(text, status_code=status, headers={"Cache-Control": "no-store"})
