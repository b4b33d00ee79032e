"""How fast, how large, how exact: this program beside others, on the same tokens, in one run."""
