"""``kb index``: bring the index up to date."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kb.commands.output import print_json, settings_of
from kb.commands.seat import noted
from kb.config import Settings
from kb.errors import ConfigError, KbError
from kb.model import Scope

if TYPE_CHECKING:
    from indexer.publish import Options
    from indexer.report import Report


def add(parser: argparse.ArgumentParser) -> None:
    """Arguments."""
    parser.add_argument("paths", nargs="*", type=Path, metavar="文件夹", help="要入库或刷新的来源")
    parser.add_argument("--full", action="store_true", help="全部重做")
    parser.add_argument("--dry-run", action="store_true", help="只说会做什么，不改动")
    parser.add_argument("--forget", action="store_true", help="把所列来源移出索引")
    parser.add_argument("--rollback", action="store_true", help="退回上一代索引")
    parser.add_argument(
        "--accept-removals", action="store_true", help="确认大批文件确已删除（超过两成）"
    )
    parser.add_argument(
        "--progress", action="store_true", help="逐个文件输出进度（制表符分隔），供程序读取"
    )
    parser.add_argument(
        "--watch", action="store_true", help="一直跟随各文件夹，有变动就更新（Ctrl+C 结束）"
    )
    parser.add_argument(
        "--every",
        type=float,
        default=0.0,
        metavar="秒",
        help="跟随时至多隔几秒全面查看一次（默认本机 600，网络文件夹 30）",
    )
    parser.add_argument("--report", action="store_true", help="附上每个文件的读取报告")
    parser.add_argument("--json", action="store_true", help="以 JSON 输出")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0 complete, 1 some files failed; 2 (aborted) comes as an exception."""
    from indexer.publish import Options, index, rollback

    settings = settings_of(args)
    did = _did(args)
    told = noted(settings, "index", did)
    if args.rollback:
        number = rollback(settings)
        print_json({"generation": number}) if args.json else print(f"已退回第 {number} 代索引")
        return 0
    options = Options(
        full=args.full,
        dry_run=args.dry_run,
        accept_removals=args.accept_removals,
        forget=args.forget,
    )
    if args.watch:
        return _watch(settings, args, options)
    if args.progress:
        # Who started us as a program ends us as Ctrl+C would. Not with SIGINT: what a server in
        # a shell's background starts inherits it as ignored.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    with Lines() if args.progress else bar(quiet=not sys.stderr.isatty()) as progress:
        report = index(settings, args.paths, options, progress)
    if not told and not args.dry_run:
        noted(settings, "index", did)  # the first run, which made the log
    withdraw(settings, report)
    if args.json:
        shown = report.as_json()
        if args.report:
            shown["reading"] = _readings(settings)
        print_json(shown)
    else:
        print("\n".join(report.lines()))
        if args.report:
            print("\n".join(_reading_lines(settings)))
    return report.exit_code


def _did(args: argparse.Namespace) -> str:
    """The run in words, for the log."""
    flags = ("rollback", "forget", "full", "dry_run", "accept_removals", "watch", "report")
    given = [f"--{name.replace('_', '-')}" for name in flags if getattr(args, name)]
    return " ".join([*given, *(str(path) for path in args.paths)])


def withdraw(settings: Settings, report: Report) -> None:
    """What is gone leaves the drafts that quote it; what was purged is logged by its digest."""
    if not report.withdrawn:
        return
    from indexer.correcting import of_purged
    from kb.catalogue import Catalogue
    from kb.catalogue.audit import Event
    from kb.decide.purge import purge
    from kb.decide.withdraw import withdraw as take_out

    with Catalogue.open(settings) as catalogue:
        if drafts := take_out(catalogue.people, report.withdrawn):
            print(f"{len(drafts)} 份材料草稿去掉了已移除文件的引文", file=sys.stderr)
        if report.purged:
            rows, gone = catalogue.corrections, [path for path, _ in report.purged]
            rows.forget(of_purged(rows.history(), catalogue.reader(report.generation), gone))
        paths = tuple(f"{path}#" for path, _ in report.purged)
        secret = [i for i in report.withdrawn if f"{i}#".startswith(paths)] if paths else []
        for one in purge(catalogue.people, secret):
            print(f"定稿 {one.name} 清除了已移除文件的引文", file=sys.stderr)
            told = f"{one.name} {one.before}→{one.after or '已被改动，全文清除'}"
            event = Event("", "index", "purge", told, generation=report.generation)
            catalogue.audit.append(event)
        for _, digest in report.purged:
            event = Event("", "index", "purge", digest, generation=report.generation)
            catalogue.audit.append(event)


