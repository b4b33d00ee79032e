"""How a provision is cited in a paper: 《title》（number）第N条第M款."""

from __future__ import annotations

from kb.catalogue.rows import VersionRow
from kb.model import Level

ARTICLES = ("条", "款", "项", "目")


def citation(version: VersionRow, label: str = "", *, number: bool = True) -> str:
    """Official form: the title in 《》, at first mention the number in brackets, then the article.

    A label that is no article (a window of prose, an annex) is left out, save an annex's.
    Source: 党政机关公文处理工作条例 (2012) 第十九条; 党政机关公文格式 GB/T 9704—2012.
    """
    title = version.title.strip("《》")
    # Inside 《》 another title takes 〈〉 (GB/T 15834—2011, 4.15).
    title = title.replace("《", "〈").replace("》", "〉")
    shown = f"（{version.number}）" if number and version.number else ""
    return f"《{title}》{shown}{place(label)}"


def place(label: str) -> str:
    """``第三条@2`` and ``第三条~2`` → ``第三条``; what is not an article or annex → empty."""
    name = label.partition("~")[0].partition("@")[0]
    is_article = (name.startswith("第") and name.endswith(ARTICLES)) or "条之" in name
    return name if is_article or name.startswith(Level.ANNEX.value) else ""
