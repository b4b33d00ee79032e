"""Draw a seeded sample to judge by hand, or count the verdicts already given.

    python benchmarks/sample_reading.py HOME citations 200 [--seed 3]
    python benchmarks/sample_reading.py --count tests/indexer/checked

HOME is a catalogue made by ``read_laws.py --home``. What is printed is «id TAB what was found TAB
the sentence»; only ids and verdicts are kept in the repository, never the text of a law.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from kb.catalogue import Catalogue
from kb.catalogue.reader import IndexReader
from kb.config import Settings
from kb.law.cited import Library
from kb.model import Scope

SCOPE = Scope.everything(as_of=date(2025, 4, 1))
FACTS = {"dates": "effective", "bases": "bases", "repeals": "repeals"}
"""What is sampled → the name of the described fact."""


def citations(rows: IndexReader, count: int, chance: random.Random) -> Iterator[tuple[str, ...]]:
    """Resolved citations of a place: id, what is meant, its text's beginning, the sentence."""
    library = Library(rows, SCOPE)
    found = [link for link in library.links(rows.citations(SCOPE)) if link.target and link.is_place]
    for link in sorted(
        chance.sample(found, count),
        key=lambda link: (link.version, link.cited.node, link.cited.start),
    ):
        text = rows.text(link.version, link.cited.node, SCOPE)
        row = rows.passage_at(link.version, link.cited.node, SCOPE)
        ident = f"{row.passage.id if row else ''}@{link.cited.start}"
        begin = max(text.rfind("。", 0, link.cited.start), link.cited.start - 60, 0)
        shown = (
            text[begin : link.cited.start] + "【" + text[link.cited.start : link.cited.end] + "】"
        )
        shown += text[link.cited.end : link.cited.end + 25]
        target = rows.passages([f"{link.target_path}#{link.label}"], SCOPE)
        said = next((r.passage.text[link.start or 0 :][:40] for r in target.values()), "")
        yield ident, link.id, said, shown


def described(
    rows: IndexReader, what: str, count: int, chance: random.Random
) -> Iterator[tuple[str, ...]]:
    """Dates, bases or repeals: path, value, the words they came from."""
    name = FACTS[what]
    found = [v for v in rows.versions(SCOPE) if name in v.described["facts"]]
    for version in sorted(chance.sample(found, count), key=lambda v: v.path):
        fact = version.described["facts"][name]
        yield version.path, fact["value"], fact["how"], fact["evidence"]


def tally(folder: Path) -> None:
    """Print the precision of each list of verdicts."""
    for file in sorted(folder.glob("*.tsv")):
        lines = file.read_text(encoding="utf-8").splitlines()
        verdicts = Counter(line.split("\t")[1] for line in lines if line and line[0] != "#")
        total = sum(verdicts.values())
        print(f"{file.stem}: {verdicts['right']} of {total} right; {dict(verdicts)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path, nargs="?")
    parser.add_argument("what", nargs="?", choices=["citations", "dates", "bases", "repeals"])
    parser.add_argument("number", type=int, nargs="?", default=100)
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--count", type=Path)
    args = parser.parse_args()
    if args.count:
        tally(args.count)
        return
    rows = Catalogue.open(Settings(home=args.home), create=True).reader(1)
    chance = random.Random(f"{args.what} {args.seed}")
    draw = (
        citations(rows, args.number, chance)
        if args.what == "citations"
        else described(rows, args.what, args.number, chance)
    )
    for number, entry in enumerate(draw, start=1):
        print(number, *(re.sub(r"\s+", " ", part) for part in entry), sep="\t")


if __name__ == "__main__":
    main()
