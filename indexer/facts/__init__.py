"""What a document says of itself, one property a file; `indexer.describe` puts them together."""
