"""What a copy bears beside the paper itself: for whom it may be, which copy it is, whose."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kb.errors import ConfigError

KINDS = ("使用范围", "份号", "水印")
"""What the setting ``pack_marks`` may name."""


@dataclass(frozen=True, slots=True)
class Marks:
    """``tier``: the circle of readers is named; ``copy``: number of this copy (0: none);
    ``watermark``: text behind every page (empty: none)."""

    tier: bool = True
    copy: int = 0
    watermark: str = ""

    @property
    def number(self) -> str:
        """000003: six digits, as GB/T 9704 writes a copy number (7.2.1); empty for none."""
        return f"{self.copy:06d}" if self.copy else ""


PLAIN = Marks()


def marks(setting: str, *, name: str, copy: int, at: datetime) -> Marks:
    """The marks of one copy.

    Args:
        setting: ``pack_marks``, names divided by 、 or commas; empty for none.
        name: who gets the copy. copy: its number. at: when it was made.

    Raises:
        ConfigError: the setting names something else.
    """
    asked = [part.strip() for part in setting.replace("，", "、").replace(",", "、").split("、")]
    asked = [part for part in asked if part]
    if unknown := [part for part in asked if part not in KINDS]:
        raise ConfigError(
            f"设置 pack_marks 的值 {'、'.join(unknown)} 不对", hint=f"可用：{'、'.join(KINDS)}"
        )
    stamp = f"{at.astimezone():%Y-%m-%d %H:%M}"
    return Marks(
        tier="使用范围" in asked,
        copy=copy if "份号" in asked else 0,
        watermark=" ".join(part for part in (name, stamp) if part) if "水印" in asked else "",
    )
