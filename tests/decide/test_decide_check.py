"""Traceability: the checker accounts for every sentence of a rendered pack, and is not fooled."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from io import BytesIO

import pytest

from kb.decide import render_bytes
from kb.decide.check import check
from kb.decide.model import Fixed, Para
from kb.decide.template import load_template, names
from kb.errors import PackError

FORMATS = ("docx", "pdf", "html")


def checked(pack, content, fmt):
    return check(content, fmt, pack, load_template(pack.template))


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("name", names())
def test_every_sentence_has_a_source(packed, name, fmt):
    pack = packed(template=name, background="银行要求原章到柜台办理，请审定。\n时间为下周。")
    assert checked(pack, render_bytes(pack, fmt), fmt) == []


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize(
    "invented",
    ["经研究，建议同意外借公章三天，由办公室负责。", "局长可以不经审批外借公章。", "同意。"],
)
def test_an_invented_sentence_is_found(packed, fmt, invented):
    pack = packed()
    rules = next(s for s in pack.sections if s.key == "rules")
    blocks = (*rules.blocks[:3], Para((Fixed(invented),)), *rules.blocks[3:])
    forged = replace(
        pack,
        sections=tuple(replace(s, blocks=blocks) if s is rules else s for s in pack.sections),
    )
    found = checked(pack, render_bytes(forged, fmt), fmt)
    assert len(found) == 1
    assert invented.startswith(found[0].text[:6]) or found[0].text in invented


ALTERED = [
    ("借期不超过2个工作日", "借期不超过5个工作日"),
    ("涉及合同和资金的，由分管副局长审批", "涉及合同和资金的，由办公室主任审批"),
    ("印章管理岗应当在1日内核对登记", "印章管理岗可以在1日内核对登记"),
]


@pytest.mark.parametrize(("old", "new"), ALTERED)
def test_a_changed_word_is_found_in_html(packed, old, new):
    pack = packed()
    page = render_bytes(pack, "html").decode()
    assert old in page
    assert checked(pack, page.replace(old, new).encode(), "html")


@pytest.mark.parametrize(("old", "new"), ALTERED)
def test_a_changed_word_is_found_in_docx(packed, old, new):
    pack = packed()
    out = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(render_bytes(pack, "docx"))) as package,
        zipfile.ZipFile(out, "w") as altered,
    ):
        for name in package.namelist():
            body = package.read(name).decode("utf-8", "surrogateescape")
            altered.writestr(name, body.replace(old, new).encode("utf-8", "surrogateescape"))
    assert checked(pack, out.getvalue(), "docx")


def test_an_item_under_another_number_is_found(packed):
    pack = packed()
    page = render_bytes(pack, "html").decode()
    assert "（二）涉及合同" in page
    assert checked(pack, page.replace("（二）涉及合同", "（三）涉及合同").encode(), "html")


def test_a_passage_that_has_changed_since_is_found(packed):
    pack = packed()
    now = {s.passage_id: s.text.replace("2个工作日", "1个工作日") for s in pack.sources}
    content = render_bytes(pack, "html")
    assert check(content, "html", pack, load_template(pack.template), now)


def test_an_unknown_format_is_refused(packed):
    with pytest.raises(PackError, match="odt"):
        checked(packed(), b"", "odt")
