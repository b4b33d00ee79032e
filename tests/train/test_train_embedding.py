"""A training from end to end on a few made-up pairs, and what it says about bad data."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.config import Settings
from kb.embed import load
from kb.errors import ConfigError, ReadError
from kb.train import run
from kb.train.data import Pair, read_pairs, widened
from kb.train.finish import leaning, turned
from kb.train.vocabulary import UNKNOWN, alphabet, learn, learned_from

TOPICS = {
    "印章外借": (
        "章子能不能带出去用",
        "因公确需将印章带离办公场所的，须经分管负责人批准并由两人同行",
    ),
    "公务用车": ("出差想用单位的车怎么办", "使用公务车辆应当提前填写派车单，由车辆管理岗统一调度"),
    "值班交接": (
        "晚上值班的人走之前要做什么",
        "值班人员离岗前应当填写交接记录，未处置事项逐项移交",
    ),
    "档案借阅": ("以前的材料想借出来看看", "借阅档案应当登记，借期不超过十五日，逾期应当续借"),
    "差旅报销": ("住宿费超了能不能报", "住宿费在限额标准内凭据报销，超出部分由个人承担"),
    "合同审查": ("签协议之前给谁看", "合同文本签订前应当送法制岗审查，出具书面意见"),
    "信访办理": ("群众来信多久回复", "信访事项应当自受理之日起六十日内办结并书面答复"),
    "考勤请假": ("家里有事想歇两天", "工作人员请事假两日以内的由科室负责人批准"),
    "固定资产": ("电脑坏了想报废", "资产报废应当经技术鉴定，按权限审批后核销"),
    "采购验收": ("买来的东西谁来点", "采购项目完成后由三人以上的验收小组出具验收单"),
}
SMALL = {"epochs": 20, "dimensions": 48, "vocabulary": 400}


def _silent(line: str) -> None:
    assert line


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pairs")
    rows: list[dict[str, object]] = []
    for number, (topic, (question, article)) in enumerate(TOPICS.items()):
        heading = f"{topic}管理办法 第二章 {topic}"
        text = f"{article}。\n本条由办公室负责解释，{topic}另有规定的从其规定。"
        rows += [
            {"query": heading, "positive": text, "label": "structural", "corpus_id": number},
            {"query": question, "positive": article, "label": "human", "corpus_id": number},
            {"query": topic, "positive": article, "label": "title-body"},
        ]
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    (folder / "a.jsonl").write_text("\n".join(lines[::2]) + "\n", "utf-8")
    (folder / "b.jsonl").write_text("\n".join(lines[1::2]) + "\n\n", "utf-8")
    return folder


@pytest.fixture(scope="module")
def trained(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("out") / "model"
    run(data, out, seed=5, threads=1, name="tiny", say=_silent, **SMALL)
    return out


def test_trained_model_finds_the_article_of_each_question(trained: Path) -> None:
    model = load(Settings(home=trained, model=str(trained)))
    articles = model.encode_passages([article for _, article in TOPICS.values()])
    questions = model.encode_queries([question for question, _ in TOPICS.values()])
    assert (questions @ articles.T).argmax(axis=1).tolist() == list(range(len(TOPICS)))


def test_same_seed_same_model(data: Path, trained: Path, tmp_path: Path) -> None:
    again = run(data, tmp_path / "again", seed=5, threads=1, name="tiny", say=_silent, **SMALL)
    other = run(data, tmp_path / "other", seed=6, threads=1, name="tiny", say=_silent, **SMALL)
    first = load(Settings(home=trained, model=str(trained))).version
    assert again == first
    assert other != first


def test_progress_names_each_round(data: Path, tmp_path: Path) -> None:
    lines: list[str] = []
    run(data, tmp_path / "m", epochs=2, dimensions=8, vocabulary=300, say=lines.append)
    assert any(line.startswith("第 2/2 轮") for line in lines)
    assert any("难负例" in line for line in lines)
    assert lines[-1].startswith("已写入")


def test_judged_pairs_get_the_article_with_its_heading(data: Path) -> None:
    pairs = read_pairs(data, seed=1)
    judged = [pair for pair in pairs if pair.judged]
    assert len(judged) == len(TOPICS)
    assert all(pair.passage.split(" ")[0].endswith("管理办法") for pair in judged)


def test_a_sentence_asks_for_the_rest_of_its_article(data: Path) -> None:
    sentences = [pair for pair in read_pairs(data, seed=1) if pair.label == "sentence"]
    assert len(sentences) == len(TOPICS)
    assert all(pair.query not in pair.passage for pair in sentences)


def test_a_letter_is_not_repeated(tmp_path: Path) -> None:
    rows = [{"query": "问" * n, "positive": "答", "label": "human"} for n in (200, 201)]
    text = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    (tmp_path / "x.jsonl").write_text(text, "utf-8")
    assert [pair.repeats for pair in read_pairs(tmp_path, seed=1)] == [10, 1]


def test_quoted_articles_are_trained_as_they_are_indexed() -> None:
    article = Pair(
        "印章办法 第二章 外借", "印章外借须经分管负责人批准。\n携带外出应当两人同行。", "structural"
    )
    right = Pair(
        "章子能带走吗",
        "《印章办法》第五条：印章外借须经分管负责人批准。 携带外出应当两人同行。",
        "weak-retrieved",
    )
    other = Pair("车能开走吗", "《公车办法》第一条：车辆统一调度。", "weak-retrieved")
    asked, sentence = widened([article, right, other], seed=1)
    assert asked == Pair(
        right.query, f"{article.query} {article.passage}", "weak-retrieved-article"
    )
    assert sentence.label == "sentence"


def test_vocabulary_is_learned_from_law_and_never_from_letters() -> None:
    pairs = [
        Pair("印章办法 第二章", "印章外借须经批准", "structural"),
        Pair("老板不给钱", "网友您好，感谢您的来信", "weak-retrieved"),
        Pair("胡书记您好", "网友您好", "human"),
        Pair("胡书记请关注", "小区停水", "title-body"),
    ]
    assert learned_from(pairs) == ["印章办法 第二章", "印章外借须经批准", "老板不给钱"]
    assert "胡书记您好" in learned_from(pairs[2:])


@given(st.integers(2, 4), st.lists(st.text("印章外借批准", min_size=4), min_size=3, max_size=9))
def test_no_token_is_over_the_bound(longest: int, texts: list[str]) -> None:
    vocabulary = learn(texts * 3, size=200, longest=longest).get_vocab()
    assert max(len(token) for token in vocabulary if token != UNKNOWN) <= longest


def test_characters_of_letters_are_known_one_by_one() -> None:
    pairs = [Pair("印章办法", "印章须经批准", "structural"), Pair("群众来信", "群众来访", "human")]
    known = alphabet(pairs)
    assert "群" in known
    assert "访" not in known
    vocabulary = learn(learned_from(pairs), size=60, longest=3, characters=known).get_vocab()
    assert "群" in vocabulary
    assert "群众" not in vocabulary


def test_a_bound_is_no_tighter_than_it_says() -> None:
    vocabulary = learn(["印章外借"] * 9, size=50, longest=4).get_vocab()
    assert "印章外借" in vocabulary


def test_first_components_hold_the_most_and_cosines_stay() -> None:
    rng = np.random.default_rng(2)
    rows = (rng.normal(size=(300, 12)) * np.linspace(0.2, 3, 12)).astype(np.float32)
    along = turned(rows, rows)
    np.testing.assert_allclose(along @ along.T, rows @ rows.T, rtol=1e-3, atol=1e-2)
    assert (np.diff(np.square(along).sum(axis=0)) <= 1e-3).all()


def test_lean_points_to_what_answers() -> None:
    rng = np.random.default_rng(3)
    articles = rng.normal(size=(400, 8)).astype(np.float32)
    answers = articles[articles[:, 2] > 0.5]
    lean = leaning(articles, answers, 0.3)
    assert np.linalg.norm(lean) == pytest.approx(0.3, rel=1e-4)
    assert np.abs(lean).argmax() == 2
    assert lean[2] > 0
    assert not leaning(articles, answers[:10], 0.3).any()
    assert not leaning(articles, answers, 0.0).any()


def test_training_without_articles_or_judged_pairs(tmp_path: Path) -> None:
    data = tmp_path / "d"
    data.mkdir()
    rows = [{"query": topic, "positive": article} for topic, (_, article) in TOPICS.items()]
    text = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    (data / "x.jsonl").write_text(text, "utf-8")
    run(data, tmp_path / "m", epochs=4, dimensions=8, vocabulary=300, say=_silent)
    rows_out = load(Settings(home=tmp_path, model=str(tmp_path / "m"))).encode_queries(["印章外借"])
    assert np.linalg.norm(rows_out[0]) == pytest.approx(1, abs=1e-5)


def test_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="训练数据文件夹不存在"):
        run(tmp_path / "none", tmp_path / "m")


def test_folder_without_pairs(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="没有训练数据"):
        run(tmp_path, tmp_path / "m")


@pytest.mark.parametrize("line", ["{", "[]", '{"query": "问"}', '{"query": 1, "positive": "答"}'])
def test_bad_line_is_named(tmp_path: Path, line: str) -> None:
    good = '{"query": "问", "positive": "答"}'
    (tmp_path / "x.jsonl").write_text(f"{good}\n{line}\n", "utf-8")
    with pytest.raises(ReadError, match=r"x\.jsonl：第 2 行不是训练对"):
        run(tmp_path, tmp_path / "m")


def test_wrong_encoding_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_bytes('{"query": "问", "positive": "答"}'.encode("gb18030"))
    with pytest.raises(ReadError, match=r"x\.jsonl：无法读取"):
        run(tmp_path, tmp_path / "m")


def test_output_that_is_taken(data: Path, tmp_path: Path) -> None:
    (tmp_path / "x").write_text("x", "utf-8")
    with pytest.raises(ConfigError, match="不为空"):
        run(data, tmp_path)


def test_numbers_that_make_no_sense(data: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="维数"):
        run(data, tmp_path / "m", dimensions=0)
    with pytest.raises(ConfigError, match="整除"):
        run(data, tmp_path / "m", dimensions=25)
    with pytest.raises(ConfigError, match="轮数"):
        run(data, tmp_path / "m", epochs=0)
