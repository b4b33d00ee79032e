"""How to write a query of the language, in one small table."""

from __future__ import annotations

from kb.ui import links
from kb.ui.markup import e, go

EXAMPLES: tuple[tuple[str, str], ...] = (
    ("标题:印章 AND 外借 NOT 废止", "标题含“印章”，含“外借”，不含“废止”；空格等于 AND"),
    ("标题:印章 (外借 OR 借用)", "括号、OR；OR 先于空格"),
    ('"外借公章"', "原样连在一起的字"),
    ("印*", "以“印”开头的词；*章 是以“章”结尾的词"),
    ("类型:经验", "制度、经验、资料"),
    ("日期:[2023 TO 2024]", "印发（没有则施行）日期；也可写 日期:>=2023-05"),
    ("文号:云公管〔2024〕5号", "括号、空格、全角半角不拘；也可只写一部分"),
    ("部门:办公室 状态:已废止", "状态：现行、已废止、失效、已修改、尚未生效"),
    ("层级:规范性文件", "效力层级"),
)


def help_html() -> str:
    """Examples that can be clicked, each with what it means."""
    rows = "".join(
        f"<tr><td>{go(links.search(query), f'<code>{e(query)}</code>')}</td><td>{e(says)}</td></tr>"
        for query, says in EXAMPLES
    )
    return (
        '<div class="kb-syntax"><p>平常的问话不必学这些。要精确时可写检索式，'
        "字段名用中文或英文（title、kind、date……），标点全角半角都可以；"
        "写错了会指出在第几个字，其余部分照样检索。</p>"
        f"<table><tbody>{rows}</tbody></table></div>"
    )
