"""A small base in memory about one office's seal, and packs made of it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

TESTS = Path(__file__).resolve().parents[1]
if str(TESTS) not in sys.path:
    sys.path.insert(0, str(TESTS))

from support.decide import DAY, FakeBase, everything  # noqa: E402

from kb.decide import Pack, make, render_bytes  # noqa: E402
from kb.model import Force, Kind  # noqa: E402

MADE = datetime(2025, 5, 1, 8, 30, tzinfo=UTC)

SEAL = {
    "第一条": "为加强印章管理，根据《印章管理条例》，制定本办法。",
    "第二条": "印章由办公室印章管理岗保管。保管场所应当安装视频监控，录像保存不少于90日。",
    "第三条": "使用印章按照下列权限审批：\n（一）一般公文，由办公室主任审批；\n"
    "（二）涉及合同和资金的，由分管副局长审批；\n（三）外借公章的，由局长批准。",
    "第四条": "外借公章的，借用处室应当提交书面申请，借期不超过2个工作日，"
    "由印章管理岗与借用处室两人同行。",
    "第五条": "外借公章归还后，印章管理岗应当在1日内核对登记。",
}
FLOW = {
    "第七条": "外借公章的，借用处室应当提交书面申请，借期不超过3个工作日，由办公室派人同行。",
    "第八条": "公文办理应当登记。急件当日办结。",
}
NOTE = (
    ("情况", "去年银行要求带公章到柜台办理账户变更，财务处临下班才提出外借公章。"),
    ("做法", "印章管理岗请借用处室补齐外借公章的事由，第二天呈局长批准，两人同车前往。"),
    ("教训", "外借公章的事由不能写得笼统，应当先问能否请对方上门。"),
    ("涉及条款", "《印章管理办法》第四条：外借公章的批准和同行。"),
)
UPPER = {"第六条": "公章不得擅自带离机关；确需外借公章的，应当经单位主要负责人批准。"}


@pytest.fixture
def fake() -> FakeBase:
    """Two regulations that disagree, a rule from above, an experience, a reference."""
    return filled()


def filled() -> FakeBase:
    base = FakeBase()
    base.add("制度/印章管理办法.md", "某局印章管理办法", SEAL, bases=["印章管理条例"])
    base.add("制度/工作规程.md", "某局机关工作规程", FLOW, number="某管〔2023〕2号")
    base.add("法规/印章条例.md", "印章管理暂行规定", UPPER, force=Force.ADMINISTRATIVE, number="")
    base.add("经验/外借公章.md", "外借公章办理账户变更的经过", NOTE, kind=Kind.EXPERIENCE,
             force=Force.NONE)  # fmt: skip
    base.add("资料/调研.md", "用印情况调研", [("现状", "全年外借公章3次，均为银行柜台业务。")],
             kind=Kind.REFERENCE, force=Force.NONE)  # fmt: skip
    return base


ASKED: dict[str, Any] = {
    "topic": "外借公章",
    "questions": ["外借公章由谁批准？", "外借公章借期多长？", "食堂采购大米的价格怎么定？"],
    "background": "现将外借公章办理账户变更预留印鉴采集有关情况和办理经过以及今后打算一并报告"
    "请各位领导参阅并就下一步规范公章外借审批登记归还核对等环节提出指导意见",
    "as_of": DAY,
    "made": MADE,
    "maker": "办公室",
}

Maker = Callable[..., Pack]


@pytest.fixture
def packed(fake: FakeBase) -> Maker:
    """Makes packs about the loan of the seal; keywords override what is asked."""

    def make_one(**changes: Any) -> Pack:
        base = changes.pop("base", fake)
        return make(base, everything(), **(ASKED | changes))

    return make_one


@pytest.fixture(scope="session")
def rendered() -> Callable[[str], bytes]:
    """The full pack in a format, made once."""
    pack = make(filled(), everything(), **ASKED)
    return cache(lambda fmt: render_bytes(pack, fmt))
