"""Going on training for one office: on made-up papers, with a model of a few characters."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer, models, pre_tokenizers

from kb.base import KnowledgeBase
from kb.cli import main
from kb.commands.train import report
from kb.config import Settings
from kb.embed import BUILTIN, adopt, current, forget, load
from kb.embed.store import Stored, read, write
from kb.errors import ConfigError, IndexStale
from kb.train import run_home
from kb.train.office import LEAST, Outcome, Own, go_on

TOPICS, WORDS, ASKED = 8, 5, 6
BASE = 0x4E00


def _char(place: int) -> str:
    return chr(BASE + place)


def _silent(line: str) -> None:
    assert line


@pytest.fixture
def stored(tmp_path: Path) -> Stored:
    """A model that knows every character and nothing about what goes with what."""
    vocabulary = {"[UNK]": 0} | {_char(i): i + 1 for i in range(400)}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    rows = np.random.default_rng(1).normal(size=(401, 32)).astype(np.float32)
    return write(tmp_path / "given", name="tiny", tokenizer=str(tokenizer.to_str()), matrix=rows)


def _office() -> tuple[dict[str, Own], list[tuple[str, str]]]:
    """Topics whose questions share no character with their paper: only learning tells."""
    rng = random.Random(2)
    papers, questions = {}, []
    for topic in range(TOPICS):
        mine = [_char(300 + topic * WORDS + i) for i in range(WORDS)]
        law = [_char(topic * 30 + i) for i in range(30)]
        papers[f"{topic}.md#第一条"] = Own(
            "".join(law[:3]), "", f"{''.join(law[3:16])}。{''.join(law[16:])}。"
        )
        for _ in range(ASKED):
            questions.append(("".join(rng.sample(mine, 3)), f"{topic}.md#第一条"))
    return papers, questions


def test_what_was_answered_is_found_for_questions_held_out(stored: Stored) -> None:
    papers, questions = _office()
    outcome = go_on(stored, papers, questions, epochs=20, rate=0.05, say=_silent)
    assert outcome is not None
    assert outcome.by == "已知问答"
    assert outcome.after > outcome.before + 0.2
    assert outcome.tokens is not None
    assert outcome.tokens.shape == stored.tokens.shape
    again = go_on(stored, papers, questions, epochs=20, rate=0.05, say=_silent)
    assert again is not None
    assert again.tokens is not None
    np.testing.assert_array_equal(again.tokens, outcome.tokens)


def test_what_finds_no_more_is_not_taken(stored: Stored) -> None:
    papers, questions = _office()
    outcome = go_on(stored, papers, questions, epochs=1, rate=0.0, say=_silent)
    assert outcome is not None
    assert outcome.after == outcome.before
    assert outcome.tokens is None
    assert "不采用" in report(outcome)[-1]


def test_papers_alone_are_measured_by_their_sentences(stored: Stored) -> None:
    papers = {f"{i}{key}": own for key, own in _office()[0].items() for i in range(5)}
    outcome = go_on(stored, papers, [], epochs=1, say=_silent)
    assert outcome is not None
    assert outcome.by == "条文中的句子"
    assert outcome.known == 0


def test_too_little_is_said(stored: Stored) -> None:
    papers = dict(list(_office()[0].items())[:2])
    assert len(papers) < LEAST
    assert go_on(stored, papers, [], say=_silent) is None
    assert "太少" in report(None)[0]


def test_a_question_about_what_is_gone_is_left_out(stored: Stored) -> None:
    papers, questions = _office()
    gone = [(question, "没有.md#第一条") for question, _ in questions]
    outcome = go_on(stored, papers, questions + gone, epochs=1, say=_silent)
    assert outcome is not None
    assert outcome.known + outcome.held == len(questions)


def test_a_home_keeps_its_own_model_and_can_go_back(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    assert current(settings) == BUILTIN
    assert not forget(settings)
    of = read(BUILTIN)
    rows = of.tokens[:, :].astype(np.float32) * of.scales[:, None]
    rows[5] += 1
    for _ in range(2):
        own = adopt(settings, of, rows)
        assert load(settings).version == f"{own.name}@{own.digest}"
    assert own.name == f"{of.name}-own"
    assert forget(settings)
    assert load(settings).version == f"{of.name}@{of.digest}"


def test_an_index_made_with_another_model_says_what_to_run(
    corpus_copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(home=corpus_copy)
    of = read(BUILTIN)
    adopt(settings, of, of.tokens.astype(np.float32) * (1.5 * of.scales[:, None]))
    with pytest.raises(IndexStale, match="向量模型") as caught:
        KnowledgeBase.open(settings)
    assert "kb index --full" in str(caught.value.hint)
    assert main(["--home", str(corpus_copy), "train", "--forget"]) == 0
    assert "随附" in capsys.readouterr().out
    KnowledgeBase.open(settings).close()


def test_report_names_what_to_run() -> None:
    tokens = np.zeros((2, 2), dtype=np.float32)
    lines = report(Outcome(100, 20, 5, "已知问答", 0.4, 0.5, 0.5, tokens))
    assert "原 0.400，续训后 0.500" in lines[0]
    assert "50%" in lines[1]
    assert "kb index --full" in lines[1]


def test_numbers_and_options_that_make_no_sense(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ConfigError, match="轮数"):
        run_home(Settings(home=tmp_path), {}, [], epochs=0)
    home = ["--home", str(tmp_path)]
    assert main([*home, "train", "--data", str(tmp_path)]) == 2
    assert "--out" in capsys.readouterr().err
    assert main([*home, "train", "--dimensions", "8"]) == 2
    assert main([*home, "train", "--forget"]) == 1
    assert "没有续训" in capsys.readouterr().out


def test_what_was_switched_off_is_not_learned(
    corpus_copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with KnowledgeBase.open(Settings(home=corpus_copy)) as base:
        article = next(iter(base.snapshot().reader.ids()))
        base.people.add_known([("要留的问题", article), ("停用的问题", article)])
        wrong = next(row for row in base.people.known() if row.question == "停用的问题")
        base.people.switch_known([wrong.id], off=True)
    seen: list[tuple[str, str]] = []

    def learns(
        settings: Settings, passages: object, questions: list[tuple[str, str]], **_: object
    ) -> None:
        seen.extend(questions)

    monkeypatch.setattr("kb.train.run_home", learns)
    assert main(["--home", str(corpus_copy), "train"]) == 1
    assert seen == [("要留的问题", article)]
