"""管理 under AppTest, the runs that it starts, and what it puts into folders."""

from __future__ import annotations

import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.publish import Options, index
from kb.catalogue.rows import SourceRow
from kb.config import Settings
from kb.errors import ConfigError, ReadError
from kb.ui import intake, jobs, session
from tests.support.ui import Opener, html_of, press, unharmed


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home of three files, one of which cannot be read, to make copies of."""
    folder = tmp_path_factory.mktemp("管理")
    source = folder / "文件"
    (source / "制度").mkdir(parents=True)
    (source / "制度" / "印章.md").write_text("# 印章办法\n\n第一条　使用印章须批准。\n", "utf-8")
    (source / "食堂.txt").write_text("秘密\n\n关于菜谱的说明\n\n第一条　略。\n", "utf-8")
    (source / "坏的.docx").write_bytes(b"PK\x03\x04 torn")
    settings = Settings(home=folder / "库", workers=1)
    index(settings, [source], Options())
    return settings.home


@pytest.fixture
def office(made: Path, tmp_path: Path) -> Iterator[Settings]:
    """A copy for each test: they change it."""
    yield Settings(home=Path(shutil.copytree(made, tmp_path / "库")), workers=1)
    session.close_all()


def source_of(settings: Settings) -> SourceRow:
    return session.opened(settings).base.sources()[0]


def ended(settings: Settings, seconds: float = 90) -> jobs.Job:
    until = time.monotonic() + seconds
    while (job := jobs.current(settings)) is None or job.running:
        assert time.monotonic() < until
        time.sleep(0.1)
    return job


def test_state(open_page: Opener, office: Settings) -> None:
    page = open_page("admin", home=office.home)
    unharmed(page)
    shown = html_of(page)
    assert "第 1 代" in shown
    assert "2 个文件没有入库" in shown
    assert str(source_of(office).root) in shown


def test_file_by_file(open_page: Opener, office: Settings) -> None:
    page = open_page("admin", home=office.home, do="files")
    unharmed(page)
    shown = html_of(page)
    assert "制度/印章.md" in shown
    assert "未入库（本次）：" in shown
    page.toggle(key="only-faults").set_value(True).run()
    assert "制度/印章.md" not in html_of(page)


def test_a_doubtful_mark_is_decided_in_the_page(
    open_page: Opener, office: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[str] = []
    monkeypatch.setattr(jobs, "start", lambda *_, what, who: started.append(what))
    page = open_page("admin", home=office.home, do="marks")
    unharmed(page)
    assert "密级存疑（1）" in page.segmented_control[0].options
    assert "菜谱" not in html_of(page)
    page.text_input(key="note:食堂.txt").set_value("菜谱，标题误排").run()
    press(page, "看过原件，确认非涉密")
    unharmed(page)
    marks = session.opened(office).base.marks
    (row,) = marks.standing().values()
    assert (row.decision, row.note, row.who) == ("accepted", "菜谱，标题误排", "本机使用者")
    assert started == ["按决定更新索引"]
    press(page, "收回决定")
    assert marks.standing() == {}
    assert "决定的记录（2）" in [e.label for e in page.expander]


def test_synonyms_are_checked_and_take_effect(open_page: Opener, office: Settings) -> None:
    page = open_page("admin", home=office.home, do="words")
    page.text_area(key="list:synonyms.txt").set_value("只有一个词")
    press(page, "保存同义词")
    unharmed(page)
    assert "第 1 行不对" in page.error[0].value
    assert intake.own_list(office, intake.SYNONYMS) == ""
    page.text_area(key="list:synonyms.txt").set_value("戳子 印章")
    press(page, "保存同义词")
    unharmed(page)
    assert page.success[0].value.startswith("已保存")
    assert intake.own_list(office, intake.SYNONYMS) == "戳子 印章\n"
    with pytest.raises(ConfigError, match="第 1 行不对"):
        intake.save_list(office, intake.DICTIONARY, "一 二 三 四")
    assert intake.own_list(office, intake.DICTIONARY) == ""
    assert sorted(p.name for p in office.home.glob("*.new")) == []
    page = open_page(home=office.home, q="盖戳子")
    assert "印章办法" in html_of(page)


def test_what_was_told_is_settled(open_page: Opener, office: Settings) -> None:
    desk = session.opened(office).base.desk
    desk.tell(
        "", "text", query="印章", says="少了一款", generation=1, passage_id="制度/印章.md#第一条"
    )
    desk.ask("", "火星移民", hits=0, weak=True)
    page = open_page("admin", home=office.home, do="told")
    unharmed(page)
    shown = html_of(page)
    assert "少了一款" in shown
    assert "火星移民" in shown
    press(page, "处理完毕")
    assert desk.told()[0].done is not None


def test_a_run_and_its_end(open_page: Opener, office: Settings) -> None:
    page = open_page("admin", home=office.home, do="update")
    unharmed(page)
    press(page, "先看看会做什么")
    job = ended(office)
    assert "没有改动索引" in job.in_words
    assert job.code in (0, 1)
    assert job.report["files"] == 3
    page = open_page("admin", home=office.home, do="update")
    unharmed(page)
    assert "没有改动索引" in (*page.success, *page.warning)[0].value


def test_a_run_can_be_stopped(office: Settings) -> None:
    before = session.opened(office).base.generation
    # As where the server was started in the background of a shell.
    heard = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        job = jobs.start(office, ["--full"], what="全部重做", who="")
    finally:
        signal.signal(signal.SIGINT, heard)
    with pytest.raises(ConfigError, match="正在更新索引"):
        jobs.start(office, [], what="再来", who="")
    jobs.cancel(job)
    ended(office)
    assert job.cancelled
    assert job.in_words == "已取消，索引没有改动"
    assert session.opened(office).base.generation == before


def test_how_an_uploaded_file_would_be_cut(office: Settings) -> None:
    (paper,) = intake.looked_at(
        office, "../值班 办法.md", "# 值班办法\n\n第一条　值班。\n".encode()
    )
    assert (paper["title"], paper["report"]["articles"]) == ("值班办法", 1)
    assert [n["label"] for n in paper["outline"] if n["label"]] == ["第一条"]
    with pytest.raises(ReadError, match="国家秘密标志"):
        intake.looked_at(office, "甲.txt", "机密★\n\n名单\n".encode())


def test_a_file_is_put_beside_and_never_over_another(office: Settings) -> None:
    sources = [source_of(office)]
    folder = Path(sources[0].root) / "制度"
    assert folder in intake.folders(sources)
    first = intake.put(folder, "新.md", b"1", sources)
    second = intake.put(folder, "新.md", b"2", sources)
    assert (first.name, second.name) == ("新.md", "新(2).md")
    assert first.read_bytes() == b"1"
    with pytest.raises(ConfigError, match="内容相同"):
        intake.put(folder, "新.md", b"1", sources)
    with pytest.raises(ConfigError, match="不是来源文件夹"):
        intake.put(folder.parent.parent, "外.md", b"1", sources)
    for path in (first, second):
        path.unlink()


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("甲.md", "甲.md"),
        ("../../etc/甲.md", "甲.md"),
        ('a<b>:"|?*.txt', "ab.txt"),
        (" .甲.md ", "甲.md"),
    ],
)
def test_names_of_uploaded_files(given: str, kept: str) -> None:
    assert intake.safe_name(given) == kept


@pytest.mark.parametrize("given", ["", "/", "...", "~$甲.docx"])
def test_names_of_which_nothing_is_left(given: str) -> None:
    with pytest.raises(ConfigError):
        intake.safe_name(given)


@pytest.mark.parametrize("section", ["", "update", "upload", "files", "words", "marks", "told"])
def test_without_an_index(open_page: Opener, tmp_path: Path, section: str) -> None:
    page = open_page("admin", home=tmp_path / "空", do=section)
    unharmed(page)
    assert "还没有入库任何文件" in html_of(page)
