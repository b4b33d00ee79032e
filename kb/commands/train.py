"""``kb train``: fit the embedding that ships, or go on training it for one office."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from kb.commands.output import settings_of
from kb.commands.seat import noted
from kb.config import BUILTIN_MODEL, Settings
from kb.errors import ConfigError

if TYPE_CHECKING:
    from kb.train.office import Outcome

NEXT = "请运行 kb index --full 按新模型重建索引；在此之前检索会报“向量模型有变化”"


def add(parser: argparse.ArgumentParser) -> None:
    """Arguments."""
    parser.add_argument(
        "--data",
        type=Path,
        metavar="目录",
        help="训练对（*.jsonl）；不给则用本知识库的文件与已知问答",
    )
    parser.add_argument("--out", type=Path, metavar="目录", help="模型写到哪里（与 --data 同用）")
    parser.add_argument("--forget", action="store_true", help="不再用本库续训的模型，改回随附的")
    parser.add_argument("--seed", type=int, default=None, help="随机种子")
    parser.add_argument("--epochs", type=int, default=None, help="遍数")
    parser.add_argument("--dimensions", type=int, default=None, help="维数（与 --data 同用）")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Train. 0: a model was written; 1: the home keeps the one it has.

    Raises:
        ConfigError: options that do not go together.
    """
    if (args.data is None) != (args.out is None):
        raise ConfigError("--data 与 --out 应一并给出", hint="都不给则在本知识库上续训")
    given = {
        name: getattr(args, name)
        for name in ("seed", "epochs", "dimensions")
        if getattr(args, name) is not None
    }
    if args.data is not None:
        from kb import train

        print(train.run(args.data, args.out, say=_progress, **given))
        return 0
    if "dimensions" in given:
        raise ConfigError("续训不能改变维数", hint="--dimensions 与 --data、--out 同用")
    settings = settings_of(args)
    if settings.model != BUILTIN_MODEL:
        raise ConfigError(
            f"本库设置的模型是 {settings.model}，只有随附的模型可以续训",
            hint=f"把设置 model 改回 {BUILTIN_MODEL} 并重建索引后再试",
        )
    return _forget(settings) if args.forget else _go_on(settings, given)


def _forget(settings: Settings) -> int:
    from kb.embed import forget

    noted(settings, "train", "改回随附的模型")
    if not forget(settings):
        print("本库没有续训过的模型")
        return 1
    print(f"已改回随附的模型。{NEXT}")
    return 0


def _go_on(settings: Settings, given: dict[str, int]) -> int:
    from kb import train
    from kb.base import KnowledgeBase
    from kb.model import Scope
    from kb.train.office import Own

    scope = Scope.everything(as_of=None)
    noted(settings, "train", "在本库上续训")
    with KnowledgeBase.open(settings) as base:
        rows = base.snapshot().rows
        passages = {
            row.passage.id: Own(
                version.title,
                " ".join(row.passage.heading[-1:]),
                row.passage.lead + row.passage.text,
            )
            for version in base.documents(scope)
            for row in rows.passages_of(version, scope)
        }
        questions = base.people.known_pairs()
    outcome = train.run_home(
        settings,
        passages,
        questions,
        seed=given.get("seed", 1),
        epochs=given.get("epochs", 3),
        say=_progress,
    )
    for line in report(outcome):
        print(line)
    return 0 if outcome is not None and outcome.tokens is not None else 1


def _progress(line: str) -> None:
    print(line, file=sys.stderr)


def report(outcome: Outcome | None) -> list[str]:
    """What a person reads afterwards."""
    if outcome is None:
        return ["可学的太少（条文与问答合计不足），仍用现有的模型"]
    measured = (
        f"留出 {outcome.held} 题（{outcome.by}）：mrr@10 原 {outcome.before:.3f}，"
        f"续训后 {outcome.after:.3f}"
    )
    if outcome.tokens is None:
        return [
            measured,
            "没有变好，不采用，仍用现有的模型；多积累一些已知问答（kb questions）再试",
        ]
    return [measured, f"已采用（取所学的 {outcome.share:.0%}）。{NEXT}"]
