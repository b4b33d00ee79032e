"""The parameters of a request: each known, each once, each within its bounds. What is described in
openapi.json is made of the same objects that read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from starlette.datastructures import QueryParams

from kb.api.problems import Problem
from kb.model import Kind

LONGEST = 500
"""Characters of a query, or of an identifier."""
MOST = 50
"""Hits of one answer."""

# No control characters, no lone surrogate, and no mark of a byte that was no UTF-8 (U+FFFD).
TEXT = r"[^\x00-\x1f\x7f\ud800-\udfff\ufffd]"
_TEXT = re.compile(f"{TEXT}{{1,{LONGEST}}}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Text:
    """A text that must be there."""

    name: str
    says: str
    example: str
    required: bool = True

    def schema(self) -> dict[str, Any]:
        """JSON Schema."""
        pattern = r"^[^\u0000-\u001f\u007f\ufffd]+$"
        return {"type": "string", "minLength": 1, "maxLength": LONGEST, "pattern": pattern}

    def read(self, value: str | None) -> str:
        """Raises `Problem` (400) where it is absent, too long, or has control characters."""
        if value is None or not _TEXT.fullmatch(value):
            raise Problem(400, f"{self.name} 应为 1 至 {LONGEST} 个字，不含控制字符")
        return value


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number from 1 to ``most``."""

    name: str
    says: str
    default: int
    most: int
    required: bool = False

    @property
    def example(self) -> int:
        """What is taken where nothing is said."""
        return self.default

    def schema(self) -> dict[str, Any]:
        """JSON Schema."""
        return {"type": "integer", "minimum": 1, "maximum": self.most, "default": self.default}

    def read(self, value: str | None) -> int:
        """Raises `Problem` (400) for anything else."""
        if value is None:
            return self.default
        if not re.fullmatch("[1-9][0-9]{0,3}", value) or int(value) > self.most:
            raise Problem(400, f"{self.name} 应为 1 至 {self.most} 的整数")
        return int(value)


@dataclass(frozen=True, slots=True)
class Day:
    """A day as 2024-05-01; today where there is none."""

    name: str
    says: str
    example: str = "2024-05-01"
    required: bool = False

    def schema(self) -> dict[str, Any]:
        """JSON Schema."""
        return {"type": "string", "format": "date"}

    def read(self, value: str | None) -> date:
        """Raises `Problem` (400) for what is no day of the calendar."""
        if value is None:
            return date.today()
        try:
            if not _DAY.fullmatch(value):
                raise ValueError(value)
            return date.fromisoformat(value)
        except ValueError:
            raise Problem(400, f"{self.name} 应为日期，写作 2024-05-01") from None


@dataclass(frozen=True, slots=True)
class Choice:
    """One of some words; ``default`` where it is absent ("" : none)."""

    name: str
    says: str
    among: tuple[str, ...]
    default: str = ""
    required: bool = False

    @property
    def example(self) -> str:
        """The first word, or what is taken where nothing is said."""
        return self.default or self.among[0]

    def schema(self) -> dict[str, Any]:
        """JSON Schema."""
        shown: dict[str, Any] = {"type": "string", "enum": list(self.among)}
        return shown | ({"default": self.default} if self.default else {})

    def read(self, value: str | None) -> str:
        """Raises `Problem` (400) for another word."""
        if value is None:
            return self.default
        if value not in self.among:
            raise Problem(400, f"{self.name} 应为 {'、'.join(self.among)} 之一")
        return value


Param = Text | Number | Day | Choice

QUERY = Text("q", "检索词、问题或检索式（同网页）", "外借公章谁批准")
LIMIT = Number("k", "最多几条", 10, MOST)
AS_OF = Day("as_of", "以哪一天的效力为准，默认今天")
KIND = Choice("kind", "只找这一类", tuple(kind.value for kind in Kind))
PLAIN = Choice("plain", "true：一律按字词检索", ("true", "false"), "false")
ENDED = Choice("ended", "true：另列不在效力期内的", ("true", "false"), "false")
DOCUMENT = Text("id", "文件的 path，取自检索结果（须百分号编码）", "制度/印章管理办法.md")
PROVISION = Text("id", "条款的 id，取自检索结果（# 须写作 %23）", "制度/印章管理办法.md#第九条")
NUMBER = Text("number", "材料的 id，或定稿编号（最新一版），或 编号@版次", "2024-12")


def read(given: QueryParams, params: tuple[Param, ...]) -> dict[str, Any]:
    """Every parameter by name, read.

    Raises:
        Problem: (400) one that is not known, comes twice, is missing or out of bounds.
    """
    names = [param.name for param in params]
    keys = [key for key, _ in given.multi_items()]
    if any(key not in names for key in keys):
        raise Problem(400, f"不认识的参数；可用的有：{'、'.join(names) or '没有'}")
    if len(set(keys)) < len(keys):
        raise Problem(400, "同一个参数写了两次")
    return {param.name: param.read(given.get(param.name)) for param in params}
