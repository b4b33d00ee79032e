"""OpenAPI 3.1 of `kb.api.addresses`: parameters from the objects that read them; the forms of
answers below, to which a test holds every answer."""

from __future__ import annotations

from typing import Any

import kb
from kb.api.addresses import ADDRESSES, Address
from kb.api.asked import Param
from kb.api.door import GENERATION
from kb.api.problems import TITLES, TYPE
from kb.model import Kind, Tier
from kb.ui.files import TYPES

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
WHOLE: Schema = {"type": "integer"}
REAL: Schema = {"type": "number"}
YES: Schema = {"type": "boolean"}
ANY: Schema = {"type": "object"}
"""An object whose inner form is that of the program's stored packs or reports."""

LIKELY = (400, 401, 403, 404, 405, 429, 500, 503)


def _maybe(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _many(schema: Schema) -> Schema:
    return {"type": "array", "items": schema}


def _form(_optional: dict[str, Schema] | None = None, /, **needed: Schema) -> Schema:
    return {
        "type": "object",
        "properties": needed | (_optional or {}),
        "required": list(needed),
        "additionalProperties": False,
    }


def _of(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


DATE: Schema = {"type": "string", "format": "date"}
KIND: Schema = {"type": "string", "enum": [kind.value for kind in Kind]}
TIER: Schema = {"type": "string", "enum": [tier.value for tier in Tier]}

_PAPER = {
    "id": TEXT, "path": TEXT, "title": TEXT, "label": TEXT, "heading": _many(TEXT), "kind": KIND,
    "status": TEXT, "tier": TIER, "page": _maybe(WHOLE), "text": TEXT,
}  # fmt: skip

FORMS: dict[str, Schema] = {
    "Search": _form(
        {"reading": _of("Reading"), "ended": _many(_of("Hit"))},
        query=TEXT, as_of=_maybe(DATE), took_ms=REAL, total=WHOLE, hits=_many(_of("Hit")), weak=YES,
    ),
    "Hit": _form(
        {
            "same": _many(TEXT),
            "ended": _form(day=_maybe(DATE), by=TEXT, path=TEXT),
        },
        **_PAPER,
        score=REAL,
        highlights=_many({"type": "array", "items": WHOLE, "minItems": 2, "maxItems": 2}),
        why=_form(text=TEXT, words=_many(TEXT)),
    ),
    "Reading": _form(
        mode=TEXT,
        faults=_many(_form(column=WHOLE, start=WHOLE, end=WHOLE, text=TEXT)),
        filters=_many(_form(name=TEXT, words=TEXT, means=TEXT, applied=YES, text=TEXT)),
        suggestions=_many(TEXT),
    ),
    "Document": _form(
        path=TEXT, title=TEXT, status=TEXT,
        fields=_many(_form(field=TEXT, value=TEXT, how=TEXT, evidence=TEXT)),
        reading=ANY,
        passages=_many(_form(id=TEXT, label=TEXT, heading=_many(TEXT), page=_maybe(WHOLE))),
    ),
    "Provision": _form(
        **_PAPER,
        number=TEXT, issuer=TEXT, issued=_maybe(DATE), effective=_maybe(DATE), locator=TEXT,
        cites=_many(
            _form(words=TEXT, id=TEXT, shown=TEXT, newer=YES, reason=TEXT)
        ),
        cited_by=_many(_form(words=TEXT, id=TEXT, shown=TEXT)),
        similar=_many(_form(id=TEXT, title=TEXT, label=TEXT, likeness=REAL, same=YES)),
    ),
    "Packs": _form(
        packs=_many(
            _form(
                id=TEXT, topic=TEXT, made=TEXT, maker=TEXT, as_of=_maybe(DATE), template=TEXT,
                generation=WHOLE, version=WHOLE, decision=_maybe(TEXT),
                editions=_many(_form(number=TEXT, edition=WHOLE, at=TEXT)),
            )
        )
    ),
    "Pack": _form(
        id=TEXT, number=TEXT, edition=_maybe(WHOLE), topic=TEXT, as_of=_maybe(DATE), made=TEXT,
        maker=TEXT, template=TEXT, generation=WHOLE, files=_many(TEXT), sources=_many(TEXT),
        gaps=_many(TEXT), sections=_many(ANY),
    ),
    "Problem": _form(
        {"detail": TEXT}, type=TEXT, title=TEXT,
        status={"type": "integer", "enum": sorted(TITLES)},
    ),
}  # fmt: skip


def description() -> Schema:
    """The whole document."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "枢纽 只读接口",
            "version": kb.__version__,
            "description": "供其他程序检索、取条款和参阅材料；以令牌所属账号的权限答复，每次记日志",
        },
        "security": [{"token": []}],
        "paths": {one.described: {"get": _operation(one)} for one in ADDRESSES},
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": FORMS,
            "responses": {
                str(code): {
                    "description": title,
                    "headers": HEADERS.get(code, {}),
                    "content": {TYPE: {"schema": _of("Problem")}},
                }
                for code, (_, title) in TITLES.items()
            },
        },
    }


def _operation(one: Address) -> Schema:
    params = [_param(one.place, "path")] if one.place else []
    params += [_param(param, "query") for param in one.params]
    if one.form:
        content: Schema = {"application/json": {"schema": _of(one.form)}}
    else:
        content = {kind: {} for kind in TYPES.values()}
    headers = {GENERATION: _header("答复所用的索引代次", WHOLE)}
    if one.form:
        headers["ETag"] = _header("内容的标记，可用于 If-None-Match", TEXT)
    answers: Schema = {"200": {"description": one.summary, "headers": headers, "content": content}}
    if one.form:
        answers["304"] = {"description": "与 If-None-Match 所写的相同"}
    answers |= {str(code): {"$ref": f"#/components/responses/{code}"} for code in LIKELY}
    return {
        "operationId": one.make.__name__,
        "summary": one.summary,
        "parameters": params,
        "responses": answers,
    }


def _header(says: str, schema: Schema, *, required: bool = True) -> Schema:
    return {"description": says, "required": required, "schema": schema}


HEADERS = {
    401: {"WWW-Authenticate": _header("Bearer", TEXT)},
    405: {"Allow": _header("GET, HEAD", TEXT)},
    429: {"Retry-After": _header("几秒之后再试", WHOLE)},
    503: {"Retry-After": _header("同时的请求太多时：几秒之后再试", WHOLE, required=False)},
}


def _param(param: Param, where: str) -> Schema:
    return {
        "name": param.name,
        "in": where,
        "required": where == "path" or param.required,
        "description": param.says,
        "schema": param.schema(),
        "example": param.example,
    }
