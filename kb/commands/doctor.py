"""``kb doctor``: is everything here that the program needs, and is the index whole?"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kb.access.visitor import Visitor
from kb.commands.output import print_json, settings_of
from kb.commands.seat import ORIGIN, noted
from kb.config import Settings
from kb.errors import AuditUnwritable, CatalogueError, KbError
from kb.law.readings import FileReading
from kb.model import Scope

NAMED = 5
"""Of many faults of one kind, so many by name."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. ``needed`` false: something works less well, nothing fails."""

    what: str
    good: bool
    says: str
    needed: bool = True


def add(parser: argparse.ArgumentParser) -> None:
    """Arguments."""
    parser.add_argument(
        "--environment", action="store_true", help="只检查运行环境（字体、浏览器等）"
    )
    parser.add_argument("--repair", action="store_true", help="修复损坏的索引与目录，再检查一遍")
    parser.add_argument("--json", action="store_true", help="以 JSON 输出")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0 all needed things are well, 1 something is not."""
    settings = settings_of(args)
    Visitor.owner(settings.home, ORIGIN)
    # Where the log cannot be reached or written this is what says so: it goes on (`door`).
    with suppress(AuditUnwritable, CatalogueError):
        noted(settings, "doctor", "--repair" if args.repair else "")
    if args.repair:
        _repair(settings)
    found = list(environment(settings))
    if not args.environment:
        found += list(door(settings))
        found += list(home(settings))
    if args.json:
        print_json([{"what": f.what, "good": f.good, "says": f.says} for f in found])
    else:
        for f in found:
            mark = "好" if f.good else ("缺" if f.needed else "注意")
            print(f"[{mark}] {f.what}：{f.says}", file=sys.stdout)
    strict = os.environ.get("KB_REQUIRE_ALL") == "1"
    return int(any(not f.good and (f.needed or strict) for f in found))


def _repair(settings: Settings) -> None:
    from indexer.repair import repair
    from kb.commands.index import bar

    with bar(quiet=not sys.stderr.isatty()) as progress:
        done = repair(settings, progress)
    for line in done or ["没有需要修复的"]:
        print(line, file=sys.stderr)


def environment(settings: Settings) -> Iterator[Finding]:
    """Interpreter, fonts, and the outside programs that some functions use."""
    good = sys.version_info >= (3, 11)
    yield Finding("Python", good, sys.version.split()[0] if good else "需要 3.11 或更新版本")
    yield from _fonts()
    yield _program(
        "浏览器",
        ("chromium", "chromium-browser", "google-chrome"),
        settings.chromium,
        "网页测试需要；Debian 上安装 chromium",
    )
    yield _program(
        "LibreOffice",
        ("soffice", "libreoffice"),
        "",
        "读取 DOC、WPS 旧格式需要；Debian 上安装 libreoffice-writer-nogui",
    )
    yield _program("pdftoppm", ("pdftoppm",), "", "版式测试需要；Debian 上安装 poppler-utils")


def _fonts() -> Iterator[Finding]:
    from kb.decide.render.fonts import stand_ins

    try:
        chosen = stand_ins()
    except KbError as error:
        yield Finding("中文字体", False, str(error))
        return
    says = "、".join(f"{wanted} 用 {used}" for wanted, used in chosen.items())
    yield Finding("中文字体", True, f"PDF 中 {says}")


def _program(what: str, names: tuple[str, ...], named: str, missing: str) -> Finding:
    path = shutil.which(named) if named else next(filter(None, map(shutil.which, names)), None)
    return Finding(what, path is not None, path or f"没有找到；{missing}", needed=False)


def door(settings: Settings) -> Iterator[Finding]:
    """Is the home its owner's alone, does the database answer, does the log hold together?"""
    from kb.catalogue import Catalogue
    from kb.catalogue.audit_archive import verify

    if settings.database_url:
        from kb.catalogue import postgres

        try:
            says = postgres.described(settings.database_url)
        except KbError as error:
            yield Finding("PostgreSQL", False, str(error))
            return
        yield Finding("PostgreSQL", True, says)
    if not settings.home.exists():
        return
    if os.name == "posix":
        mode = settings.home.stat().st_mode & 0o777
        private = not mode & 0o077
        says = (
            "只有所有者能进" if private else f"权限 {mode:o}，应为 700：chmod 700 {settings.home}"
        )
        yield Finding("知识库目录", private, says)
    if not Catalogue.has_log(settings):
        return
    try:
        doors = Catalogue.doors(settings)
    except KbError as error:
        yield Finding("审计日志", False, str(error))
        return
    try:
        found = verify(doors.audit)
    except KbError as error:
        yield Finding("审计日志", False, str(error))
        return
    finally:
        doors.close()
    fault = f"第 {found.at} 条处对不上：{found.why}"
    yield Finding("审计日志", found.good, f"{found.events} 条，链完好" if found.good else fault)


