"""制度体检: what is reported of rules, by hand-made papers and over the example corpus."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from kb.base import KnowledgeBase
from kb.catalogue.rows import PassageRow, VersionRow
from kb.decide.system import FindingKind, coverage, fields, inventory, posts, two_leads
from kb.errors import ConfigError
from kb.model import Force, Kind, Passage, Scope, Status, Tier, Validity

DAY = date(2026, 11, 24)


def version(title: str, *, bases: tuple[str, ...] = (), **changes: object) -> VersionRow:
    row = VersionRow(
        id=abs(hash(title)) % 10**6,
        document_id=1,
        path=f"{title}.md",
        digest="0" * 64,
        format="markdown",
        pages=None,
        title=title,
        kind=Kind.REGULATION,
        number="",
        issuer="某局",
        department="办公室",
        owner="",
        force=Force.INTERNAL,
        tier=Tier.INTERNAL,
        issued=date(2020, 1, 1),
        effective=date(2020, 1, 1),
        expires=None,
        review=None,
        origin="",
        described={"bases": [{"title": base} for base in bases]},
        report={},
        validity=Validity(start=date(2020, 1, 1)),
    )
    return replace(row, **changes)  # type: ignore[arg-type] # names of fields, in tests


def kinds(*versions: VersionRow, cited: tuple[str, ...] = ()) -> dict[str, set[FindingKind]]:
    found: dict[str, set[FindingKind]] = {}
    for one in inventory(versions, (), cited, DAY):
        found.setdefault(one.place, set()).add(one.kind)
    return found


def test_a_rule_in_order_is_not_reported() -> None:
    assert kinds(version("用车办法"), cited=("用车办法.md",)) == {}


def test_expired_and_nearly_expired_rules_are_told_apart() -> None:
    gone = Validity(date(2020, 1, 1), date(2026, 1, 1), Status.EXPIRED)
    near = Validity(date(2020, 1, 1), date(2027, 1, 1), Status.EXPIRED)
    far = Validity(date(2020, 1, 1), date(2030, 1, 1), Status.EXPIRED)
    found = kinds(
        version("甲办法", validity=gone),
        version("乙办法", validity=near),
        version("丙办法", validity=far),
        cited=("甲办法.md", "乙办法.md", "丙办法.md"),
    )
    assert found == {"甲办法.md": {FindingKind.EXPIRED}, "乙办法.md": {FindingKind.EXPIRING}}


def test_a_basis_that_was_repealed_is_reported_with_what_it_was() -> None:
    law = version(
        "采购条例",
        force=Force.ADMINISTRATIVE,
        validity=Validity(date(2010, 1, 1), date(2024, 5, 1), Status.REPEALED),
    )
    rule = version("采购办法", bases=("采购条例",))
    found = inventory((law, rule), (), ("采购办法.md",), DAY)
    assert [(one.kind, one.place, one.other) for one in found] == [
        (FindingKind.BASIS_GONE, "采购办法.md", "采购条例.md")
    ]
    assert "2024-05-01 起已废止" in found[0].why


def test_a_basis_with_a_newer_version_is_changed_not_gone() -> None:
    old = version(
        "档案条例",
        force=Force.LAW,
        path="档案条例(2010).md",
        validity=Validity(date(2010, 1, 1), date(2024, 5, 1), Status.AMENDED),
    )
    new = replace(old, path="档案条例(2024).md", validity=Validity(date(2024, 5, 1)))
    before = version("档案办法", bases=("档案条例",))
    after = version("档案细则", bases=("档案条例",), validity=Validity(date(2025, 1, 1)))
    found = kinds(old, new, before, after, cited=("档案办法.md", "档案细则.md"))
    assert found == {"档案办法.md": {FindingKind.BASIS_CHANGED}}


def test_a_basis_that_is_not_here_is_not_guessed_at() -> None:
    assert kinds(version("甲办法", bases=("某某法",)), cited=("甲办法.md",)) == {}


def test_upper_rules_are_not_reported_on() -> None:
    gone = Validity(date(2020, 1, 1), date(2026, 1, 1), Status.EXPIRED)
    assert kinds(version("某条例", force=Force.LOCAL, validity=gone)) == {}


def row(of: VersionRow, label: str, text: str) -> PassageRow:
    return PassageRow(Passage(f"{of.path}#{label}", 0, 0, label, (), text), of)


@pytest.mark.parametrize(
    ("words", "day", "found"),
    [
        ("报工商行政管理局备案。", DAY, 1),
        ("报工商行政管理局备案。", date(2017, 1, 1), 0),
        ("报市场监督管理局备案。", DAY, 0),
        ("依照《合同法》签订。", DAY, 1),
        ("依照《劳动合同法》签订。", DAY, 0),
    ],
)
def test_old_names_are_reported_from_the_day_they_changed(
    words: str, day: date, found: int
) -> None:
    rule = version("甲办法")
    told = inventory((rule,), [row(rule, "第三条", words)], ("甲办法.md",), day)
    assert [one.kind for one in told] == [FindingKind.OLD_TERM] * found


def test_fields_without_a_rule_in_force_show(tmp_path: Path) -> None:
    gone = Validity(date(2020, 1, 1), date(2026, 1, 1), Status.EXPIRED)
    held = coverage(
        [version("印章管理办法"), version("值班制度", validity=gone)],
        {"印章": ("印章",), "值班": ("值班",)},
        DAY,
    )
    assert [(one.field, one.rules) for one in held] == [
        ("印章", ("印章管理办法.md",)),
        ("值班", ()),
    ]
    (tmp_path / "fields.toml").write_text("[[field]]\nname = '甲'\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"fields\.toml"):
        fields(tmp_path)


def test_two_posts_that_lead_in_one_matter_are_listed_not_decided() -> None:
    one, two = version("甲办法"), version("乙办法")
    found = posts(
        [
            row(one, "第三条", "办公室负责会议室和会务设备的管理。"),
            row(two, "第五条", "机关服务中心负责会务设备和会议室的管理。"),
            row(two, "第六条", "财务处负责报销凭证的审核。"),
        ]
    )
    pairs = two_leads(found)
    assert [{a.actor, b.actor} for a, b in pairs] == [{"办公室", "机关服务中心"}]


def test_over_the_corpus(base: KnowledgeBase) -> None:
    scope = Scope.everything(as_of=DAY)
    found = inventory(base.documents(scope), (), (), DAY)
    expired = {one.place for one in found if one.kind is FindingKind.EXPIRED}
    assert "制度/办公用品与办公用房管理办法.md" in expired
    bare = {one.field for one in coverage(base.documents(scope), fields(), DAY) if not one.rules}
    assert "外事" in bare
    assert "采购" not in bare
