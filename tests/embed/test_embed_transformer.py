"""Other people's models: one clear line when absent, real vectors when there."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kb.config import Settings
from kb.embed import load
from kb.errors import ModelError

# One process of the tests loads torch (ten seconds), not each.
pytestmark = pytest.mark.xdist_group("torch")


@pytest.mark.parametrize("where", ["/no/such/model", "./no-such", "a/b/c", "~/no-such-model-here"])
def test_path_that_does_not_exist(tmp_path: Path, where: str) -> None:
    with pytest.raises(ModelError, match="文件夹不存在") as caught:
        load(Settings(home=tmp_path, model=where))
    assert where in str(caught.value)
    assert caught.value.hint
    assert "\n" not in str(caught.value)


def test_file_is_no_model(tmp_path: Path) -> None:
    file = tmp_path / "x.bin"
    file.write_bytes(b"x")
    with pytest.raises(ModelError, match="不是文件夹"):
        load(Settings(home=tmp_path, model=str(file)))


@pytest.mark.filterwarnings("default")
def test_folder_without_a_model(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}", "utf-8")
    with pytest.raises(ModelError, match="无法加载") as caught:
        load(Settings(home=tmp_path, model=str(tmp_path)))
    assert "\n" not in str(caught.value)


@pytest.mark.filterwarnings("default")
def test_name_that_is_not_on_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(ModelError, match="在本机找不到"):
        load(Settings(home=tmp_path, model="nobody/no-such-model"))


@pytest.mark.filterwarnings("default")
def test_sentence_transformers_folder(tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer, models, pre_tokenizers

    tokenizer = Tokenizer(models.WordLevel({"[UNK]": 0, "印": 1, "章": 2}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    weights = np.array([[0, 0, 0], [3, 0, 0], [0, 4, 0]], dtype=np.float32)
    SentenceTransformer(
        modules=[StaticEmbedding(tokenizer, embedding_weights=weights)], device="cpu"
    ).save(str(tmp_path / "st"))

    model = load(Settings(home=tmp_path, model=str(tmp_path / "st")))
    assert (model.name, model.dimensions) == ("st", 3)
    rows = model.encode_passages(["印章", "印"])
    np.testing.assert_allclose(rows, [[0.6, 0.8, 0], [1, 0, 0]], atol=1e-6)
    np.testing.assert_allclose(model.encode_queries(["章"]), [[0, 1, 0]], atol=1e-6)
    assert model.encode_queries([]).shape == (0, 3)
    assert model.version == load(Settings(home=tmp_path, model=str(tmp_path / "st"))).version
