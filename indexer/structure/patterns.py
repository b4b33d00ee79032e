"""The patterns that several rules share (DOMAIN.md, section 1)."""

from __future__ import annotations

import re

N = r"[零〇○一二三四五六七八九十百千万两\d]"
HAN = r"[零〇○一二三四五六七八九十百]"

ARTICLE = re.compile(rf"第{N}+条(?:之{N}+)?(?=\s|$)")
"""An article's label at the start of a line: white space or the line's end follows it."""
ARTICLE_LOOSE = re.compile(
    rf"第\s?({N}+)\s?条(?:之{N}+)?"
    r"(?!第|的|规定|、第|至|和|或|及|与|中|所|之|关于|已|以|，|,|。|；|》|”|\)|）)[:：、.．]?"
)
"""The same without the white space; only where the sequence of numbers proves it."""
DIVISION = re.compile(rf"第{N}+(分编|[编章节])(?![\u4e00-\u9fff]*[。；])")
ITEM = re.compile(rf"[（(]\s?({HAN}+)\s?[)）]")
ITEM_OLD = re.compile(rf"({HAN}+)、")
POINT = re.compile(r"(\d{1,3})\s?[.．、](?!\d)|[（(]\s?(\d{1,3})\s?[)）]|([①-⑳])")
ANNEX = re.compile(
    rf"(附件|附表|附录|附图)\s?({N}{{1,3}}|[A-Z])?(?=$|[\s:：、.．]|[^\s:：，。、的中所规一-龥])"
)
DECIMAL = re.compile(
    r"(\d{1,2}(?:[.．]\s?\d{1,2}){0,4})[.．、]?[\s　]*(?=[\u4e00-\u9fffA-Za-z《“])"
)

TITLE_END = re.compile(
    r"(?:办法|规定|条例|制度|细则|规则|准则|章程|规程|规范|守则|公约|须知|决定|决议|意见|通知|通报|公告"
    r"|通告|批复|请示|报告|函|纪要|方案|预案|计划|规划|指南|手册|说明|总结|标准|目录|清单|法|令|职责"
    r"|要点|协议|合同|表)(?:[（(〔][^）)〕]{1,16}[)）〕])*(?:》?的(?:通知|决定|公告|批复))?$"
)
SENTENCE_END = "。；：！？，、;:!?,"


def squeezed(text: str) -> str:
    """Text without any white space, for comparing titles."""
    return "".join(text.split())
