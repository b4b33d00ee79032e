"""The one place that reads settings: ``<home>/config.toml``, then environment ``KB_*``, then flags.

A setting is named once, in :class:`Settings`; ``KB_FOO_BAR`` and ``foo_bar`` are the same setting.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from kb.errors import ConfigError

CONFIG_FILE = "config.toml"
BUILTIN_MODEL = "builtin"
LEAST_AUDIT_DAYS = 180
LEAST_TOKEN = 16
CHOICES = {
    "engine": ("tantivy", "whoosh", "milvus"),
    "login": ("auto", "required"),
    "department_tier": ("public", "internal", "sensitive"),
    "hidden_citations": ("silent", "told"),
    "hidden_parts": ("withhold", "redact"),
}


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting with its default.

    home: the folder of one knowledge base, absolute.
    model: ``builtin``, or a path or name of a sentence-transformers model.
    engine: ``tantivy``, or ``whoosh`` where no wheel of it exists, or ``milvus``, a server.
    milvus_uri, milvus_token, milvus_name: where Milvus is (``http://host:19530``), whom it knows us
        as (``user:password``), and what the collections of this base are called.
    database_url: the catalogue on PostgreSQL (``postgresql://user:password@host/name``); empty is
        SQLite in the home.
    fusion_weight: share of meaning against words in ranking, 0 to 1.
    max_file_mb, file_seconds: a larger or slower file is reported and passed over.
    ocr_page_seconds, ocr_file_seconds: what OCR may take beside that, a page and altogether.
    workers: reading processes; 0 is one a core.
    worker_memory_mb: memory that one of them may take (POSIX); 0 is no bound.
    index_wait_seconds: how long a run waits where another indexes; 0 is refused at once.
    keep_generations: how many published states of the index stay for a rollback.
    generation_check_seconds: how often a server looks for a newer one.
    host, port: where the page is served.
    pack_word: what the numbers of frozen packs begin with (参阅〔2026〕3号).
    public_url: the address under which a proxy shows the page, ``https://…``.
    metrics_token: who brings it may read ``/metrics`` from elsewhere; empty is this machine only.
    login: ``auto`` (asked for once there are accounts) or ``required`` (also before the first).
    department_tier: from which tier up papers are for their own department only.
    session_idle_minutes, session_hours: a person signs in again after so long without a request,
        and after so long in any case.
    audit_days: for how long events of the log stay in the database; then they go into files.
    hidden_citations: ``silent``, or ``told`` where a reader learns that a paper is cited which he
        may not see.
    hidden_parts: ``withhold`` a pack from who may not see all its parts, or ``redact`` these parts
        for him by rule (`kb.decide.redact`).
    pack_marks: what a copy of a pack bears (使用范围, 份号, 水印), divided by 、.
    program: the folder with ``app.py`` and ``corpus/`` where the program was installed apart.
    chromium: the browser for tests, if not on PATH.
    """

    home: Path
    model: str = BUILTIN_MODEL
    engine: str = "tantivy"
    milvus_uri: str = ""
    milvus_token: str = field(default="", repr=False)
    milvus_name: str = "shuniu"
    database_url: str = field(default="", repr=False)
    fusion_weight: float = 0.75
    max_file_mb: int = 100
    workers: int = 0
    worker_memory_mb: int = 2048
    file_seconds: float = 120.0
    ocr_page_seconds: float = 15.0
    ocr_file_seconds: float = 1800.0
    index_wait_seconds: float = 0.0
    keep_generations: int = 3
    generation_check_seconds: float = 0.5
    host: str = "127.0.0.1"
    port: int = 8501
    pack_word: str = "参阅"
    public_url: str = ""
    metrics_token: str = field(default="", repr=False)
    login: str = "auto"
    department_tier: str = "internal"
    session_idle_minutes: int = 30
    session_hours: int = 12
    audit_days: int = 180
    hidden_citations: str = "silent"
    hidden_parts: str = "withhold"
    pack_marks: str = "使用范围"
    program: str = ""
    chromium: str = ""

    @property
    def index_dir(self) -> Path:
        """Where generations live."""
        return self.home / "index"


