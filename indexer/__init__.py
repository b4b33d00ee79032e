"""The way in: source → read → structure → describe → passages → publish."""
