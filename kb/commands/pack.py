"""``kb pack``: make, list and export briefing packs (参阅材料).

Drafts and agenda are in `pack_draft`, editions in `pack_edition`.
"""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path

from kb.access.policy import Action
from kb.access.watermark import copied
from kb.api.shapes import packs_json
from kb.commands import pack_draft, pack_edition
from kb.commands.output import day_of, own_templates, print_json, settings_of, table
from kb.commands.seat import add_user, seat
from kb.decide import FORMATS, Pack, load, make, render, store
from kb.decide.edits import Edits
from kb.decide.freeze import find_edition, open_edition
from kb.decide.model import day_in_words
from kb.decide.render.marks import marks
from kb.decide.render.stamp import stamped
from kb.decide.template import DEFAULT
from kb.errors import NotFound, PackError
from kb.model import Scope
from kb.seat import Seat


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
    new.add_argument(
        "--pin", action="append", default=[], metavar="条文", help="一定要引用的条文，可写多个"
    )
    new.add_argument("--maker", default="", metavar="编制人", help="写在封面上")
    _output(new)
    new.set_defaults(run=run_new)
    listing = commands.add_parser("list", help="列出已有的参阅材料")
    listing.add_argument("--json", action="store_true", help="以 JSON 输出")
    listing.set_defaults(run=run_list)
    export = commands.add_parser("export", help="再次输出一份参阅材料")
    export.add_argument(
        "id", metavar="编号", help="kb pack list 中的编号；定稿写文号，如 参阅〔2026〕3号@1"
    )
    export.add_argument("--for", dest="reader", default="", metavar="姓名", help="这一份给谁")
    _output(export)
    export.set_defaults(run=run_export)
    more = (*pack_draft.add(commands), *pack_edition.add(commands))
    for command in (new, listing, export, *more):
        add_user(command)
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
    with seat(args) as base:
        pack = make(
            base.composing(args.topic),
            Scope.everything(as_of=day),
            topic=args.topic,
            questions=args.question,
            background=args.background,
            as_of=day,
            template=args.template,
            maker=args.maker,
            own_templates=own_templates(settings),
            edits=(edits := Edits(pinned=tuple(dict.fromkeys(args.pin)))),
        )
        if missing := [key for key in args.pin if key not in {s.passage_id for s in pack.sources}]:
            raise NotFound(
                f"没有找到要引用的条文：{'、'.join(missing)}", hint="用 kb search 查编号"
            )
        bears = marks(settings.pack_marks, name=args.maker, copy=0, at=pack.made)
        files = render(pack, formats, args.out, own_templates=own_templates(settings), marks=bears)
        store(base.people, pack, edits=edits)
        for file in files:
            _stamp(base, pack.id, file)
    _tell(pack, files, as_json=args.json)
    return 0


def run_list(args: argparse.Namespace) -> int:
    """Every draft and its editions, newest first."""
    with seat(args) as base:
        base.allow(Action.LIST, "参阅材料")
        rows = base.people.packs()
        editions = base.people.editions.every()
    if args.json:
        print_json(packs_json(rows, editions))
    elif not rows:
        print("还没有参阅材料；用 kb pack new 生成")
    else:
        shown = [("编号", "编制日期", "模板", "定稿", "议题")]
        for row in rows:
            frozen = [f"{e.number}@{e.edition}" for e in editions if e.pack_id == row.id]
            made = day_in_words(row.made.astimezone().date())
            shown.append((row.id, made, row.template, frozen[-1] if frozen else "草稿", row.topic))
        print(table(shown))
    return 0


def run_export(args: argparse.Namespace) -> int:
    """Write a draft as it stands now, or an edition as it was frozen."""
    formats = formats_of(args.format)
    settings = settings_of(args)
    own = own_templates(settings)
    template, copy, edition = None, 0, None
    with seat(args) as base:
        people = base.people
        if people.editions.every(number=args.id.partition("@")[0]):
            row = find_edition(people, args.id)
            pack, template = open_edition(row)
            edition = row.id
            held = people.editions.deliveries(edition_id=row.id)
            copy = next((d.copy for d in held if d.recipient == args.reader), 0)
        else:
            pack = load(people, args.id, own)
        bears = marks(settings.pack_marks, name=args.reader, copy=copy, at=datetime.now(UTC))
        files = render(pack, formats, args.out, own_templates=own, template=template, marks=bears)
        for file in files:
            _stamp(base, pack.id, file, edition)
    _tell(pack, files, as_json=args.json)
    return 0


def _stamp(base: Seat, pack_id: str, file: Path, edition: int | None = None) -> None:
    """A numbered copy, with whose it is on each page."""
    form = file.suffix[1:]
    copy = base.hand_out(pack_id, form, Action.EXPORT, edition=edition)
    if base.marks_copies:
        file.write_bytes(stamped(file.read_bytes(), form, copied(base.visitor, copy)))


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


def _tell(pack: Pack, files: list[Path], *, as_json: bool) -> None:
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
