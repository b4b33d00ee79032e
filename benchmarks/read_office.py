"""A table, file by file: what was read of each office file, and what was not and why.

    python benchmarks/read_office.py FOLDER > docs/office-files.md

Seconds are of this process; LibreOffice's own are not among them.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from indexer.papers import papers
from kb.errors import ReadError

HEAD = "文件 | 读作 | 页 | 字数 | 条 | 表 | 编号未解 | OCR 置信度 | 处理器秒 | 说明"


def main() -> None:
    print("# 真实办公文件逐个读取的结果\n")
    print("由 `python benchmarks/read_office.py` 生成；文件不在本项目中。\n")
    print(f"| {HEAD} |")
    print(f"|{'---|' * (HEAD.count('|') + 1)}")
    for path in sorted(Path(sys.argv[1]).iterdir()):
        print(f"| {' | '.join(row(path))} |", flush=True)


def row(path: Path) -> list[str]:
    began = time.process_time()
    try:
        found = papers(path, name=path.name, source="", overrides={}, max_bytes=10**8)
    except ReadError as error:
        took = f"{time.process_time() - began:.1f}"
        return [path.name, "未读", *[""] * 6, took, f"{error.why}；{error.hint}"]
    took = f"{time.process_time() - began:.1f}"
    totals = [
        str(sum(int(str(p.report[key])) for p in found))
        for key in ("characters", "articles", "tables", "unresolved")
    ]
    first = found[0]
    notes = "；".join(map(str, first.report["notes"]))  # type: ignore[call-overload]
    sure = str(first.report["confidence"] or "")
    return [path.name, first.format, str(first.pages or ""), *totals, sure, took, notes]


if __name__ == "__main__":
    main()
