"""From a query and a scope to ranked, explained hits."""
