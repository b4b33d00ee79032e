"""One format, one file: bytes to blocks."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from indexer.readers.sniff import SUPPORTED, sniff
from indexer.reading import Reading
from kb.errors import KbError, ReadError, in_words

Reader = Callable[[bytes, str], Reading]

READERS: dict[str, tuple[str, str]] = {
    "markdown": ("markdown", "read"),
    "text": ("text", "read"),
    "csv": ("text", "read_csv"),
    "html": ("html", "read"),
    "docx": ("docx", "read"),
    "pdf": ("pdf", "read"),
    "ofd": ("ofd", "read"),
    "xlsx": ("xlsx", "read"),
    "xls": ("xls", "read"),
    "pptx": ("pptx", "read"),
    "eml": ("eml", "read"),
    "image": ("image", "read"),
    "legacy": ("legacy", "read"),
}
"""Format → module and function. Imported when first met: most folders need two of them."""


def read(path: Path, *, name: str, max_bytes: int) -> Reading:
    """Read a file, whatever its format.

    Args:
        path: where it lies.
        name: what it is called in identifiers and messages; its ending counts.
        max_bytes: largest size that is read.

    Raises:
        ReadError: with the reason and what to do; nothing else, whatever the file holds.
    """
    try:
        size = path.stat().st_size
        if size > max_bytes:
            raise ReadError(
                name,
                f"文件过大（{size / 2**20:.0f} MB，上限 {max_bytes / 2**20:.0f} MB）",
                hint="拆分文件，或调大设置 max_file_mb",
            )
        data = path.read_bytes()
    except PermissionError as error:
        raise ReadError(name, "没有读取权限", hint="检查文件权限") from error
    except FileNotFoundError as error:
        raise ReadError(name, "文件不存在", hint="可能已被移动或删除") from error
    except OSError as error:
        raise ReadError(name, f"无法读取（{in_words(error)}）", hint="检查磁盘或网络盘") from error
    return read_bytes(data, name)


def read_bytes(data: bytes, name: str) -> Reading:
    """Read the content of a file.

    Raises:
        ReadError: as `read`; also where nothing but blanks is in it.
    """
    kind = sniff(data, name)
    module, function = READERS[kind]
    reader: Reader = getattr(import_module(f"indexer.readers.{module}"), function)
    try:
        reading = reader(data, name)
    except (KbError, MemoryError):
        raise
    except RecursionError as error:
        raise ReadError(name, "文件结构嵌套过深", hint="文件可能有意构造；确认来源") from error
    except Exception as error:
        # The last line of defence: a library met something it never saw. One file, not the run.
        raise ReadError(
            name, f"读取失败（{type(error).__name__}）", hint="用原来的软件打开并另存一份"
        ) from error
    if not any(block.text.strip() for block in reading.blocks):
        raise ReadError(name, "文件中没有文字", hint="检查文件内容")
    return reading


__all__ = ["SUPPORTED", "read", "read_bytes"]
