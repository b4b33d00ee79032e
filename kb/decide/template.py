"""Templates of packs as data: TOML files in ``templates/``, and an office's own beside them."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kb.errors import PackError

OURS = Path(__file__).with_name("templates")
TEXT_WIDTH = 442.2
"""156 mm in points."""

DEFAULT = "完整参阅材料"


@dataclass(frozen=True, slots=True)
class Budget:
    """How much may stand in a pack: articles a section, sentences in the summary, rows a table.

    ``excerpt`` is the most characters quoted of one article (0: all of it), ``shortest`` the
    least to which it is cut where the pages are limited, before articles give way.
    """

    policy: int
    rules: int
    precedents: int
    references: int
    summary: int
    conflicts: int
    duties: int
    excerpt: int
    shortest: int = 70


@dataclass(frozen=True, slots=True)
class Check:
    """A step of the procedure check: its name, words that a sentence about it holds (any of
    them), and words one of which must stand beside them (none: any sentence)."""

    name: str
    words: tuple[str, ...]
    beside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Spec:
    """A section: which builder makes it, its title, its fixed texts and blanks by name."""

    key: str
    title: str
    texts: Mapping[str, str]
    lists: Mapping[str, tuple[str, ...]]
    annex: bool = False


@dataclass(frozen=True, slots=True)
class Template:
    """The form of a pack.

    ``pages``: the most pages of the body, without cover, contents and annexes (0: no limit).
    ``cover``, ``contents``: has them. ``size``/``pitch``: body type size and line pitch in
    points. ``facets``: words searched with the topic, so that who, how, how much and by when are
    covered even if nobody asked.
    """

    name: str
    title: str
    subtitle: str
    notice: str
    pages: int
    cover: bool
    contents: bool
    size: float
    pitch: float
    budget: Budget
    facets: tuple[str, ...]
    checks: tuple[Check, ...]
    sections: tuple[Spec, ...]
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def characters(self) -> int:
        """Characters in a line of 156 mm: 28 of 16 pt (GB/T 9704-2012, 5.2.3)."""
        return math.ceil(TEXT_WIDTH / self.size)

    @property
    def tracking(self) -> float:
        """Points between characters, below zero: 28 × 16 pt is a little more than 156 mm.
        Rounded down to twentieths, as DOCX counts: −0.25 for 16 pt."""
        return math.floor((TEXT_WIDTH / self.characters - self.size) * 20) / 20

    def texts(self) -> list[str]:
        """Every text of the template that may be printed; `kb.decide.check` allows them."""
        found = [self.name, self.title, self.subtitle, self.notice, *self.labels.values()]
        found += [*self.facets, *(check.name for check in self.checks)]
        for spec in self.sections:
            found += [spec.title, *spec.texts.values()]
            found += [text for texts in spec.lists.values() for text in texts]
        return found


def names(own: Path | None = None) -> list[str]:
    """Names of all templates, ours first; ``own`` is an office's folder of templates."""
    found = sorted((path.stem for path in OURS.glob("*.toml")), key=lambda n: (n != DEFAULT, n))
    if own is not None and own.is_dir():
        found += sorted(path.stem for path in own.glob("*.toml") if path.stem not in found)
    return found


def load_template(name: str, own: Path | None = None) -> Template:
    """A template by name; an office's own goes before ours of the same name.

    Raises:
        PackError: there is none of this name, or its file is not right.
    """
    text, file = _text(name, own)
    return parse(name, text, str(file))


def template_text(name: str, own: Path | None = None) -> str:
    """The text of a template's file: what a frozen pack keeps of it.

    Raises:
        PackError: as `load_template`.
    """
    return _text(name, own)[0]


def _text(name: str, own: Path | None) -> tuple[str, Path]:
    if name in names(own):
        for folder in (own, OURS):
            file = folder / f"{name}.toml" if folder is not None else None
            if file is not None and file.is_file():
                try:
                    return file.read_text(encoding="utf-8"), file
                except (OSError, UnicodeDecodeError) as error:
                    raise PackError(f"模板 {file} 无法读取：{error}") from error
    raise PackError(f"没有名为“{name}”的模板", hint=f"可用：{'、'.join(names(own))}")


def parse(name: str, text: str, file: str = "") -> Template:
    """A template from its text; ``file`` is named in errors.

    Raises:
        PackError: the text is not right.
    """
    file = file or name
    try:
        body = tomllib.loads(text)
        return Template(
            name=name,
            title=body["title"],
            subtitle=body.get("subtitle", ""),
            notice=body["notice"],
            pages=int(body.get("pages", 0)),
            cover=bool(body.get("cover", False)),
            contents=bool(body.get("contents", False)),
            size=float(body.get("size", 16)),
            pitch=float(body.get("pitch", 28.95)),
            budget=Budget(**body["budget"]),
            facets=tuple(body.get("facets", ())),
            checks=tuple(
                Check(c["name"], tuple(c["words"]), tuple(c.get("beside", ())))
                for c in body.get("check", ())
            ),
            sections=tuple(_spec(s) for s in body["section"]),
            labels=dict(body.get("labels", {})),
        )
    except tomllib.TOMLDecodeError as error:
        raise PackError(f"模板 {file} 无法读取：{error}") from error
    except (KeyError, TypeError, ValueError) as error:
        raise PackError(
            f"模板 {file} 内容不对：{error}", hint=f"可对照随附模板 {DEFAULT}.toml 修改"
        ) from error


def _spec(body: Mapping[str, Any]) -> Spec:
    rest = {k: v for k, v in body.items() if k not in ("key", "title", "annex")}
    return Spec(
        key=body["key"],
        title=body["title"],
        annex=bool(body.get("annex", False)),
        texts={k: v for k, v in rest.items() if isinstance(v, str)},
        lists={k: tuple(map(str, v)) for k, v in rest.items() if isinstance(v, list)},
    )
