"""What a run did, for people (a few lines) and for programs (the contract's JSON)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Progress = Callable[[str, int, int, str], None]
"""Called with (stage, done, total, path); stages are Chinese words."""


@dataclass(slots=True)
class Failure:
    """A file of which nothing is indexed, why, and what to do."""

    path: str
    why: str
    hint: str = ""


@dataclass(slots=True)
class Report:
    """One run of the indexer. ``articles`` and ``passages`` count the published generation."""

    files: int = 0
    new: int = 0
    changed: int = 0
    moved: int = 0
    gone: int = 0
    failed: list[Failure] = field(default_factory=list)
    articles: int = 0
    passages: int = 0
    seconds: float = 0.0
    generation: int = 0
    dry_run: bool = False
    notes: list[str] = field(default_factory=list)
    purged: list[tuple[str, str]] = field(default_factory=list)
    """(path, digest) of papers of which nothing is kept any more: their files bear a mark."""
    withdrawn: list[str] = field(default_factory=list)
    """Passages of papers that are gone, not moved: drafts must not quote them any more."""

    @property
    def exit_code(self) -> int:
        """0 complete, 1 some files failed. (2, aborted, is an exception.)"""
        return 1 if self.failed else 0

    def as_json(self) -> dict[str, Any]:
        """The contract of ``kb index --json``."""
        return {
            "files": self.files,
            "new": self.new,
            "changed": self.changed,
            "moved": self.moved,
            "gone": self.gone,
            "failed": [{"path": f.path, "why": f.why, "hint": f.hint} for f in self.failed],
            "articles": self.articles,
            "passages": self.passages,
            "seconds": round(self.seconds, 3),
            "generation": self.generation,
        }

    def lines(self) -> list[str]:
        """A summary in Chinese."""
        done = "试运行（未改动索引）" if self.dry_run else f"第 {self.generation} 代索引"
        lines = [
            f"{done}：文件 {self.files} 个（新增 {self.new}、修改 {self.changed}、"
            f"移动 {self.moved}、删除 {self.gone}、失败 {len(self.failed)}），"
            f"条文 {self.articles} 条，检索单元 {self.passages} 个，用时 {self.seconds:.1f} 秒"
        ]
        lines.extend(self.notes)
        if self.failed:
            lines.append("以下文件未能入库：")
            for f in self.failed:
                lines.append(f"  {f.path}：{f.why}" + (f"。{f.hint}" if f.hint else ""))
        return lines
