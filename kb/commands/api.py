"""``kb api``: tokens of other programs, and the process that answers them."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from kb.access.keeper import Keeper
from kb.access.policy import Action
from kb.access.tokens import DAYS, MOST_DAYS, Narrowed, Tokens, state
from kb.access.visitor import Visitor
from kb.api.limits import A_MINUTE
from kb.catalogue.accounts import AccountRow
from kb.catalogue.tokens import TokenRow
from kb.commands import serve
from kb.commands.output import complain, print_json, settings_of, table
from kb.commands.seat import ORIGIN, noted
from kb.config import load_settings
from kb.errors import ConfigError
from kb.model import Kind, Tier

PORT = 8601
LOCAL = ("127.0.0.1", "localhost", "[::1]")
"""Names under which this machine may be asked for."""


def add(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``kb api`` and its sub-commands."""
    doing = parser.add_subparsers(dest="doing", metavar="动作", title="动作", required=True)
    serving = doing.add_parser("serve", help="打开只读接口（默认仅本机）")
    serving.add_argument("--port", type=int, default=PORT, metavar="端口", help=f"默认 {PORT}")
    serving.add_argument("--host", default="127.0.0.1", metavar="地址", help="默认只有本机")
    serving.add_argument(
        "--per-minute", type=int, default=A_MINUTE, metavar="次", help="每个令牌每分钟最多几次"
    )
    serving.add_argument(
        "--home", type=Path, default=argparse.SUPPRESS, metavar="目录", help="知识库所在目录"
    )
    serving.set_defaults(run=run_serve)
    token = doing.add_parser("token", help="令牌：发放、列出、撤销")
    what = token.add_subparsers(dest="what", metavar="动作", title="动作", required=True)
    new = what.add_parser(
        "add", help="发放令牌", description="发放令牌；只显示这一次，库中只存其摘要"
    )
    new.add_argument("name", metavar="令牌名", help="用它的程序，如 OA")
    new.add_argument("--user", required=True, metavar="账号", help="以哪个账号的权限（只少不多）")
    new.add_argument("--days", type=int, default=DAYS, metavar="天", help=f"有效天数，默认 {DAYS}")
    tiers = "、".join(f"{t.value} {t.label}" for t in Tier)
    new.add_argument("--clearance", choices=[t.value for t in Tier], help=f"最高只到：{tiers}")
    new.add_argument("--department", action="append", metavar="部门", help="只看这些部门")
    new.add_argument("--kind", action="append", choices=[k.value for k in Kind], help="只看这几类")
    new.set_defaults(run=run_add)
    shown = what.add_parser("list", help="列出令牌（不含令牌本身）")
    shown.add_argument("--json", action="store_true", help="以 JSON 输出")
    shown.set_defaults(run=run_list)
    gone = what.add_parser("revoke", help="撤销令牌，立即生效")
    gone.add_argument("name", metavar="令牌名")
    gone.set_defaults(run=run_revoke)
    for command in what.choices.values():
        command.add_argument(
            "--home", type=Path, default=argparse.SUPPRESS, metavar="目录", help="知识库所在目录"
        )


