"""``python -m indexer`` is ``kb index``."""

from __future__ import annotations

import sys

from kb.cli import main

if __name__ == "__main__":
    raise SystemExit(main(["index", *sys.argv[1:]]))
