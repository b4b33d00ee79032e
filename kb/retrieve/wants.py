"""What kind of answer a question wants, and whether a text gives it.

«谁批准？» and «最多几天？» have hardly a word in common with the article that answers them; what
tells that article is that it names an approver, or a time limit (DOMAIN, section 4).

Ranking asks loosely, many texts at a time; who composes a pack asks strictly (`Want.given_by`), for
there a question that no text answers is a gap that people are told of.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from kb.law.amounts import amounts
from kb.law.limits import limits


@dataclass(frozen=True, slots=True)
class Want:
    """Which questions want it (``asks``), what a text that gives it looks like (``gives``), and,
    where that lets too much pass, what reads it out of the text (``reads``)."""

    name: str
    asks: re.Pattern[str]
    gives: re.Pattern[str]
    reads: Callable[[str], object] | None = None

    def given_by(self, text: str) -> bool:
        """Whether a text gives it, strictly: a time limit, a sum must be one that can be read."""
        return bool(self.reads(text) if self.reads else self.gives.search(text))


WANTS: tuple[Want, ...] = (
    Want(
        "会议",
        re.compile(r"上会|哪个会|过会|开会定|哪头的会|办公会|集体|大家一起"),
        re.compile(r"办公会|党组会|会议|集体(?:讨论|决策|研究)|审议"),
    ),
    Want(
        "批准",
        re.compile(r"谁(?:批|准|签|同意|点头|松口|拍板|说了算)|找谁|跟谁|归谁|给谁|由谁|审批|批准"),
        re.compile(r"批准|审批|审定|同意|核准|签发|签批"),
    ),
    Want(
        "牵头",
        re.compile(r"哪个(?:处室|部门|单位)|由谁|牵头|归口|谁负责|听谁"),
        re.compile(r"负责|牵头|统筹|归口|承担|设在"),
    ),
    Want(
        "时限",
        re.compile(
            r"几天|几日|多久|多长|多快|何时|什么时候|啥时候|几号|期限|时限|多少[天日]|几个工作日|几分钟|提[前早]"
        ),
        re.compile(r"[\d一二三四五六七八九十两半〇]+\s?(?:个工作日|日|天|个月|月|年|小时|分钟)"),
        limits,
    ),
    Want(
        "数额",
        re.compile(r"多少|几个|标准|限额|金额|额度|上限|最多|顶多|最高|多大|多贵|比例"),
        re.compile(r"[\d.一二三四五六七八九十百千万两]+\s?(?:万?元|人|次|个|%|％|分|倍|名|学时)"),
        amounts,
    ),
    Want(
        "材料",
        re.compile(r"材料|手续|附[些什]|交什么|带[些啥]|夹些|哪些内容|条子|单子"),
        re.compile(r"材料|附件|填写|凭证|清单|证明|发票|载明|下列"),
    ),
    Want(
        "禁止",
        re.compile(r"能不能|可不可以|能吗|行吗|行不行|成不成|可以吗|违反|不得"),
        re.compile(r"不得|禁止|严禁|不予|可以|应当"),
    ),
    Want(
        "后果",
        re.compile(r"会怎么样|什么罚|怎么处理|扣分|追究|处罚|赔偿|责任|判"),
        re.compile(r"责任|处理|处分|扣|追究|处罚|罚款|赔偿|有期徒刑"),
    ),
    Want(
        "时效",
        re.compile(r"有效|废止|施行|执行吗|起用|算数|起适用|开始"),
        re.compile(r"施行|废止|有效期|生效"),
    ),
)

_PRECEDENT = re.compile(r"去年|以前|以往|上次|上回|先例|前例|当时|做过|办过|经验|教训|前几年")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A question read. ``precedent``: it asks how it was done before."""

    wants: tuple[Want, ...]
    precedent: bool

    def given(self, text: str) -> float:
        """Share of the wants that a text gives; 0.5 where the question wants nothing special."""
        if not self.wants:
            return 0.5
        return sum(bool(want.gives.search(text)) for want in self.wants) / len(self.wants)


def wanted(text: str) -> Wanted:
    """What a folded question wants."""
    wants = tuple(want for want in WANTS if want.asks.search(text))
    return Wanted(wants, bool(_PRECEDENT.search(text)))
