"""The two kinds of collections: a generation's passages, and what is known of the generations."""

from __future__ import annotations

from typing import Any

from kb.engine.milvus.encode import BIGRAMS, WORDS
from kb.engine.milvus.server import SECONDS, Server

LONGEST = 65_535
"""Bytes of a VARCHAR."""

EXACT_UP_TO = 20_000
"""Passages that are looked through one by one; beyond it HNSW (which may miss one in a hundred)."""

SPARSE = {WORDS: "words_bm25", BIGRAMS: "bigrams_bm25"}
VECTOR = "vector"

STORED = (
    "key",
    "id",
    "digest",
    "paper",
    "circle",
    "kind",
    "tier",
    "audience",
    "valid_from",
    "valid_to",
    "has_vector",
    WORDS,
    BIGRAMS,
    VECTOR,
)
"""What is written of a passage. The server makes the sparse vectors itself."""


def make_passages(server: Server, name: str, *, dimensions: int, expected: int) -> None:
    """A collection for the passages of one generation.

    Args:
        server: where.
        name: of the collection.
        dimensions: of the vectors.
        expected: how many passages there will be, for the choice of the index.
    """
    from pymilvus import DataType, Function, FunctionType

    schema: Any = server.client.create_schema(auto_id=False, enable_dynamic_field=False)
    schema.add_field("key", DataType.VARCHAR, max_length=32, is_primary=True)
    schema.add_field("id", DataType.VARCHAR, max_length=LONGEST)
    schema.add_field("digest", DataType.VARCHAR, max_length=32)
    for column in ("paper", "circle", "valid_from", "valid_to"):
        schema.add_field(column, DataType.INT64)
    # What a circle's number stands for: the next generation takes it over from here.
    schema.add_field("kind", DataType.VARCHAR, max_length=32)
    schema.add_field("tier", DataType.VARCHAR, max_length=32)
    schema.add_field("audience", DataType.VARCHAR, max_length=LONGEST)
    schema.add_field("has_vector", DataType.BOOL)
    schema.add_field(VECTOR, DataType.FLOAT_VECTOR, dim=dimensions)
    for column, sparse in SPARSE.items():
        schema.add_field(
            column,
            DataType.VARCHAR,
            max_length=LONGEST,
            enable_analyzer=True,
            enable_match=True,
            analyzer_params={"tokenizer": "standard"},
        )
        schema.add_field(sparse, DataType.SPARSE_FLOAT_VECTOR)
        schema.add_function(
            Function(
                sparse, FunctionType.BM25, input_field_names=[column], output_field_names=[sparse]
            )
        )
    indexes: Any = server.client.prepare_index_params()
    if expected <= EXACT_UP_TO:
        indexes.add_index(VECTOR, index_type="FLAT", metric_type="IP")
    else:
        indexes.add_index(
            VECTOR, index_type="HNSW", metric_type="IP", params={"M": 16, "efConstruction": 200}
        )
    for sparse in SPARSE.values():
        indexes.add_index(sparse, index_type="SPARSE_INVERTED_INDEX", metric_type="BM25")
    _make(server, name, schema, indexes)


def make_meta(server: Server, name: str) -> None:
    """The collection of what is known of the generations; nothing where it is there."""
    from pymilvus import DataType

    if server.has(name):
        return
    schema: Any = server.client.create_schema(auto_id=False, enable_dynamic_field=False)
    schema.add_field("key", DataType.VARCHAR, max_length=128, is_primary=True)
    schema.add_field("body", DataType.VARCHAR, max_length=LONGEST)
    # A collection must have a vector.
    schema.add_field("nothing", DataType.FLOAT_VECTOR, dim=2)
    indexes: Any = server.client.prepare_index_params()
    indexes.add_index("nothing", index_type="FLAT", metric_type="IP")
    _make(server, name, schema, indexes)


def _make(server: Server, name: str, schema: Any, indexes: Any) -> None:
    server.ask(
        "建立集合",
        lambda: server.client.create_collection(
            name, schema=schema, index_params=indexes, consistency_level="Strong", timeout=SECONDS
        ),
    )
