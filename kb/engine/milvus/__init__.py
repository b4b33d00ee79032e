"""The engine on a Milvus server: words and vectors in one collection a generation.

| file | what it does |
|---|---|
| `server.py` | speaks to the server: retries, errors in words |
| `encode.py` | terms, ids and circles of readers as Milvus can store and compare them |
| `schema.py` | the two kinds of collections |
| `meta.py` | which generations there are, what they were made with, who still reads one |
| `compile.py` | the query tree and the scope as filter expressions |
| `match.py` | the tree over one fetched passage: does it match, with which score |
| `reader.py`, `writer.py`, `spool.py`, `engine.py` | the protocol |
"""

from __future__ import annotations

from kb.engine.milvus.engine import MilvusEngine, described

__all__ = ["MilvusEngine", "described"]
