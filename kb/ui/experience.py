"""An experience note as a file: 情况、做法、结果、教训、涉及条款, with what it is in front."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from kb.config import Settings
from kb.errors import ConfigError, in_words
from kb.text.dates import parse_date

FOLDER: Final = "经验记录"
"""A source of its own, in the home: what people write is indexed like any paper, and a folder that
an office keeps is never written into."""
PARTS: Final = (
    ("情况", "什么时候、什么事、难在哪里", True),
    ("做法", "怎样办的，谁办的，依次写明", True),
    ("结果", "办成了没有，花了多少时间，有什么反应", True),
    ("教训", "以后再办，应当注意什么", False),
    ("涉及条款", "每行一条，如：《某局印章管理办法》第十七条：外借审批", False),
    ("责任人", "以后问谁", False),
    ("复核日期", "到哪天再看一遍还对不对，如 2027-11-30", False),
)
LINES: Final = ("责任人", "复核日期")
"""Parts of one line, that stand in front, too: the inventory shows whose it is, and when it is to
be looked at again."""
"""Heading, what to write there, whether it must be there."""
_FORBIDDEN = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]')


@dataclass(frozen=True, slots=True)
class Note:
    """What was written; ``said`` by heading. ``tier``: a label of `kb.model.Tier`, where it is not
    the usual one."""

    title: str
    unit: str
    day: date
    said: Mapping[str, str]
    tier: str = ""

    def missing(self) -> list[str]:
        """What must be there and is not."""
        parts = [
            name for name, _, needed in PARTS if needed and not self.said.get(name, "").strip()
        ]
        if (day := self.said.get("复核日期", "").strip()) and parse_date(day) is None:
            parts.append("复核日期（写作 2027-11-30）")
        return ([] if self.title else ["题目"]) + parts


def folder_of(settings: Settings) -> Path:
    """Where the notes of a home lie."""
    return settings.home / FOLDER


def as_markdown(note: Note) -> str:
    """With front matter; a line of the writer's that looks like a heading stays his line."""
    front = [f"标题: {_line(note.title)}", "类别: 经验", f"印发日期: {note.day}"]
    if note.unit:
        front.append(f"部门: {_line(note.unit)}")
    if note.tier:
        front.append(f"公开范围: {_line(note.tier)}")
    front += [f"{name}: {_line(text)}" for name in LINES if (text := note.said.get(name, ""))]
    parts = []
    for name, _, _ in PARTS:
        text = note.said.get(name, "").strip()
        if not text:
            continue
        lines = [_plain(line) for line in text.splitlines() if line.strip()]
        body = (
            "\n".join(f"- {line}" for line in lines) if name == "涉及条款" else "\n\n".join(lines)
        )
        parts.append(f"## {name}\n\n{body}")
    head = "\n".join(("---", *front, "---"))
    unit = f"整理单位：{_line(note.unit)}　" if note.unit else ""
    day = f"（{unit}整理日期：{note.day.year}年{note.day.month}月{note.day.day}日）"
    return "\n\n".join((head, f"# {_plain(_line(note.title))}", day, *parts)) + "\n"


def file_name(note: Note, number: int = 1) -> str:
    """«2026-11-24 急件附件错漏的处理.md»."""
    name = _FORBIDDEN.sub("", " ".join(note.title.split())).strip(" .")[:60] or "经验"
    again = f"({number})" if number > 1 else ""
    return f"{note.day} {name}{again}.md"


def write(folder: Path, note: Note) -> Path:
    """Keep a note as a new file; one that is there is never touched.

    Raises:
        ConfigError: it cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for number in range(1, 1000):
            path = folder / file_name(note, number)
            try:
                with path.open("x", encoding="utf-8", newline="\n") as out:
                    out.write(as_markdown(note))
            except FileExistsError:
                continue
            return path
    except OSError as error:
        raise ConfigError(f"无法写入 {folder}：{in_words(error)}", hint="检查权限与磁盘") from error
    raise ConfigError(f"{folder} 中同名的记录太多", hint="换一个题目")


def _line(text: str) -> str:
    return " ".join(text.split())


def _plain(line: str) -> str:
    """Markdown's signs at the head of a line are what the person wrote, not headings or lists."""
    line = line.strip()
    return f"\\{line}" if line[:1] in ("#", ">", "-", "+", "*", "`", "|", "=", "~", "<") else line
