"""A home as one verified archive, and back.

Databases are copied with SQLite's own backup call, so that a page or an indexing run that is
writing meanwhile does no harm; index files are immutable once published. What lies in PostgreSQL is
copied into such files, row by row: a backup is the same wherever the catalogue lies.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import tempfile
import zipfile
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path, PurePosixPath

from sqlalchemy import create_engine
from sqlalchemy.exc import SQLAlchemyError

from kb.catalogue.audit import GENESIS, HEAD, AuditLog
from kb.catalogue.connect import FILES, exists
from kb.catalogue.transfer import transfer
from kb.config import Settings
from kb.errors import CatalogueError, IndexMissing, in_words

LIST = "backup.json"
FOLDER = "backups"
SKIPPED = frozenset({FOLDER, "tmp"})


@dataclass(frozen=True, slots=True)
class Written:
    """An archive that was written and read back."""

    path: Path
    files: int
    bytes: int


def default_path(settings: Settings, now: datetime) -> Path:
    """Where a backup goes if nobody says: inside the home, named by the time."""
    return settings.home / FOLDER / f"{now:%Y%m%d-%H%M%S}.zip"


def backup(settings: Settings, out: Path) -> Written:
    """Write the home to ``out`` and verify it.

    Raises:
        IndexMissing: there is no home. CatalogueError: a file cannot be read or written.
    """
    home = settings.home
    if not exists(settings, "index"):
        raise IndexMissing(f"{home} 中没有知识库，无可备份", hint="检查 --home")
    out.parent.mkdir(parents=True, exist_ok=True)
    part = out.with_name(out.name + ".part")
    try:
        with tempfile.TemporaryDirectory(dir=out.parent) as folder:
            # What was copied whole stands before what lies in the home.
            members = _index_files(home, out) | _copies(settings, Path(folder))
            digests = {name: _digest(path) for name, path in members.items()}
            part.unlink(missing_ok=True)
            part.touch(mode=0o600)  # all that is in the home, and no less private
            with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
                for name, path in sorted(members.items()):
                    archive.write(path, name)
                archive.writestr(LIST, json.dumps({"files": digests}, ensure_ascii=False))
        _verified(part)
        part.replace(out)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise CatalogueError(
            f"备份没有完成：{error.filename or out}（{in_words(error)}）", hint="检查磁盘空间与权限"
        ) from error
    return Written(out, len(digests), out.stat().st_size)


def restore(settings: Settings, archive: Path, *, force: bool) -> int:
    """Put the home back as ``archive`` has it. Returns the number of files.

    An existing home is only replaced with ``force``, and is kept beside as ``*.before-restore``.

    Raises:
        CatalogueError: the archive is damaged, or the home is there already.
    """
    home = settings.home
    if settings.database_url:
        raise CatalogueError(
            "备份里的目录是 SQLite 文件，而现在设了 database_url",
            hint="先不设 KB_DATABASE_URL 恢复，再用 kb migrate --database 地址 搬到一个空库",
        )
    digests = _verified(archive)
    if home.exists() and any(home.iterdir()) and not force:
        raise CatalogueError(f"{home} 已有内容", hint="换一个 --home，或加 --force（原内容另存）")
    home.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(dir=home.parent, prefix=f"{home.name}.restoring-"))
    with zipfile.ZipFile(archive) as stored:
        for name in digests:
            target = fresh / PurePosixPath(name)
            target.parent.mkdir(parents=True, exist_ok=True)
            with stored.open(name) as source, target.open("wb") as sink:
                shutil.copyfileobj(source, sink)
    if home.exists():
        kept = home.with_name(home.name + ".before-restore")
        if kept.exists():
            shutil.rmtree(kept)
        home.rename(kept)
    fresh.rename(home)
    return len(digests)


def _copies(settings: Settings, folder: Path) -> dict[str, Path]:
    if settings.database_url:
        transfer(settings, replace(settings, home=folder, database_url=""))
        copies = {file: folder / file for file in FILES.values()}
        for file in copies.values():
            with closing(sqlite3.connect(file)) as merged:
                merged.execute("PRAGMA journal_mode=DELETE")
    else:
        copies = _files(settings.home, folder)
    if FILES["audit"] in copies:
        # As the copy has it: the log goes on meanwhile, and its own note would be ahead.
        copies[HEAD] = _head_of(folder)
    if FILES["people"] in copies:
        _end_sessions(folder / FILES["people"])
    return copies


def _files(home: Path, folder: Path) -> dict[str, Path]:
    copies: dict[str, Path] = {}
    for file in FILES.values():
        if not (home / file).exists():
            continue
        source = sqlite3.connect(f"file:{(home / file).as_posix()}?mode=ro", uri=True)
        target = sqlite3.connect(folder / file)
        try:
            source.backup(target)
        except sqlite3.Error as error:
            raise CatalogueError(f"数据库 {home / file} 无法备份：{error}") from error
        finally:
            source.close()
            target.close()
        copies[file] = folder / file
    return copies


def _head_of(folder: Path) -> Path:
    stored = create_engine(f"sqlite:///{(folder / FILES['audit']).as_posix()}")
    copy = AuditLog(stored, folder)
    try:
        number, digest = copy.head()
    except SQLAlchemyError:
        number, digest = 0, GENESIS  # of an older schema
    finally:
        copy.engine.dispose()
    path = folder / HEAD
    path.write_text(f"{number:020d} {digest}\n", "ascii")
    return path


def _end_sessions(people: Path) -> None:
    """Nobody is signed in by a backup, and no token that was revoked since opens anything again:
    every token is there, and revoked."""
    ended = (
        "DELETE FROM login",
        "UPDATE api_token SET revoked = CURRENT_TIMESTAMP WHERE revoked IS NULL",
    )
    with closing(sqlite3.connect(people)) as copy:
        for statement in ended:
            with suppress(sqlite3.OperationalError):  # of an older schema
                copy.execute(statement)
        copy.commit()


def _index_files(home: Path, out: Path) -> dict[str, Path]:
    databases = {name + tail for name in FILES.values() for tail in ("", "-wal", "-shm")}
    found: dict[str, Path] = {}
    for path in sorted(home.rglob("*")):
        relative = path.relative_to(home)
        if relative.parts[0] in SKIPPED or relative.parts[0] in databases:
            continue
        if path.is_file() and path.suffix != ".lock" and not path.is_relative_to(out):
            found[relative.as_posix()] = path
    return found


def _verified(archive: Path) -> dict[str, str]:
    try:
        with zipfile.ZipFile(archive) as stored:
            digests: dict[str, str] = json.loads(stored.read(LIST))["files"]
            for name, digest in digests.items():
                if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
                    raise CatalogueError(f"备份 {archive} 含有越界路径 {name}", hint="不要使用它")
                with stored.open(name) as stream:
                    if hashlib.file_digest(stream, "sha256").hexdigest() != digest:  # type: ignore[arg-type]
                        raise CatalogueError(f"备份 {archive} 中的 {name} 已损坏")
            return digests
    except OSError as error:
        raise CatalogueError(
            f"备份{in_words(error)}：{archive}", hint="检查路径是否写对"
        ) from error
    except (KeyError, ValueError, zipfile.BadZipFile) as error:
        raise CatalogueError(f"{archive} 不是完好的备份：{error}", hint="换一个备份文件") from error


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
