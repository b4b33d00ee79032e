"""One format, one file: bytes to blocks."""