def run_serve(args: argparse.Namespace) -> int:
    """Answer until stopped. Returns 0."""
    settings = load_settings(args.home)
    Visitor.owner(settings.home, "kb api serve")
    if args.per_minute < 1:
        raise ConfigError(f"--per-minute {args.per_minute} 不行", hint="写 1 以上的整数")
    keeper = Keeper(settings)
    try:
        # Beside tokens, an address that others reach asks for accounts, as `kb serve` does.
        host = serve.address(args.host, accounts=keeper.has_accounts())
        if not keeper.tokens.store.any():
            complain(ConfigError("还没有令牌，谁也进不来", hint="用 kb api token add 发放"))
    finally:
        keeper.close()
    names = frozenset(
        name for name in (host, urlsplit(settings.public_url).hostname, *LOCAL) if name
    )
    if host in ("0.0.0.0", "::") and not settings.public_url:  # noqa: S104
        raise ConfigError(
            f"在 {host} 上打开，却没有写明别人用什么地址访问",
            hint="设 KB_PUBLIC_URL，如 http://192.168.1.7:8601；只有这个名字和本机会得到答复",
        )
    noted(settings, "serve", f"api {host}:{args.port}")
    listening, port = serve.listen(host, args.port)
    if port != args.port:
        print(f"端口 {args.port} 已被占用，改用 {port}", file=sys.stderr)

    import uvicorn

    from kb.api.app import create
    from kb.api.door import Door

    app = create(Door(settings, names, args.per_minute))
    config = uvicorn.Config(
        app,
        # Only the proxy on this machine is believed about whom it speaks for.
        forwarded_allow_ips="127.0.0.1",
        log_level="warning",
        access_log=False,
        server_header=False,
        # Of connections; requests are told in words before that (`kb.api.door.AT_ONCE`).
        limit_concurrency=256,
        # A PDF of a pack takes some seconds: who waits for it gets it.
        timeout_graceful_shutdown=15,
    )
    print(f"接口已打开：http://{host}:{port}/openapi.json　（按 Ctrl+C 停止）", flush=True)
    with listening:
        uvicorn.Server(config).run(sockets=[listening])
    return 0


@contextmanager
def _keeping(args: argparse.Namespace, subject: str) -> Iterator[tuple[Tokens, str]]:
    """The tokens and the owner's name; what he does is noted first."""
    settings = settings_of(args)
    keeper = Keeper(settings)
    try:
        tokens = keeper.tokens
        owner = Visitor.owner(settings.home, ORIGIN)
        keeper.note(owner.name, ORIGIN, Action.ACCOUNTS.value, subject)
        yield tokens, owner.name
    finally:
        keeper.close()


def run_add(args: argparse.Namespace) -> int:
    """Give a token. It is on stdout, once."""
    if not 1 <= args.days <= MOST_DAYS:
        raise ConfigError(f"--days {args.days} 不行", hint=f"写 1 至 {MOST_DAYS} 的整数")
    expires = datetime.now(UTC) + timedelta(days=args.days)
    less = Narrowed(
        clearance=Tier(args.clearance) if args.clearance else None,
        departments=frozenset(args.department) if args.department else None,
        kinds=frozenset(map(Kind, args.kind)) if args.kind else None,
    )
    with _keeping(args, f"发放令牌 {args.name}（{args.user}）") as (tokens, owner):
        secret = tokens.add(args.name, args.user, owner, expires=expires, less=less)
    print(f"已发放令牌 {args.name}，以账号 {args.user} 的权限，{expires.date()} 到期")
    print(f"令牌（只显示这一次，遗失须撤销后另发）：{secret}")
    return 0


def run_list(args: argparse.Namespace) -> int:
    """Every token, without what is secret of it. 1 where there is none."""
    with _keeping(args, "列出令牌") as (tokens, _):
        rows = tokens.store.all()
    if args.json:
        print_json([_as_json(token, account) for token, account in rows])
    elif rows:
        lines = [("令牌", "账号", "到期", "最近使用", "状态")]
        lines += [
            (
                token.name,
                account.name,
                token.expires.date().isoformat() if token.expires else "不到期",
                token.seen.date().isoformat() if token.seen else "—",
                state(token, account),
            )
            for token, account in rows
        ]
        print(table(lines))
    else:
        print("还没有令牌；用 kb api token add 发放")
    return 0 if rows else 1


def run_revoke(args: argparse.Namespace) -> int:
    """From now on it opens nothing."""
    with _keeping(args, f"撤销令牌 {args.name}") as (tokens, _):
        tokens.store.revoke(args.name)
    print(f"已撤销令牌 {args.name}，即时生效")
    return 0


def _as_json(token: TokenRow, account: AccountRow) -> dict[str, object]:
    def at(moment: datetime | None) -> str | None:
        return moment.replace(tzinfo=UTC).isoformat() if moment else None

    return {
        "name": token.name,
        "user": account.name,
        "state": state(token, account),
        "clearance": token.clearance,
        "departments": token.departments,
        "kinds": token.kinds,
        "made": at(token.made),
        "made_by": token.made_by,
        "expires": at(token.expires),
        "seen": at(token.seen),
        "revoked": at(token.revoked),
    }
