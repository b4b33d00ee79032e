"""HTML in one file: reads on a tablet, prints, asks nobody for anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from kb.decide.model import Pack
from kb.decide.render.flow import Flow, flow, printable
from kb.decide.render.marks import PLAIN, Marks
from kb.decide.template import Template

HERE = Path(__file__).parent


def html(pack: Pack, template: Template, marks: Marks = PLAIN, *, large: bool = False) -> bytes:
    """The pack as one HTML file, UTF-8; ``large``: in the letters of a reading list."""
    text = (
        _environment()
        .get_template("pack.html")
        .render(
            **_laid(flow(pack, template, marks), template),
            contents=template.contents,
            contents_title=template.labels.get("contents", "目录"),
            style=_style("pack.css", *(("reading.css",) if large else ())),
            large=large,
        )
    )
    return text.encode("utf-8")


def reading(reader: str, papers: Sequence[Mapping[str, Any]]) -> bytes:
    """A reading list as one HTML file, UTF-8.

    Args:
        papers: each with ``pack``, ``template``, ``topic``, ``number``, ``day``, ``state`` and
            ``remarks`` (``text``, ``signed``).
    """
    shown = []
    for paper in papers:
        laid = _laid(flow(paper["pack"], paper["template"]), paper["template"])
        words = {k: printable(paper[k]) for k in ("topic", "number", "day", "state")}
        shown.append(laid | words | {"remarks": paper["remarks"]})
    text = (
        _environment()
        .get_template("reading.html")
        .render(
            reader=printable(reader),
            papers=shown,
            unsafe=next((p["flow"].unsafe for p in shown if p["flow"].unsafe), ""),
            style=_style("pack.css", "reading.css"),
        )
    )
    return text.encode("utf-8")


def _laid(laid: Flow, template: Template) -> dict[str, Any]:
    return {
        "flow": laid,
        "at": {
            "listed": set(laid.listed),
            "cited": set(laid.cited),
            "originals": set(laid.originals),
        },
        "back": template.labels.get("back", ""),
        "title": "".join(laid.title),
    }


def _style(*names: str) -> Markup:
    # Our own files, not anybody's words: the only thing that is not escaped.
    return Markup("\n".join((HERE / n).read_text(encoding="utf-8") for n in names))  # noqa: S704


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(HERE, encoding="utf-8"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
