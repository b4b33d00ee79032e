"""Hits as lines for the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from kb.model import Force, Kind
from kb.retrieve import Hit, Mode, Reading

FEATURES = {
    "fused": "两路合计",
    "keyword": "字词",
    "vector": "意思",
    "cosine": "余弦",
    "keyword_rank": "字词名次",
    "vector_rank": "意思名次",
    "cited": "被引次数",
    "rare_pairs": "少见的字",
    "best_part": "最近的一段",
    "words": "词",
    "concepts": "所问的事",
    "answer_part": "所问的事所在的一段",
    "added": "同义词",
    "wanted": "所问的答案",
    "quantity": "数额",
    "precedent": "先例",
    "note": "非经验",
    "replaced": "已被取代",
    "past": "以往做法",
    "known": "已知问答",
    "known_sum": "已知问答合计",
    "known_words": "已知问答字词",
    "known_share": "已知问答占比",
    "known_paper": "已知问答同文件",
}
"""Names of the ranker's features, for people; one that is new is shown by its own name."""


def reading_lines(reading: Reading) -> list[str]:
    """How the query was read: what was wrong with it, which filters hold, what may be meant."""
    lines = [f"检索式{fault.shown}" for fault in reading.faults]
    if reading.mode is Mode.LANGUAGE:
        lines.append("按检索式查找（--plain 按普通词语查找）")
    elif reading.mode is Mode.WORDS:
        lines.append("没有与检索式相符的内容，以下按普通词语查找")
    lines += [f.in_words() + "（--no-filter 取消）" * f.applied for f in reading.filters]
    lines += [f"您是不是要找：{suggestion}" for suggestion in reading.suggestions]
    return lines


def hit_lines(number: int, hit: Hit, *, explain: bool) -> str:
    """One hit: title, place, text, why."""
    status = f"〔{hit.status.value}〕" if hit.status else f"〔{hit.version.kind.label}〕"
    where = " › ".join(hit.heading)
    start, end = hit.snippet
    text = " ".join(hit.text[start:end].split())
    lines = [
        f"{number}. 《{hit.version.title}》{hit.label} {status}",
        f"   {ended_line(hit)}" if hit.ended else "",
        f"   {where}" if where else "",
        f"   {'…' if start else ''}{text}{'…' if end < len(hit.text) else ''}",
        f"   {hit.why.in_words()}　{hit.id}",
    ]
    if hit.same:
        others = "、".join(f"{same.shown}（{same.id}）" for same in hit.same[:3])
        lines.append(f"   另有 {len(hit.same)} 处相同：{others}" + "等" * (len(hit.same) > 3))
    if explain:
        keyword, vector = (
            "无" if value is None else f"{value:.3f}" for value in (hit.why.keyword, hit.why.vector)
        )
        lines.append(
            f"   合计 {hit.score:.4f}（词 {keyword}，义 {vector}，两路 {hit.why.fused:.4f}）"
        )
        parts = [
            f"{FEATURES.get(name, name)} {value:+.3f}"
            for name, value in hit.why.parts.items()
            if abs(value) >= 0.0005
        ]
        if parts:
            lines.append(f"   排序：{'，'.join(parts)}")
    return "\n".join(line for line in lines if line) + "\n"


def ended_line(hit: Hit) -> str:
    """«2022-06-01 起被《…》废止（制度/…）»."""
    if hit.ended is None or hit.status is None:
        return ""
    since = f"{hit.ended.day} 起" if hit.ended.day else ""
    if not hit.ended.title:
        return f"{since}{hit.status.value}"
    by = f"（{hit.ended.path}）" if hit.ended.path else ""
    new = "新版" if hit.ended.title == hit.version.title else ""
    return f"{since}被{new}《{hit.ended.title}》{hit.status.value.removeprefix('已')}{by}"


def ended_summary(hits: Sequence[Hit]) -> str:
    """«另有 3 条已废止、1 条尚未生效»; empty where there is none."""
    counts: dict[str, int] = {}
    for hit in hits:
        if hit.status is not None:
            counts[hit.status.value] = counts.get(hit.status.value, 0) + 1
    said = "、".join(f"{count} 条{status}" for status, count in counts.items())
    return f"另有 {said}" if said else ""


def by_level(hits: Sequence[Hit]) -> list[tuple[str, list[Hit]]]:
    """All hits under their level of force, the highest first; papers that have none under their
    kind. None is left out, and none is moved within its level."""
    groups: dict[tuple[int, str], list[Hit]] = {}
    for hit in hits:
        force, kind = hit.version.force, hit.version.kind
        if kind is Kind.REGULATION or force is not Force.NONE:
            key = force.rank, force.value if force is not Force.NONE else "层级不明的制度"
        else:
            key = len(Force) + list(Kind).index(kind), f"{kind.label}（不作依据）"
        groups.setdefault(key, []).append(hit)
    return [(name, groups[rank, name]) for rank, name in sorted(groups)]
