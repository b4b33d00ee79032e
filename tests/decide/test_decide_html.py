"""One file that asks nobody for anything, and links that arrive."""

from __future__ import annotations

import pytest
from lxml import html

from kb.decide import render_bytes


@pytest.fixture
def page(rendered):
    return html.document_fromstring(rendered("html"))


def test_nothing_is_loaded(page):
    assert page.xpath("//script|//link|//img|//iframe|//object|//embed|//form") == []
    for element in page.iter():
        for name, value in element.attrib.items():
            assert name not in ("src", "srcset", "action", "style") or value.startswith("width:")
            if name == "href":
                assert value.startswith("#")
    style = page.xpath("string(//style)")
    assert "url(" not in style
    assert "@import" not in style
    policy = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy == ["default-src 'none'; style-src 'unsafe-inline'"]


def test_links_arrive_there_and_back(page, packed):
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    targets = {href[1:] for href in page.xpath("//a/@href")}
    assert targets <= set(ids)
    for source in packed().sources:
        attached = f"original-{source.number}" in ids
        assert attached == (f"original-{source.number}" in targets)
        assert f"source-{source.number}" in targets
        assert f"cited-{source.number}" in targets


def test_it_is_chinese_and_titled(page):
    assert page.get("lang") == "zh-CN"
    assert page.xpath("string(//title)") == "关于外借公章的参阅材料"
    assert page.xpath("count(//h1)") == 1


def test_contents_name_every_section(page, packed):
    told = [a.text_content() for a in page.xpath("//nav//a")]
    assert len(told) == len(packed().sections)
    assert told[0] == "一、摘要"
    assert told[-1] == "附件3　检索说明"


def test_it_prints(page):
    style = page.xpath("string(//style)")
    assert "@media print" in style
    assert "size: A4" in style


def test_the_same_pack_the_same_bytes(packed, rendered):
    assert render_bytes(packed(), "html") == rendered("html")
