"""What the page fetches beside Streamlit: suggestions, previews, tables to take away."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from indexer.pages import picture
from indexer.sources import digest
from kb.access.policy import Action
from kb.config import Settings
from kb.decide import render_bytes
from kb.decide.follow.notice import month, notice, template
from kb.decide.reading import entries, reading_list
from kb.errors import AccessDenied, KbError, NotFound
from kb.ui import counters, export, feed, ledger, links, session, state, survey_files
from kb.ui.answers import download
from kb.ui.asked import Asked, listing
from kb.ui.cite import citation
from kb.ui.files import TYPES, copy_of, mark_of, original_name
from kb.ui.session import Mine
from kb.ui.suggest import suggestions

log = logging.getLogger("kb.ui")

Handler = Callable[[Request], Awaitable[Response]]
Make = Callable[[Mine, QueryParams], Response]

LONGEST = 400
"""Characters of a preview."""


def routes(settings: Settings) -> list[Route]:
    """Each answers within the scope of whoever asks."""
    return [
        Route("/suggest", _answer(settings, _suggest)),
        Route("/preview", _answer(settings, _preview)),
        Route("/files/original", _answer(settings, _original)),
        Route("/files/page", _answer(settings, _page)),
        Route("/files/calendar.ics", _answer(settings, _calendar)),
        Route("/files/notice/{name}.docx", _answer(settings, _notice)),
        Route("/files/reading/{name}.html", _answer(settings, _reading)),
        *(
            Route(f"/files/hits/{{name}}.{form}", _answer(settings, _hits(form)))
            for form in export.TYPES
        ),
        *(Route(path, _answer(settings, make)) for path, make in survey_files.FILES.items()),
        *(
            Route(f"/files/ledger/{{name}}.{form}", _answer(settings, _ledger(form)))
            for form in export.TYPES
        ),
    ]


def _answer(settings: Settings, make: Make) -> Handler:
    async def answer(request: Request) -> Response:
        def work() -> Response:
            with session.serving(request, settings):
                return make(session.here(), request.query_params)

        try:
            return await run_in_threadpool(work)
        except NotFound as error:
            return PlainTextResponse(str(error), status_code=404)
        except AccessDenied as error:
            return PlainTextResponse(str(error), status_code=403)
        except KbError as error:
            counters.failed(error)
            log.warning("%s: %s", request.url.path, error)
            message, hint, _ = session.in_words(error, settings.home, keeps=False)
            return PlainTextResponse(f"{message}（{hint}）" if hint else message, status_code=503)

    return answer


def _suggest(opened: Mine, asked: QueryParams) -> Response:
    scope = session.scope()
    own = [row.query for row in opened.base.desk.asked(scope.reader)]
    found = suggestions(asked.get("q", "")[:100], own, opened.results.names(scope))
    shown = [{"text": s.text, "what": s.what} for s in found]
    return JSONResponse(shown, headers={"Cache-Control": "no-store"})


def _preview(opened: Mine, asked: QueryParams) -> Response:
    """A provision in short, for whoever rests on a link to it."""
    scope = session.scope(state.day_of(asked.get("on", "")))
    ident = asked.get("id", "")
    if "#" not in ident:
        version = opened.base.document(ident, scope).version
        return JSONResponse({"title": version.title, "label": "", "text": version.number})
    found = opened.base.provision(ident, scope)
    version, text = found.row.version, found.text.strip()
    return JSONResponse(
        {
            "title": citation(version, found.row.passage.label, number=False) + found.locator,
            "label": found.row.passage.label,
            "text": text[:LONGEST] + ("……" if len(text) > LONGEST else ""),
        }
    )


def _original(opened: Mine, asked: QueryParams) -> Response:
    """The file as it lies in its folder; not where it has changed since it was read."""
    path = _same_file(opened, asked)
    name = original_name(opened.seat, asked.get(state.DOCUMENT, ""), path.name)
    return download(path.read_bytes(), name, "application/octet-stream")


def _page(opened: Mine, asked: QueryParams) -> Response:
    """A page of it as a picture."""
    number = asked.get(state.PAGE, "1")
    data, media_type = picture(_same_file(opened, asked), int(number) if number.isdigit() else 1)
    return download(data, "page", media_type, inline=True)


def _calendar(opened: Mine, asked: QueryParams) -> Response:
    """His dates as a file."""
    data = feed.ics(opened.seat, opened.base.settings)
    return download(data, f"日程-{date.today()}.ics", feed.TYPE)


def _notice(opened: Mine, asked: QueryParams) -> Response:
    """督查通报 of the month, of the tasks that he may see."""
    opened.seat.require(Action.EXPORT)
    office = opened.seat.office()
    maker = asked.get("maker", "")[:60]
    pack = notice(office.tasks(), month(office.today), office.calendar, maker=maker)
    made = render_bytes(pack, "docx", template=template())
    data = copy_of(opened.seat, made, "docx", "督查通报")
    return download(data, f"督查通报-{office.today}.docx", TYPES["docx"])


def _reading(opened: Mine, asked: QueryParams) -> Response:
    """What was handed to him, to be read without a network; whom the demonstration chose."""
    opened.seat.require(Action.EXPORT)
    reader = session.scope().reader or asked.get(state.READER, "")[:60]
    papers = entries(opened.base.people, reader, everything=True)
    if not papers:
        raise NotFound("没有要阅的材料")
    data = copy_of(opened.seat, reading_list(reader, papers), "html", f"阅件 {reader}")
    return download(data, f"{reader}阅件.html", TYPES["html"])


def _same_file(opened: Mine, asked: QueryParams) -> Path:
    path, was = opened.base.file_of(asked.get(state.DOCUMENT, ""), session.scope())
    if digest(path) != was:
        raise NotFound(
            f"原件 {path.name} 在入库之后有改动，或已移走", hint="请维护人员重新入库后再打开"
        )
    return path


def _hits(form: str) -> Make:
    def make(opened: Mine, asked: QueryParams) -> Response:
        wanted = Asked.of(asked)
        mark = mark_of(opened.seat, "检索结果", form, f"检索结果 {form}：{wanted.query}")
        made = listing(opened.results, wanted, session.scope(wanted.day))
        rows = export.hit_rows(made.hits)
        data = export.table_bytes(form, export.HITS_HEAD, rows, sheet="检索结果", mark=mark)
        return download(data, f"检索结果-{date.today()}.{form}", export.TYPES[form])

    return make


def _ledger(form: str) -> Make:
    def make(opened: Mine, asked: QueryParams) -> Response:
        scope = session.scope()
        rows = ledger.narrow(
            ledger.rows_of(opened.base.documents(scope), scope),
            text=asked.get(state.LEDGER_WORDS, ""),
            kind=asked.get(state.LEDGER_KIND, ""),
            status=asked.get(state.LEDGER_STATUS, ""),
            force=asked.get(state.LEDGER_FORCE, ""),
            flag=asked.get(state.LEDGER_FLAG, ""),
        )
        told = ledger.export_rows(rows)
        mark = mark_of(opened.seat, "文件台账", form, f"文件台账 {form}")
        data = export.table_bytes(form, ledger.EXPORT_HEAD, told, sheet="台账", mark=mark)
        return download(data, f"文件台账-{date.today()}.{form}", export.TYPES[form])

    return make


def hits_file(asked: Asked, form: str) -> str:
    """Where a search's hits can be had as a table."""
    _, _, query = asked.link.partition("?")
    return f"/files/hits/{quote('检索结果')}.{form}?{query}"


def ledger_file(form: str) -> str:
    """Where the inventory, narrowed as the page's address says, can be had as a table."""
    _, _, query = links.link("", dict(state.whole_address())).partition("?")
    return f"/files/ledger/{quote('文件台账')}.{form}?{query}"