def _watch(settings: Settings, args: argparse.Namespace, options: Options) -> int:
    """Until Ctrl+C, which is how one ends it: 0."""
    from indexer.watch import Watch

    def say(told: Report | KbError) -> None:
        now = datetime.now().astimezone().strftime("%H:%M:%S")
        if not isinstance(told, KbError):
            noted(settings, "index", f"跟随：第 {told.generation} 代")
            withdraw(settings, told)
        if isinstance(told, KbError):
            print(f"{now} 未更新：{told}", file=sys.stderr, flush=True)
        elif args.json:
            print(json.dumps(told.as_json(), ensure_ascii=False), flush=True)
        else:
            print("\n".join([f"{now} {told.lines()[0]}", *told.lines()[1:]]), flush=True)

    if options.dry_run or options.forget or args.report:
        raise ConfigError("--watch 不能与 --dry-run、--forget、--report 同用")
    print("正在跟随各文件夹，按 Ctrl+C 结束", file=sys.stderr, flush=True)
    with suppress(KeyboardInterrupt):
        Watch(settings, args.paths, options, _silent, say, every=args.every).run()
    return 0


def _silent(stage: str, done: int, total: int, path: str) -> None:
    """A watch tells of runs, not of their progress."""


def _readings(settings: Settings) -> list[dict[str, Any]]:
    from kb.base import KnowledgeBase

    with KnowledgeBase.open(settings) as base:
        found = base.readings(Scope.everything(as_of=date.today()))
        failed = [{"path": f.path, "why": f.failure} for f in base.files() if f.failure]
    return sorted([r.as_json() for r in found] + failed, key=lambda entry: str(entry["path"]))


def _reading_lines(settings: Settings) -> Iterator[str]:
    from kb.base import KnowledgeBase

    with KnowledgeBase.open(settings) as base:
        for reading in base.readings(Scope.everything(as_of=date.today())):
            yield f"  {reading.path}：{reading.in_words()}"


def bar(*, quiet: bool) -> Bar:
    """Progress on stderr: a bar at a terminal, a line every tenth elsewhere."""
    return Bar(quiet=quiet)


class Lines:
    """Calls as `indexer.publish.Progress`; prints each as a line for a program."""

    def __call__(self, stage: str, done: int, total: int, path: str) -> None:
        """``stage<TAB>done<TAB>total<TAB>path``."""
        print(stage, done, total, path, sep="\t", file=sys.stderr, flush=True)

    def __enter__(self) -> Lines:
        return self

    def __exit__(self, *error: object) -> None:
        pass


class Bar:
    """Calls as `indexer.publish.Progress`, shows stage, rate and time left."""

    def __init__(self, *, quiet: bool) -> None:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeElapsedColumn,
            TimeRemainingColumn,
        )

        self._quiet = quiet
        self._tenth = -1
        self._stage = ""
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=30),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TextColumn("已用"),
            TimeElapsedColumn(),
            TextColumn("剩余"),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            disable=quiet,
        )
        self._task = self._progress.add_task("准备", total=None, rate="")

    def __call__(self, stage: str, done: int, total: int, path: str) -> None:
        """Show where a run stands."""
        if stage != self._stage:
            self._stage, self._tenth = stage, -1
            self._progress.reset(self._task, description=stage, total=total)
        task = self._progress.tasks[self._task]
        rate = f"{task.speed:.0f} 个/秒" if task.speed else ""
        self._progress.update(self._task, completed=done, total=total, rate=rate)
        tenth = done * 10 // total if total else 10
        if self._quiet and tenth != self._tenth:
            self._tenth = tenth
            print(f"{stage} {done}/{total}", file=sys.stderr, flush=True)

    def __enter__(self) -> Bar:
        self._progress.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._progress.stop()
