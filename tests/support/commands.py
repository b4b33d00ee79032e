"""Every command with all its words, a call of it that must be noted, or why it need not be."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator

from kb.cli import COMMANDS, parser

SILENT = {
    "preview": "reads a file that lies outside every home",
    "bundle": "packs the program, reads no home",
    "test": "runs the tests, reads no home",
    "demo": "is `index` and then `serve`, which note themselves",
}

CALLS: tuple[str, ...] = (
    "index {folder}",
    "index --rollback",
    "search 采购审批",
    "show 制度/旧办法.md#第一条",
    "system",
    "eval --queries {queries} --qrels {qrels}",
    "questions add --queries {queries} --qrels {qrels}",
    "questions list",
    "questions off 1",
    "questions correct 1 --article 制度/旧办法.md#第一条",
    "questions remove 1",
    "marks",
    "marks list",
    "marks refuse 制度/没有.md",
    "user add carl --department 办公室",
    "user list",
    "user role carl --clearance public",
    "api token add OA --user carl",
    "api token list",
    "api token revoke OA",
    "api serve",
    "user disable carl",
    "pack agenda --add 采购设备 --department 办公室 --day 2026-12-01",
    "pack new --topic 采购审批 --format html --out {out}",
    "pack list",
    "pack draft {decision}",
    "pack prepare",
    "pack export {pack} --format html --out {out}",
    "pack freeze {pack} --by 甲",
    "pack verify",
    "pack deliver {pack} --to 王局长",
    "pack reading --for 王局长 --out {out}/阅件.html",
    "decision show {decision}",
    "decision checklist {decision} major-decision --by 甲",
    "decision experience {decision} --lesson 早报",
    "task add 落实采购 --source 纪要 --standard 办完 --lead 办公室 --limit 2026-12-20 --by 甲",
    "task list",
    "task assign 1 请办理 --by 甲",
    "task remind --dry-run",
    "task accept 1 --by 乙",
    "task remind 1 请抓紧 --by 甲",
    "task notice --out {out}",
    "audit list",
    "audit verify",
    "audit export --out {out}/log.csv",
    "audit rotate",
    "audit copy XXXXXXXXXX",
    "backup --out {out}/备份.zip",
    "migrate",
    "restore {out}/备份.zip --force",
    "bench --queries {queries} --part open",
    "doctor",
    "train",
    "serve",
)
"""In an order in which each finds what it needs. Words in braces are filled in by the test."""

STATIC = {
    "kb.commands.decision.show_checklists": "shows the lists that come with the program",
}
"""Functions that tell nothing of a home's papers or people."""


def leaves() -> Iterator[tuple[str, Callable[..., int]]]:
    """Every command that can be called, with the function that it runs."""
    for name in COMMANDS:
        [commands] = _below(parser(name))
        yield from _leaves(commands.choices[name], name)


def _leaves(one: argparse.ArgumentParser, name: str) -> Iterator[tuple[str, Callable[..., int]]]:
    below = _below(one)
    if not below or not below[0].required:
        yield name, one.get_default("run")
    for commands in below:
        for word, sub in commands.choices.items():
            yield from _leaves(sub, f"{name} {word}")


def _below(one: argparse.ArgumentParser) -> list[argparse._SubParsersAction]:  # type: ignore[type-arg]
    return [a for a in one._actions if isinstance(a, argparse._SubParsersAction)]


def function_of(run: Callable[..., int]) -> str:
    """Its full name."""
    return f"{run.__module__}.{run.__qualname__}"
