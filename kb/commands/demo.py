"""``kb demo``: index the papers that come with the program, then open the page."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from kb.commands import index as indexing
from kb.commands import serve
from kb.commands.output import settings_of
from kb.config import Settings
from kb.errors import ConfigError


def add(parser: argparse.ArgumentParser) -> None:
    """Arguments."""
    parser.add_argument("--corpus", type=Path, default=None, metavar="文件夹", help="示例文件所在")
    serve.add(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Index (what is unchanged is passed over), then serve until stopped."""
    from indexer.publish import Options, index

    settings = settings_of(args)
    corpus = args.corpus or examples(settings)
    with indexing.bar(quiet=not sys.stderr.isatty()) as progress:
        report = index(settings, [corpus], Options(), progress)
    print("\n".join(report.lines()), file=sys.stderr, flush=True)
    return serve.run(args)


def examples(settings: Settings) -> Path:
    """Where the example papers lie: beside the program, or where it was installed.

    Raises:
        ConfigError: they are not there.
    """
    for folder in (Path(settings.program), Path(__file__).parents[2]):
        if (folder / "corpus" / "manifest.toml").is_file():
            return folder / "corpus"
    raise ConfigError("没有找到示例文件 corpus/", hint="用 --corpus 指定，或在程序目录中运行")
