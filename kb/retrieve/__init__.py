"""From a query and a scope to ranked, explained hits."""

from kb.retrieve.known import Follower
from kb.retrieve.result import Hit, SearchResult, Why
from kb.retrieve.search import EVERY_STAGE, Ranked, Retriever, Stages

__all__ = ["EVERY_STAGE", "Follower", "Hit", "Ranked", "Retriever", "SearchResult", "Stages", "Why"]
