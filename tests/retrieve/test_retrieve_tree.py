"""A query tree as lines: every kind of node, the lines as they are read."""

from __future__ import annotations

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
)
from kb.retrieve.rewrite import rewrite
from kb.retrieve.tree import tree_lines
from kb.text.synonyms import Synonyms


def test_every_node_has_its_line() -> None:
    tree: Query = And(
        (
            Papers(frozenset(("丁.md", "甲.md", "乙.md", "丙.md"))),
            Or((Phrase(Field.BIGRAMS, ("外借", "借用"), 2.0), Prefix(Field.WORDS, "印"))),
            Not(Or((Term(Field.TITLE, "废止"), Pattern(Field.WORDS, "作?")))),
            Everything(),
        )
    )
    assert tree_lines(tree) == [
        "全部符合",
        "  只在这 4 份文件中：丁.md、丙.md、乙.md等",
        "  其中之一（得分相加）",
        "    二字依次相连：外借 借用（权重 2）",
        "    词开头：印",
        "  不含",
        "    其中之一（得分相加）",
        "      标题中的词：废止",
        "      词形如：作?",
        "  全部条文",
    ]


def test_what_matches_nothing_says_so() -> None:
    assert tree_lines(Or(())) == ["不找任何条文"]
    assert tree_lines(And(())) == ["全部条文"]
    assert tree_lines(Papers(frozenset())) == ["没有这样的文件"]


def test_terms_of_one_field_and_weight_share_a_line() -> None:
    own = Synonyms().read(["公章 > 印章"], "己")
    assert tree_lines(rewrite("公章外借", own).tree) == [
        "其中之一（得分相加）",
        "  词：公章 外借",
        "  二字：公章 章外 外借",
        "  标题中的词：公章 外借（权重 0.25）",
        "  章节中的词：公章 外借（权重 0.15）",
        "  词：印章（权重 0.5）",
        "  二字：印章（权重 0.5）",
        "  标题中的词：印章（权重 0.125）",
        "  章节中的词：印章（权重 0.075）",
    ]
