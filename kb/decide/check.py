"""Read a rendered pack back and find what stands in none of its sources.

Shares no code with composing or rendering: it knows a file's text, the sources, the words of
people and the texts of the template, and must account for every character of the first by the
others. A quotation must run, in one piece of a source, from the end of a sentence (or the
beginning of its paragraph) to the end of a sentence; so a changed figure is found as well as an
invented sentence.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from kb.decide.check_read import read
from kb.decide.model import Pack, Source
from kb.decide.template import Template

_BLANK = re.compile(r"[\s\u3000\u200b\u200d\u2060\ufe0f\ufeff\u00ad]+")
_ENDS = "。；！？：:;!?"
_STARTS = ("（《", "……", "【待补")
_NUMBERED = re.compile(
    r"(?:[一二三四五六七八九十百]+、|（[一二三四五六七八九十百]+）|\d{1,3}．|附件\d*)"
)
_PAGE = re.compile(r"—\d+—")
_MARK = re.compile(r"\[\d+\]")
_DOTS = re.compile(r"[.·…]*\d*")
_FIGURE = re.compile(r"\d+")
_CODE = re.compile(r"〔U\+([0-9A-F]{3,6})〕")
"""A character for which no font was there."""

_COUNT = re.compile(r"\d{1,4}")

EDITION = (
    "本版说明", "与上一版相比，新增引用{}处，不再引用{}处，引文有变化{}处。",
    "新增引用：", "不再引用：", "引文有变化：", "其他说明",
    "隐去说明", "本份材料有{}处引自您无权查看的文件，按规定隐去；人写的字中与之相关的，一并隐去。",
    "此处引用了一份您无权查看的文件，按规定隐去。",
)  # fmt: skip
"""What every pack may say whatever its template: of an edition's changes, of words kept, of what
was hidden from its reader."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Text of the file that nothing accounts for; ``unit`` is the paragraph, cell or line."""

    text: str
    unit: str


@dataclass(frozen=True, slots=True)
class Allowed:
    """What may stand in a pack. ``atoms`` only as a whole, ``texts`` also sentence by sentence;
    ``patterns`` are page numbers and the template's sentences with counts
    (``counted``, as they are written there)."""

    texts: str
    atoms: frozenset[str]
    patterns: tuple[re.Pattern[str], ...]
    counted: tuple[str, ...]
    longest: int


def check(
    content: bytes,
    fmt: str,
    pack: Pack,
    template: Template,
    texts: Mapping[str, str] | None = None,
    words: Iterable[str] = (),
) -> list[Finding]:
    """Everything in the file that has no source. Empty: the pack is traceable.

    Args:
        fmt: docx, pdf or html.
        texts: passage id → text as the catalogue has it now; else as the pack stored it.
        words: what people wrote in it, as stored beside it; none of it is taken from the pack.
    """
    allowed = _allowed(pack, template, texts, list(words))
    wrapped = fmt == "pdf"
    findings: list[Finding] = []
    for unit in read(content, fmt):
        text = _MARK.sub("", _plain(unit))
        text = _CODE.sub(lambda m: chr(int(m.group(1), 16)), text) if wrapped else text
        if text:
            rest = _unaccounted(text, allowed, wrapped=wrapped)
            number = _NUMBERED.match(text)
            if rest and number:
                # A heading's number stands before a title or a question, never before a piece
                # of a source: （二）… quoted as （三）… is not what the source says.
                head = replace(allowed, texts="")
                rest = _unaccounted(text[number.end() :], head, wrapped=wrapped)
            if rest:
                findings.append(Finding(rest, unit))
    return findings


