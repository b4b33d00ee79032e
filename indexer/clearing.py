"""A person decides about a file whose first page bears a bare 秘密 or 机密.

The decision is bound to the content's digest and kept with people's work, not in the index: a
changed file is asked about again, and no rollback takes a decision back. A mark proper (机密★) is
nobody's to accept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from indexer.sources import digest
from kb.catalogue.audit import AuditLog, Event
from kb.catalogue.marks import MarkRow, Marks
from kb.catalogue.rows import FileRow, SourceRow
from kb.errors import ConfigError, NotFound
from kb.model import Mark

NAMES = {
    Mark.CERTAIN: "带有国家秘密标志，已拒收",
    Mark.DOUBTFUL: "等待人工确认",
    Mark.ACCEPTED: "已确认非涉密",
    Mark.REFUSED: "已确认不得入库",
}


@dataclass(frozen=True, slots=True)
class Marked:
    """A file that bears a mark, as the last run saw it, and the decision that holds."""

    file: FileRow
    mark: Mark
    decided: MarkRow | None

    @property
    def waits(self) -> bool:
        """Whether a person has yet to look."""
        return self.mark is Mark.DOUBTFUL and self.decided is None

    @property
    def says(self) -> str:
        """What became of it, in Chinese; a decision that no run has followed yet says so."""
        if self.decided is None or self.mark is Mark.CERTAIN:
            return NAMES[Mark.DOUBTFUL if self.mark is not Mark.CERTAIN else self.mark]
        name = NAMES[Mark(self.decided.decision)]
        return f"{name}（{self.decided.evidence}）" + (
            "" if self.mark.value == self.decided.decision else "；运行 kb index 后生效"
        )


def marked(files: Sequence[FileRow], marks: Marks) -> list[Marked]:
    """Every file with a mark, those that wait for a person first."""
    standing = marks.standing()
    found = [Marked(f, Mark(f.mark), standing.get(f.digest)) for f in files if f.mark]
    return sorted(found, key=lambda m: (not m.waits, m.file.path))


def decide(
    paths: Sequence[str],
    decision: Mark,
    *,
    files: Sequence[FileRow],
    sources: Sequence[SourceRow],
    marks: Marks,
    audit: AuditLog,
    who: str,
    note: str = "",
    origin: str = "command",
) -> list[Marked]:
    """Note a decision about each of these files; all of them, or none.

    Args:
        paths: as the catalogue names them, or where they lie.
        decision: accepted, refused, or doubtful: a former decision is withdrawn.
        files, sources: as the last run saw them.
        marks, audit: where it is noted.
        who: the person who decides; note: why. Both are kept.
        origin: command or page.

    Raises:
        NotFound: no such file. ConfigError: it bears a mark proper or none, or has changed since
            the last run, or nobody is named.
    """
    if not who.strip():
        raise ConfigError("没有写明由谁确认", hint="用 --by 写明姓名")
    known = {m.file.path: m for m in marked(files, marks)}
    chosen = [_known(path, known, files, sources) for path in paths]
    for one in chosen:
        _check(one, decision, sources)
    for one in chosen:
        marks.decide(one.file.digest, one.file.path, decision, who=who.strip(), note=note.strip())
        audit.append(
            Event(who.strip(), origin, f"mark.{decision.value}", one.file.path, reason=note.strip())
        )
    return chosen


def place(file: FileRow, sources: Sequence[SourceRow]) -> Path:
    """Where a file lies."""
    root = next(Path(s.root) for s in sources if s.id == file.source_id)
    return root / file.relative if root.is_dir() else root


def _known(
    path: str,
    known: dict[str, Marked],
    files: Sequence[FileRow],
    sources: Sequence[SourceRow],
) -> Marked:
    asked = path.strip().replace("\\", "/")
    full = Path(path).expanduser().resolve()
    for file in files:
        if file.path == asked or place(file, sources) == full:
            if file.path in known:
                return known[file.path]
            raise ConfigError(f"{file.path} 没有密级字样，无需确认")
    raise NotFound(f"没有找到文件：{path}", hint="用 kb marks 列出；新放入的文件先运行 kb index")


def _check(one: Marked, decision: Mark, sources: Sequence[SourceRow]) -> None:
    if one.mark is Mark.CERTAIN:
        raise ConfigError(
            f"{one.file.path} 带有国家秘密标志，任何人不得放行",
            hint="本系统为非涉密系统；请立即移走，并按保密规定处理",
        )
    if decision is Mark.ACCEPTED and digest(place(one.file, sources)) != one.file.digest:
        raise ConfigError(
            f"{one.file.path} 在上次入库之后有改动", hint="先运行 kb index，再看着现在的内容确认"
        )
