"""The one exception tree.

    KbError
    ├── ConfigError            a setting is wrong
    ├── ReadError              one file could not be read (names the file, why, what to do)
    ├── CatalogueError         the database cannot be opened or is of another version
    │   ├── CatalogueLost      the connection was lost under way: it was not done
    │   │   └── CommitInDoubt  lost while committing: it may have been done
    │   └── AuditUnwritable    the audit log cannot be written: nothing may be handed out
    ├── EngineError            the index cannot serve
    │   ├── IndexMissing       nothing has been indexed yet
    │   ├── IndexStale         built with another schema, segmenter, dictionary or model
    │   ├── IndexCorrupt       a file of a generation is torn or altered
    │   └── IndexLocked        another process is indexing
    ├── ModelError             an embedding model cannot be loaded
    ├── QuerySyntaxError       a query cannot be parsed (keeps the position)
    ├── NotFound               no such passage, document, pack
    ├── AccessDenied           the policy said no (keeps the reason)
    ├── EvaluationError        judged questions or a run cannot be used
    ├── PackError              a pack cannot be made or rendered
    │   └── EditConflict       somebody else changed the same words meanwhile
    └── StepRefused            a decision or task may not take this step yet

A message says, in Chinese, what happened and to which file; ``hint`` says what to do.
Messages are for the people who run the program; tracebacks never reach them.
"""

from __future__ import annotations

import errno


class KbError(Exception):
    """Base of every error that the program raises on purpose.

    Args:
        message: what happened, in Chinese, naming the file or thing concerned.
        hint: what the reader can do about it; may be empty.
    """

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}（{self.hint}）" if self.hint else self.message


class ConfigError(KbError):
    """A setting is missing, malformed or contradicts another."""


class ReadError(KbError):
    """One file could not be read.

    Args:
        path: the file, as the person named it.
        why: the reason, a short Chinese clause.
        hint: what to do.
    """

    def __init__(self, path: str, why: str, *, hint: str = "") -> None:
        super().__init__(f"{path}：{why}", hint=hint)
        self.path = path
        self.why = why

    def __reduce__(self) -> tuple[object, ...]:
        # Worker processes send these back: keyword-only arguments need this to be unpickled.
        return (_rebuild_read_error, (self.path, self.why, self.hint))


def _rebuild_read_error(path: str, why: str, hint: str) -> ReadError:
    return ReadError(path, why, hint=hint)


class CatalogueError(KbError):
    """A database cannot be opened, migrated or written."""


class CatalogueLost(CatalogueError):
    """The connection to the database was lost while something was under way; it was not done."""


class CommitInDoubt(CatalogueLost):
    """It was lost while a commit was under way; it may have been done."""


class AuditUnwritable(CatalogueError):
    """An event could not be noted. Whoever asked is refused."""


class EngineError(KbError):
    """The index cannot serve."""


class IndexMissing(EngineError):
    """Nothing has been indexed in this home yet."""


class IndexStale(EngineError):
    """The index was built with another schema, segmenter, dictionary or model."""


class IndexCorrupt(EngineError):
    """A file of a published generation is missing, torn or altered."""


class IndexLocked(EngineError):
    """Another process is writing the index; the message names it."""


class ModelError(KbError):
    """An embedding model cannot be found or loaded."""


class QuerySyntaxError(KbError):
    """A query cannot be parsed.

    Args:
        position: 0-based character offset of the fault in the query.
    """

    def __init__(self, message: str, *, position: int, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.position = position


class NotFound(KbError):
    """No passage, document or pack has this identifier within the reader's scope."""


class AccessDenied(KbError):
    """The policy refused; ``reason`` goes to the audit log."""

    def __init__(self, message: str, *, reason: str, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.reason = reason


class EvaluationError(KbError):
    """Judged questions, judgements or a saved run cannot be used."""


class PackError(KbError):
    """A briefing pack cannot be composed or rendered."""


class StepRefused(KbError):
    """A decision or task may not take this step; the message says what is missing."""


class EditConflict(PackError):
    """Somebody else changed the same words since; nothing was written.

    Args:
        theirs: what stands there now. who: whose words that are.
    """

    def __init__(self, message: str, *, theirs: str, who: str, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.theirs = theirs
        self.who = who


_WHY = {
    errno.ENOENT: "找不到",
    errno.ENOTDIR: "路径中有一段不是文件夹",
    errno.EISDIR: "是文件夹，不是文件",
    errno.EEXIST: "已经存在",
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "磁盘配额已用完",
    errno.EACCES: "没有读写权限",
    errno.EPERM: "没有读写权限",
    errno.EROFS: "磁盘只读",
    errno.ENAMETOOLONG: "文件名太长",
}


def in_words(error: OSError) -> str:
    """What the system says of a file, as a short Chinese clause; its own words where it is rare."""
    return _WHY.get(error.errno or 0, error.strerror or "读写失败")
