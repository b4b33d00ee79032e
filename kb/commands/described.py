"""``kb show 文件``: what is known of a paper, how it came, and how well it was read."""

from __future__ import annotations

from kb.base import KnowledgeBase, status_on
from kb.catalogue.rows import VersionRow
from kb.law.described import fields
from kb.model import Scope


def lines(base: KnowledgeBase, path: str, scope: Scope) -> list[str]:
    """For the terminal.

    Raises:
        NotFound: there is none within the scope.
    """
    shown = base.document(path, scope)
    version = shown.version
    status = shown.status.value if shown.status else version.kind.label
    said = [f"《{version.title}》〔{status}〕", version.path, ""]
    for field in fields(version):
        said.append(f"{field.name}：{field.value}")
        evidence = " ".join(field.evidence.split())
        said.append(f"    {field.source}" + (f"：{evidence}" if evidence else ""))
    reading = base.reading(version.path, scope)
    said += ["", f"读取：{reading.in_words()}"]
    said += [f"    未能确定的引用 {count} 处：{why}" for why, count in reading.reasons.items()]
    others = [v for v in shown.siblings if v.path != version.path]
    said += [f"其他版本：{v.path}（{_state(v, scope)}）" for v in others]
    return said


def _state(version: VersionRow, scope: Scope) -> str:
    status = status_on(version, scope)
    return status.value if status else version.kind.label
