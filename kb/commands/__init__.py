"""The commands behind ``kb``, one file a group. Each has ``add`` (its arguments) and functions
that take the parsed arguments and return an exit code."""
