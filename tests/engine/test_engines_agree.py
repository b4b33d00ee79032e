"""tantivy, Whoosh and a few lines of Python match the same passages, whatever is asked."""

from __future__ import annotations

import itertools
import tempfile
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest
from engine_support import ENGINES, VERSIONS, entry, settings, unit
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from kb.engine import open_engine
from kb.engine.protocol import Entry
from kb.engine.query import (
    And,
    Everything,
    Field,
    Not,
    Or,
    Papers,
    Pattern,
    Phrase,
    Prefix,
    Query,
    Term,
    paper_of,
)
from kb.model import Kind, Scope, Tier, audience
from tests.support.milvus import forget, lite

IDS = [
    "a.md#p1",
    "a.md#第一条",
    "a.md#第一条~2",
    "a.md!2#第一条",
    "b#c.md#p1",
    "b#c.md#p2",
    "b.md#p1",
    "b.md",
    "坏\udce9名.txt#p1",
    *[f"p{i}" for i in range(3)],
]
PATHS = [*sorted({paper_of(i) for i in IDS}), "没有.md", "b", ""]
TERMS = [
    "合",
    "合同",
    "合同法",
    "c++",
    "a.b",
    "[x",
    "{2}",
    "\\d",
    "2023",
    "ß",
    "A",
    "a",
    "^$",
    "𠮷",
]
CUT = [Field.WORDS, Field.BIGRAMS, Field.TITLE, Field.HEADING]
DAY = date(2024, 1, 1)

term = st.sampled_from(TERMS)
field = st.sampled_from(list(Field))
boost = st.sampled_from([1.0, 0.0, 0.5, 7.0])
leaf = st.one_of(
    st.builds(Term, field, term, boost),
    st.builds(Phrase, field, st.lists(term, max_size=3).map(tuple), boost),
    st.builds(Prefix, field, st.sampled_from([*TERMS, "", "合同法x", "a.", "\\", "[", "20"])),
    st.builds(
        Pattern,
        field,
        st.lists(
            st.sampled_from([*"合同法*?*?", "a.", "[x", "]", "{2}", "\\", "!"]), max_size=4
        ).map("".join),
    ),
    st.builds(Papers, st.frozensets(st.sampled_from(PATHS), max_size=4)),
    st.just(Everything()),
)
query: st.SearchStrategy[Query] = st.recursive(
    leaf,
    lambda inner: st.one_of(
        st.builds(Or, st.lists(inner, max_size=4).map(tuple)),
        st.builds(And, st.lists(inner, max_size=4).map(tuple)),
        st.builds(Not, inner),
    ),
    max_leaves=8,
)
day = st.integers(-3, 3).map(lambda n: DAY + timedelta(n))
text = st.lists(term, max_size=6).map(" ".join)
passage = st.builds(
    entry,
    st.sampled_from(IDS),
    text,
    bigrams=text,
    title=text,
    heading=text,
    number=st.one_of(st.just(""), term),
    kind=st.sampled_from(list(Kind)),
    tier=st.sampled_from(list(Tier)),
    department=st.builds(
        audience,
        st.sampled_from(["", "甲", "乙"]),
        st.just(()) | st.lists(st.sampled_from("abc"), max_size=2),
    ),
    start=st.none() | day,
    end=st.none() | day,
)
scopes = st.builds(
    Scope,
    st.just(""),
    st.none() | day,
    st.frozensets(st.sampled_from(list(Kind))),
    st.frozensets(st.sampled_from(list(Tier))),
    st.none() | st.frozensets(st.sampled_from(["", "甲", "乙"])),
    st.frozensets(st.sampled_from(list(Tier)), max_size=2),
    st.none() | st.frozensets(st.sampled_from("ab")),
)
batches = st.lists(
    st.tuples(
        st.lists(passage, max_size=8),
        st.sets(st.sampled_from(IDS), max_size=4),
    ),
    min_size=1,
    max_size=3,
)


def terms_of(passage: Entry, name: Field) -> Sequence[str]:
    if name is Field.NUMBER:
        return [passage.number] if passage.number else []
    found: Sequence[str] = getattr(passage, name.value)
    return found


