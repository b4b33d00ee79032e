"""What each address answers, through the seat of whoever asks."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from kb.access.policy import Action
from kb.api import asked as a
from kb.api.door import told
from kb.api.shapes import document_json, packs_json, provision_json
from kb.base import status_on
from kb.catalogue.editions import EditionRow
from kb.decide import Pack, load, open_edition
from kb.decide.codec import to_json
from kb.errors import NotFound
from kb.model import Kind, Scope
from kb.retrieve import How
from kb.seat import Seat
from kb.ui.answers import download
from kb.ui.files import FROZEN, TYPES, file_name, own_templates, pack_bytes

SEARCH: tuple[a.Param, ...] = (a.QUERY, a.LIMIT, a.AS_OF, a.KIND, a.PLAIN, a.ENDED)
DATED: tuple[a.Param, ...] = (a.AS_OF,)
FILE: tuple[a.Param, ...] = (a.Choice("format", "文件格式", tuple(TYPES), "docx"),)


def search(seat: Seat, request: Request) -> Response:
    """`kb search --json`."""
    asked = a.read(request.query_params, SEARCH)
    query, limit = asked["q"], asked["k"]
    kinds = frozenset({Kind(asked["kind"])}) if asked["kind"] else None
    scope = Scope.everything(as_of=asked["as_of"]).narrowed(kinds=kinds)
    how = How(plain=asked["plain"] == "true")
    found = seat.search(query, scope, limit=limit, how=how)
    body = found.as_json()
    if asked["ended"] == "true":
        there = {hit.id for hit in found.hits}
        over = seat.ended(query, scope, how=how)
        body["ended"] = [hit.as_json() for hit in over if hit.id not in there][:limit]
    return told(request, body)


def document(seat: Seat, request: Request) -> Response:
    """`kb show FILE --json`, and what stands in it."""
    scope = Scope.everything(as_of=a.read(request.query_params, DATED)["as_of"])
    path = a.DOCUMENT.read(request.path_params["id"])
    shown = seat.document(path, scope)
    body = document_json(shown, seat.reading(shown.version.path, scope))
    body["passages"] = [
        {
            "id": row.passage.id,
            "label": row.passage.label,
            "heading": list(row.passage.heading),
            "page": row.passage.page,
        }
        for row in shown.passages
    ]
    return told(request, body)


def provision(seat: Seat, request: Request) -> Response:
    """`kb show ID --json`."""
    scope = Scope.everything(as_of=a.read(request.query_params, DATED)["as_of"])
    found = seat.provision(a.PROVISION.read(request.path_params["id"]), scope)
    status = status_on(found.row.version, scope)
    similar = seat.similar(found.row.passage.article_id, scope)
    return told(request, provision_json(found, status.value if status else "", similar))


def packs(seat: Seat, request: Request) -> Response:
    """`kb pack list --json`, as an object."""
    a.read(request.query_params, ())
    seat.allow(Action.LIST, "参阅材料")
    people = seat.people
    return told(request, {"packs": packs_json(people.packs(), people.editions.every())})


def pack(seat: Seat, request: Request) -> Response:
    """One draft or edition: what `kb pack new --json` says of it, and its text."""
    a.read(request.query_params, ())
    named = a.NUMBER.read(request.path_params["number"])
    found, edition, _ = _open(seat, named)
    plain = to_json(found)
    address = f"/v1/packs/{quote(named, safe='')}/file?format="
    body: dict[str, Any] = {
        "id": found.id,
        "number": edition.number if edition else "",
        "edition": edition.edition if edition else None,
        "topic": found.topic,
        "as_of": plain["as_of"],
        "made": plain["made"],
        "maker": found.maker,
        "template": found.template,
        "generation": found.generation,
        "files": [address + form for form in TYPES],
        "sources": [source.passage_id for source in found.sources],
        "gaps": list(found.gaps),
        "sections": plain["sections"],
    }
    return told(request, body)


def pack_file(seat: Seat, request: Request) -> Response:
    """It as a file: a numbered copy with whose it is on each page."""
    form = a.read(request.query_params, FILE)["format"]
    seat.require(Action.DOWNLOAD)
    found, _, key = _open(seat, a.NUMBER.read(request.path_params["number"]))
    # Nobody gets a copy by HEAD, so none is numbered; how long it would be is not said.
    asked_only = request.method == "HEAD"
    data = b"" if asked_only else pack_bytes(seat, key, form)
    made = download(data, file_name(found.topic, found.as_of, form), TYPES[form])
    if asked_only:
        del made.headers["content-length"]
    return made


def _open(seat: Seat, named: str) -> tuple[Pack, EditionRow | None, str]:
    """A draft by its id, or an edition by its number (the newest) or ``number@edition``, and what
    it is called where files are made.

    Raises:
        NotFound: there is none that this account may see.
    """
    seat.require(Action.VIEW)
    number, _, wanted = named.partition("@")
    rows = [
        row
        for row in seat.people.editions.every(number=number)
        if not wanted or str(row.edition) == wanted
    ]
    if not rows:
        if number.startswith(FROZEN):
            # Among drafts' ids there is none of this form, and an edition has been looked for.
            seat.people.pack(named)
            raise NotFound(named)
        return load(seat.people, named, own_templates(seat.settings)), None, named
    row: EditionRow = rows[-1]
    seat.allow(Action.VIEW, f"定稿 {row.number}@{row.edition}")
    return open_edition(row)[0], row, f"{FROZEN}{row.id}"
