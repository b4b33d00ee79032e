"""What documents say of themselves, and where each answer comes from."""

from __future__ import annotations

import pickle
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from support.office_files import pdf_from_markdown

from indexer.facts.relations import bases, repeals, short_names
from indexer.facts.view import view
from indexer.gaps import gaps
from indexer.papers import papers
from indexer.readers import read_bytes
from indexer.secrecy import Quarantined
from indexer.structure import outline
from kb.errors import ReadError
from kb.model import Description, Kind, Mention, Paper, Tier

REGULATION = """# 云澜市公共事务管理局公务用车管理办法

（云公管〔2022〕11号　2022年5月16日印发　自2022年6月1日起施行）

## 第一章　总则

第一条　为规范公务用车管理，根据《党政机关公务用车管理办法》（中办发〔2017〕71号）和《云澜市公务用车管理实施细则》（以下简称“《细则》”），结合本局（以下简称“市局”）实际，制定本办法。

第二条　本办法适用于局机关。

## 第二章　附则

第三条　本办法自2022年6月1日起施行，有效期5年。2016年印发的《云澜市公共事务管理局公务用车管理暂行办法》（云公管〔2016〕3号）同时废止。
"""  # noqa: E501


def made(
    text: str, folder: Path, name: str = "制度/a.md", overrides: dict[str, Any] | None = None
) -> list[Paper]:
    path = folder / Path(name).name
    path.write_text(text, encoding="utf-8")
    return papers(
        path, name=name, source="s", overrides=overrides or {}, max_bytes=10**7, digest=""
    )


def described(text: str, folder: Path, **more: Any) -> Description:
    (paper,) = made(text, folder, **more)
    return paper.description


def test_a_regulation(tmp_path: Path) -> None:
    found = described(REGULATION, tmp_path)
    assert found.title == "云澜市公共事务管理局公务用车管理办法"
    assert found.kind is Kind.REGULATION
    assert found.number == "云公管〔2022〕11号"
    assert found.issuer == "云澜市公共事务管理局"
    assert (found.issued, found.effective) == (date(2022, 5, 16), date(2022, 6, 1))
    assert found.expires == date(2027, 5, 31)
    assert found.bases == (
        Mention("党政机关公务用车管理办法", "中办发〔2017〕71号"),
        Mention("云澜市公务用车管理实施细则"),
    )
    assert found.repeals == (
        Mention("云澜市公共事务管理局公务用车管理暂行办法", "云公管〔2016〕3号"),
    )
    assert found.abbreviations == (("细则", "云澜市公务用车管理实施细则"), ("市局", "本局"))
    assert found.tier is Tier.INTERNAL
    facts = dict(found.facts)
    assert {fact.how for fact in facts.values()} == {"rule"}
    assert "同时废止" in facts["repeals"].evidence
    assert "有效期5年" in facts["expires"].evidence


def test_front_matter_and_manifest_come_first(tmp_path: Path) -> None:
    front = "---\n标题: 车辆办法\nissued: 2022年5月17日\n类别: 资料\nowner: 某岗\n---\n\n"
    found = described(
        front + REGULATION, tmp_path, overrides={"owner": "办公室主任", "tier": "sensitive"}
    )
    assert (found.title, found.kind, found.issued) == (
        "车辆办法", Kind.REFERENCE, date(2022, 5, 17),
    )  # fmt: skip
    assert (found.owner, found.tier) == ("办公室主任", Tier.SENSITIVE)
    facts = dict(found.facts)
    assert [facts[k].how for k in ("title", "owner", "number")] == [
        "front-matter", "manifest", "rule",
    ]  # fmt: skip


def test_a_law_with_its_history(tmp_path: Path) -> None:
    text = (
        "# 某省档案条例\n\n1987年9月5日某省第六届人民代表大会常务委员会第二十二次会议通过\n\n"
        "2020年6月20日某省第十三届人民代表大会常务委员会第十九次会议《关于修改〈某省档案条例〉的决定》修正\n\n"
        "第一条　根据宪法，制定本条例。\n\n第二条　略。\n\n第三条　本条例自公布之日起施行。\n"
    )
    found = described(text, tmp_path, name="法规/某省档案条例(2020-06-20).md")
    assert found.issuer == "某省第十三届人民代表大会常务委员会"
    assert found.issued == date(2020, 6, 20)
    assert found.effective == date(1987, 9, 5)
    assert found.bases == (Mention("宪法"),)


def test_the_notice_lends_its_number_and_days_to_the_regulation(tmp_path: Path) -> None:
    text = (
        "云公管〔2023〕4号\n云澜市公共事务管理局关于印发《印章管理办法》的通知\n各处室：\n"
        "现将《印章管理办法》印发给你们，请遵照执行。\n云澜市公共事务管理局\n2023年2月20日\n"
        "印章管理办法\n第一条　甲。\n第二条　乙。\n第三条　本办法自印发之日起施行。\n"
    )
    notice, rule = made(text, tmp_path, name="a.txt", overrides={"department": "办公室"})
    assert (notice.path, rule.path) == ("a.txt", "a.txt!2")
    assert (notice.description.kind, rule.description.kind) == (Kind.REFERENCE, Kind.REGULATION)
    assert rule.passages[0].id == "a.txt!2#第一条"
    for paper in (notice, rule):
        assert paper.description.number == "云公管〔2023〕4号"
        assert paper.description.issuer == "云澜市公共事务管理局"
        assert paper.description.issued == date(2023, 2, 20)
    assert rule.description.effective == date(2023, 2, 20)
    # For whom a file is, holds for every document in it: it is handed out whole.
    assert (notice.description.department, rule.description.department) == ("办公室", "办公室")
    closed = {"tier": "sensitive", "persons": ("anna",), "title": "另一个题目"}
    notice, rule = made(text, tmp_path, name="a.txt", overrides=closed)
    assert (notice.description.tier, notice.description.persons) == (Tier.SENSITIVE, ("anna",))
    assert notice.description.title != rule.description.title == "另一个题目"


