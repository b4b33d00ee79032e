"""``kb pack``: make, list and export briefing packs (参阅材料)."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from kb.base import KnowledgeBase
from kb.catalogue import Catalogue
from kb.commands.output import day_of, print_json, settings_of, table
from kb.config import Settings
from kb.decide import FORMATS, Pack, load, make, render, store
from kb.decide.model import day_in_words
from kb.decide.template import DEFAULT
from kb.errors import PackError
from kb.model import Scope

OWN_TEMPLATES = "templates"
"""Folder in the home where an office keeps templates of its own."""


def add(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``kb pack`` and its sub-commands."""
    commands = parser.add_subparsers(
        dest="pack_command", metavar="动作", title="动作", required=True
    )
    new = commands.add_parser("new", help="按议题生成参阅材料")
    new.add_argument("--topic", required=True, metavar="议题", help="如：采购一批办公设备")
    new.add_argument(
        "--question", action="append", default=[], metavar="问题", help="要回答的问题，可写多个"
    )
    new.add_argument("--background", default="", metavar="文字", help="议题背景，原样写入")
    new.add_argument("--as-of", metavar="日期", help="以哪一天有效的规定为准（默认今天）")
    new.add_argument("--template", default=DEFAULT, metavar="模板", help=f"默认 {DEFAULT}")
    new.add_argument("--maker", default="", metavar="编制人", help="写在封面上")
    _output(new)
    new.set_defaults(run=run_new)
    listing = commands.add_parser("list", help="列出已有的参阅材料")
    listing.add_argument("--json", action="store_true", help="以 JSON 输出")
    listing.set_defaults(run=run_list)
    export = commands.add_parser("export", help="再次输出一份参阅材料")
    export.add_argument("id", metavar="编号", help="kb pack list 中的编号")
    _output(export)
    export.set_defaults(run=run_export)
    for command in (new, listing, export):
        command.add_argument(
            "--home", type=Path, default=argparse.SUPPRESS, metavar="目录", help="知识库所在目录"
        )


def _output(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--format", default="docx,pdf,html", metavar="格式", help="docx、pdf、html，用逗号分开"
    )
    parser.add_argument("--out", required=True, type=Path, metavar="文件夹", help="写到哪里")
    parser.add_argument("--json", action="store_true", help="以 JSON 输出")


def run_new(args: argparse.Namespace) -> int:
    """Make a pack, keep it, write its files. 0; errors come as exceptions."""
    formats = formats_of(args.format)
    settings = settings_of(args)
    day = day_of(args.as_of)
    with KnowledgeBase.open(settings) as base:
        pack = make(
            base,
            Scope.everything(as_of=day),
            topic=args.topic,
            questions=args.question,
            background=args.background,
            as_of=day,
            template=args.template,
            maker=args.maker,
            own_templates=own_templates(settings),
        )
        files = render(pack, formats, args.out, own_templates=own_templates(settings))
        store(base.people, pack)
    _tell(pack, files, formats, as_json=args.json)
    return 0


def run_list(args: argparse.Namespace) -> int:
    """Every stored pack, newest first."""
    with Catalogue.open(settings_of(args)) as catalogue:
        rows = catalogue.people.packs()
    if args.json:
        print_json(
            [
                {
                    "id": row.id,
                    "topic": row.topic,
                    "made": row.made.isoformat(),
                    "maker": row.maker,
                    "as_of": row.as_of.isoformat() if row.as_of else None,
                    "template": row.template,
                    "generation": row.generation,
                }
                for row in rows
            ]
        )
    elif not rows:
        print("还没有参阅材料；用 kb pack new 生成")
    else:
        shown = [("编号", "编制日期", "模板", "议题")]
        shown += [(row.id, day_in_words(row.made.date()), row.template, row.topic) for row in rows]
        print(table(shown))
    return 0


def run_export(args: argparse.Namespace) -> int:
    """Write a stored pack again, as it was made."""
    formats = formats_of(args.format)
    settings = settings_of(args)
    with Catalogue.open(settings) as catalogue:
        pack = load(catalogue.people, args.id)
    files = render(pack, formats, args.out, own_templates=own_templates(settings))
    _tell(pack, files, formats, as_json=args.json)
    return 0


def formats_of(value: str) -> list[str]:
    """``docx,pdf`` as a list.

    Raises:
        PackError: an unknown format, or none.
    """
    found = [part.strip().lower() for part in value.replace("，", ",").split(",") if part.strip()]
    unknown = [part for part in found if part not in FORMATS]
    if unknown or not found:
        raise PackError(
            f"不认识的格式：{'、'.join(unknown) or value}", hint=f"可用：{'、'.join(FORMATS)}"
        )
    return found


def own_templates(settings: Settings) -> Path:
    """Where an office's own templates lie."""
    return settings.home / OWN_TEMPLATES


def _tell(pack: Pack, files: list[Path], formats: list[str], *, as_json: bool) -> None:
    if "pdf" in formats:
        from kb.decide.render.fonts import stand_ins

        used = "、".join(f"{name}→{font}" for name, font in stand_ins().items() if name != font)
        if used:
            print(f"PDF 字体替代：{used}", file=sys.stderr)
    if as_json:
        print_json(
            {
                "id": pack.id,
                "files": [str(file) for file in files],
                "sources": [source.passage_id for source in pack.sources],
                "gaps": list(pack.gaps),
            }
        )
        return
    print(f"参阅材料 {pack.id}：引用 {len(pack.sources)} 处")
    for file in files:
        print(f"  {file}")
    for gap in pack.gaps:
        print(f"  未找到直接依据：{gap}")
