"""Count what is extracted against what was labelled by hand: precision and recall per kind.

    python benchmarks/duties_measure.py HOME laws_300.tsv           # the base of all laws
    python benchmarks/duties_measure.py HOME corpus.tsv --whole     # the base of corpus/
    … --show missed|false|actor|action|limit …                      # what went wrong, to be read

``--show`` prints text: of the 300 articles only after their last measure.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.sample_duties import articles
from tests.support.labelled import measure, read_labels, say


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("labels")
    parser.add_argument("--whole", action="store_true", help="what is not labelled holds nothing")
    parser.add_argument("--under", default="", help="only articles under this folder")
    parser.add_argument("--show", default="")
    args = parser.parse_args()
    texts = {i: t for i, t in articles(args.home).items() if i.startswith(args.under)}
    outcome = measure(texts, read_labels(args.labels), args.whole)
    print(outcome.table())
    if args.show:
        print(say(outcome.notes, "" if args.show == "all" else args.show))


if __name__ == "__main__":
    main()
