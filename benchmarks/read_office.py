"""A table, file by file: what was read of each office file, and what was not and why.

python benchmarks/read_office.py FOLDER
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from indexer.papers import papers
from kb.errors import ReadError


def main() -> None:
    print("file | format | pages | characters | articles | tables | OCR | seconds | notes")
    for path in sorted(Path(sys.argv[1]).iterdir()):
        began = time.perf_counter()
        try:
            found = papers(path, name=path.name, source="", overrides={}, max_bytes=10**8)
        except ReadError as error:
            print(f"{path.name} | not read: {error.why} | {error.hint}")
            continue
        took = time.perf_counter() - began
        total = {
            key: sum(int(str(p.report[key])) for p in found)
            for key in ("characters", "articles", "tables")
        }
        first = found[0]
        print(
            path.name, first.format, first.pages or "", total["characters"], total["articles"],
            total["tables"], first.report["confidence"] or "", f"{took:.1f}",
            "；".join(map(str, first.report["notes"])),  # type: ignore[call-overload]
            sep=" | ",
        )  # fmt: skip


if __name__ == "__main__":
    main()
