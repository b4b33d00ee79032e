"""HTML in one file: reads on a tablet, prints, asks nobody for anything."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2 import Template as Page
from markupsafe import Markup

from kb.decide.model import Pack
from kb.decide.render.flow import flow
from kb.decide.template import Template

HERE = Path(__file__).parent


def html(pack: Pack, template: Template) -> bytes:
    """The pack as one HTML file, UTF-8."""
    laid = flow(pack, template)
    text = _page().render(
        flow=laid,
        contents=template.contents,
        contents_title=template.labels.get("contents", "目录"),
        back=template.labels.get("back", ""),
        listed=set(laid.listed),
        cited=set(laid.cited),
        title="".join(laid.title),
        # Our own file, not anybody's words: the only thing that is not escaped.
        style=Markup((HERE / "pack.css").read_text(encoding="utf-8")),  # noqa: S704
    )
    return text.encode("utf-8")


@cache
def _page() -> Page:
    environment = Environment(
        loader=FileSystemLoader(HERE, encoding="utf-8"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("pack.html")
