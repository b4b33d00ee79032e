"""``kb pack freeze | verify | deliver | reading``: editions, and whom they are handed to."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path
from typing import Any

from kb.access.policy import Action
from kb.commands.output import own_templates, print_json, settings_of
from kb.commands.seat import seat, signer
from kb.decide.changes import WHAT
from kb.decide.freeze import find_edition, freeze
from kb.decide.reading import entries, reading_list
from kb.decide.verify import Verified, verify
from kb.errors import PackError, in_words


def add(commands: Any) -> list[argparse.ArgumentParser]:
    """The parsers of these sub-commands."""
    frozen = commands.add_parser("freeze", help="定稿：编号、封存，此后不变")
    frozen.add_argument("id", metavar="编号", help="草稿的编号")
    frozen.add_argument("--number", default="", metavar="文号", help="默认依次续编")
    frozen.add_argument("--reason", default="", metavar="文字", help="改版说明，写入新版")
    frozen.add_argument("--anyway", action="store_true", help="引文已有变化也照样定稿")
    frozen.add_argument("--by", default="", metavar="姓名", help="定稿人")
    frozen.set_defaults(run=run_freeze)
    checked = commands.add_parser("verify", help="核对定稿引用的条文是否已变化")
    checked.add_argument("id", nargs="*", metavar="编号", help="不写则核对全部定稿")
    checked.set_defaults(run=run_verify)
    handed = commands.add_parser("deliver", help="呈送：交给谁阅")
    handed.add_argument("id", metavar="编号", help="定稿的文号或草稿的编号")
    handed.add_argument("--to", action="append", required=True, metavar="姓名", help="可写多个")
    handed.add_argument("--by", default="", metavar="姓名", help="呈送人")
    handed.set_defaults(run=run_deliver)
    listed = commands.add_parser("reading", help="阅件清单：平板可离线翻阅的一个网页文件")
    listed.add_argument("--for", dest="reader", required=True, metavar="姓名", help="给谁")
    listed.add_argument("--out", required=True, type=Path, metavar="文件", help="写到哪个 .html")
    listed.add_argument("--all", action="store_true", help="也列已圈阅的")
    listed.set_defaults(run=run_reading)
    for command in (frozen, checked, handed, listed):
        command.add_argument("--json", action="store_true", help="以 JSON 输出")
    return [frozen, checked, handed, listed]


def run_freeze(args: argparse.Namespace) -> int:
    """Freeze a draft."""
    settings = settings_of(args)
    with seat(args) as base:
        base.allow(Action.COMPOSE, f"定稿 {args.id}")
        row = freeze(
            base,
            base.people,
            base.scope(date.today()),
            args.id,
            who=signer(base, args.by),
            number=args.number,
            word=settings.pack_word,
            reason=args.reason,
            anyway=args.anyway,
            own_templates=own_templates(settings),
        )
    if args.json:
        told = {"number": row.number, "edition": row.edition, "digest": row.digest}
        print_json(told | {"quotes": row.quotes, "changes": row.changes})
    else:
        print(f"已定稿：{row.number} 第{row.edition}版，校验码 {row.digest[:16]}")
    return 0


def run_verify(args: argparse.Namespace) -> int:
    """0 unchanged, 1 some quotation has changed, 2 an edition cannot be trusted (as an error)."""
    with seat(args) as base:
        base.allow(Action.VIEW, f"核对定稿 {'、'.join(args.id) or '全部'}")
        scope = base.scope(date.today())
        rows = base.people.editions.every()
        if args.id:
            rows = [find_edition(base.people, name) for name in args.id]
        else:
            newest = {row.number: row for row in rows}
            rows = list(newest.values())
        done = [verify(base, scope, row) for row in rows]
    if args.json:
        print_json([_plain(one) for one in done])
    elif not done:
        print("还没有定稿；用 kb pack freeze 定稿")
    for one in done if not args.json else ():
        print(f"{one.row.number} 第{one.row.edition}版　{one.row.topic}：{one.says}")
        for found in one.altered:
            print(f"  {WHAT[found.what]}：{found.name}")
            print(f"    定稿时：{' '.join(found.old.split())}")
            if found.what != "gone":
                print(f"    现在　：{' '.join(found.new.split())}")
    return 1 if any(one.altered for one in done) else 0


def _plain(one: Verified) -> dict[str, object]:
    return {
        "number": one.row.number,
        "edition": one.row.edition,
        "topic": one.row.topic,
        "quoted": one.quoted,
        "changed": [
            {"id": a.passage_id, "name": a.name, "what": a.what, "old": a.old, "new": a.new}
            for a in one.altered
        ],
    }


def run_deliver(args: argparse.Namespace) -> int:
    """Hand an edition to people."""
    with seat(args) as base:
        names = [name.strip() for name in args.to if name.strip()]
        base.allow(Action.COMPOSE, f"呈送 {args.id} → {'、'.join(names)}")
        row = find_edition(base.people, args.id)
        done = base.people.editions.deliver(row.id, names, signer(base, args.by))
    if args.json:
        print_json(
            [
                {"recipient": d.recipient, "copy": d.copy, "read": d.read and d.read.isoformat()}
                for d in done
            ]
        )
    else:
        for d in done:
            state = "已圈阅" if d.circled else "已阅" if d.read else "未阅"
            print(f"{row.number} 第 {d.copy} 份　{d.recipient}　{state}")
    return 0


def run_reading(args: argparse.Namespace) -> int:
    """Write one person's reading list as one HTML file, a numbered copy."""
    from kb.ui.files import copy_of  # renders; nothing else of the command needs it

    with seat(args) as base:
        base.require(Action.EXPORT)
        found = entries(base.people, args.reader, everything=args.all)
        if not found:
            raise PackError(f"没有要呈{args.reader}阅的材料", hint="先用 kb pack deliver 呈送")
        content = reading_list(args.reader, found)
        what = f"阅件 {args.reader}"
        content = copy_of(base, content, "html", what, f"阅件清单 {args.reader}")
    try:
        args.out.parent.mkdir(parents=True, exist_ok=True)
        args.out.write_bytes(content)
    except OSError as error:
        raise PackError(f"不能写入 {args.out}：{in_words(error)}", hint="换一个位置") from error
    if args.json:
        print_json({"file": str(args.out), "packs": [e.row.number for e in found]})
    else:
        print(f"{args.out}：{len(found)} 份")
    return 0
