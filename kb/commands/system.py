"""``kb system``: 制度体检, how the regulations stand together on a day."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from kb.commands.output import day_of, print_json, settings_of
from kb.commands.pack import formats_of
from kb.commands.seat import add_user, seat
from kb.decide.system import checkup, fields
from kb.errors import PackError
from kb.model import Scope


def add(parser: argparse.ArgumentParser) -> None:
    """Arguments."""
    parser.add_argument(
        "doing", nargs="?", choices=("report",), metavar="report", help="输出制度体检报告"
    )
    parser.add_argument("--out", type=Path, default=Path(), metavar="文件夹", help="报告写到哪里")
    parser.add_argument(
        "--format", default="docx,pdf,html", metavar="格式", help="报告：docx、pdf、html"
    )
    parser.add_argument("--as-of", metavar="日期", help="以哪一天为准（默认今天）")
    parser.add_argument("--soon", type=int, default=180, metavar="天数", help="几天内算临近")
    parser.add_argument("--duties", action="store_true", help="列出各岗位的职责和时限")
    parser.add_argument("--json", action="store_true", help="以 JSON 输出")
    add_user(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0 nothing is to be looked at, 1 something is."""
    day = day_of(args.as_of)
    if args.doing == "report":
        return _report(args, day)
    wanted = fields(settings_of(args).home)
    with seat(args) as base:
        report = checkup(base, Scope.everything(as_of=day), day, wanted, soon=args.soon)
    if args.json:
        print_json(report.as_json())
        return int(bool(report.findings))
    last = None
    for one in report.findings:
        if one.kind is not last:
            print(f"\n【{one.kind}】")
            last = one.kind
        print(f"  {one.place}　{one.why}" + (f"（{one.other}）" if one.other else ""))
    bare = [one.field for one in report.coverage if not one.rules]
    if bare:
        print("\n【没有现行制度的领域】\n  " + "、".join(bare))
    if report.overlaps:
        print("\n【可能由两个处室负责的事项，请核对】")
    for pair in report.overlaps:
        for lead in pair:
            print(f"  {lead.actor}{lead.duty.modality}{lead.duty.what}（{lead.passage_id}）")
        print()
    if args.duties:
        for post in report.posts:
            print(f"\n{post.name}（{len(post.postings)} 项）")
            for duty in post.postings:
                limit = f"　时限：{duty.duty.limit}" if duty.duty.limit else ""
                print(f"  {duty.duty.modality}{duty.duty.what}{limit}（{duty.passage_id}）")
    return int(bool(report.findings))


def _report(args: argparse.Namespace, day: date | None) -> int:
    """Write the report's files; 0."""
    # The page's way of looking; nothing else of the command needs it.
    from kb.ui.survey import report_bytes, report_of, survey

    formats = formats_of(args.format)
    with seat(args) as base:
        scope = base.scope(day or date.today())
        pack = report_of(base, survey(base, scope, "制度体检"), scope)
        try:
            args.out.mkdir(parents=True, exist_ok=True)
            for fmt in formats:
                file = args.out / f"制度体检报告-{scope.as_of}.{fmt}"
                file.write_bytes(report_bytes(base, pack, fmt))
                print(file)
        except OSError as error:
            raise PackError(
                f"不能写入 {args.out}：{error.strerror or error}", hint="换一个文件夹，或检查权限"
            ) from error
    return 0