def parts(*names: str) -> str:
    return "".join(f"\n\n## {name}\n\n略。" for name in names)


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("a.md", f"# 公章外借的处置{parts('情况', '做法', '教训')}", Kind.EXPERIENCE),
        ("经验/a.md", "# 承办会务\n\n甲。", Kind.EXPERIENCE),
        ("a.md", "# 值班制度\n\n值班人员应当在岗。", Kind.REGULATION),
        ("制度/a.md", f"# 会务调研报告{parts('情况', '措施', '建议')}", Kind.REFERENCE),
        ("a.md", "# 局长办公会纪要\n\n会议议定如下。", Kind.REFERENCE),
        ("a.md", "# 某件\n\n第一条　甲。\n\n第二条　乙。\n\n第三条　丙。", Kind.REGULATION),
    ],
)  # fmt: skip
def test_kinds(name: str, text: str, kind: Kind, tmp_path: Path) -> None:
    assert described(text, tmp_path, name=name).kind is kind


def test_the_file_name_stands_in_for_a_title(tmp_path: Path) -> None:
    text = "今日值班情况正常，无突发事件。\n\n明日由办公室值班，请提前到岗。"
    found = described(text, tmp_path, name="值班记录(2024-03-01).md")
    assert (found.title, found.issued) == ("值班记录", date(2024, 3, 1))
    assert dict(found.facts)["title"].evidence == "文件名"


def test_a_restriction_raises_the_tier(tmp_path: Path) -> None:
    found = described("内部资料　注意保存\n\n# 人员名册\n\n略。\n", tmp_path)
    assert found.tier is Tier.SENSITIVE


def test_a_mark_stops_everything(tmp_path: Path) -> None:
    with pytest.raises(Quarantined) as raised:
        made("机密★10年\n\n# 关于某事的报告\n\n内容。\n", tmp_path)
    assert "某事" not in str(raised.value)


def test_pages_and_report(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    pdf_from_markdown(REGULATION.replace("第二条", "第四条"), path)
    (paper,) = papers(path, name="a.pdf", source="s", overrides={}, max_bytes=10**7)
    assert paper.pages == 1
    assert paper.passages[0].page == 1
    assert paper.report["articles"] == 3
    assert paper.report["gaps"] == ["第一条 之后是 第四条", "第四条 之后是 第三条"]
    assert len(paper.digest) == 64
    assert pickle.loads(pickle.dumps(paper)) == paper


def test_unreadable_files_raise_read_errors_only(tmp_path: Path) -> None:
    with pytest.raises(ReadError):
        made("", tmp_path)


def seen(text: str):  # type: ignore[no-untyped-def]
    (part,) = outline(read_bytes(text.encode(), "a.txt"))
    return view(part.title, part.nodes)


@pytest.mark.parametrize(
    ("sentence", "titles"),
    [
        ("根据《甲法》《乙条例》等规定，制定本办法。", ["甲法", "乙条例"]),
        ("为了实施《甲法》，制定本办法。", ["甲法"]),
        ("根据宪法和立法法，制定本办法。", ["宪法", "立法法"]),
        ("根据有关法律、法规，结合本市实际，制定本办法。", []),
        ("为了加强管理，制定本办法。", []),
        ("违反《甲法》的，依照《乙法》处罚。", []),
    ],
)
def test_bases(sentence: str, titles: list[str]) -> None:
    found = bases(seen(f"某办法\n第一条　{sentence}\n第二条　略。\n"))
    assert [mention.title for mention, _ in found] == titles


@pytest.mark.parametrize(
    ("sentence", "titles"),
    [
        ("本办法自发布之日起施行，《甲办法》同时废止。", ["甲办法"]),
        ("《甲办法》《乙规定》（某发〔2010〕1号）自本办法施行之日起废止。", ["甲办法", "乙规定"]),
        ("2010年发布的《某办法》同时废止。", ["某办法"]),
        ("《某办法》自发布之日起施行。", []),
        ("《甲办法》第三条同时废止。", []),
        ("当事人申请停止执行的，由办公室决定。", []),
    ],
)
def test_repeals(sentence: str, titles: list[str]) -> None:
    found = repeals(seen(f"某办法\n第一条　略。\n第二条　{sentence}\n"))
    assert [mention.title for mention, _ in found] == titles


def test_short_names_each_once() -> None:
    text = (
        "《中华人民共和国档案法》（以下简称《档案法》）、专用章（以下统称“印章”）、章（以下称印章）"
    )
    assert list(short_names([text])) == [("档案法", "中华人民共和国档案法"), ("印章", "专用章")]


def test_gaps_in_the_sequence() -> None:
    assert gaps(["第一条", "第二条", "第二条之一", "第二条之二", "第三条"]) == []
    assert gaps(["第一条", "第三条"]) == ["第一条 之后是 第三条"]
    assert gaps(["第二条"]) == ["开头 之后是 第二条"]
