"""Whom a paper is for goes with it: to its versions, provisions, packs, notes and tasks, wherever
its file is moved and whatever else stands in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest

from indexer.publish import Options, index
from indexer.report import Report
from kb import decide
from kb.access.policy import Identity, Role
from kb.access.visitor import Visitor
from kb.base import KnowledgeBase
from kb.config import Settings
from kb.decide.follow import Draft
from kb.decide.freeze import freeze
from kb.decide.office import Office
from kb.errors import NotFound
from kb.model import Scope, Tier
from kb.seat import HIDDEN, Seat
from tests.support.doors import everything

ANY = Scope.everything(as_of=None)
ANNA = Identity("anna", Role.READER, Tier.SENSITIVE, None)
CARL = Identity("carl", Role.READER, Tier.INTERNAL, None)
RULE = "# 云澜局麒麟管理办法\n\n第一条　麒麟的采购由局长批准。\n\n第二条　每年检查一次。\n"
CLOSED = '[[paper]]\npath = "{}"\ntier = "sensitive"\n'

Run = Callable[..., Report]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "文件" / "制度").mkdir(parents=True)
    (tmp_path / "文件" / "制度" / "甲.md").write_text(RULE, "utf-8")
    (tmp_path / "文件" / "制度" / "乙.md").write_text(
        "# 云澜局值班规定\n\n第一条　每日两人值班，采购值班用品由局长批准。\n", "utf-8"
    )
    (tmp_path / "文件" / "manifest.toml").write_text(CLOSED.format("制度/甲.md"), "utf-8")
    return tmp_path / "文件"


@pytest.fixture
def run(folder: Path, tmp_path: Path) -> Run:
    def call(**options: bool) -> Report:
        return index(Settings(home=tmp_path / "库", workers=1), [folder], Options(**options))

    call()
    return call


@contextmanager
def seated(tmp_path: Path, who: Identity) -> Iterator[Seat]:
    with KnowledgeBase.open(Settings(home=tmp_path / "库")) as base:
        yield Seat(base, Visitor(who, who.name, who.name, "", "试验"), quiet=True)


def meets(seat: Seat, word: str = "麒麟") -> list[str]:
    """Paths of what he finds, lists and opens with this word in it."""
    found = {h.version.path for h in seat.search(word, ANY, limit=50).hits if word in h.text}
    found |= {v.path for v in seat.documents(ANY) if word in v.title}
    return sorted(found)


def test_a_new_text_at_the_same_path(run: Run, folder: Path, tmp_path: Path) -> None:
    (folder / "制度" / "甲.md").write_text(RULE + "\n第三条　麒麟另行编号。\n", "utf-8")
    run()
    with seated(tmp_path, CARL) as seat:
        assert meets(seat) == []
        with pytest.raises(NotFound):
            seat.provision("制度/甲.md#第三条", ANY)
    with seated(tmp_path, ANNA) as seat:
        assert meets(seat) == ["制度/甲.md"]
        assert seat.provision("制度/甲.md#第三条", ANY).text.startswith("麒麟")


@pytest.mark.parametrize(
    "to", ["制度/改名.md", pytest.param("制度/旧/甲.md", marks=pytest.mark.soak)]
)
def test_a_moved_file_stays_closed(run: Run, folder: Path, tmp_path: Path, to: str) -> None:
    """Moved, indexed again, then all made anew: the entry still names the old place."""
    (folder / to).parent.mkdir(exist_ok=True)
    (folder / "制度" / "甲.md").rename(folder / to)
    told = run()
    for options in ({}, {"full": True}, {}):
        told = run(**options)
        assert any("不在原处" in note and "制度/甲.md" in note for note in told.notes)
        with seated(tmp_path, CARL) as seat:
            assert meets(seat) == []
        with seated(tmp_path, ANNA) as seat:
            assert meets(seat) == [to]
    # Who writes the new place into the manifest decides anew.
    (folder / "manifest.toml").write_text(f'[[paper]]\npath = "{to}"\ntier = "internal"\n', "utf-8")
    assert not any("不在原处" in note for note in run().notes)
    with seated(tmp_path, CARL) as seat:
        assert meets(seat) == [to]


def test_a_copy_of_the_same_name_is_closed_while_the_first_is_away(
    run: Run, folder: Path, tmp_path: Path
) -> None:
    (folder / "制度" / "甲.md").unlink()
    (folder / "另一处").mkdir()
    (folder / "另一处" / "甲.md").write_text(RULE.replace("每年", "每季"), "utf-8")
    run(accept_removals=True)
    with seated(tmp_path, CARL) as seat:
        assert meets(seat) == []


def test_an_older_text_that_more_may_see_is_named(run: Run, folder: Path, tmp_path: Path) -> None:
    (folder / "制度" / "甲(2015).md").write_text(RULE.replace("局长", "处长"), "utf-8")
    told = run()
    assert any("知悉范围更严" in note and "制度/甲(2015).md" in note for note in told.notes)


def test_every_document_of_a_file(run: Run, folder: Path, tmp_path: Path) -> None:
    """A notice and the rule that it issues lie in one file, and who opens one has both."""
    (folder / "制度" / "丙.txt").write_text(
        "云公管〔2023〕4号\n云澜局关于印发《貔貅管理办法》的通知\n各处室：\n"
        "现将《貔貅管理办法》印发给你们，请遵照执行。\n云澜局\n2023年2月20日\n"
        "貔貅管理办法\n第一条　貔貅归办公室管。\n第二条　略。\n",
        "utf-8",
    )
    entries = CLOSED.format("制度/甲.md") + CLOSED.format("制度/丙.txt")
    (folder / "manifest.toml").write_text(entries, "utf-8")
    run()
    with seated(tmp_path, CARL) as seat:
        assert meets(seat, "貔貅") == []
        with pytest.raises(NotFound):
            seat.file_of("制度/丙.txt", ANY)
    with seated(tmp_path, ANNA) as seat:
        assert meets(seat, "貔貅") == ["制度/丙.txt", "制度/丙.txt!2"]


def test_packs_editions_remarks_and_tasks(run: Run, tmp_path: Path) -> None:
    with seated(tmp_path, ANNA) as seat:
        pack = decide.make(seat, ANY, topic="采购由谁批准", questions=["局长批准什么"])
        assert any("甲.md" in s.passage_id for s in pack.sources)
        decide.store(seat.people, pack)
        row = freeze(seat, seat.people, ANY, pack.id, who="安娜", anyway=True)
        [copy] = seat.people.editions.deliver(row.id, ["王局长"], "安娜")
        remark = seat.people.editions.write(copy.id, "麒麟一事照办", date.today(), "安娜")
        draft = Draft("落实麒麟批示", "办公室", (), None, "办完", "批示")
        task = Office(seat.people, None, today=date.today()).file(
            draft, who="anna", remark_id=remark
        )
        assert pack.tier == row.tier == "sensitive"
        assert [t.id for t in seat.people.editions.tasks()] == [int(task.id)]
    with seated(tmp_path, CARL) as seat:
        people = seat.people
        assert people.packs() == people.editions.every() == people.editions.tasks() == []
        assert people.editions.deliveries() == people.editions.remarks() == []
        assert Office(people, None, today=date.today()).tasks() == []
        for ask in (
            lambda: people.pack(pack.id),
            lambda: people.editions.by_id(row.id),
            lambda: people.editions.write(copy.id, "我来批", date.today(), "卡尔"),
            lambda: people.editions.mark(copy.id, circled=True),
            lambda: Office(people, None, today=date.today()).task(int(task.id)),
            lambda: people.drafts.history(pack.id),
        ):
            with pytest.raises(NotFound):
                ask()


def test_a_paper_that_was_closed_since_closes_the_pack(
    run: Run, folder: Path, tmp_path: Path
) -> None:
    """And one that was opened since stays closed in what was made before."""
    (folder / "manifest.toml").write_text("", "utf-8")
    run()
    with seated(tmp_path, CARL) as seat:
        pack = decide.make(seat, ANY, topic="采购由谁批准", questions=["麒麟"])
        decide.store(seat.people, pack)
        assert [row.id for row in seat.people.packs()] == [pack.id]
    (folder / "manifest.toml").write_text(CLOSED.format("制度/甲.md"), "utf-8")
    run()
    with seated(tmp_path, CARL) as seat:
        assert seat.people.packs() == []
    with seated(tmp_path, ANNA) as seat:
        later = decide.make(seat, ANY, topic="采购由谁批准之二", questions=["麒麟"])
        decide.store(seat.people, later)
        freeze(seat, seat.people, ANY, later.id, who="安娜", anyway=True)
    (folder / "manifest.toml").write_text("", "utf-8")
    run()
    with seated(tmp_path, CARL) as seat:
        assert [row.id for row in seat.people.packs()] == [pack.id]
        assert seat.people.editions.every() == []


def test_an_experience_note_may_be_kept_to_its_department(
    run: Run, folder: Path, tmp_path: Path
) -> None:
    (folder / "经验").mkdir()
    (folder / "经验" / "一.md").write_text(
        "---\n标题: 狴犴一事的经过\n类别: 经验\n部门: 财务处\n---\n\n# 狴犴一事的经过\n\n"
        "## 情况\n\n狴犴一事拖了很久。\n",
        "utf-8",
    )
    run()
    ours = Identity("carl", Role.READER, Tier.INTERNAL, frozenset({"财务处"}))
    theirs = Identity("dora", Role.READER, Tier.INTERNAL, frozenset({"办公室"}))
    for who, found in ((ours, ["经验/一.md"]), (theirs, [])):
        with seated(tmp_path, who) as seat:
            assert meets(seat, "狴犴") == found


@pytest.mark.parametrize("setting", ["silent", "told"])
def test_a_citation_of_a_hidden_paper(run: Run, folder: Path, tmp_path: Path, setting: str) -> None:
    """Told of by the setting only; without it, it reads like a citation of what is not there."""
    (folder / "制度" / "丁.md").write_text(
        "# 云澜局采购规定\n\n第一条　采购按《云澜局麒麟管理办法》第一条办理。\n\n"
        "第二条　采购按《云澜局凤凰管理办法》第一条办理。\n",
        "utf-8",
    )
    run()
    settings = Settings(home=tmp_path / "库", hidden_citations=setting)
    with KnowledgeBase.open(settings) as base:
        anna, carl = (
            Seat(base, Visitor(who, who.name, who.name, "", "试验")) for who in (ANNA, CARL)
        )
        [seen] = anna.provision("制度/丁.md#第一条", ANY).cites
        assert seen.link.target_path == "制度/甲.md"
        [hidden] = carl.provision("制度/丁.md#第一条", ANY).cites
        [absent] = carl.provision("制度/丁.md#第二条", ANY).cites
        assert not hidden.link.target_path
        assert absent.link.reason != HIDDEN
        said = everything(hidden.link)
        if setting == "told":
            assert hidden.link.reason == HIDDEN == "引用了一份您无权查看的文件"
        else:
            assert hidden.link.reason == absent.link.reason.replace("凤凰", "麒麟")
        # Nothing of it but the words of the paper that he reads.
        assert "甲.md" not in said
        assert not [link for link in carl.links(carl.document("制度/丁.md", ANY).version, ANY)
                    if "甲.md" in everything(link)]  # fmt: skip
