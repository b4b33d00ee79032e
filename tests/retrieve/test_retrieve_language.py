"""The query language: golden cases on both engines, and random queries against a plain oracle."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from kb.base import KnowledgeBase
from kb.config import Settings
from kb.engine import open_engine
from kb.engine.protocol import Entry, Reader, Versions
from kb.engine.query import Query
from kb.law.names import number_key
from kb.model import Force, Kind, Scope, Status, Tier, Validity
from kb.retrieve import Mode
from kb.retrieve.facts import Fact, Facts
from kb.retrieve.language import compile_query, is_language, plain_words
from kb.text.normalise import fold
from kb.text.segment import bigrams, words
from tests.support.golden import Case, cases

GOLDEN = Path(__file__).parent / "golden"
TODAY = date(2026, 11, 24)
ALWAYS = Scope.everything(as_of=None)
ENGINES = ("tantivy", "whoosh")
VERSIONS = Versions(schema=2, segmenter="s", dictionary="d", model="m", dimensions=32)


def entry(name: str, text: str, title: str = "", number: str = "") -> Entry:
    return Entry(
        id=name,
        words=words(text),
        bigrams=bigrams(text),
        title=words(title),
        heading=(),
        number=number,
        kind=Kind.REGULATION,
        tier=Tier.INTERNAL,
        department="",
    )


@contextmanager
def readers(entries: Sequence[Entry]) -> Iterator[list[Reader]]:
    """Both engines over the same passages."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        made = []
        for engine in ENGINES:
            opened = open_engine(Settings(home=Path(folder) / engine, engine=engine))
            with opened.writer(VERSIONS) as writer:
                writer.add(entries, np.ones((len(entries), 32), np.float32))
                writer.publish()
            made.append(opened.reader(expect=VERSIONS))
        try:
            yield made
        finally:
            for reader in made:
                reader.close()


def found(reader: Reader, tree: Query) -> list[str]:
    return sorted(m.id for m in reader.keyword(tree, ALWAYS, 100))


# -- golden cases ----------------------------------------------------------------------------


def day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


@cache
def papers() -> tuple[Facts, list[Entry]]:
    lines = (GOLDEN / "language_papers.txt").read_text(encoding="utf-8").splitlines()
    facts: dict[str, Fact] = {}
    entries = []
    for line in lines:
        if line.startswith("#"):
            continue
        name, kind, title, number, office, issued, effective, ended, text = line.split("｜")
        entries.append(entry(name, text, title, number))
        path = name.rpartition("#")[0]
        over = Status.REPEALED if ended else None
        facts[path] = Fact(
            path=path,
            title=title,
            name=fold(title),
            kind=next(k for k in Kind if k.label == kind),
            number=number,
            number_key=number_key(number) if number else "",
            force=Force.INTERNAL if kind == "制度" else Force.NONE,
            issuer="",
            offices=(fold(office),),
            issued=day(issued),
            effective=day(effective),
            validity=Validity(day(effective), day(ended), over),
            years=(),
        )
    return Facts(facts.values()), entries


@pytest.fixture(scope="module")
def both() -> Iterator[list[Reader]]:
    with readers(papers()[1]) as made:
        yield made


@pytest.mark.parametrize("case", cases(GOLDEN / "language.txt"), ids=lambda c: c.given[:24])
def test_a_query_finds_and_tells(case: Case, both: list[Reader]) -> None:
    compiled = compile_query(case.given, papers()[0], TODAY)
    for reader in both:
        told = [fault.shown for fault in compiled.faults]
        assert (*told, *found(reader, compiled.tree)) == case.expected, reader


@pytest.mark.parametrize("case", cases(GOLDEN / "detect.txt"), ids=lambda c: c.given[:24])
def test_what_is_a_query(case: Case) -> None:
    assert ("检索式" if is_language(case.given) else "普通",) == case.expected


# -- random queries --------------------------------------------------------------------------

LETTERS = "印章外借公管理待处a"
text = st.text(LETTERS, min_size=1, max_size=12)
term = st.text("印章外借公管理待处", min_size=1, max_size=3)


class Asked:
    """A query as it is written, and what it means, said without any engine."""

    def __init__(self, written: str, means: object) -> None:
        self.written = written
        self.means = means

    def __repr__(self) -> str:
        return self.written


def written(asked: Asked) -> str:
    return asked.written


leaf = st.one_of(
    st.builds(lambda t: Asked(t, ("any", t)), term),
    st.builds(lambda t: Asked(f"正文:{t}", ("text", t)), term),
    st.builds(lambda t: Asked(f"标题：{t}", ("title", t)), term),
    st.builds(lambda t: Asked(f"“{t}”", ("any", t)), term),
    st.builds(lambda t: Asked(f"正文:{t}*", ("begins", t)), term),
    st.builds(lambda k: Asked(f"类型:{k.label}", ("kind", k)), st.sampled_from(list(Kind))),
)
query = st.recursive(
    leaf,
    lambda inner: st.one_of(
        st.builds(lambda a, b: Asked(f"({a} AND {b})", ("and", a, b)), inner, inner),
        st.builds(lambda a, b: Asked(f"({a} {b})", ("and", a, b)), inner, inner),
        st.builds(lambda a, b: Asked(f"（{a} OR {b}）", ("or", a, b)), inner, inner),
        st.builds(lambda a: Asked(f"(NOT {a})", ("not", a)), inner),
    ),
    max_leaves=7,
)
paper = st.tuples(st.text("印章外借公管", min_size=1, max_size=6), st.sampled_from(list(Kind)))


