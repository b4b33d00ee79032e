"""``kb marks``: files with a doubtful mark of secrecy, and what a person decides about them."""

from __future__ import annotations

import argparse
import getpass

from kb.commands.output import print_json
from kb.commands.seat import add_user, seat
from kb.model import Mark

DOING = {
    "accept": (Mark.ACCEPTED, "确认非涉密，准予入库", "已确认非涉密；运行 kb index 后入库"),
    "refuse": (Mark.REFUSED, "确认不得入库", "已确认不得入库；请把文件移走"),
    "withdraw": (Mark.DOUBTFUL, "收回以前的决定", "已收回决定；运行 kb index 后恢复等待确认"),
}


def add(parser: argparse.ArgumentParser) -> None:
    """Arguments."""
    doing = parser.add_subparsers(dest="doing", metavar="动作", title="动作（不写为列出）")
    shown = doing.add_parser("list", help="列出")
    for one in (parser, shown):
        one.add_argument("--json", action="store_true", help="以 JSON 输出")
        add_user(one, again=one is shown)
    parser.set_defaults(run=show)
    shown.set_defaults(run=show)
    for name, (_, says, _done) in DOING.items():
        sub = doing.add_parser(name, help=says, description=says)
        sub.add_argument("paths", nargs="+", metavar="文件", help="kb marks 列出的路径")
        sub.add_argument("--by", default=None, metavar="姓名", help="由谁决定（默认本机登录名）")
        sub.add_argument("--note", default="", metavar="理由", help="依据或理由，与决定一并保存")
        add_user(sub, again=True)
        sub.set_defaults(run=decide_about)


def show(args: argparse.Namespace) -> int:
    """0 nothing waits for a person, 1 something does."""
    from indexer.clearing import marked

    with seat(args) as opened:
        base = opened.upkeep("密级存疑的文件：列出")
        found = marked(base.files(), base.marks)
    if args.json:
        print_json(
            [
                {
                    "path": m.file.path,
                    "mark": m.mark.value,
                    "waits": m.waits,
                    "why": m.file.failure,
                    "digest": m.file.digest,
                    "decision": m.decided.decision if m.decided else "",
                    "who": m.decided.who if m.decided else "",
                    "note": m.decided.note if m.decided else "",
                    "at": m.decided.at.isoformat() if m.decided else None,
                }
                for m in found
            ]
        )
    elif not found:
        print("没有带密级字样的文件")
    else:
        for m in found:
            print(f"{m.file.path}：{m.says}")
            if m.waits:
                print(f"  {m.file.failure}")
        if any(m.waits for m in found):
            print("看过文件后运行 kb marks accept 文件 --note 理由，或 kb marks refuse 文件")
    return int(any(m.waits for m in found))


def decide_about(args: argparse.Namespace) -> int:
    """Note a decision.

    Raises:
        NotFound, ConfigError: as `indexer.clearing.decide`; nothing was noted.
    """
    from indexer.clearing import decide

    decision, _, says = DOING[args.doing]
    with seat(args) as opened:
        base = opened.upkeep(f"密级存疑的文件：{args.doing} {'、'.join(args.paths)}")
        done = decide(
            args.paths,
            decision,
            files=base.files(),
            sources=base.sources(),
            marks=base.marks,
            audit=base.audit,
            who=args.by or opened.visitor.reader or getpass.getuser(),
            note=args.note,
        )
    for one in done:
        print(f"{one.file.path}：{says}")
    return 0
