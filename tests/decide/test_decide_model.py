"""A line is what its source says, or it is no line."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from kb.decide.codec import digest, from_json, to_json
from kb.decide.model import Blank, Fact, Fixed, Para, Quote, Section, Words
from kb.errors import PackError


def test_a_quotation_is_cut_from_its_passage(packed):
    source = packed().sources[0]
    quote = Quote.of(source, 0, 6)
    assert quote.text == source.text[:6].strip()
    assert source.text[quote.start : quote.end] == quote.text
    assert quote.digest == source.digest


@pytest.mark.parametrize("span", [(5, 5), (0, 10_000), (-1, 4), (9, 3)])
def test_a_quotation_outside_its_passage_is_refused(packed, span):
    with pytest.raises(PackError, match="超出"):
        Quote.of(packed().sources[0], *span)


def test_an_altered_quotation_is_refused(packed):
    pack = packed()
    quote = Quote.of(pack.sources[0])
    forged = replace(quote, text=quote.text.replace("应当", "可以") + "。")
    section = Section("rules", "现行规定", (Para((forged,)),))
    with pytest.raises(PackError, match="不一致"):
        replace(pack, sections=(*pack.sections, section))


def test_a_quotation_from_outside_the_sources_is_refused(packed):
    pack = packed()
    quote = replace(Quote.of(pack.sources[0]), passage_id="别处#第一条")
    with pytest.raises(PackError, match="来源清单之外"):
        replace(pack, sections=(Section("rules", "现行规定", (Para((quote,)),)),))


def test_an_invented_fact_is_refused(packed):
    pack = packed()
    fact = replace(Fact.of(pack.sources[0], "status"), text="永远有效")
    with pytest.raises(PackError, match="永远有效"):
        replace(pack, sections=(Section("rules", "现行规定", (Para((fact,)),)),))


def test_fixed_text_takes_counts_and_no_words():
    assert Fixed("共{}处", (3,)).text == "共3处"
    with pytest.raises(ValueError, match="invalid literal"):
        _ = Fixed("共{}处", ("许多",)).text
    assert Fixed("花括号{}照印").text == "花括号{}照印"


def test_a_blank_says_what_is_missing():
    assert Blank("议题由来").text == "【待补：议题由来】"
    assert Blank().text == "【待补】"


def test_a_pack_survives_json(packed):
    pack = packed(background="第一段。\n第二段。")
    again = from_json(json.loads(json.dumps(to_json(pack), ensure_ascii=False)))
    assert again == pack
    assert digest(again) == digest(pack)


def test_a_tampered_body_is_refused(packed):
    body = to_json(packed())
    text = json.dumps(body, ensure_ascii=False)
    # The line and the stored passage must agree: changing one of them shows.
    forged = json.loads(text)
    forged["sources"][0]["text"] = forged["sources"][0]["text"][::-1]
    with pytest.raises(PackError):
        from_json(forged)
    with pytest.raises(PackError, match="存储格式"):
        from_json(body | {"format": 99})
    del body["topic"]
    with pytest.raises(PackError, match="不完整"):
        from_json(body)


def test_the_same_request_gives_the_same_pack(packed):
    assert packed() == packed()
    assert packed().id == packed().id
    assert packed(topic="外借公章两天").id != packed().id


def test_words_keep_who_said_them(packed):
    said = [line for line in packed(background="请审定。").lines() if isinstance(line, Words)]
    assert Words("请审定。", "办公室") in said
