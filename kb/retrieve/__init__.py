"""From a query and a scope to ranked, explained hits."""

from kb.retrieve.known import Follower
from kb.retrieve.order import EVERY_STAGE, Ranked, Stages
from kb.retrieve.reading import AS_READ, EVERY_FILTER, Filter, How, Mode, Reading
from kb.retrieve.result import Hit, SearchResult, Why
from kb.retrieve.search import Retriever
from kb.retrieve.similar import Similar
from kb.retrieve.tree import tree_lines

__all__ = [
    "AS_READ",
    "EVERY_FILTER",
    "EVERY_STAGE",
    "Filter",
    "Follower",
    "Hit",
    "How",
    "Mode",
    "Ranked",
    "Reading",
    "Retriever",
    "SearchResult",
    "Similar",
    "Stages",
    "Why",
    "tree_lines",
]
