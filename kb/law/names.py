"""When two titles, two issuers or two numbers are the same: the keys they are compared by."""

from __future__ import annotations

import re
from functools import lru_cache

from kb.text.normalise import fold
from kb.text.numbers import find_numbers

# What marks a version, not the document: (2018), （2021年修订）, (2020-06-20), （修正）.
_VERSION = re.compile(
    r"[(〔\[](?:\d{4}(?:[-年./]\d{1,2}(?:[-月./]\d{1,2}日?)?|年)?)?"
    r"(?:第?[一二三四五六七八九十\d]*次?(?:修订|修正|修改|修|新|版|最新)(?:版|本|正|订)?)*[)〕\]]$"
)
_DRAFT = re.compile(
    r"[(（〔\[【](?:[^()（）]{0,10})(?:草案|征求意见稿|送审稿|讨论稿|审议稿|报批稿|初稿|草稿|拟稿)(?:[^()（）]{0,6})[)）〕\]】]"
    r"|(?:草案|征求意见稿|送审稿|讨论稿|审议稿|报批稿)$"
)
_DROPPED = re.compile(r"[\s《》〈〉<>“”\"'‘’「」『』·・,，、]")
_JOINT = re.compile(r"[、，,;；\s　]+")
_NATION = "中华人民共和国"


@lru_cache(maxsize=65536)
def title_key(title: str) -> str:
    """What versions of one title share: no width, script form, brackets of a version, or quotes.

    （试行） stays: a trial rule and the rule that follows it are two documents, until one of them
    says that it replaces the other.
    """
    key = _DROPPED.sub("", fold(title))
    while key != (shorter := _VERSION.sub("", key)):
        key = shorter
    return key


@lru_cache(maxsize=65536)
def makers(issuer: str) -> frozenset[str]:
    """The organs that issued a paper together, each without width, script form, blanks and the
    name of the state. Empty where the issuer is unknown."""
    return frozenset(
        key.removeprefix(_NATION)
        for part in _JOINT.split(issuer)
        if (key := _DROPPED.sub("", fold(part)))
    )


@lru_cache(maxsize=65536)
def bare_key(title: str, issuer: str) -> str:
    """`title_key` without the issuer in front: 《某局印章办法》 of 某局 is its 《印章办法》;
    a national law goes without 中华人民共和国."""
    key = title_key(title)
    for prefix in (_NATION, *sorted(makers(issuer), key=len, reverse=True)):
        if key.startswith(prefix) and len(key) - len(prefix) >= 2:
            key = key.removeprefix(prefix)
    return key


def is_national(title: str) -> bool:
    """Whether a title says that there is but one such paper in the state."""
    return title_key(title).startswith(_NATION)


def is_specific(title: str, issuer: str) -> bool:
    """Whether a title names one maker's paper, as 《印章管理办法》 does not."""
    key = title_key(title)
    return is_national(title) or len(key) >= 14 or any(maker in key for maker in makers(issuer))


@lru_cache(maxsize=65536)
def number_key(number: str) -> str:
    """A 发文字号 in one spelling; empty where ``number`` is none."""
    found = find_numbers(number)
    if len(found) != 1:
        return ""
    org, year, count = found[0].key
    return f"{org}|{year or ''}|{count}"


def is_draft(title: str) -> bool:
    """Whether a title says that the paper is a draft."""
    return _DRAFT.search(title) is not None
