"""``kb user``: accounts of a home. Its owner keeps them here, an administrator in the page."""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC
from pathlib import Path

from kb.access.accounts import Accounts, Person
from kb.access.keeper import Keeper
from kb.access.policy import Action, Role
from kb.access.visitor import Visitor
from kb.commands.output import print_json, settings_of, table
from kb.commands.seat import ORIGIN
from kb.errors import ConfigError
from kb.model import ALL_KINDS, Kind, Tier


def add(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``kb user`` and its sub-commands."""
    doing = parser.add_subparsers(dest="doing", metavar="动作", title="动作", required=True)
    new = doing.add_parser(
        "add", help="新设账号", description="新设账号；口令不写则给出一个初始口令"
    )
    new.add_argument("name", metavar="账号")
    new.add_argument("--shown", default="", metavar="姓名", help="页面和水印上的姓名")
    new.add_argument("--number", default="", metavar="工号", help="水印上的编号")
    new.add_argument("--oidc", default="", metavar="邮箱", help="统一身份认证中的邮箱")
    new.add_argument(
        "--ask-password", action="store_true", help="在这里输入口令（默认生成，首次登录须改）"
    )
    _rights(new, role="reader")
    new.set_defaults(run=run_add)
    shown = doing.add_parser("list", help="列出账号")
    shown.add_argument("--json", action="store_true", help="以 JSON 输出")
    shown.set_defaults(run=run_list)
    role = doing.add_parser("role", help="修改角色与可见范围")
    role.add_argument("name", metavar="账号")
    _rights(role, role=None)
    role.set_defaults(run=run_role)
    for name, says in (("disable", "停用账号"), ("enable", "启用账号"), ("password", "重置口令")):
        one = doing.add_parser(name, help=says, description=says)
        one.add_argument("name", metavar="账号")
        one.set_defaults(run=run_one)
    for command in doing.choices.values():
        command.add_argument(
            "--home", type=Path, default=argparse.SUPPRESS, metavar="目录", help="知识库所在目录"
        )


def _rights(parser: argparse.ArgumentParser, *, role: str | None) -> None:
    roles = "、".join(f"{r.value} {r.label}" for r in Role)
    parser.add_argument("--role", choices=[r.value for r in Role], default=role, help=roles)
    parser.add_argument(
        "--clearance",
        choices=[t.value for t in Tier],
        default=None if role is None else Tier.INTERNAL.value,
        help="最高知悉范围：" + "、".join(f"{t.value} {t.label}" for t in Tier),
    )
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--department", action="append", metavar="部门", help="可写多次")
    which.add_argument("--all-departments", action="store_true", help="全部部门")
    parser.add_argument(
        "--kind", action="append", choices=[k.value for k in Kind], help="只看这几类（默认全部）"
    )


@contextmanager
def _keeping(args: argparse.Namespace, subject: str) -> Iterator[Accounts]:
    """The accounts, for the owner of the home; what he does is noted first."""
    settings = settings_of(args)
    keeper = Keeper(settings)
    try:
        # After the databases are there: an absent home is nobody's yet.
        accounts = keeper.accounts
        owner = Visitor.owner(settings.home, ORIGIN)
        keeper.note(owner.name, ORIGIN, Action.ACCOUNTS.value, subject)
        yield accounts
    finally:
        keeper.close()


def run_add(args: argparse.Namespace) -> int:
    """Make an account. The first password is on stdout, once."""
    role = Role(args.role)
    password = _asked() if args.ask_password else None
    person = Person(
        name=args.name,
        role=role,
        shown=args.shown,
        number=args.number,
        clearance=Tier(args.clearance),
        departments=None if args.all_departments else frozenset(args.department or ()),
        kinds=frozenset(map(Kind, args.kind)) if args.kind else ALL_KINDS,
        subject=args.oidc,
    )
    with _keeping(args, f"新设 {args.name} {role.label}") as accounts:
        first = accounts.add(person, password)
    print(f"已设立账号 {args.name.strip().lower()}（{role.label}）")
    if first:
        print(f"初始口令（只显示这一次，首次登录须修改）：{first}")
    return 0


def run_list(args: argparse.Namespace) -> int:
    """Every account, without what is secret of it. 1 where there is none."""
    with _keeping(args, "列出") as accounts:
        rows = accounts.store.all()
    if args.json:
        print_json(
            [
                {
                    "name": row.name,
                    "shown": row.shown,
                    "number": row.number,
                    "role": row.role,
                    "clearance": row.clearance,
                    "departments": row.departments,
                    "kinds": row.kinds,
                    "disabled": row.disabled,
                    "must_change": row.must_change,
                    "seen": row.seen.replace(tzinfo=UTC).isoformat() if row.seen else None,
                }
                for row in rows
            ]
        )
    elif rows:
        lines = [("账号", "姓名", "角色", "知悉范围", "部门", "状态")]
        lines += [
            (
                row.name,
                row.shown,
                Role(row.role).label,
                Tier(row.clearance).label,
                "全部" if row.departments is None else "、".join(row.departments) or "—",
                "停用" if row.disabled else "正常",
            )
            for row in rows
        ]
        print(table(lines))
    else:
        print("还没有账号；用 kb user add 设立")
    return 0 if rows else 1


def run_role(args: argparse.Namespace) -> int:
    """Change role and rights; what is not named stays."""
    with _keeping(args, f"改权限 {args.name}") as accounts:
        accounts.set_rights(
            args.name,
            role=Role(args.role) if args.role else None,
            clearance=Tier(args.clearance) if args.clearance else None,
            departments=None if args.all_departments else args.department,
            keep_departments=not (args.all_departments or args.department),
            kinds=frozenset(map(Kind, args.kind)) if args.kind else None,
        )
    print(f"已修改 {args.name}，其下一次操作即按新的权限")
    return 0


def run_one(args: argparse.Namespace) -> int:
    """Stop, start, or reset one account."""
    says = {"disable": "停用", "enable": "启用", "password": "重置口令"}[args.doing]
    with _keeping(args, f"{says} {args.name}") as accounts:
        if args.doing == "password":
            first = accounts.reset(args.name)
            print(f"新的初始口令（只显示这一次，首次登录须修改）：{first}")
        else:
            accounts.disable(args.name, disabled=args.doing == "disable")
            print(f"已{says} {args.name}")
    return 0


def _asked() -> str:
    if not sys.stdin.isatty():
        # A pipe: one line, so that no password stands on a command line that others can list.
        return sys.stdin.readline().rstrip("\n")
    first, again = getpass.getpass("口令："), getpass.getpass("再输一次：")
    if first != again:
        raise ConfigError("两次输入不一致")
    return first
