"""Whoosh's pickles are read with nothing allowed but its own classes."""

from __future__ import annotations

import pickle
import sys
from contextlib import closing
from pathlib import Path

import pytest
import whoosh.index

from kb.engine import open_engine
from kb.engine.embedded import whoosh_half, whoosh_safe
from kb.engine.query import Field, Term
from kb.errors import IndexCorrupt
from tests.engine.engine_support import ALL, entry, publish, settings

RAN: list[str] = []


class Evil:
    """Calls a function of ours when it is read back."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return RAN.append, ("ran",)


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A home with an index of three entries in two segments, one taken out."""
    where = settings(tmp_path, "whoosh")
    publish(where, [entry("a", "采购 审批"), entry("b", "采购")])
    publish(where, [entry("c", "采购 计划", title="计划", number="云办1号")], remove=["b"])
    return tmp_path


def found(home: Path) -> list[str]:
    with closing(open_engine(settings(home, "whoosh")).reader(expect=None)) as reader:
        return sorted(m.id for m in reader.keyword(Term(Field.WORDS, "采购"), ALL, 9))


def tocs(home: Path) -> list[Path]:
    return sorted((home / "index").rglob("*.toc"))


def test_an_index_of_ours_is_read(made: Path) -> None:
    assert found(made) == ["a", "c"]


# Whoosh leaves the file open that it could not read.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("at", ["schema", "segments"])
def test_what_a_hostile_index_names_is_not_called(
    made: Path, at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    [toc] = tocs(made)[-1:]
    opened = whoosh.index.open_dir(str(toc.parent))
    told = whoosh.index.TOC.read(opened.storage, "MAIN")
    toc.unlink()
    if at == "segments":
        told.segments = [Evil()]
    else:
        dumped = pickle.dumps(Evil())
        monkeypatch.setattr(whoosh.index.pickle, "dumps", lambda *_: dumped)
    told.write(opened.storage, "MAIN")
    RAN.clear()
    with pytest.raises(Exception, match="has no place in an index"):
        whoosh.index.open_dir(str(toc.parent))
    with pytest.raises(IndexCorrupt):
        whoosh_half.WhooshReader(toc.parent, None)  # type: ignore[arg-type] # fails before
    assert RAN == []


@pytest.mark.parametrize(
    "hostile", [b"cos\nsystem\n(S'true'\ntR.", pickle.dumps(Evil()), pickle.dumps(print)]
)
def test_names_that_are_not_whooshs_are_refused(hostile: bytes) -> None:
    RAN.clear()
    with pytest.raises(pickle.UnpicklingError, match="no place"):
        whoosh_safe.loads(hostile)
    assert RAN == []


def test_no_module_of_whoosh_keeps_an_unguarded_function(made: Path) -> None:
    assert found(made)
    left = [
        f"{name}.{attribute}"
        for name, module in list(sys.modules.items())
        if name.partition(".")[0] == "whoosh"
        for attribute, value in vars(module).items()
        if value is pickle or value is pickle.load or value is pickle.loads
    ]
    # The module defines an unpickler of its own, for formats whose loaders are taken away.
    assert left in ([], ["whoosh.util.loading.pickle"])
    assert whoosh.index.toc_loaders == {}
