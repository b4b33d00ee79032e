"""«没找到／有误»: what a person tells, from beside any result, and how it is kept."""

from __future__ import annotations

from typing import Final

KINDS: Final = {
    "missing": "没有找到想要的规定",
    "wrong": "找到的内容答非所问",
    "text": "文字、条号与原件不符",
    "status": "效力状态不对",
    "other": "其他",
}
"""Value kept → what a person reads."""

OF_A_HIT: Final = ("wrong", "text", "status", "missing", "other")
OF_A_SEARCH: Final = ("missing", "wrong", "other")