def _allowed(
    pack: Pack, template: Template, texts: Mapping[str, str] | None, people: list[str]
) -> Allowed:
    sources = (*pack.sources, *pack.left_out)
    quoted = [(texts or {}).get(s.passage_id, s.text) for s in pack.sources]
    words = [pack.topic, pack.maker, *pack.questions, *pack.background.splitlines()]
    words += [pack.about.kind, *pack.about.departments]
    words += [line for text in people for line in text.splitlines()]
    fixed = [*template.texts(), *EDITION]
    titles = [template.title.replace("{topic}", pack.topic)]
    titles.append(
        "（" + template.title.replace("关于{topic}的", "").replace("{topic}：", "") + "）"
    )
    atoms = {pack.id, pack.number, _day(pack.as_of), _day(pack.made), *words, *titles}
    atoms |= {f"（{pack.maker}）", "【待补】", "序号", "……", "—", "附件", "施行", "印发", "议题"}
    atoms |= {
        "问题",
        "要素",
        "换词",
        "类别",
        "处室",
        "背景",
        "制度",
        "经验、资料",
        "经验",
        "资料",
        "：",
    }
    atoms |= {f"【待补：{text}】" for text in (*fixed, "依据或者说明", "研判")}
    atoms |= {text for text in fixed if "{}" not in text}
    for source in sources:
        atoms |= set(_facts(source))
    plain = {_plain(atom) for atom in atoms} - {""}
    patterns = [_pattern(text) for text in fixed if "{}" in text]
    patterns.append(_PAGE)
    return Allowed(
        texts="\x00".join(_MARK.sub("", _plain(text)) for text in (*quoted, *words)),
        atoms=frozenset(plain),
        patterns=tuple(patterns),
        counted=_joined([_plain(text) for text in fixed if "{}" in text]),
        longest=max(map(len, plain), default=0),
    )


def _facts(source: Source) -> Iterator[str]:
    yield from (source.title, source.path, source.passage_id, source.kind, source.force)
    yield from (source.status, source.reference, source.issuer, source.label, *source.heading)
    yield from (source.version[:12], hashlib.sha256(source.text.encode()).hexdigest()[:12])
    yield from (str(source.number), f"[{source.number}]")
    for day in (source.issued, source.effective):
        yield from (_day(day), f"{_day(day)}施行", f"{_day(day)}印发")
        if day is not None:
            yield from (f"（{_day(day)}{word}）" for word in ("起施行", "印发", ""))
    titles = {source.title, source.title.removeprefix(source.issuer)}
    places = {"", source.label, *source.heading}
    for title in titles:
        for place in places:
            yield f"《{title}》{place}"
            yield f"（《{title}》{place}）"


def _unaccounted(text: str, allowed: Allowed, *, wrapped: bool) -> str:
    """The text from the first place that no chain of pieces reaches beyond; "" where one
    reaches the end."""
    if _DOTS.fullmatch(text) or _COUNT.fullmatch(text):
        return ""
    size = len(text)
    ends = [i for i in range(1, size + 1) if i == size or text[i - 1] in _ENDS]
    ends += [i for i in range(1, size) if text.startswith(_STARTS, i)]
    ends = sorted(set(ends), reverse=True)
    if wrapped and any(text in atom for atom in allowed.atoms):
        return ""
    if wrapped and any(_FIGURE.sub("{}", text) in counted for counted in allowed.counted):
        return ""
    reached = {0}
    furthest = 0
    for start in range(size):
        if start not in reached:
            continue
        furthest = start
        for end in _steps(text, start, ends, allowed, wrapped=wrapped):
            reached.add(end)
        if size in reached:
            return ""
    return text[furthest:]


def _steps(
    text: str, start: int, ends: Iterable[int], allowed: Allowed, *, wrapped: bool
) -> Iterator[int]:
    size = len(text)
    for end in range(start + 1, min(size, start + allowed.longest) + 1):
        if text[start:end] in allowed.atoms:
            yield end
    for pattern in allowed.patterns:
        if found := pattern.match(text, start):
            yield found.end()
    for end in ends:
        if end > start and text[start:end] in allowed.texts:
            yield end
    if _DOTS.fullmatch(text, start):
        yield size
    if wrapped:
        # A line may begin or end inside a title, a place, a fixed sentence.
        if start == 0:
            for atom in allowed.atoms:
                common = _overlap(atom, text)
                if common:
                    yield common
        if any(atom.startswith(text[start:]) for atom in allowed.atoms):
            yield size


def _overlap(atom: str, text: str) -> int:
    """Length of the longest proper ending of ``atom`` with which ``text`` begins."""
    for length in range(min(len(atom) - 1, len(text)), 0, -1):
        if text.startswith(atom[-length:]):
            return length
    return 0


def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(r"\d+".join(re.escape(_plain(part)) for part in template.split("{}")))


def _joined(texts: list[str]) -> tuple[str, ...]:
    """Every text, and those that may follow one another in a paragraph."""
    kept = [""]
    for text in texts[:6]:
        kept += [before + text for before in kept]
    return tuple(kept[1:])


def _plain(text: str) -> str:
    return _BLANK.sub("", text)


def _day(day: object) -> str:
    year, month, date = (getattr(day, name, 0) for name in ("year", "month", "day"))
    return f"{year}年{month}月{date}日" if year else ""
