"""``kb serve``: the page; without accounts for this machine only."""

from __future__ import annotations

import argparse
import ipaddress
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import kb
from kb.access.keeper import Keeper
from kb.access.visitor import Visitor
from kb.commands.seat import noted
from kb.config import Settings, load_settings
from kb.errors import ConfigError

TRIES = 20
"""Ports looked at, from the one asked for upward."""


def add(parser: argparse.ArgumentParser) -> None:
    """Arguments."""
    parser.add_argument("--port", type=int, default=None, metavar="端口", help="默认 8501")
    parser.add_argument(
        "--host", default=None, metavar="地址", help="默认只有本机；其他地址须先设立账号"
    )
    parser.add_argument(
        "--login", action="store_true", help="须登录；还没有账号时给出设立首个管理员的一次性链接"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Serve until stopped. Returns 0."""
    login = "required" if args.login else None
    settings = load_settings(args.home, port=args.port, host=args.host, login=login)
    Visitor.owner(settings.home, "kb serve")
    secrets_private(app_script(settings).parent)
    door = Keeper(settings)
    host = address(settings.host, accounts=door.has_accounts())
    door.close()
    noted(settings, "serve", f"{host}:{settings.port}")
    if host in ("0.0.0.0", "::") and not settings.public_url:  # noqa: S104
        raise ConfigError(
            f"在 {host} 上打开，却没有写明别人用什么地址访问",
            hint="设 KB_PUBLIC_URL，如 http://192.168.1.7:8501；只有这个名字和本机会得到答复",
        )
    script = app_script(settings)
    listening, port = listen(host, settings.port)
    if port != settings.port:
        print(f"端口 {settings.port} 已被占用，改用 {port}", file=sys.stderr)

    import uvicorn

    from kb.ui.keepers import keeper
    from kb.ui.server import create

    class Announcing(uvicorn.Server):
        """Says where the page is once it can be opened."""

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                shown = f"[{host}]" if ":" in host else host
                where = f"http://{shown}:{port}"
                if link:
                    says = "设立首个管理员（一小时内，只能用一次）"
                    print(f"{says}：{where}/setup?token={link}", flush=True)
                print(f"已打开：{where}　（按 Ctrl+C 停止）", flush=True)

    door = keeper(settings)
    link = door.setup_link() if door.asks() else ""
    with listening, named(KB_HOME=str(settings.home), KB_LOGIN=settings.login):
        config = uvicorn.Config(
            create(settings, script),
            # Only the proxy on this machine is believed about whom it speaks for.
            forwarded_allow_ips="127.0.0.1",
            ws_max_size=32 * 1024 * 1024,
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=3,
        )
        Announcing(config).run(sockets=[listening])
    return 0


@contextmanager
def named(**values: str) -> Iterator[None]:
    """Name the home in the environment while it is served, and put back what stood there.

    The page is run by Streamlit from its own file: this is how it learns the home. Left behind,
    it would decide which home (and whose accounts) the next reader of settings in this process
    meets.
    """
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def address(host: str, *, accounts: bool) -> str:
    """The address, if it is one of this machine's own, or if people have to sign in.

    Raises:
        ConfigError: others could reach it, and there are no accounts: they would see all.
    """
    try:
        ours = ipaddress.ip_address(host).is_loopback
    except ValueError:
        ours = host == "localhost"
    if not host or (not ours and not accounts):
        raise ConfigError(
            f"不能在 {host or '空地址'} 上打开：没有账号之前，只对本机开放",
            hint="先用 kb user add 设立账号；或去掉 --host，只在本机用",
        )
    return "127.0.0.1" if host == "localhost" else host


def secrets_private(program: Path) -> None:
    """Streamlit's secrets (OpenID Connect) must be its owner's alone.

    Raises:
        ConfigError: others on this machine can read the file.
    """
    for folder in (Path.home(), Path.cwd(), program):
        file = folder / ".streamlit" / "secrets.toml"
        if os.name == "posix" and file.is_file() and file.stat().st_mode & 0o077:
            raise ConfigError(f"{file} 别人也能读", hint=f"运行 chmod 600 {file}")


def app_script(settings: Settings) -> Path:
    """``app.py``: where the program was installed apart, or beside the package.

    Raises:
        ConfigError: it is in neither place.
    """
    folders = [Path(settings.program)] if settings.program else []
    folders.append(Path(kb.__file__).parents[1])
    for folder in folders:
        if (folder / "app.py").is_file():
            return (folder / "app.py").resolve()
    raise ConfigError(
        f"没有找到 app.py（找过 {'、'.join(map(str, folders))}）",
        hint="用设置 program（或 KB_PROGRAM）写明程序所在文件夹",
    )


def listen(host: str, port: int) -> tuple[socket.socket, int]:
    """A socket on the first free port from ``port`` upward.

    Raises:
        ConfigError: none of the ports looked at is free.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for candidate in range(port, min(port + TRIES, 65536)):
        made = socket.socket(family, socket.SOCK_STREAM)
        if os.name == "posix":
            # On Windows the same option would let two servers share the port.
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            made.bind((host, candidate))
            made.listen(128)
        except OSError:
            made.close()
            continue
        return made, candidate
    raise ConfigError(
        f"端口 {port} 至 {min(port + TRIES, 65536) - 1} 都不能用", hint="用 --port 指定另一个端口"
    )
