"""A document named without 《》 in front of an article: 刑法第二百三十四条."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet

from kb.text.numerals import NUMERAL

_LONGEST = 32
_CHAPTER = re.compile(rf"(?:总则|分则)?(?:第{NUMERAL}{{1,5}}(?:分编|编|章|节))+$")
_NAME = re.compile(
    r"[\u4e00-\u9fff]{1,28}(?:法典|法|条例|办法|规定|细则|规则|解释|决定|章程|宪法|规程|准则|公约)$"
)
# Where the words before a name end. What is left may still begin with words that are not its own:
# that is `loose`, and whoever knows the documents finds the name in it.
_BEFORE = re.compile(
    r".*(?:依照|按照|根据|依据|违反|适用|参照|符合|触犯|依|执行|遵守|构成|属于|所称|或者|以及|将|犯|[、的和与及或])"
)
_NO_NAME = re.compile(
    r"^(?:.*(?:下列|有关|相关|上述|前款|本款|本条|前条|依|守|违|非|司|执|立|合|方|做|作|看|想)法"
    r"|.*(?:下列|有关|相关|前款|本款|本条|其他|国家|法律|法规)规定|规定|办法|决定|解释|规则|细则|准则|条例"
    r"|法律|章程|作出决定)$"
)


def name_before(text: str, position: int, names: AbstractSet[str]) -> tuple[int, str, bool] | None:
    """(start, name, loose) of the document named right before ``position``; None if none is.

    A name out of ``names`` is sure; any other that ends like a law's is ``loose``.
    """
    window = text[max(0, position - _LONGEST) : position].rstrip()
    window = _CHAPTER.sub("", re.sub(r"[的之中]$", "", window))
    end = max(0, position - _LONGEST) + len(window)
    known = [name for name in names if name and window.endswith(name)]
    if known:
        name = max(known, key=len)
        return end - len(name), name, False
    match = _NAME.search(window)
    if match is None:
        return None
    name = match.group()
    if cut := _BEFORE.match(name):
        name = name[cut.end() :]
    if len(name) < 2 or _NO_NAME.match(name):
        return None
    return end - len(name), name, True
