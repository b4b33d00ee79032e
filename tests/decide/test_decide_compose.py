"""The sections of a pack: in order, from their sources, within their pages."""

from __future__ import annotations

from io import BytesIO

import pytest
from pypdf import PdfReader
from support.decide import FakeBase

from kb.decide import render_bytes
from kb.decide.model import Blank, Fact, Fixed, Para, Quote, Table, Words
from kb.decide.template import DEFAULT, load_template, names
from kb.errors import PackError

ALL = names()


def section(pack, key):
    return next(s for s in pack.sections if s.key == key)


def text(cell):
    return "".join(line.text for line in cell)


def test_the_full_pack_has_every_section_in_order(packed):
    pack = packed()
    assert [s.title for s in pack.sections] == [
        "摘要", "议题背景", "政策依据", "现行规定", "先例与教训", "参考资料", "问题与风险",
        "冲突与待研判", "各方意见", "方案比较", "程序核对", "责任与时限", "缺口", "引用条文原文",
        "来源清单", "检索说明",
    ]  # fmt: skip
    assert [s.title for s in pack.sections if s.annex] == ["引用条文原文", "来源清单", "检索说明"]


def test_every_line_has_a_source_a_person_or_the_template(packed):
    pack = packed(background="银行要求原章到柜台。")
    allowed = load_template(pack.template).texts()
    numbers = {source.passage_id: source.number for source in pack.sources}
    passages = {source.passage_id: source.text for source in pack.sources}
    said = [pack.topic, *pack.questions, pack.background]
    own = {"《", "》", "（", "）", "……", "　", "\n", "—", "施行", "印发", "", " ", "{}",
           "换词", "议题", "问题", "要素", "背景", "制度", "经验", "资料",
           "经验、资料"}  # fmt: skip
    for line in pack.lines():
        match line:
            case Quote():
                assert line.text in passages[line.passage_id]
                assert line.number == numbers[line.passage_id]
            case Words():
                # The plan searches sentences of the background, each as it was written.
                assert line.text in said or line.text in pack.background
            case Fixed():
                assert line.template in allowed or line.template in own, line.template
            case Fact() | Blank():
                pass


def test_sources_are_numbered_as_they_are_first_quoted(packed):
    pack = packed()
    assert [source.number for source in pack.sources] == list(range(1, len(pack.sources) + 1))
    seen = list(dict.fromkeys(line.number for line in pack.lines() if isinstance(line, Quote)))
    assert seen == sorted(seen)


def test_the_summary_answers_question_by_question(packed):
    blocks = section(packed(), "summary").blocks
    assert text(blocks[0].lines) == "外借公章由谁批准？"
    assert "批准" in text(blocks[1].lines)
    assert any("2个工作日" in text(b.lines) for b in blocks)
    assert not any("食堂" in text(b.lines) for b in blocks)


def test_no_sentence_stands_twice_in_the_summary(packed):
    quotes = [
        line.text
        for block in section(packed(), "summary").blocks
        for line in block.lines
        if isinstance(line, Quote)
    ]
    assert len(quotes) == len(set(quotes))


def test_no_article_stands_twice_among_the_rules(packed):
    quotes = [
        line.passage_id
        for block in section(packed(), "rules").blocks
        for line in block.lines
        if isinstance(line, Quote)
    ]
    assert quotes
    assert len(quotes) == len(set(quotes))


def test_rules_from_above_and_the_bases_that_ours_name(packed):
    told = [text(b.lines) for b in section(packed(), "policy").blocks]
    assert "《印章管理暂行规定》" in told
    assert any(t.startswith("根据《印章管理条例》（《印章管理办法》第一条）") for t in told)


def test_a_precedent_brings_what_was_done_and_learnt(packed):
    told = [text(b.lines) for b in section(packed(), "precedents").blocks]
    assert any(t.startswith("做法　") for t in told)
    assert any(t.startswith("教训　") for t in told)
    assert not any(t.startswith("涉及条款") for t in told)


def test_two_limits_stand_side_by_side_undecided(packed):
    table = next(b for b in section(packed(), "conflicts").blocks if isinstance(b, Table))
    found = [{text(row[0]), text(row[1])} for row in table.rows]
    pair = next(p for p in found if any("2个工作日" in side for side in p))
    assert any("3个工作日" in side for side in pair)
    assert all(isinstance(row[2][0], Blank) for row in table.rows)