def matches(passage: Entry, asked: Query) -> bool:
    match asked:
        case Everything():
            return True
        case Term(name, wanted):
            return wanted in terms_of(passage, name)
        case Prefix(name, wanted):
            return any(t.startswith(wanted) for t in terms_of(passage, name))
        case Phrase(name, texts):
            found, n = list(terms_of(passage, name)), len(texts)
            return n > 0 and any(found[i : i + n] == list(texts) for i in range(len(found)))
        case Pattern(name, shape):
            return any(described(shape, t) for t in terms_of(passage, name))
        case Papers(paths):
            return paper_of(passage.id) in paths
        case Or(children):
            return any(matches(passage, child) for child in children)
        case And(children):
            return all(matches(passage, child) for child in children)
        case Not(child):
            return not matches(passage, child)


def described(shape: str, text: str) -> bool:
    """By hand, not by the regular expression that is being tested."""
    if not shape:
        return not text
    if shape[0] == "*":
        return any(described(shape[1:], text[i:]) for i in range(len(text) + 1))
    return bool(text) and shape[0] in ("?", text[0]) and described(shape[1:], text[1:])


def admits(scope: Scope, passage: Entry) -> bool:
    on = None if scope.as_of is None else scope.as_of.toordinal()
    return (
        passage.kind in scope.kinds
        and passage.tier in scope.tiers
        and for_him(scope, passage.tier, *passage.department.split("\x1f"))
        and (on is None or passage.valid_from <= on < passage.valid_to)
    )


def for_him(scope: Scope, tier: Tier, department: str, *persons: str) -> bool:
    """Said anew, not asked of the scope: an engine must agree with the rule, not with itself."""
    if persons:
        return scope.persons is None or any(p in scope.persons for p in persons)
    if scope.departments is None or department in scope.departments:
        return True
    return tier in scope.open_tiers


Written = list[tuple[list[Entry], set[str]]]
Asked = list[tuple[Query, Scope]]
questions = st.lists(st.tuples(query, scopes), min_size=8, max_size=16)
slow = [HealthCheck.too_slow]


@examples(max_examples=25, deadline=None, suppress_health_check=slow)
@given(batches, questions)
def test_engines_agree(written: Written, asked: Asked) -> None:
    agree(ENGINES, written, asked)


@examples(max_examples=3, deadline=None, suppress_health_check=slow)
@given(batches, questions)
def test_milvus_agrees(written: Written, asked: Asked) -> None:
    lite()  # started, or skipped, before an example
    agree(("milvus",), written, asked)


@pytest.mark.soak
@examples(max_examples=200, deadline=None, suppress_health_check=slow)
@given(batches, questions)
def test_milvus_agrees_at_length(written: Written, asked: Asked) -> None:
    agree(("milvus",), written, asked)


def agree(engines: Sequence[str], written: Written, asked: Asked) -> None:
    base: dict[str, Entry] = {}
    for added, removed in written:
        base = {k: v for k, v in base.items() if k not in removed}
        base.update({e.id: e for e in added})
    everything = Scope.everything(as_of=None)
    for engine in engines:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
            where = settings(Path(home), engine)
            opened = open_engine(where)
            for added, removed in written:
                with opened.writer(VERSIONS) as writer:
                    writer.remove(removed)
                    writer.add(added, unit(len(added)))
                    writer.publish()
            reader = opened.reader(expect=VERSIONS)
            assert list(reader.ids()) == sorted(base)
            for tree, scope in [*asked, *((tree, everything) for tree, _ in asked)]:
                wanted = sorted(i for i, e in base.items() if admits(scope, e) and matches(e, tree))
                found = reader.keyword(tree, scope, 50)
                assert sorted(m.id for m in found) == wanted, (engine, tree, scope)
                assert found == sorted(found, key=lambda m: (-m.score, m.id)), (engine, tree)
                assert reader.count(tree, scope) == len(wanted), (engine, tree, scope)
                assert reader.keyword(tree, scope, 2) == found[:2], (engine, tree, scope)
            for name, scope in itertools.product(CUT, [everything, *(s for _, s in asked)]):
                seen = Counter(
                    t for e in base.values() if admits(scope, e) for t in {*terms_of(e, name)}
                )
                ordered = sorted(seen.items(), key=lambda pair: (-pair[1], pair[0]))
                assert reader.terms(name, scope) == ordered, (engine, name, scope)
                wanted_terms = [pair for pair in ordered if pair[0].startswith("合同")]
                assert reader.terms(name, scope, "合同") == wanted_terms
            reader.close()
            if engine == "milvus":
                forget(where)
