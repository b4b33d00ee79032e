"""Which installed font stands in for each font that GB/T 9704 names."""

from __future__ import annotations

import logging
from functools import lru_cache

from kb.errors import PackError

log = logging.getLogger("kb.decide")

FANGSONG, KAITI, HEITI, XIAOBIAOSONG, SONGTI = (
    "仿宋_GB2312", "楷体_GB2312", "黑体", "方正小标宋简体", "宋体",
)  # fmt: skip
"""Kept by name in DOCX: offices have them, they may not be bundled."""

CANDIDATES: dict[str, tuple[str, ...]] = {
    FANGSONG: (
        "仿宋_GB2312", "FangSong_GB2312", "仿宋", "FangSong", "STFangsong", "方正仿宋_GBK",
        "FandolFang R", "FandolFang", "Noto Serif CJK SC", "Source Han Serif SC", "SimSun",
        "Songti SC",
    ),
    KAITI: (
        "楷体_GB2312", "KaiTi_GB2312", "楷体", "KaiTi", "STKaiti", "Kaiti SC", "LXGW WenKai",
        "霞鹜文楷", "FandolKai", "AR PL UKai CN", "Noto Serif CJK SC", "Source Han Serif SC",
    ),
    HEITI: (
        "黑体", "SimHei", "STHeiti", "Heiti SC", "Noto Sans CJK SC", "Source Han Sans SC",
        "Microsoft YaHei", "WenQuanYi Zen Hei", "WenQuanYi Micro Hei",
    ),
    XIAOBIAOSONG: (
        "方正小标宋简体", "FZXiaoBiaoSong-B05S", "方正小标宋_GBK", "华文中宋", "STZhongsong",
        "Noto Serif CJK SC", "Source Han Serif SC", "SimSun", "Songti SC",
    ),
    SONGTI: (
        "宋体", "SimSun", "STSong", "Songti SC", "Noto Serif CJK SC", "Source Han Serif SC",
    ),
}  # fmt: skip

HINT = "Debian 上安装 fonts-noto-cjk 与 fonts-lxgw-wenkai；Windows 上安装中文语言支持"


def stand_ins() -> dict[str, str]:
    """Font of the standard → installed family that the PDF uses for it.

    Raises:
        PackError: for one of them nothing is installed that could stand in.
    """
    return choose(installed())


def log_used(of: str) -> None:
    """Write into the log which fonts stand in on this machine for the PDF of a paper; also that
    none does, or that there is none."""
    try:
        used = [f"{name}→{font}" for name, font in stand_ins().items() if name != font]
    except PackError as error:
        log.warning("%s：%s", of, error.message)
        return
    if used:
        log.warning("%s：PDF 字体替代：%s", of, "、".join(used))
    else:
        log.info("%s：PDF 字体齐全，没有替代", of)


def choose(families: frozenset[str]) -> dict[str, str]:
    """`stand_ins` for a given set of installed families."""
    known = {family.lower(): family for family in families}
    chosen: dict[str, str] = {}
    for wanted, candidates in CANDIDATES.items():
        used = next((known[c.lower()] for c in candidates if c.lower() in known), None)
        if used is None:
            raise PackError(f"没有安装可代替{wanted}的中文字体，不能生成 PDF", hint=HINT)
        chosen[wanted] = used
    return chosen


@lru_cache(maxsize=1)
def installed() -> frozenset[str]:
    """Families that typst finds on this machine."""
    import typst

    return frozenset(typst.Fonts().families())
