"""阅读 under AppTest."""

from __future__ import annotations

from pathlib import Path

from tests.support.ui import Opener, html_of, unharmed

SEALS = "制度/印章管理办法.md"
OLD_SEALS = "制度/历史版本/印章管理办法(2015).md"


def test_a_document_opens_with_contents_and_facts(open_page: Opener) -> None:
    page = open_page("read", doc=SEALS)
    unharmed(page)
    shown = html_of(page)
    assert "<h1>云澜市公共事务管理局印章管理办法</h1>" in shown
    assert "云公管〔2022〕11号" in shown
    assert "自 2022-06-01 起施行" in shown
    assert 'aria-label="目录"' in shown
    assert "data-jump" in shown
    assert "第四章　使用" in shown
    assert "以正式印发的文本为准" in shown


def test_it_opens_at_the_article(open_page: Opener) -> None:
    shown = html_of(open_page("read", doc=SEALS, at="第十七条", words="外借期限"))
    _, _, after = shown.partition(" data-target")
    assert after.partition("</article>")[0].count("第十七条") >= 1
    assert "<mark>外借</mark>" in after
    assert shown.count(" data-target") == 1
    assert "aria-current='location'" in shown
    assert "《云澜市公共事务管理局印章管理办法》（云公管〔2022〕11号）第十七条" in shown


def test_an_article_that_is_not_there_is_said(open_page: Opener) -> None:
    page = open_page("read", doc=SEALS, at="第九百条")
    unharmed(page)
    assert "第九百条" in page.warning[0].value
    assert "第一条" in html_of(page)


def test_an_old_version_warns_and_leads_to_the_new(open_page: Opener) -> None:
    page = open_page("read", doc=OLD_SEALS)
    unharmed(page)
    shown = html_of(page)
    assert "kb-warning" in shown
    assert "历次版本" in shown
    assert "2022-06-01 起被《" in shown
    assert "doc=%E5%88%B6%E5%BA%A6%2F%E5%8D%B0%E7%AB%A0" in shown


def test_on_its_own_day_an_old_version_holds(open_page: Opener) -> None:
    shown = html_of(open_page("read", doc=OLD_SEALS, on="2018-01-01"))
    assert "kb-warning" not in shown
    assert "现行有效" in shown


def test_an_unknown_document_is_an_error_in_words(open_page: Opener) -> None:
    page = open_page("read", doc="没有/这份.md")
    unharmed(page)
    assert "没有/这份.md" in page.error[0].value


def test_without_a_document_the_page_teaches(open_page: Opener) -> None:
    page = open_page("read")
    unharmed(page)
    assert "还没有打开文件" in html_of(page)


def test_markup_stays_text(open_page: Opener) -> None:
    shown = html_of(open_page("read", doc="资料/网页提示.txt"))
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown


def test_without_an_index(open_page: Opener, tmp_path: Path) -> None:
    page = open_page("read", doc=SEALS, home=tmp_path / "空")
    unharmed(page)
    assert "还没有入库任何文件" in html_of(page)


def test_the_article_goes_into_the_basket(open_page: Opener, people: None) -> None:
    page = open_page("read", doc=SEALS, at="第十七条")
    page.button(key="basket").click().run()
    unharmed(page)
    assert page.button(key="basket").label == "已在材料篮"