def load_settings(
    home: str | Path | None = None,
    *,
    env: Mapping[str, str] | None = None,
    **overrides: object,
) -> Settings:
    """Settings for a home: file, then environment, then ``overrides`` (None is «not given»).

    Raises:
        ConfigError: an unknown key, a value of the wrong type or out of range.
    """
    env = os.environ if env is None else env
    root = Path(home or env.get("KB_HOME") or ".kb").expanduser().resolve()
    values: dict[str, object] = {}
    file = root / CONFIG_FILE
    if file.is_file():
        try:
            values.update(tomllib.loads(file.read_text(encoding="utf-8")))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise ConfigError(
                f"配置文件 {file} 无法读取：{error}", hint="改正该文件，或将其移走后重试"
            ) from error
    known = {f.name: f for f in fields(Settings) if f.name != "home"}
    if unknown := sorted(set(values) - set(known)):
        raise ConfigError(
            f"配置文件 {file} 中有不认识的设置：{'、'.join(unknown)}",
            hint=f"可用的设置：{'、'.join(sorted(known))}",
        )
    for name in known:
        if (raw := env.get(f"KB_{name.upper()}")) is not None:
            values[name] = raw
    values.update({k: v for k, v in overrides.items() if v is not None})
    typed: dict[str, Any] = {
        name: _typed(name, value, type(known[name].default)) for name, value in values.items()
    }
    return _checked(Settings(home=root, **typed))


def _typed(name: str, value: object, kind: type) -> object:
    try:
        if kind is float and isinstance(value, int | float | str) and not isinstance(value, bool):
            return float(value)
        if kind is int and isinstance(value, int | str) and not isinstance(value, bool):
            return int(value)
        if kind is str and isinstance(value, str | Path):
            return str(value)
    except ValueError:
        pass
    wanted = {int: "整数", float: "数字", str: "文字"}[kind]
    raise ConfigError(f"设置 {name} 的值 {value!r} 不对", hint=f"应为{wanted}")


def _checked(settings: Settings) -> Settings:
    for name, choices in CHOICES.items():
        if (value := getattr(settings, name)) not in choices:
            raise ConfigError(f"设置 {name} 的值 {value!r} 不对", hint="可为 " + "、".join(choices))
    if settings.session_idle_minutes < 1 or settings.session_hours < 1:
        raise ConfigError("设置 session_idle_minutes、session_hours 至少为 1")
    if settings.audit_days < LEAST_AUDIT_DAYS:
        raise ConfigError(f"设置 audit_days 至少为 {LEAST_AUDIT_DAYS}（日志须留存六个月以上）")
    if settings.public_url and not re.fullmatch(r"https?://[^/\s]+/?", settings.public_url):
        raise ConfigError(
            f"设置 public_url 的值 {settings.public_url!r} 不对", hint="写作 https://kb.example.cn"
        )
    if 0 < len(settings.metrics_token) < LEAST_TOKEN:
        raise ConfigError(
            f"设置 metrics_token 至少 {LEAST_TOKEN} 个字符", hint="如 openssl rand -hex 24 所给出的"
        )
    if settings.database_url and not re.match(
        r"postgres(ql)?(\+psycopg)?://", settings.database_url
    ):
        raise ConfigError(
            "设置 database_url 不是 PostgreSQL 的地址",
            hint="写作 postgresql://用户:密码@主机:5432/库名；不设即用知识库目录中的 SQLite",
        )
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,100}", settings.milvus_name):
        raise ConfigError(
            f"设置 milvus_name 的值 {settings.milvus_name!r} 不对", hint="用字母、数字和下划线"
        )
    if not 0.0 <= settings.fusion_weight <= 1.0:
        raise ConfigError("设置 fusion_weight 应在 0 与 1 之间")
    if settings.max_file_mb < 1 or settings.workers < 0 or settings.keep_generations < 1:
        raise ConfigError("设置 max_file_mb、workers、keep_generations 不能为负或零")
    seconds = ("file_seconds", "ocr_page_seconds", "ocr_file_seconds", "index_wait_seconds")
    if min(getattr(settings, name) for name in seconds) < 0:
        raise ConfigError(f"设置 {'、'.join(seconds)} 不能为负")
    if not 0 < settings.port < 65536:
        raise ConfigError(f"端口 {settings.port} 不对", hint="应在 1 与 65535 之间")
    return settings
