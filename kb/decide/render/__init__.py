"""A pack as DOCX, PDF or one-file HTML."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from kb.decide.model import Pack
from kb.decide.render.docx import docx
from kb.decide.render.fonts import log_used
from kb.decide.render.html import html
from kb.decide.render.marks import PLAIN, Marks
from kb.decide.render.pdf import pdf
from kb.decide.template import Template, load_template
from kb.errors import PackError, in_words

FORMATS: dict[str, Callable[[Pack, Template, Marks], bytes]] = {
    "docx": docx,
    "pdf": pdf,
    "html": html,
}
"""Format (and ending) → what makes it."""

LONGEST_NAME = 40
_UNSAFE = re.compile(
    r'[\x00-\x1f\x7f<>:"/\\|?*\u200b-\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]+'
)
_RESERVED = re.compile(r"(?i)(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?$")


def render_bytes(
    pack: Pack,
    fmt: str,
    *,
    own_templates: Path | None = None,
    template: Template | None = None,
    marks: Marks = PLAIN,
) -> bytes:
    """The pack as one file's content. Same pack, same program, same fonts: same bytes.
    ``template``: the one a frozen pack was made with; else the one of its name now.

    Raises:
        PackError: an unknown format, no template of this name, a font is missing.
    """
    if fmt not in FORMATS:
        raise PackError(f"不能输出为 {fmt!r}", hint=f"可用：{'、'.join(FORMATS)}")
    if fmt == "pdf":
        log_used(f"参阅材料 {pack.number or pack.id}")
    return FORMATS[fmt](pack, template or load_template(pack.template, own_templates), marks)


def render(
    pack: Pack,
    formats: Sequence[str],
    out_dir: Path,
    *,
    own_templates: Path | None = None,
    template: Template | None = None,
    marks: Marks = PLAIN,
) -> list[Path]:
    """Write the pack in these formats into a folder (made where absent); returns the files.

    Raises:
        PackError: as `render_bytes`, or the folder cannot be written.
    """
    made = {
        f: render_bytes(pack, f, own_templates=own_templates, template=template, marks=marks)
        for f in dict.fromkeys(formats)
    }
    files: list[Path] = []
    try:
        out_dir.mkdir(parents=True, exist_ok=True)
        for fmt, content in made.items():
            file = out_dir / file_name(pack, fmt)
            file.write_bytes(content)
            files.append(file)
    except OSError as error:
        raise PackError(
            f"不能写入 {out_dir}：{in_words(error)}", hint="换一个文件夹，或检查权限"
        ) from error
    return files


def file_name(pack: Pack, fmt: str) -> str:
    """A name that every file system takes: topic, template, id, ending."""
    topic = _UNSAFE.sub("", pack.topic).strip(" .")
    topic = "".join(char for char in topic[:LONGEST_NAME] if char.isprintable()).strip(" .")
    if _RESERVED.fullmatch(topic):
        topic = f"_{topic}"
    name = _UNSAFE.sub("", pack.template).strip(" .")
    return f"{topic or '参阅材料'}-{name}-{pack.id}.{fmt}"
