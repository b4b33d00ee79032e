"""``kb audit``: list, verify, export and file away the log of who did what."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from kb.access.keeper import Keeper
from kb.access.policy import Action
from kb.access.table import as_csv, as_jsonl
from kb.access.visitor import Visitor
from kb.catalogue.audit import Filter
from kb.catalogue.audit_archive import rotate, verify
from kb.commands.output import day_of, print_json, settings_of, table
from kb.commands.seat import ORIGIN
from kb.errors import AccessDenied, ConfigError, NotFound, in_words


def add(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``kb audit`` and its sub-commands."""
    doing = parser.add_subparsers(dest="doing", metavar="动作", title="动作", required=True)
    shown = doing.add_parser("list", help="列出")
    shown.add_argument("-n", type=int, default=50, metavar="条数", help="最多几条（默认 50）")
    shown.add_argument("--json", action="store_true", help="以 JSON 输出")
    shown.set_defaults(run=run_list)
    checked = doing.add_parser(
        "verify", help="核对日志链", description="核对日志链；0 完好，1 有改动"
    )
    checked.add_argument("--head", metavar="摘要", help="另处记下的末条摘要：须仍在链上")
    checked.set_defaults(run=run_verify)
    export = doing.add_parser("export", help="导出为 JSONL 或 CSV")
    export.add_argument("--out", type=Path, required=True, metavar="文件", help=".jsonl 或 .csv")
    export.set_defaults(run=run_export)
    filed = doing.add_parser("rotate", help="把过了留存期的事件归档到文件（链不断）")
    filed.set_defaults(run=run_rotate)
    copy = doing.add_parser("copy", help="查一份材料是谁取走的", description="按水印上的编号查")
    copy.add_argument("id", metavar="编号")
    copy.set_defaults(run=run_copy)
    for command in (shown, export):
        command.add_argument("--who", default="", metavar="账号")
        command.add_argument("--action", default="", metavar="操作", help="如 search、login")
        command.add_argument("--denied", action="store_true", help="只看被拒绝的")
        command.add_argument("--since", metavar="日期")
        command.add_argument("--until", metavar="日期", help="含这一天")
    for command in doing.choices.values():
        command.add_argument(
            "--home", type=Path, default=argparse.SUPPRESS, metavar="目录", help="知识库所在目录"
        )


@contextmanager
def _reading(args: argparse.Namespace, subject: str) -> Iterator[Keeper]:
    settings = settings_of(args)
    if not settings.home.is_dir():
        raise AccessDenied(f"没有知识库目录 {settings.home}", reason="没有目录", hint="检查 --home")
    keeper = Keeper(settings)
    try:
        owner = Visitor.owner(settings.home, ORIGIN)
        keeper.note(owner.name, ORIGIN, Action.AUDIT.value, subject)
        yield keeper
    finally:
        keeper.close()


def _filter(args: argparse.Namespace) -> Filter:
    def midnight(value: str | None, plus: int = 0) -> datetime | None:
        if not value:
            return None
        day = day_of(value) + timedelta(days=plus)
        return datetime.combine(day, time()).astimezone(UTC)

    return Filter(
        who=args.who,
        action=args.action,
        allowed=False if args.denied else None,
        since=midnight(args.since),
        until=midnight(args.until, 1),
    )


def run_list(args: argparse.Namespace) -> int:
    """The newest events, the oldest of them first. 1 where there is none."""
    with _reading(args, "列出") as keeper:
        rows = keeper.doors.audit.events(_filter(args), limit=max(args.n, 1))[::-1]
    if args.json:
        print_json(
            [
                {n: getattr(r, n) for n in ("id", "who", "origin", "action", "subject")}
                | {"at": r.at.replace(tzinfo=UTC).isoformat(), "allowed": r.allowed}
                | {"reason": r.reason, "generation": r.generation}
                for r in rows
            ]
        )
        return 0 if rows else 1
    lines = [("号", "时间", "谁", "操作", "结果", "对象", "理由")]
    for r in rows:
        at = r.at.replace(tzinfo=UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S")
        result = "允许" if r.allowed else "拒绝"
        lines.append((str(r.id), at, r.who, r.action, result, _line(r.subject), _line(r.reason)))
    print(table(lines))
    return 0 if rows else 1


def run_verify(args: argparse.Namespace) -> int:
    """0 the chain holds, 1 it does not."""
    with _reading(args, "核对") as keeper:
        log = keeper.doors.audit
        found = verify(log)
        noted = args.head is None or any(
            row.digest.startswith(args.head) for row in log.every(Filter())
        )
    for name in found.missing:
        print(f"归档 {name} 不在此处，未核对其中内容（前后衔接无误）")
    if not found.good:
        print(f"第 {found.at} 条处对不上：{found.why}")
        return 1
    if not noted:
        print(f"另处记下的摘要 {args.head} 不在链上：日志可能被整个重写过")
        return 1
    print(f"日志完好：{found.events} 条，末条第 {found.head[0]} 条，摘要 {found.head[1]}")
    return 0


def run_export(args: argparse.Namespace) -> int:
    """Write the events to a file, by its ending."""
    write = {".csv": as_csv, ".jsonl": as_jsonl}.get(args.out.suffix.lower())
    if write is None:
        raise ConfigError(f"不认识的格式：{args.out.name}", hint="文件名以 .jsonl 或 .csv 结尾")
    with _reading(args, f"导出 {args.out.suffix}") as keeper:
        rows = list(keeper.doors.audit.every(_filter(args)))
    try:
        args.out.touch(mode=0o600)
        args.out.write_bytes(write(rows))
    except OSError as error:
        raise ConfigError(
            f"不能写入 {args.out}：{in_words(error)}", hint="换一个位置，或先建好文件夹"
        ) from error
    print(f"已导出 {len(rows)} 条到 {args.out}")
    return 0


def run_rotate(args: argparse.Namespace) -> int:
    """Move what is older than ``audit_days`` into a file."""
    with _reading(args, "归档") as keeper:
        days = keeper.settings.audit_days
        limit = datetime.now(UTC).replace(tzinfo=None) - timedelta(days=days)
        done = rotate(keeper.doors.audit, limit)
    print(f"已归档 {done[1]} 条到 {done[0]}" if done else f"没有早于 {days} 天的事件")
    return 0


def run_copy(args: argparse.Namespace) -> int:
    """Who took the copy with this number on it."""
    with _reading(args, f"查编号 {args.id}") as keeper:
        found = keeper.doors.accounts.exported(args.id.strip().upper())
    if found is None:
        raise NotFound(f"没有编号为 {args.id} 的导出", hint="编号是水印末尾的十个字符")
    at = found.at.replace(tzinfo=UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    print(f"{found.id}：{found.pack_id}，第 {found.copy} 份，{found.form}，{found.who}，{at}")
    return 0


def _line(text: str) -> str:
    flat = "".join(c if c.isprintable() else "·" for c in text)
    return flat if len(flat) <= 40 else flat[:39] + "…"
