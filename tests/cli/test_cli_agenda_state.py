"""``kb pack agenda --state`` goes the way of the decision and leaves no gate out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.test_cli_course import run


def test_a_state_is_reached_by_its_steps_only(
    corpus_copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def agenda(*words: str) -> tuple[int, str]:
        code, out, err = run(
            corpus_copy, capsys, "pack", "agenda", *words, "--by", "王敏", "--json"
        )
        return code, err if code else json.loads(out)[0]["state"]

    assert agenda("--add", "外借公章") == (0, "备料")
    code, said = agenda("--set", "2026-1", "--state", "已决")
    assert (code, "不能直接到“已决”" in said) == (2, True)
    code, said = agenda("--set", "2026-1", "--day", "2026-12-16", "--state", "上会")
    assert (code, "没有定稿的参阅材料" in said) == (2, True)
    code, said = agenda("--set", "2026-1", "--state", "酝酿")
    assert (code, "写明理由" in said) == (2, True)
    assert agenda("--set", "2026-1", "--state", "酝酿", "--reason", "材料不齐") == (0, "酝酿")
    # Back in preparation it needs the unit in charge.
    code, said = agenda("--set", "2026-1", "--state", "备料")
    assert (code, "没有明确承办单位" in said) == (2, True)
    told = ("--set", "2026-1", "--department", "办公室", "--state", "备料")
    assert agenda(*told) == (0, "备料")
    code, said = agenda("--set", "2026-1", "--state", "撤回")
    assert (code, "撤回的理由" in said) == (2, True)
    assert agenda("--set", "2026-1", "--state", "撤回", "--reason", "不再需要") == (0, "撤回")
