"""From a query and a scope to ranked, explained hits."""

from kb.retrieve.result import Hit, SearchResult, Why
from kb.retrieve.search import Ranked, Retriever

__all__ = ["Hit", "Ranked", "Retriever", "SearchResult", "Why"]
