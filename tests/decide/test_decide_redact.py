"""Redaction by rule: nothing of a hidden paper in any file, and every line still traced."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from kb.decide import render_bytes
from kb.decide.check import check
from kb.decide.check_read import read
from kb.decide.codec import from_json, to_json
from kb.decide.edits import Edits, Said
from kb.decide.model import Pack, Words
from kb.decide.overlay import fields_of, overlaid
from kb.decide.redact import HEAD, HERE, REPEATS, TOLD, redacted
from kb.decide.template import load_template, names

HIDDEN = "制度/印章管理办法.md"
WORDS = ("办公室印章管理岗保管", "由分管副局长审批", "某局印章管理办法", "与借用处室两人同行",
         "应当在1日内核对登记", HIDDEN, "某管〔2024〕5号")  # fmt: skip


def ids_of(pack: Pack, path: str = HIDDEN) -> frozenset[str]:
    return frozenset(s.passage_id for s in (*pack.sources, *pack.left_out) if s.path == path)


def without(pack: Pack) -> Pack:
    made = redacted(pack, ids_of(pack))
    assert made is not None
    return made


@pytest.mark.parametrize("fmt", ["docx", "pdf", "html"])
@pytest.mark.parametrize("name", names())
def test_no_hidden_text_in_any_file_and_every_line_is_traced(packed, fake, fmt, name):
    fake.rows = [
        replace(row, version=replace(row.version, number="另管〔2023〕1号"))
        if row.version.path != HIDDEN and row.version.number == "某管〔2024〕5号"
        else row
        for row in fake.rows
    ]
    whole = packed(template=name)
    assert ids_of(whole)
    pack = without(whole)
    content = render_bytes(pack, fmt)
    said = "".join("".join(unit.split()) for unit in read(content, fmt))
    assert [w for w in WORDS if w in said or w.encode() in content] == []
    assert HERE in said
    assert HEAD in said
    assert check(content, fmt, pack, load_template(name)) == []
    # What is not hidden is there as before.
    kept = {s.passage_id for s in whole.sources} - ids_of(whole)
    assert {s.passage_id for s in pack.sources} == kept


def test_the_whole_pack_is_found_out_by_the_same_words(packed):
    """Else the test above could not fail."""
    whole = packed()
    said = "".join("".join(u.split()) for u in read(render_bytes(whole, "html"), "html"))
    assert [w for w in WORDS if w not in said] == []


def test_a_redacted_pack_is_stored_and_read_like_any(packed):
    pack = without(packed())
    assert from_json(to_json(pack)) == pack
    assert pack.redacted
    assert not packed().redacted


def test_nothing_hidden_changes_nothing(packed):
    whole = packed()
    assert redacted(whole, frozenset()) is whole
    assert redacted(whole, {"别处.md#第一条"}) is whole


def test_the_number_of_places_is_told_and_each_has_one_sentence(packed):
    pack = without(packed())
    lines = [line.text for line in pack.lines()]
    told = pack.sections[0].blocks[0].lines[0]
    assert told.template == TOLD
    assert told.counts == (lines.count(HERE),)
    for section in pack.sections:
        shown = [
            "".join(x.text for x in b.lines) if hasattr(b, "lines") else "" for b in section.blocks
        ]
        assert all(a != HERE or b != HERE for a, b in pairwise(shown))


def test_words_of_people_on_hidden_parts_go_with_them(packed):
    whole = packed()
    at = "2025-05-01T08:30:00+00:00"
    field = fields_of(whole)[0]
    edits = Edits(
        fields={field.key: Said("请按期办理", "甲", at, 1, "")},
        notes={
            "1": Said("这一条要当面说明", "甲", at, 2, f"{HIDDEN}#第二条"),
            "2": Said("参见保管场所应当安装视频监控一句", "乙", at, 3, "资料/调研.md#p1"),
            "3": Said("此条由办公室核对", "丙", at, 4, "制度/工作规程.md#第七条"),
            "4": Said("失去位置的一句", "丁", at, 5, "没有.md#第九条"),
        },
    )
    shown = overlaid(whole, edits)
    assert {"这一条要当面说明", "失去位置的一句"} <= {x.text for x in shown.lines()}
    pack = redacted(shown, ids_of(whole))
    assert pack is not None
    said = {line.text for line in pack.lines() if isinstance(line, Words)}
    assert "此条由办公室核对" in said
    assert "这一条要当面说明" not in said  # directly after the hidden article
    assert "参见保管场所应当安装视频监控一句" not in said  # repeats it
    assert "失去位置的一句" not in said  # nobody can say to what it belonged


@pytest.mark.parametrize(
    "asked",
    [
        {"topic": "某局印章管理办法怎样修改"},
        {"questions": ["为什么录像保存不少于90日？"]},
        {"background": "保管场所应当安装视频监控，现报告如下"},
    ],
)
def test_where_the_topic_itself_tells_it_nothing_is_shown(packed, asked):
    whole = packed(**asked)
    assert ids_of(whole)
    assert redacted(whole, ids_of(whole)) is None


def test_what_an_open_paper_says_too_is_no_secret(packed, fake):
    """The same clause stands in a paper that he may read: asking for it does not hide the pack."""
    clause = "外借公章的，借用处室应当提交书面申请"
    assert len(clause) > REPEATS
    whole = packed(background=f"按照“{clause}”的要求办理")
    assert redacted(whole, ids_of(whole)) is not None
