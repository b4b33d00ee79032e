"""The engine on one machine: tantivy or Whoosh, faiss, published as one generation."""
