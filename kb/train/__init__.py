"""Fitting the embedding (and, later, the ranker). Imports torch; nothing else may import this."""
