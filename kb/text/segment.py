"""Cut text into the terms that are searched. The only place that imports jieba or rjieba.

rjieba is jieba in Rust with the same dictionary: the same cut, some twenty times faster. Where it
has no wheel, jieba cuts. Both take words of our own, so that 三重一大 stays one word: the terms of
offices that ship with the program, then the words of the file given to `use_dictionary`.
"""

from __future__ import annotations

import hashlib
import re
import warnings
from collections.abc import Callable, Iterator
from functools import cache
from importlib import metadata, resources
from operator import add
from pathlib import Path
from typing import Any, NamedTuple

from kb.errors import ConfigError
from kb.text.normalise import fold

_RULES = "1"
"""Raise it when `words` or `bigrams` give other terms for the same text: indexes become stale."""

_HAN = "〇々\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_RUN = re.compile(rf"[{_HAN}]+|[^\W_{_HAN}]+")
_TERM = re.compile(rf"\d+(?:\.\d+)+|[{_HAN}]+|[^\W_{_HAN}]+")
_HAN_FIRST = re.compile(f"[{_HAN}]").match
_COMPOSITE = re.compile(r"[+#&._%\-]").search
"""Marks that the segmenter keeps inside a token."""

Cut = Callable[[str], list[str]]


class UserWord(NamedTuple):
    """A word that must not be cut; ``weight`` 0 leaves it to the segmenter to choose one."""

    text: str
    weight: int


class _Segmenter(NamedTuple):
    cut: Cut
    digest: str


def words(text: str) -> list[str]:
    """The words of ``text`` in order, in index form, without punctuation and white space."""
    folded = fold(text)
    tokens = _segmenter().cut(folded)
    if not _COMPOSITE(folded):
        return [token for token in tokens if token.isalnum()]
    found: list[str] = []
    for token in tokens:
        if token.isalnum():
            found.append(token)
        elif len(token) > 1:  # 3.5%, gb/t9704, a-b: what lies between marks
            found.extend(_TERM.findall(token))
    return found


def bigrams(text: str) -> list[str]:
    """Pairs of neighbouring Han characters; a lone one as it is; letters or digits in a run."""
    found: list[str] = []
    extend, keep = found.extend, found.append
    for run in _RUN.findall(fold(text)):
        if len(run) > 1 and ("一" <= run[0] < "\ua000" or _HAN_FIRST(run)):
            extend(map(add, run, run[1:]))
        else:
            keep(run)
    return found


def keywords(text: str, n: int) -> list[str]:
    """The ``n`` words that tell most about ``text``, best first (TF-IDF, jieba's table)."""
    extractor = _extractor()
    extractor.tokenizer = _Tokens(_segmenter().cut)
    found: list[str] = extractor.extract_tags(fold(text), topK=n)
    return found


def use_dictionary(path: str | Path | None) -> None:
    """Take the words of a file into account from now on, in place of an earlier file's.

    One word a line, optionally followed by its frequency; ``#`` starts a comment. None takes an
    earlier file's words back. Holds for this process: workers must be told, too.

    Raises:
        ConfigError: the file cannot be read, or a line is neither a word nor a comment.
    """
    own = () if path is None else read_dictionary(Path(path))
    listed = dict((*_office_terms(), *own))
    if not _current or _current[-1].digest != _digest(listed):
        _current.append(_Segmenter(_make_cut(listed), _digest(listed)))
        del _current[:-1]


def dictionary_digest() -> str:
    """Names the words in use; another digest means that text is cut differently."""
    return _segmenter().digest


def read_dictionary(path: Path) -> tuple[UserWord, ...]:
    """The words of a user dictionary.

    Raises:
        ConfigError: see `use_dictionary`.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"词典 {path} 无法读取：{error}", hint="词典应为 UTF-8 文本，一行一词"
        ) from error
    return tuple(_parse(text, str(path)))


def _parse(text: str, name: str) -> Iterator[UserWord]:
    for number, line in enumerate(text.splitlines(), start=1):
        fields = line.partition("#")[0].split()
        if not fields:
            continue
        word = fold(fields[0])
        weight = fields[1] if len(fields) > 1 else "0"
        if len(fields) > 3 or not weight.isdecimal() or not _TERM.fullmatch(word):
            raise ConfigError(
                f"词典 {name} 第 {number} 行不对：{line.strip()}",
                hint="一行一词，可加空格和词频，如：三重一大 500",
            )
        yield UserWord(word, int(weight))


@cache
def _office_terms() -> tuple[UserWord, ...]:
    file = resources.files("kb.text").joinpath("office_terms.txt")
    return tuple(_parse(file.read_text(encoding="utf-8"), "office_terms.txt"))


_current: list[_Segmenter] = []


def _segmenter() -> _Segmenter:
    if not _current:
        use_dictionary(None)
    return _current[-1]


def _digest(listed: dict[str, int]) -> str:
    digest = hashlib.sha256()
    for word, weight in sorted(listed.items()):
        digest.update(f"{word} {weight}\n".encode())
    return digest.hexdigest()[:16]


def _rust(listed: dict[str, int]) -> Cut:
    # The package loads its dictionary when it is imported: that one is used up first.
    segmenter = _loaded.pop() if _loaded else rjieba.Jieba()
    for word, weight in listed.items():
        segmenter.add_word(word, weight or None, None)
    cut: Cut = segmenter.cut
    return cut


def _python(listed: dict[str, int]) -> Cut:
    jieba = _jieba()
    segmenter = jieba.Tokenizer()
    for word, weight in listed.items():
        segmenter.add_word(word, weight or None)
    cut: Cut = segmenter.lcut
    return cut


def _jieba() -> Any:
    import jieba  # Function-level: only the fallback and `keywords` need it.

    jieba.setLogLevel("WARNING")
    return jieba


class _Tokens:
    """What jieba's keyword extraction wants of a segmenter."""

    def __init__(self, cut: Cut) -> None:
        self.cut = cut


@cache
def _extractor() -> Any:
    with warnings.catch_warnings():
        # jieba leaves its table of frequencies open after reading it.
        warnings.simplefilter("ignore", ResourceWarning)
        import jieba.analyse

        return jieba.analyse.TFIDF()


try:
    import rjieba

    _loaded: list[Any] = [made] if (made := getattr(rjieba, "_DEFAULT_JIEBA", None)) else []
    _make_cut: Callable[[dict[str, int]], Cut] = _rust
    SEGMENTER = f"rjieba-{metadata.version('rjieba')}/{_RULES}"
except ImportError:
    _make_cut = _python
    SEGMENTER = f"jieba-{metadata.version('jieba')}/{_RULES}"
