"""What a question asks for: its content words, and the kind of answer it wants.

«谁批准？», «最多几天？» have hardly a word in common with the article that answers them; what tells
the article is that it names an approver, or a time limit (DOMAIN, section 4: what staff ask).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from kb.retrieve.quantities import covered as threshold
from kb.retrieve.quantities import quantities
from kb.retrieve.wants import Want, wanted
from kb.text.normalise import fold
from kb.text.segment import words
from kb.text.synonyms import same, shipped

_EMPTY = frozenset((
    "什么", "怎么", "怎样", "如何", "哪些", "多少", "是否", "可以", "需要", "应当",
    "应该", "哪个", "怎么办", "有没有", "没有", "能不能", "要不要", "多久", "几天",
    "几日", "谁来", "最多", "最少", "至少", "要求", "标准", "规定", "程序", "流程",
    "办理", "去年", "以前", "出过", "以往", "上次", "什么时候", "什么时间", "时候", "何时",
    "期限", "时限", "提前", "审批", "批准", "权限", "负责", "上会", "先例", "经验",
    "教训", "方面", "有关", "相关", "进行", "开展", "一批", "一次", "一个", "关于",
    "事项", "工作", "情况", "问题", "必须", "能否", "哪级", "多长", "时间", "举办",
    "召开", "组织", "全市", "全局", "本局", "单位", "机关", "管理",
))  # fmt: skip
"""Words that say what kind of answer is wanted, or nothing: no article is found by them alone."""


_ASKING = re.compile(
    r"(.)不\1|有没有|由?谁|什么时候|什么|怎么|怎样|如何|哪[一些个级]+|几[天日]|多[久长少]|吗"
)
"""Taken out before cutting: the segmenter cuts 要不要 into 要 and 不要."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question read: ``content`` words of its own (without the topic's), what kinds of answer it
    ``wants`` (`kb.retrieve.wants`), whether it asks how it was done before."""

    text: str
    content: tuple[str, ...]
    wants: tuple[Want, ...]
    wants_precedent: bool = False

    def given_by(self, text: str, *, precedent: bool) -> float:
        """Share of the kinds of answer wanted that a text gives; 1 where none in particular."""
        if self.wants_precedent:
            return float(precedent)
        if not self.wants:
            return 1.0
        return sum(want.given_by(text) for want in self.wants) / len(self.wants)

    def fits(self, text: str) -> float:
        """1 where a threshold in the text covers the sum, number or time that the question names,
        below 0 where the text's thresholds are for others; 0 where that is not the point.

        Of the steps of one article («（三）5万元以上…；（四）20万元以上…») only one answers.
        """
        return threshold(quantities(self.text), text)


def read_question(text: str, topic: str) -> Question:
    """Content words and wants of a question put under a topic."""
    own = content_words(topic)
    read = wanted(text)
    return Question(
        text=text,
        content=tuple(word for word in content_words(text) if word not in own),
        wants=read.wants,
        wants_precedent=read.precedent,
    )


def content_words(text: str) -> tuple[str, ...]:
    """Words of two characters or more that name something, each once."""
    cut = words(_ASKING.sub(" ", text))
    return tuple(dict.fromkeys(w for w in cut if len(w) > 1 and w not in _EMPTY))


def coverage(wanted: tuple[str, ...], text: str) -> float:
    """Share of the words that a text holds, themselves or a synonym; 1 where none is wanted."""
    if not wanted:
        return 1.0
    folded = fold(text)
    return sum(any(w in folded for w in same(word)) for word in wanted) / len(wanted)


def variants(text: str) -> list[str]:
    """The text with an everyday word replaced by that of the regulations, for further queries."""
    formal = shipped().formal
    found = [text.replace(word, formal[word]) for word in words(text) if word in formal]
    return list(dict.fromkeys(found))[:3]