def matches(asked: Asked, body: str, title: str, kind: Kind) -> bool:
    match asked.means:
        case ("any", str(t)):
            return t in body or t in title
        case ("text", str(t)):
            return t in body
        case ("title", str(t)):
            return t in title
        case ("begins", str(t)):
            return any(w.startswith(t) for w in words(body)) or (len(t) > 1 and t in body)
        case ("kind", wanted):
            return kind is wanted
        case ("and", Asked() as a, Asked() as b):
            return matches(a, body, title, kind) and matches(b, body, title, kind)
        case ("or", Asked() as a, Asked() as b):
            return matches(a, body, title, kind) or matches(b, body, title, kind)
        case ("not", Asked() as a):
            return not matches(a, body, title, kind)
    raise AssertionError(asked.means)


@examples(max_examples=20)
@given(
    st.lists(paper, min_size=1, max_size=3),
    st.lists(st.tuples(st.integers(0, 2), text), min_size=1, max_size=8),
    st.lists(query, min_size=6, max_size=14),
)
def test_both_engines_match_what_is_meant(
    titles: list[tuple[str, Kind]], bodies: list[tuple[int, str]], asked: list[Asked]
) -> None:
    facts = Facts(
        Fact(
            path=f"{n}.md",
            title=title,
            name=title,
            kind=kind,
            number="",
            number_key="",
            force=Force.NONE,
            issuer="",
            offices=(),
            issued=None,
            effective=None,
            validity=Validity(),
            years=(),
        )
        for n, (title, kind) in enumerate(titles)
    )
    passages = {
        f"{of % len(titles)}.md#p{n}": (body, *titles[of % len(titles)])
        for n, (of, body) in enumerate(bodies)
    }
    with readers([entry(name, body) for name, (body, _, _) in passages.items()]) as made:
        for one in asked:
            compiled = compile_query(one.written, facts, TODAY)
            assert compiled.faults == [], one
            wanted = sorted(name for name, of in passages.items() if matches(one, *of))
            for reader in made:
                assert found(reader, compiled.tree) == wanted, (one, compiled.tree)
                assert reader.count(compiled.tree, ALWAYS) == len(wanted)


@examples(max_examples=300)
@given(st.text('标题印章:：()（）"“”[]{}*?<>= ANDORNT至2023', max_size=40))
def test_no_text_breaks_it(typed: str) -> None:
    is_language(typed)
    plain_words(typed)
    compiled = compile_query(typed, papers()[0], TODAY)
    for fault in compiled.faults:
        assert 0 <= fault.start < fault.end <= len(typed), (typed, fault)
        assert fault.says


def test_deep_nesting_is_plain_words() -> None:
    assert not is_language("(" * 200 + "标题:印章" + ")" * 200)
    assert not is_language("NOT " * 200 + "印章")


# -- in a search -----------------------------------------------------------------------------

NOW = Scope.everything(as_of=TODAY)


def test_a_search_reads_it(base: KnowledgeBase) -> None:
    result = base.search("标题:印章 AND 外借 NOT 废止", NOW, limit=20)
    assert result.reading.mode is Mode.LANGUAGE
    assert result.hits
    for hit in result.hits:
        assert "印章" in hit.version.title
        assert "外借" in hit.text
        assert "废止" not in hit.text
    assert result.total == len(result.hits)


def test_the_scope_holds(base: KnowledgeBase) -> None:
    notes = NOW.narrowed(kinds=frozenset({Kind.EXPERIENCE}))
    assert base.search("类型:制度", notes, limit=5).reading.mode is Mode.WORDS
    hits = base.search("外借 OR 采购", notes, limit=50).hits
    assert hits
    assert {hit.version.kind for hit in hits} == {Kind.EXPERIENCE}


def test_only_what_is_in_force_but_for_a_status(base: KnowledgeBase) -> None:
    now = base.search("标题:印章管理", NOW, limit=100)
    assert {hit.version.path for hit in now.hits} == {"制度/印章管理办法.md"}
    over = base.search("标题:印章管理 状态:已废止", NOW, limit=100)
    assert {hit.version.path for hit in over.hits} == {"制度/历史版本/印章管理办法(2015).md"}
    assert {hit.status for hit in over.hits} == {Status.REPEALED}


def test_without_a_match_its_words_are_searched(base: KnowledgeBase) -> None:
    result = base.search("类型：什么类型的采购要上会", NOW, limit=5)
    assert result.reading.mode is Mode.WORDS
    assert result.hits
    assert result.reading.faults[0].column == 4


def test_it_can_be_taken_as_words(base: KnowledgeBase) -> None:
    from kb.retrieve import How

    result = base.search("标题:印章", NOW, limit=5, how=How(plain=True))
    assert result.reading.mode is Mode.PLAIN
