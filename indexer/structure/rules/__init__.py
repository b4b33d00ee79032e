"""The ordered rules: the first that knows a block decides (see `RULES`)."""

from __future__ import annotations

from indexer.structure.marks import Rule
from indexer.structure.rules.annex import annex
from indexer.structure.rules.article import article
from indexer.structure.rules.decimal import decimal
from indexer.structure.rules.division import division
from indexer.structure.rules.footer import footer
from indexer.structure.rules.heading import heading
from indexer.structure.rules.numbered import numbered
from indexer.structure.rules.table import table
from indexer.structure.rules.text import text

RULES: tuple[Rule, ...] = (
    table,
    article,
    division,
    annex,
    footer,
    decimal,
    heading,
    numbered,
    text,
)

__all__ = ["RULES"]
