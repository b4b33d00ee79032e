"""The engine on one machine: tantivy or Whoosh for words, faiss for vectors, published as one generation."""