def test_opinions_and_options_are_left_to_people(packed):
    for form in [s for s in packed().sections if s.key == "form"]:
        table = form.blocks[0]
        assert all(isinstance(cell[0], Blank) for row in table.rows for cell in row[1:])


def test_the_procedure_check_quotes_and_asks(packed):
    table = section(packed(), "procedure").blocks[0]
    rows = {text(row[0]): row for row in table.rows}
    assert any(isinstance(line, Quote) for line in rows["审批权限"][1])
    assert all(isinstance(row[2][0], Blank) for row in table.rows)
    sentences = [text(row[1]) for row in table.rows if isinstance(row[1][0], Quote)]
    assert len(sentences) == len(set(sentences))


def test_duties_name_actor_and_limit_from_the_article(packed):
    table = section(packed(), "duties").blocks[0]
    rows = [[text(cell) for cell in row] for row in table.rows]
    assert any("印章管理岗" in row[0] and "1日内" in row[2] and "第五条" in row[3] for row in rows)


def test_a_gap_names_the_question(packed):
    pack = packed()
    assert pack.gaps == ("食堂采购大米的价格怎么定？",)
    assert any("大米" in text(b.lines) for b in section(pack, "gaps").blocks)


def test_the_source_list_gives_id_date_status_and_digest(packed):
    pack = packed()
    table = section(pack, "sources").blocks[0]
    assert list(table.anchors) == [s.number for s in pack.sources]
    row = " ".join(text(cell) for cell in table.rows[0])
    first = pack.sources[0]
    for told in (first.passage_id, first.title, first.status, first.digest[:12], "ab" * 6):
        assert told in row


@pytest.mark.parametrize("name", ["会前一页纸", "简要说明", "汇报"])
def test_the_short_shapes_tell_the_version_of_each_source_by_its_day(packed, name):
    pack = packed(template=name)
    dated = {
        "制度/印章管理办法.md": "《某局印章管理办法》（2024年5月1日起施行）第",
        "经验/外借公章.md": "《外借公章办理账户变更的经过》（2024年3月18日）",
    }
    lines = [text(block.lines) for block in section(pack, "sources").blocks]
    assert len(lines) == len(pack.sources)
    for source, line in zip(pack.sources, lines, strict=True):
        assert line.startswith(f"[{source.number}]　{dated.get(source.path, '《')}")
        assert "年" in line


def test_items_keep_their_order_and_the_lead_in_stands_before_the_first(packed, fake):
    fake.add("制度/审批.md", "某局外借公章审批办法", {
        "第一条": "外借公章事项按照时间长短分级审批：\n（一）半天以内的，由处室负责人审批；\n"
        "（二）一天以内的，由分管副局长审批；\n（三）外借公章两天以上的，由局长批准外借公章；\n"
        "（四）出差携带的，提交局长办公会审议。\n" + "各处室应当登记外借公章。" * 20,
    })  # fmt: skip
    (paper,) = (
        block
        for block in section(packed(), "rules").blocks
        if isinstance(block, Para) and "时间长短" in text(block.lines)
    )
    told = text(paper.lines)
    lead = "外借公章事项按照时间长短分级审批："
    assert told.count(lead) == 1
    items = [told.index(f"（{n}）") for n in "一二三四" if f"（{n}）" in told]
    assert items
    assert [told.index(lead), *items] == sorted([told.index(lead), *items])


def test_background_is_the_persons_own_words(packed):
    told = section(packed(background="甲。\n\n乙。"), "background").blocks
    assert [text(b.lines) for b in told] == ["甲。", "乙。"]
    assert isinstance(section(packed(background=""), "background").blocks[0].lines[0], Blank)


def test_an_empty_base_gives_an_honest_pack(packed):
    pack = packed(base=FakeBase())
    assert pack.sources == ()
    assert set(pack.gaps) == set(pack.questions)
    assert "没有" in text(section(pack, "rules").blocks[0].lines)
    for fmt in ("docx", "html", "pdf"):
        assert render_bytes(pack, fmt)


@pytest.mark.parametrize("name", ALL)
def test_every_template_makes_a_pack(packed, name):
    pack = packed(template=name)
    assert pack.sources
    assert [s for s in pack.sections if s.key == "sources"]


