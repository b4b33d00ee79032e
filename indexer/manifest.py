"""``manifest.toml`` at the root of a source: what people say of its papers.

    [[paper]]
    path = "制度/印章管理办法.docx"      # below the source's root, with /
    title = "…"                          # and kind, number, issuer, department, owner, tier, level,
    persons = ["zhangsan"]               # accounts that alone may see it, whatever their department
    issued = 2023-05-16                  # effective, expires, review (dates), replaces, how, origin

What it says overrides what a file says of itself.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
import unicodedata
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from kb.errors import ConfigError
from kb.model import Force, Kind, Tier

FILE = "manifest.toml"
TEXTS = frozenset(("title", "number", "issuer", "department", "owner", "replaces", "origin"))
PERSONS = "persons"
CORRECTED = "corrected"
"""Beside a manifest's own keys, within the program only: what people corrected in the page, as
(part, field, value, evidence) each (`indexer.correcting`)."""
DATES = frozenset(("issued", "effective", "expires", "review"))
CHOICES: dict[str, frozenset[str]] = {
    "kind": frozenset(kind.value for kind in Kind),
    "tier": frozenset(tier.value for tier in Tier),
    "level": frozenset(force.value for force in Force),
    "how": frozenset(("repeals", "amends")),
}


def load(root: Path) -> dict[str, Mapping[str, Any]]:
    """Each paper's entry by its path; empty where the source has no manifest.

    Raises:
        ConfigError: not TOML, an unknown key, a wrong value, or one path twice.
    """
    file = (root if root.is_dir() else root.parent) / FILE
    if not file.is_file():
        return {}
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"清单 {file} 无法读取：{error}", hint="改正后重试") from error
    papers = content.get("paper", [])
    if not isinstance(papers, list) or not all(isinstance(entry, dict) for entry in papers):
        raise ConfigError(f"清单 {file} 的格式不对", hint="每篇文件写一个 [[paper]]")
    found: dict[str, Mapping[str, Any]] = {}
    for entry in papers:
        path = entry.get("path")
        if not isinstance(path, str) or not path.strip():
            raise ConfigError(f"清单 {file} 中有条目没有 path", hint="写明文件在文件夹内的路径")
        key = unicodedata.normalize("NFC", path.strip().replace("\\", "/")).removeprefix("./")
        if key in found:
            raise ConfigError(f"清单 {file} 中 {key} 写了两次", hint="合并为一个条目")
        found[key] = {
            name: checked(name, value, f"清单 {file} 中 {key} 的 {name}")
            for name, value in entry.items()
            if name != "path"
        }
    return found


def checked(name: str, value: object, where: str) -> str | date | tuple[str, ...]:
    """A value of the right type for a key.

    Raises:
        ConfigError: an unknown key or a wrong value; ``where`` says which.
    """
    if name in DATES:
        try:
            return value if type(value) is date else date.fromisoformat(str(value))
        except ValueError as error:
            raise ConfigError(f"{where} 不是日期：{value}", hint="写作 2023-05-16") from error
    if name in CHOICES:
        if value not in CHOICES[name]:
            raise ConfigError(
                f"{where} 的值 {value} 不对", hint="可为 " + "、".join(sorted(CHOICES[name]))
            )
        return str(value)
    if name == PERSONS:
        return _persons(value, where)
    if name not in TEXTS:
        known = sorted(TEXTS | DATES | set(CHOICES) | {"path", PERSONS})
        raise ConfigError(f"{where} 是不认识的项目", hint="可用：" + "、".join(known))
    if not isinstance(value, str):
        raise ConfigError(f"{where} 应为文字")
    return value.strip()


def _persons(value: object, where: str) -> tuple[str, ...]:
    """Account names: a list, or one text with commas (front matter)."""
    names = re.split(r"[,，、\s]+", value) if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(n, str) for n in names):
        raise ConfigError(f"{where} 应为账号名的列表", hint='写作 ["zhangsan", "lisi"]')
    found = tuple(sorted({n.strip().lower() for n in names if n.strip()}))
    if not found or any("|" in n or not n.isprintable() for n in found):
        # An empty list would open the paper to its whole department: never by a slip.
        raise ConfigError(f"{where} 没有写明账号名", hint="写出账号名，或删去这一项")
    return found


def digest(entry: Mapping[str, Any]) -> str:
    """A digest of an entry, to see that it changed; "" for an empty one."""
    if not entry:
        return ""
    lines = "\n".join(f"{name}={entry[name]}" for name in sorted(entry))
    return hashlib.sha256(lines.encode("utf-8")).hexdigest()
