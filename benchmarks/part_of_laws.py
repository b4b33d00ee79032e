"""A part of a folder of laws, as an office would hold it: marked by tier and department.

    python benchmarks/part_of_laws.py FOLDER OUT --articles 3000 [--seed 7]

Copies files in an order drawn by the seed until they hold so many articles, and writes a
``manifest.toml``: three tiers and three departments (one of them everybody's), drawn too, so that
a scope lets through some of it and not the rest.
"""

from __future__ import annotations

import argparse
import random
import re
import shutil
from pathlib import Path

TIERS = ("public", "internal", "sensitive")
DEPARTMENTS = ("办公室", "财务处", "")
ARTICLE = re.compile(r"^[#*\s]*第[〇零一二三四五六七八九十百千]+条", re.MULTILINE)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--articles", type=int, required=True)
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args()
    print(*part(args.folder, args.out, args.articles, args.seed))


def part(folder: Path, out: Path, articles: int, seed: int) -> tuple[int, int]:
    """Files and articles that were copied; a file that would go beyond is left out."""
    drawn = random.Random(seed)
    files = sorted(folder.rglob("*.md"))
    drawn.shuffle(files)
    count = taken = 0
    entries: list[str] = []
    for file in files:
        holds = len(ARTICLE.findall(file.read_text("utf-8")))
        if count + holds > articles:
            continue
        path = file.relative_to(folder)
        (out / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, out / path)
        count, taken = count + holds, taken + 1
        tier, department = drawn.choice(TIERS), drawn.choice(DEPARTMENTS)
        said = (
            f"tier = '{tier}'\ndepartment = '{department}'\n"
            if department
            else f"tier = '{tier}'\n"
        )
        entries.append(f"[[paper]]\npath = '{path.as_posix()}'\n{said}")
    (out / "manifest.toml").write_text("\n".join(entries), "utf-8")
    return taken, count


if __name__ == "__main__":
    main()
