"""Sentences that stand on more than one page."""

from __future__ import annotations

from datetime import date
from typing import Final

NAME: Final = "枢纽"
SUBTITLE: Final = "办公室知识库"
SECRECY: Final = "本系统为非涉密系统，严禁存储、处理国家秘密"
DEMO: Final = "演示模式：仅限本机，无需登录"
EXAMPLES: Final = ("外借公章需要谁批准", "出差住宿费标准是多少", "急件应当多长时间办结")
FIRST_DAY: Final = date(1949, 10, 1)
LAST_DAY: Final = date(2099, 12, 31)
"""Days that may be asked for: Streamlit's own limits are ten years from today."""
