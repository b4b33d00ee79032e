"""An office's own words: edited as text, taken in with the next index, gone with a rollback."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from indexer.publish import Options, index, rollback
from kb.base import KnowledgeBase
from kb.config import Settings
from kb.engine.query import Field
from kb.errors import ConfigError
from kb.model import Scope
from kb.text.segment import use_dictionary, words

NOW = Scope.everything(as_of=date(2026, 11, 24))


@pytest.fixture
def home(tmp_path: Path) -> Iterator[tuple[Settings, Path]]:
    folder = tmp_path / "文件"
    folder.mkdir()
    (folder / "甲.txt").write_text("请在云枢瓴通平台登记后办理用印。\n", encoding="utf-8")
    settings = Settings(home=tmp_path / "库", workers=1)
    index(settings, [folder], Options())
    yield settings, folder
    use_dictionary(None)


def terms(settings: Settings) -> set[str]:
    with KnowledgeBase.open(settings) as base:
        return {term for term, _ in base.snapshot().reader.terms(Field.WORDS, NOW)}


def test_a_word_takes_effect_with_the_next_index(home: tuple[Settings, Path]) -> None:
    settings, folder = home
    assert "云枢瓴通" not in terms(settings)
    own = settings.home / "dictionary.txt"
    own.write_text("# 平台名\n云枢瓴通 500\n", encoding="utf-8")
    assert "云枢瓴通" not in terms(settings), "edited, not yet indexed: the old cut serves on"
    report = index(settings, [], Options(dry_run=True))
    assert "云枢瓴通" not in terms(settings)
    report = index(settings, [], Options())
    assert any("词典有变化" in note for note in report.notes)
    assert report.changed == 0, "no file was read again"
    assert "云枢瓴通" in terms(settings)
    with KnowledgeBase.open(settings) as base:
        assert base.search("云枢瓴通平台", NOW, limit=1).hits[0].why.words
        assert "云枢瓴通" in words("云枢瓴通平台")
    (folder / "乙.txt").write_text("云枢瓴通平台停用时改用纸质登记。\n", encoding="utf-8")
    assert index(settings, [], Options()).notes == [], "workers cut with it, too"
    assert dict(_counts(settings))["云枢瓴通"] == 2


def _counts(settings: Settings) -> list[tuple[str, int]]:
    with KnowledgeBase.open(settings) as base:
        return base.snapshot().reader.terms(Field.WORDS, NOW)


def test_a_rollback_takes_the_words_back(home: tuple[Settings, Path]) -> None:
    settings, _ = home
    (settings.home / "dictionary.txt").write_text("云枢瓴通\n", encoding="utf-8")
    index(settings, [], Options())
    rollback(settings)
    assert "云枢瓴通" not in terms(settings)
    assert "云枢瓴通" not in words("云枢瓴通平台")


def test_taking_the_file_away_takes_its_words_away(home: tuple[Settings, Path]) -> None:
    settings, _ = home
    own = settings.home / "dictionary.txt"
    own.write_text("云枢瓴通\n", encoding="utf-8")
    index(settings, [], Options())
    own.unlink()
    assert "云枢瓴通" in terms(settings), "until the next index"
    index(settings, [], Options())
    assert "云枢瓴通" not in terms(settings)


def test_a_line_that_is_no_word_stops_nothing_but_the_run(home: tuple[Settings, Path]) -> None:
    settings, _ = home
    (settings.home / "dictionary.txt").write_text("云枢瓴通\n这 不是 一行 词\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="第 2 行"):
        index(settings, [], Options())
    assert "用印" in terms(settings)