def home(settings: Settings) -> Iterator[Finding]:
    """Databases, published generation, digests of its files, the same passages in every part."""
    from indexer.repair import examine

    if settings.engine == "milvus":
        from kb.engine.milvus import described

        try:
            yield Finding("Milvus", True, described(settings))
        except KbError as error:
            yield Finding("Milvus", False, str(error))
            return
    try:
        health = examine(settings)
    except KbError as error:
        yield Finding("索引", False, str(error))
        return
    for what, wrong in (
        ("数据库", health.database),
        ("索引指针", health.pointer),
        ("索引文件", health.files),
        ("目录内容", [f"{path} 与入库时不符" for path in health.papers]),
        ("目录状态", health.state),
    ):
        says = _shortened(wrong) + "；运行 kb doctor --repair 修复" if wrong else "校验一致"
        yield Finding(what, not wrong, says)
    if health.older:
        says = _shortened(health.older) + "；不影响使用，但不能退回到那一代"
        yield Finding("旧索引", False, says, needed=False)
    yield from _model(settings)
    if health.whole:
        yield from _contents(settings)


def _shortened(wrong: list[str]) -> str:
    rest = f"；等 {len(wrong)} 处" if len(wrong) > NAMED else ""
    return "；".join(wrong[:NAMED]) + rest


def _model(settings: Settings) -> Iterator[Finding]:
    """The weights still have the digest that stands beside them."""
    from kb.config import BUILTIN_MODEL
    from kb.embed import BUILTIN
    from kb.embed.store import is_static, verify

    folder = BUILTIN if settings.model == BUILTIN_MODEL else Path(settings.model).expanduser()
    if is_static(folder):
        try:
            good, says = verify(folder), ""
        except KbError as error:
            good, says = False, str(error)
        fault = says or f"{folder} 的权重与其校验值不符；请重新安装本程序"
        yield Finding("向量模型", good, "校验一致" if good else fault)


def _contents(settings: Settings) -> Iterator[Finding]:
    from kb.base import KnowledgeBase

    try:
        with KnowledgeBase.open(settings) as base:
            counts = base.counts()
            generation = base.snapshot().generation
            failed = [f for f in base.files() if f.failure]
            read = base.readings(Scope.everything(as_of=date.today()))
    except KbError as error:
        yield Finding("索引", False, str(error))
        return
    yield Finding(
        "索引",
        True,
        f"第 {generation} 代，文件 {counts['files']} 个，条文 {counts['articles']} 条，"
        f"检索单元 {counts['passages']} 个",
    )
    yield _read(read)
    if failed:
        names = "、".join(f.path for f in failed[:NAMED])
        yield Finding("未入库文件", False, f"{len(failed)} 个：{names}", needed=False)


def _read(read: list[FileReading]) -> Finding:
    """How well the files were read, all together; the doubtful ones by name."""
    doubtful = [r for r in read if r.doubts]
    shown = "；".join(f"{r.path}（{'、'.join(r.doubts)}）" for r in doubtful[:5])
    cited = sum(r.resolved + r.abstained for r in read)
    says = f"条款引用 {cited} 处，确定 {sum(r.resolved for r in read)} 处"
    if doubtful:
        says += f"；{len(doubtful)} 个文件需留意：{shown}（kb index --report 列出全部）"
    return Finding("读取情况", not doubtful, says, needed=False)