@pytest.mark.parametrize("name", [n for n in ALL if load_template(n).pages])
def test_a_page_limit_holds_however_much_there_is(packed, fake, name):
    for n in range(30):
        article = f"外借公章事项{n}，由第{n}处负责批准，" + "应当登记并且逐项核对；" * 9 + "完。"
        fake.add(f"制度/{n}.md", f"某局第{n}号管理办法", {f"第{n}条": article})
    questions = [f"外借公章事项{n}由谁批准？" for n in range(4)]
    pack = packed(template=name, questions=questions)
    pages = len(PdfReader(BytesIO(render_bytes(pack, "pdf"))).pages)
    assert pages <= load_template(name).pages


def test_the_default_template_comes_first():
    assert ALL[0] == DEFAULT
    assert {"简要说明", "汇报", "会前一页纸"} < set(ALL)


def test_an_office_adds_a_template_of_its_own(packed, tmp_path):
    own = tmp_path / "templates"
    own.mkdir()
    body = (load_template.__globals__["OURS"] / "简要说明.toml").read_text(encoding="utf-8")
    (own / "本局样式.toml").write_text(body.replace("主要依据", "制度怎么说"), encoding="utf-8")
    pack = packed(template="本局样式", own_templates=own)
    assert "制度怎么说" in [s.title for s in pack.sections]
    html = render_bytes(pack, "html", own_templates=own).decode()
    assert "制度怎么说" in html
    with pytest.raises(PackError, match="没有名为“本局样式”的模板"):
        packed(template="本局样式")


@pytest.mark.parametrize(
    ("body", "says"),
    [("title = 1 2", "无法读取"), ('title = "x"', "内容不对"), ("", "内容不对")],
)
def test_a_wrong_template_is_named(packed, tmp_path, body, says):
    (tmp_path / "坏.toml").write_text(body, encoding="utf-8")
    with pytest.raises(PackError, match=says):
        packed(template="坏", own_templates=tmp_path)


def test_a_template_with_an_unknown_section_is_refused(packed, tmp_path):
    body = (load_template.__globals__["OURS"] / "简要说明.toml").read_text(encoding="utf-8")
    (tmp_path / "新.toml").write_text(body.replace('"blanks"', '"奇怪"'), encoding="utf-8")
    with pytest.raises(PackError, match="奇怪"):
        packed(template="新", own_templates=tmp_path)


@pytest.mark.parametrize("topic", ["", "  \n ", "\x00\x07"])
def test_no_topic_no_pack(packed, topic):
    with pytest.raises(PackError, match="没有写明议题"):
        packed(topic=topic)


def test_too_much_is_refused(packed):
    with pytest.raises(PackError, match="超过 40 个"):
        packed(questions=[f"第{n}问？" for n in range(41)])
    with pytest.raises(PackError, match="20000 字"):
        packed(background="字" * 20_001)


def test_a_para_is_never_empty(packed):
    for one in packed().sections:
        for block in one.blocks:
            if isinstance(block, Para):
                assert text(block.lines).strip()


STEPS = (
    "采购事项按照单项预算金额实行分级审批，采购预算以核定的采购计划为准：\n"
    "（一）采购不足1万元的，由处室负责人审批，采购按照零星采购办理，采购结果应当登记；\n"
    "（二）采购1万元以上、不足5万元的，由分管副局长审批，采购实行三家比价，采购结果登记；\n"
    "（三）5万元以上、不足20万元的，由局长审批；\n"
    "（四）采购20万元以上、不足50万元的，采购提交局长办公会审议，采购结果应当公示；\n"
    "（五）采购50万元以上的，由局党组会审议决定，采购采用公开招标方式或者集中采购。"
)


def test_of_a_long_article_the_step_that_covers_the_sum_is_quoted(packed):
    base = FakeBase().add("制度/采购管理办法.md", "某局采购管理办法", {"第九条": STEPS})
    pack = packed(base=base, topic="采购", questions=["8万元采购谁批"], background="")
    quoted = "".join(
        line.text
        for block in section(pack, "rules").blocks
        for line in block.lines
        if isinstance(line, Quote)
    )
    assert len(STEPS) > 220
    assert "5万元以上、不足20万元的，由局长审批" in quoted
    assert "公开招标" not in quoted
