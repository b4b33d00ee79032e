"""The command ``kb``: finds the command asked for, imports only that, turns errors into words.

JSON and results go to stdout, progress and errors to stderr.
"""

from __future__ import annotations

import argparse
import gc
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import NoReturn

from kb import __version__
from kb.commands.output import complain, storage_trouble
from kb.errors import KbError

COMMANDS: dict[str, tuple[str, str, str]] = {
    "index": ("kb.commands.index", "add", "入库：读取文件夹，更新索引"),
    "search": ("kb.commands.search", "add_search", "检索"),
    "show": ("kb.commands.search", "add_show", "显示一条条文"),
    "pack": ("kb.commands.pack", "add", "参阅材料：生成、列出、导出"),
    "decision": ("kb.commands.decision", "add", "议题：程序核对、意见、决定，还缺什么"),
    "task": ("kb.commands.task", "add", "督办：立项、交办、反馈、办结"),
    "system": ("kb.commands.system", "add", "制度体检：到期、依据变化、职责交叉"),
    "serve": ("kb.commands.serve", "add", "打开网页服务（仅本机）"),
    "api": ("kb.commands.api", "add", "供其他程序调用的只读接口：打开、令牌"),
    "demo": ("kb.commands.demo", "add", "示范：入库示例文件并打开网页"),
    "eval": ("kb.commands.evaluation", "add", "以评测问题衡量检索质量"),
    "questions": ("kb.commands.questions", "add", "已知问答：加入、列出、删去"),
    "preview": ("kb.commands.preview", "add", "预览一个文件怎样读取、切分，不入库"),
    "marks": ("kb.commands.marks", "add", "密级存疑的文件：列出、确认、拒收"),
    "train": ("kb.commands.train", "add", "训练向量模型：在本库上续训，或从头训练"),
    "user": ("kb.commands.user", "add", "账号：新设、列出、停用、角色、口令"),
    "audit": ("kb.commands.audit", "add", "审计日志：列出、核对、导出、归档"),
    "backup": ("kb.commands.backup", "add_backup", "备份知识库"),
    "restore": ("kb.commands.backup", "add_restore", "从备份恢复"),
    "migrate": ("kb.commands.backup", "add_migrate", "升级数据库结构（先备份）"),
    "bundle": ("kb.commands.bundle", "add", "做成可在断网机器上安装的文件夹"),
    "test": ("kb.commands.check", "add", "运行全部检查与测试（需源目录）"),
    "bench": ("kb.commands.bench", "add", "测速：与其他检索程序并排比较"),
    "doctor": ("kb.commands.doctor", "add", "检查运行环境与索引"),
}
"""Name → module, the function that adds its arguments, what it does."""


class Parser(argparse.ArgumentParser):
    """argparse with its headings and its complaint in Chinese."""

    def __init__(self, **options: object) -> None:
        super().__init__(add_help=False, **options)  # type: ignore[arg-type] # passed through
        self._positionals.title = "参数"
        self._optionals.title = "选项"
        self.add_argument("-h", "--help", action="help", help="显示本说明")

    def format_usage(self) -> str:
        """«用法» instead of «usage»."""
        return super().format_usage().replace("usage:", "用法：", 1)

    def format_help(self) -> str:
        """«用法» instead of «usage»."""
        return super().format_help().replace("usage:", "用法：", 1)

    def error(self, message: str) -> NoReturn:
        """Arguments that do not fit: say so, exit with 2."""
        print(f"{self.format_usage()}错误：参数不对（{message}）", file=sys.stderr)
        raise SystemExit(2)


def parser(command: str | None) -> Parser:
    """The parser with the arguments of ``command``; the others are only named."""
    top = Parser(prog="kb", description="枢纽：办公室知识库")
    top.add_argument("--version", action="version", version=f"枢纽 {__version__}")
    _add_home(top, default=None)
    commands = top.add_subparsers(dest="command", metavar="命令", title="命令", required=True)
    for name, (module, function, says) in COMMANDS.items():
        sub = commands.add_parser(name, help=says, description=says)
        _add_home(sub, default=argparse.SUPPRESS)
        if name == command:
            getattr(_loaded(module), function)(sub)
    return top


def _loaded(module: str) -> ModuleType:
    """A command's module. What loading makes stays to the end: looking through it for garbage,
    then and later, takes a twentieth of a cold search."""
    gc.disable()
    try:
        return import_module(module)
    finally:
        gc.freeze()
        gc.enable()


def _add_home(to: argparse.ArgumentParser, default: str | None) -> None:
    to.add_argument(
        "--home",
        type=Path,
        default=default,
        metavar="目录",
        help="知识库所在目录（默认 KB_HOME，否则当前目录下 .kb）",
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Returns its exit code; 2 for any error."""
    argv = list(sys.argv[1:] if argv is None else argv)
    named = next((word for word in argv if word in COMMANDS), None)
    try:
        args = parser(named).parse_args(argv)
        return int(args.run(args))
    except KbError as error:
        complain(error)
        return 2
    except KeyboardInterrupt:
        print("已中断；上一代索引不受影响", file=sys.stderr)
        return 2
    except BrokenPipeError:
        # The reader of our output (head, a pager) has gone: nothing is wrong.
        sys.stderr.close()
        return 0
    except Exception as error:
        if (told := storage_trouble(error)) is None:
            raise
        complain(told)
        return 2
