"""The rules of the house: which way imports run, who may import what, how large a file may be."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest
from importlinter import api

from kb.catalogue.reader import IndexReader
from kb.engine.protocol import Reader
from kb.model import Scope

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted(
    path
    for top in ("kb", "indexer", "app.py")
    for path in ([ROOT / top] if top.endswith(".py") else (ROOT / top).rglob("*.py"))
    if "migrations" not in path.parts
)

CONFINED = {
    "jieba": ("kb/text/segment.py",),
    "rjieba": ("kb/text/segment.py",),
    "whoosh": ("kb/engine/embedded/", "kb/retrieve/"),
    "pypinyin": ("kb/retrieve/vocabulary.py",),
    "rapidfuzz": ("kb/retrieve/",),
    "tantivy": ("kb/engine/embedded/",),
    "faiss": ("kb/engine/embedded/",),
    "pymilvus": ("kb/engine/milvus/",),
    "psycopg": ("kb/catalogue/",),
    "torch": ("kb/train/", "kb/embed/transformer.py"),
    "sentence_transformers": ("kb/train/", "kb/embed/transformer.py"),
    "scipy": ("kb/train/",),
    "streamlit": ("kb/ui/", "app.py"),
    "sqlalchemy": ("kb/catalogue/",),
    "alembic": ("kb/catalogue/",),
    "argon2": ("kb/access/passwords.py",),
    "icalendar": ("kb/decide/follow/ics.py",),
    "watchdog": ("indexer/watch.py",),
    "docx": ("kb/decide/render/", "indexer/readers/"),
    "typst": ("kb/decide/render/", "kb/commands/doctor.py"),
}
"""A package → the only places that may import it."""


def imports(path: Path) -> Iterator[tuple[str, bool]]:
    """Top-level names imported by a file, and whether at module level."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [node.module]
        for name in names:
            yield name.partition(".")[0], node in tree.body


def test_imports_run_one_way(monkeypatch: pytest.MonkeyPatch) -> None:
    options = api.read_configuration(str(ROOT / "pyproject.toml"))
    assert options["contracts_options"], "no contract was read"
    from importlinter import cli

    # It would switch off every logger there is, for all tests that come after in this process.
    monkeypatch.setattr(cli, "_configure_logging", lambda _verbose: None)
    assert cli.lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True) == 0


@pytest.mark.parametrize("package", CONFINED)
def test_a_package_is_imported_only_where_it_belongs(package: str) -> None:
    strays = [
        path.relative_to(ROOT).as_posix()
        for path in SOURCES
        if any(name == package for name, _ in imports(path))
        and not path.relative_to(ROOT).as_posix().startswith(CONFINED[package])
    ]
    assert strays == []


@pytest.mark.parametrize("package", ["torch", "sentence_transformers"])
def test_slow_packages_are_imported_inside_functions(package: str) -> None:
    eager = [
        path.relative_to(ROOT).as_posix()
        for path in SOURCES
        for name, at_top in imports(path)
        if name == package and at_top and "kb/train" not in path.as_posix()
    ]
    assert eager == []


PICKLES = {"pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib", "_pickle"}
GUARD = "kb/engine/embedded/whoosh_safe.py"
"""The one place that may: it holds Whoosh's pickles to Whoosh's own classes."""


def _unsafe(path: Path) -> Iterator[str]:
    """What in a file reads pickles, or runs text."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            given = {k.arg: ast.unparse(k.value) for k in node.keywords}
            if given.get("allow_pickle", "False") != "False":
                yield f"{called}(allow_pickle={given['allow_pickle']})"
            if called.endswith("torch.load") and given.get("weights_only") != "True":
                yield f"{called} without weights_only=True"
            if called in ("eval", "exec", "read_pickle") or called.endswith(".read_pickle"):
                yield called
    if path.relative_to(ROOT).as_posix() != GUARD:
        yield from sorted({name.partition(".")[0] for name, _ in imports(path)} & PICKLES)


def test_nothing_is_read_by_pickle_and_no_text_is_run() -> None:
    found = {path.name: told for path in SOURCES if (told := list(_unsafe(path)))}
    assert found == {}


def test_the_rule_about_pickles_finds_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    bad = tmp_path / "bad.py"
    bad.write_text(
        "import pickle\nfrom shelve import open\nnp.load(f, allow_pickle=True)\n"
        "torch.load(f)\neval('1')\nnp.load(f, allow_pickle=False)\n"
        "torch.load(f, weights_only=True)\n",
        "utf-8",
    )
    assert len(list(_unsafe(bad))) == 5


def test_files_are_small() -> None:
    sizes = {
        path.relative_to(ROOT).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for path in SOURCES
    }
    assert {name: size for name, size in sizes.items() if size > 400} == {}
    assert median(sizes.values()) < 120


@pytest.mark.parametrize("protocol", [Reader, IndexReader])
def test_every_read_takes_a_scope_without_default(protocol: type) -> None:
    # These tell nothing of a paper's content to a person: the indexer's bookkeeping.
    bookkeeping = {
        "files",
        "sources",
        "published",
        "count_passages",
        "ids",
        "passage_ids",
        "check_counts",
        "close",
        "generation",
        "vectors",
        "stamps",
        "moved_to",
    }
    if protocol is IndexReader:
        bookkeeping |= {"count", "now_at"}
    reads = {
        name: inspect.signature(member)
        for name, member in vars(protocol).items()
        if not name.startswith("_") and callable(member) and name not in bookkeeping
    }
    assert reads, "the protocol has no reads"
    for name, signature in reads.items():
        scope = signature.parameters.get("scope")
        assert scope is not None, f"{protocol.__name__}.{name} takes no scope"
        assert scope.default is inspect.Parameter.empty, f"{protocol.__name__}.{name} has a default"
        assert scope.annotation in (Scope, "Scope")


def test_nothing_at_the_top_but_what_the_owner_fixed() -> None:
    allowed = {
        "kb",
        "indexer",
        "app.py",
        "corpus",
        "pyproject.toml",
        "tests",
        "README.md",
        "ARCHITECTURE.md",
        "CHANGELOG.md",
        "SECURITY.md",
        "LICENSE",
        "Makefile",
        "demo.cmd",
        "benchmarks",
        "docs",
        ".ci",
        ".streamlit",
        ".gitignore",
        ".git",
        ".gitattributes",
    }
    ignored = {
        line.strip("/") for line in (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    }
    found = {
        path.name
        for path in ROOT.iterdir()
        if path.name not in ignored and not path.name.endswith(".egg-info")
    }
    assert found <= allowed, found - allowed
    assert not list((ROOT / "kb").rglob("pages")), "Streamlit would take it for its own"
