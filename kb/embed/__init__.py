"""Embedding models: the one that ships, and any sentence-transformers model."""
