"""A person's corrections: what is refused, what a run makes of them, where they go with a file."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from indexer import correcting
from indexer.papers import papers
from indexer.publish import Options, index
from kb.base import KnowledgeBase
from kb.catalogue.audit import Filter
from kb.catalogue.rows import VersionRow
from kb.commands.index import withdraw
from kb.config import Settings
from kb.errors import ConfigError
from kb.model import Scope, Tier

EVERY = Scope.everything(as_of=None)
RULE = """# 云澜局车辆办法

（云公管〔2022〕11号　2022年5月16日印发）

第一条　用车须批准。

第二条　本办法自2022年6月1日起施行，有效期5年。
"""


@pytest.fixture
def office(tmp_path: Path) -> tuple[Settings, Path]:
    source = tmp_path / "文件"
    (source / "制度").mkdir(parents=True)
    (source / "制度" / "车辆.md").write_text(RULE, "utf-8")
    (source / "制度" / "值班.md").write_text("# 值班办法\n\n第一条　每日一人值班。\n", "utf-8")
    settings = Settings(home=tmp_path / "库", workers=1)
    index(settings, [source], Options())
    return settings, source


def fix(settings: Settings, path: str, note: str = "原件第1页", **values: str) -> list[str]:
    with KnowledgeBase.open(settings) as base:
        return correcting.correct(
            base.document(path, EVERY).version,
            values,
            corrections=base.corrections,
            reader=base.snapshot().rows,
            audit=base.audit,
            who="张三",
            note=note,
        )


def run(settings: Settings) -> int:
    return index(settings, [], Options()).changed


def version(settings: Settings, path: str) -> VersionRow:
    with KnowledgeBase.open(settings) as base:
        return base.document(path, EVERY).version


CAR = "制度/车辆.md"


def test_the_next_run_follows_and_later_ones_keep_it(office: tuple[Settings, Path]) -> None:
    settings, source = office
    assert version(settings, CAR).expires == date(2027, 5, 31)
    done = fix(
        settings, CAR, title="公务用车办法", number="云公管〔2022〕12号", expires="",
        issued="2022年5月17日", tier="sensitive",
    )  # fmt: skip
    assert done == ["标题", "发文字号", "失效日期", "印发日期", "知悉范围"]
    assert version(settings, CAR).title == "云澜局车辆办法"  # not before a run
    assert run(settings) == 1
    assert run(settings) == 0
    for _ in range(2):
        now = version(settings, CAR)
        assert (now.title, now.number) == ("公务用车办法", "云公管〔2022〕12号")
        assert (now.issued, now.expires) == (date(2022, 5, 17), None)
        assert now.validity.end is None
        assert now.tier is Tier.SENSITIVE
        (source / CAR).write_text(RULE.replace("须批准", "须经批准"), "utf-8")
        assert run(settings) in (0, 1)
    facts = version(settings, CAR).described["facts"]
    assert facts["title"]["how"] == "person"
    assert facts["title"]["evidence"].startswith("张三 于 ")
    assert facts["title"]["evidence"].endswith("改正：原件第1页（原为“云澜局车辆办法”）")
    index(settings, [], Options(full=True))
    assert version(settings, CAR).title == "公务用车办法"
    with KnowledgeBase.open(settings) as base:
        read = base.reading(CAR, EVERY)
        assert len(read.corrected) == 5
        assert "人工改正 5 项" in read.in_words()
        (noted,) = base.audit.every(Filter(action="correct"))
    assert noted.who == "张三"
    assert "标题：云澜局车辆办法 → 公务用车办法" in noted.subject
    assert "失效日期：2027-05-31 → 无" in noted.subject
    assert noted.reason == "原件第1页"


def test_it_goes_with_the_file_and_not_to_what_takes_its_place(
    office: tuple[Settings, Path],
) -> None:
    settings, source = office
    fix(settings, CAR, owner="车队")
    run(settings)
    (source / CAR).rename(source / "用车.md")
    run(settings)
    assert version(settings, "用车.md").owner == "车队"
    (source / CAR).write_text(RULE.replace("车辆", "船舶"), "utf-8")
    run(settings)
    assert version(settings, CAR).owner == ""
    assert version(settings, "用车.md").owner == "车队"
    # The last word, wherever the file lay when it was said.
    fix(settings, "用车.md", owner="办公室")
    run(settings)
    assert version(settings, "用车.md").owner == "办公室"
    with KnowledgeBase.open(settings) as base:
        (row,) = correcting.of_version(base.corrections, base.snapshot().rows, "用车.md")
        correcting.withdraw(row, corrections=base.corrections, audit=base.audit, who="李四")
    run(settings)
    assert version(settings, "用车.md").owner == ""


def test_it_goes_before_the_manifest(office: tuple[Settings, Path]) -> None:
    settings, source = office
    fix(settings, CAR, owner="车队", tier="internal", title="公务用车办法")
    (source / "manifest.toml").write_text(
        f'[[paper]]\npath = "{CAR}"\nowner = "清单上的人"\ntier = "sensitive"\nnumber = "文1号"\n',
        "utf-8",
    )
    run(settings)
    now = version(settings, CAR)
    assert (now.owner, now.number, now.title) == ("车队", "文1号", "公务用车办法")
    assert now.tier is Tier.SENSITIVE


def test_a_tier_is_never_below_what_the_paper_says(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text(RULE, "utf-8")
    for stated, chosen, holds in (
        ("public", "internal", "internal"),
        ("sensitive", "public", "sensitive"),
        ("public", "public", "public"),
    ):
        (paper,) = papers(
            path, name="a.md", source="", max_bytes=10**6,
            overrides={"tier": stated, "corrected": (("", "tier", chosen, "张三"),)},
        )  # fmt: skip
        assert paper.description.tier.value == holds


def test_one_of_several_documents_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(
        "云澜局关于印发《车辆办法》的通知\n\n各科室：\n\n现将《车辆办法》印发给你们。\n\n云澜局\n\n"
        "2022年5月16日\n\n车辆办法\n\n第一条　用车须批准。\n\n第二条　本办法自印发之日起施行。\n",
        "utf-8",
    )
    corrected = (
        ("", "owner", "甲", "张三"),
        ("!2", "owner", "乙", "张三"),
        ("!2", "tier", "sensitive", "张三"),
    )
    found = papers(
        path, name="a.txt", source="", max_bytes=10**6, overrides={"corrected": corrected}
    )
    assert [p.description.owner for p in found] == ["甲", "乙"]
    # The file is handed out whole.
    assert [p.description.tier for p in found] == [Tier.SENSITIVE, Tier.SENSITIVE]


REFUSED = (
    ({"title": " "}, "标题不能为空"),
    ({"issued": "去年"}, "印发日期不是日期"),
    ({"tier": "public"}, "只能调高"),
    ({"tier": "机密"}, "知悉范围 的值"),
    ({"level": "圣旨"}, "效力层级 的值"),
    ({"department": "财务处"}, "不能在网页中改正"),
    ({"persons": "anna"}, "不能在网页中改正"),
    ({"owner": "长" * 301}, "太长"),
    ({"expires": "2020-01-01"}, "早于施行日期"),
)


def test_what_is_refused_changes_nothing(office: tuple[Settings, Path]) -> None:
    settings, _ = office
    for values, says in REFUSED:
        with pytest.raises(ConfigError, match=says):
            fix(settings, CAR, number="文1号", **values)
    with pytest.raises(ConfigError, match="没有改动"):
        fix(settings, CAR, title="云澜局车辆办法")
    with pytest.raises(ConfigError, match="依据"):
        fix(settings, CAR, note=" ", number="文1号")
    with KnowledgeBase.open(settings) as base:
        assert base.corrections.history() == []
        assert list(base.audit.every(Filter(action="correct"))) == []


def test_a_purged_paper_takes_its_corrections_along(office: tuple[Settings, Path]) -> None:
    settings, source = office
    fix(settings, CAR, title="公务用车办法")
    fix(settings, "制度/值班.md", owner="办公室")
    run(settings)
    (source / CAR).write_text("机密★10年\n\n" + RULE, "utf-8")
    report = index(settings, [], Options())
    withdraw(settings, report)
    assert report.purged
    with KnowledgeBase.open(settings) as base:
        assert [row.path for row in base.corrections.history()] == ["制度/值班.md"]
