"""The static model: files, arithmetic by hand, and the one that ships."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer, models, pre_tokenizers

from kb.config import Settings
from kb.embed import BUILTIN, load, passage_text
from kb.embed.static import CUT, StaticEmbedder
from kb.embed.store import TOKENS, quantise, read, verify, write
from kb.errors import ModelError


def _tokenizer() -> str:
    tokenizer = Tokenizer(
        models.WordLevel({"[UNK]": 0, "印": 1, "章": 2, "车": 3}, unk_token="[UNK]")
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    return str(tokenizer.to_str())


MATRIX = np.array([[0, 0], [1, 0], [0, 1], [-2, 1]], dtype=np.float32)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / "m", name="tiny", tokenizer=_tokenizer(), matrix=MATRIX)
    return tmp_path / "m"


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> StaticEmbedder:
    return StaticEmbedder.open(BUILTIN)


def test_mean_of_tokens_by_hand(folder: Path) -> None:
    model = StaticEmbedder.open(folder)
    rows = model.encode_passages(["印章", "印", "印印章"])
    expected = [[0.7071, 0.7071], [1, 0], [0.8944, 0.4472]]
    np.testing.assert_allclose(rows, expected, atol=1e-2)
    assert rows.dtype == np.float32


def test_text_without_known_token_is_zero(folder: Path) -> None:
    rows = StaticEmbedder.open(folder).encode_queries(["", "qq", "章"])
    assert not rows[:2].any()
    assert rows[2] @ rows[2] == pytest.approx(1)


def test_questions_lean_and_passages_do_not(tmp_path: Path) -> None:
    lean = np.array([0, 0.5], dtype=np.float32)
    write(tmp_path / "l", name="tiny", tokenizer=_tokenizer(), matrix=MATRIX, lean=lean)
    model = StaticEmbedder.open(tmp_path / "l")
    np.testing.assert_allclose(model.encode_passages(["印"]), [[1, 0]], atol=1e-6)
    expected = [[0.8944, 0.4472], [0, 0]]
    np.testing.assert_allclose(model.encode_queries(["印", "qq"]), expected, atol=1e-4)


def test_no_text_gives_no_row(folder: Path) -> None:
    assert StaticEmbedder.open(folder).encode_queries([]).shape == (0, 2)


def test_order_holds_across_blocks(folder: Path) -> None:
    texts = ["印", "章"] * (CUT // 2) + ["车"]
    rows = StaticEmbedder.open(folder).encode_passages(texts)
    np.testing.assert_allclose(rows[-1], [-0.8944, 0.4472], atol=1e-2)
    np.testing.assert_allclose(rows[CUT - 2], [1, 0], atol=1e-6)


def test_quantise_keeps_rows_within_half_a_step() -> None:
    matrix = np.random.default_rng(7).normal(size=(50, 16)).astype(np.float32)
    matrix[3] = 0
    tokens, scales = quantise(matrix)
    assert scales[3] == 0
    error = np.abs(tokens * scales[:, None] - matrix)
    assert (error <= scales[:, None] / 2 + 1e-6).all()


def test_digest_tells_models_apart(folder: Path, tmp_path: Path) -> None:
    assert verify(folder)
    other = write(tmp_path / "o", name="tiny", tokenizer=_tokenizer(), matrix=MATRIX * [1, 2])
    assert other.digest != read(folder).digest


def test_altered_weights_fail_the_check(folder: Path) -> None:
    tokens = np.load(folder / TOKENS)
    tokens[1, 0] -= 1
    np.save(folder / TOKENS, tokens)
    assert not verify(folder)


@pytest.mark.parametrize("name", ["tokenizer.json", "scales.npy", "lean.npy"])
def test_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(ModelError, match=f"缺少文件 {name}"):
        StaticEmbedder.open(folder)


@pytest.mark.parametrize(
    ("name", "content"),
    [("tokens.npy", b"\x93NUMPY torn"), ("tokenizer.json", b"{}"), ("model.json", b"[]")],
)
def test_damaged_file_is_one_line(folder: Path, name: str, content: bytes) -> None:
    (folder / name).write_bytes(content)
    with pytest.raises(ModelError, match="已损坏") as caught:
        StaticEmbedder.open(folder)
    assert "\n" not in str(caught.value)


def test_shape_must_agree_with_description(folder: Path) -> None:
    np.save(folder / "scales.npy", np.ones(3, dtype=np.float32))
    with pytest.raises(ModelError, match="不符"):
        StaticEmbedder.open(folder)


def test_other_format_is_refused(folder: Path) -> None:
    meta = json.loads((folder / "model.json").read_text("utf-8"))
    (folder / "model.json").write_text(json.dumps(meta | {"format": 99}), "utf-8")
    with pytest.raises(ModelError, match="格式是 99"):
        StaticEmbedder.open(folder)


def test_load_takes_a_trained_folder(folder: Path, tmp_path: Path) -> None:
    model = load(Settings(home=tmp_path, model=str(folder)))
    assert model.name == "tiny"
    assert model.version.startswith("tiny@")


def test_passage_text_is_title_innermost_heading_and_text() -> None:
    heading = ("第二章 用印", "第一节 外借")
    assert passage_text("印章办法", heading, "为了…") == "印章办法 第一节 外借 为了…"
    assert passage_text("印章办法", (), "为了…") == "印章办法 为了…"
    assert passage_text("", [], "正文") == "正文"


def test_shipped_model_is_whole_and_small() -> None:
    assert verify(BUILTIN)
    weights = sum(f.stat().st_size for f in BUILTIN.iterdir() if f.suffix in (".npy", ".json"))
    assert weights <= 32_000_000


def test_shipped_vocabulary_holds_neither_set_phrases_nor_people() -> None:
    vocabulary = json.loads((BUILTIN / "tokenizer.json").read_text("utf-8"))["model"]["vocab"]
    assert max(len(token) for token in vocabulary if token != "[UNK]") <= 3
    address = re.compile(
        "[赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕张孔曹严华金魏陶姜谢邹苏潘葛范彭鲁韦马苗"
        "花方俞任袁柳史唐费薛雷贺倪汤罗毕郝安常于傅卞齐康伍余顾孟黄穆萧尹姚邵汪毛米明"
        "戴宋庞熊纪舒屈项祝董梁杜阮蓝季贾路江童颜郭梅林钟徐邱骆高夏蔡田胡霍万柯卢莫"
        "丁邓洪包左石崔龚程邢陆翁曾易黎](书记|市长|县长|区长|局长|主任|先生|女士|同志)$"
    )
    assert [token for token in vocabulary if address.search(token)] == []


def test_shipped_model_prefers_the_paraphrase(shipped: StaticEmbedder) -> None:
    question = "老板一直拖着不给工资怎么办"
    passages = [
        "用人单位应当按照劳动合同约定和国家规定，向劳动者及时足额支付劳动报酬。",
        "机动车驾驶人应当按照规定参加驾驶证审验。",
        "建设单位应当将环境影响报告书报送审批。",
    ]
    scores = shipped.encode_passages(passages) @ shipped.encode_queries([question])[0]
    assert scores.argmax() == 0


def test_shipped_model_does_not_need_torch() -> None:
    code = (
        "import sys; from pathlib import Path; from kb.config import Settings; "
        "from kb.embed import load; e = load(Settings(home=Path('.'))); "
        "assert e.encode_queries(['印章外借'])[0].any(); "
        "sys.exit(int('torch' in sys.modules or 'sentence_transformers' in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
