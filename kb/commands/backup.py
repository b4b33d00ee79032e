"""``kb backup``, ``kb restore``, ``kb migrate``: a home as one file, and back."""

from __future__ import annotations

import argparse
import sys
import time
from datetime import datetime
from pathlib import Path

from kb.access.visitor import Visitor
from kb.catalogue import backup as archive
from kb.commands.output import settings_of
from kb.commands.seat import ORIGIN, noted
from kb.config import CHOICES, Settings, load_settings
from kb.errors import ConfigError


def add_backup(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``kb backup``."""
    parser.add_argument(
        "--out", type=Path, metavar="文件", help="写到哪个 .zip（默认放在备份目录）"
    )
    parser.set_defaults(run=backup)


def backup(args: argparse.Namespace) -> int:
    """Write a verified archive of the home."""
    settings = settings_of(args)
    noted(settings, "backup")
    out = args.out or archive.default_path(settings, datetime.now().astimezone())
    written = archive.backup(settings, out)
    print(f"已备份 {written.files} 个文件到 {written.path}（{written.bytes / 1e6:.1f} MB，已校验）")
    return 0


def add_restore(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``kb restore``."""
    parser.add_argument("archive", type=Path, metavar="备份文件")
    parser.add_argument("--force", action="store_true", help="覆盖已有的知识库（先另存）")
    parser.set_defaults(run=restore)


def restore(args: argparse.Namespace) -> int:
    """Put a home back as the archive has it."""
    settings = settings_of(args)
    Visitor.owner(settings.home, ORIGIN)
    files = archive.restore(settings, args.archive, force=args.force)
    noted(settings, "restore")
    print(f"已恢复 {files} 个文件到 {settings.home}")
    return 0


def add_migrate(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``kb migrate``."""
    parser.add_argument(
        "--database",
        metavar="地址",
        help="把目录搬到这个 PostgreSQL（postgresql://…），或 sqlite：搬回知识库目录",
    )
    parser.add_argument(
        "--engine",
        choices=CHOICES["engine"],
        help="把索引搬到 Milvus（milvus），或搬回知识库目录（tantivy、whoosh）；向量照搬，不重算",
    )
    parser.set_defaults(run=migrate)


def migrate(args: argparse.Namespace) -> int:
    """Bring the databases to this program's schema; a backup is made first. With ``--database``
    bring them elsewhere, with ``--engine`` the index: what they were stays where it was."""
    from kb.catalogue import Catalogue

    settings = settings_of(args)
    Visitor.owner(settings.home, ORIGIN)
    if args.engine is not None and args.database is not None:
        raise ConfigError(
            "--database 与 --engine 一次只搬一样", hint="先搬一样，改好设置后再搬另一样"
        )
    if args.engine is not None:
        return _move_index(settings, args.engine)
    if args.database is not None:
        return _move(settings, args.database)
    out = archive.default_path(settings, datetime.now().astimezone())
    written = archive.backup(settings, out)
    print(f"升级前已备份到 {written.path}")
    Catalogue.open(settings, create=True).close()
    # Only now: before, the log had an older schema.
    noted(settings, "migrate")
    print("数据库结构已是最新")
    return 0


def _move(settings: Settings, database: str) -> int:
    from kb.catalogue.transfer import transfer

    there = "" if database == "sqlite" else database
    target = load_settings(settings.home, database_url=there)
    if target.database_url == settings.database_url:
        raise ConfigError("目录已经在那里", hint="--database 写要搬去的地方")
    noted(settings, "migrate", "sqlite" if not there else "postgresql")
    moved = transfer(settings, target, _told)
    total = sum(moved.rows.values())
    print(f"已搬 {moved.brought} 行；两边各 {total} 行、{len(moved.rows)} 张表，逐行核对一致")
    if there:
        print("现在把 KB_DATABASE_URL 设为这个地址；原来的 SQLite 文件未动，确认无误后可移走")
    else:
        print("现在去掉 KB_DATABASE_URL；PostgreSQL 里的内容未动")
    return 0


def _move_index(settings: Settings, engine: str) -> int:
    from indexer.move import move

    target = load_settings(settings.home, engine=engine)
    noted(settings, "migrate", engine)
    last = 0.0

    def told(stage: str, done: int, total: int, _: str) -> None:
        nonlocal last
        if done >= total or time.monotonic() - last > 1:
            last = time.monotonic()
            print(f"{stage} {done}/{total}", file=sys.stderr, flush=True)

    moved = move(settings, target, told)
    if moved.already:
        print(f"那边已有这一代（第 {moved.generation} 代）")
    elif moved.held:
        print(f"接着上次：{moved.held} 个单元的向量上次已取来")
    print(f"两边各 {moved.passages} 个单元，第 {moved.generation} 代，逐个核对一致")
    print(f"现在把 KB_ENGINE 设为 {engine}；原来的索引未动，确认无误后可删去")
    return 0


def _told(table: str, done: int, total: int) -> None:
    print(f"{table} {done}/{total}", file=sys.stderr)
