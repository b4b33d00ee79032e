"""A person sent through what people use: the command line, the pages, the routes, with all that
they print, show, write and answer. `tests/support/doors.py` has the doors of the seat behind them.

What is drawn is drawn by a seed; `doors` says what there is, so that a test can tell that each was
gone through.
"""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from kb.cli import COMMANDS as NAMES
from kb.cli import parser
from tests.support.canaries import Canary
from tests.support.commands import _below


@dataclass(frozen=True, slots=True)
class Way:
    """What a person asks with: words, a paper he may or may not see, what others made."""

    query: str
    paper: Canary
    pack: str
    edition: int
    number: str
    out: Path

    @property
    def place(self) -> str:
        """An article of the paper."""
        return f"{self.paper.path}#第二条"


Argv = Callable[[Way], list[str]]

COMMANDS: dict[str, Argv] = {
    "search": lambda w: ["search", w.query, "-n", "50"],
    "search explained": lambda w: ["search", w.query, "-n", "50", "--explain"],
    "search as JSON": lambda w: ["search", w.query, "-n", "50", "--json"],
    "search ended": lambda w: ["search", w.query, "--ended"],
    "search by level": lambda w: ["search", w.query, "--by-level"],
    "search by title": lambda w: ["search", f"《{w.paper.title}》第二条", "--plain"],
    "show": lambda w: ["show", w.place],
    "show as JSON": lambda w: ["show", w.place, "--json"],
    "show a paper": lambda w: ["show", w.paper.path],
    "show what cites": lambda _: ["show", "制度/旧办法.md#第一条"],
    "pack new": lambda w: _out(w, "pack", "new", "--topic", "采购审批", "--format", "html,docx"),
    "pack list": lambda _: ["pack", "list"],
    "pack list as JSON": lambda _: ["pack", "list", "--json"],
    "pack export": lambda w: _out(w, "pack", "export", w.pack, "--format", "html,docx"),
    "pack export of an edition": lambda w: _out(w, "pack", "export", w.number, "--format", "html"),
    "pack draft": lambda w: ["pack", "draft", w.pack],
    "pack agenda": lambda _: ["pack", "agenda"],
    "pack prepare": lambda _: ["pack", "prepare"],
    "pack freeze": lambda w: ["pack", "freeze", w.pack],
    "pack verify": lambda _: ["pack", "verify"],
    "pack verify as JSON": lambda _: ["pack", "verify", "--json"],
    "pack deliver": lambda w: ["pack", "deliver", w.number, "--to", "李局长"],
    "pack reading": lambda w: [
        "pack", "reading", "--for", "王局长", "--out", str(w.out / "阅件.html"),
    ],
    "decision show": lambda _: ["decision", "show", "x"],
    "task list": lambda _: ["task", "list"],
    "task notice": lambda w: _out(w, "task", "notice"),
    "system": lambda _: ["system"],
    "system duties": lambda _: ["system", "--duties"],
    "system as JSON": lambda _: ["system", "--json"],
    "system report": lambda w: _out(w, "system", "report", "--format", "html"),
    "eval": lambda w: [
        "eval", "--queries", str(w.out / "q.jsonl"), "--qrels", str(w.out / "r.tsv"),
        "--run", str(w.out / "run.tsv"),
    ],
    "questions list": lambda _: ["questions", "list"],
    "marks list": lambda _: ["marks", "list"],
}  # fmt: skip
"""Every command that reads and takes ``--user``, in its ways of saying it."""

ACTS = {
    "api": "`--user` is whose token it is; what one opens: tests/api",
    "decision": "acts on a decision by its id; what it prints is `decision show`",
    "task": "acts on a task by its id; people's own words",
    "questions": "for who keeps the known questions: refused to others",
    "marks": "for who keeps the base: refused to others",
}
"""Groups whose other commands tell nothing of a paper, and why."""


def _out(way: Way, *argv: str) -> list[str]:
    return [*argv, "--out", str(way.out)]


def narrowed() -> Iterator[str]:
    """Every command that takes ``--user``, by its words."""
    for name in NAMES:
        [commands] = _below(parser(name))
        yield from _narrowed(commands.choices[name], name)


def _narrowed(one: object, name: str) -> Iterator[str]:
    below = _below(one)  # type: ignore[arg-type] # argparse's own type of it is private
    takes = any("--user" in a.option_strings for a in one._actions)  # type: ignore[attr-defined]
    if takes and not any(group.required for group in below):
        yield name
    for group in below:
        for word, sub in group.choices.items():
            yield from _narrowed(sub, f"{name} {word}")


def accounted(name: str) -> bool:
    """Whether a command is gone through, or its group has its reason."""
    words = name.split()
    return words[0] in ACTS or any(
        argv(NOTHING)[: len(words)] == words for argv in COMMANDS.values()
    )


NOTHING = Way("问", Canary("p", None, "", (), "甲", "乙"), "x", 1, "n", Path("out"))  # type: ignore[arg-type] # never asked


def draw(rng: random.Random, doors: list[str], count: int) -> list[str]:
    """Some of the doors, in an order of their own."""
    return rng.sample(doors, min(count, len(doors)))


def written(folder: Path, *, but: frozenset[str] = frozenset()) -> str:
    """All that stands in the files of a folder: names, texts, the parts of packages."""
    return "".join(
        f"{path.name} {text_of(path.read_bytes())}"
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in but
    )


def text_of(content: bytes) -> str:
    """All that is in an answer: a package's parts, a PDF's text."""
    if content[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            return "".join(package.read(n).decode("utf-8", "ignore") for n in package.namelist())
    if content[:4] == b"%PDF":
        from kb.decide.check_read import read

        return "".join(read(content, "pdf"))
    return content.decode("utf-8", "ignore")
