"""Lay out the citizens' messages and official replies of Teddy Cup 2020 C for ``kb eval``.

    python benchmarks/replies.py …/taidi OUT
    kb --home H index OUT/replies
    kb --home H eval --queries OUT/queries.jsonl --qrels OUT/qrels.tsv --level document
    kb --home H eval … --half keyword

One reply is one file; a question is a message's title and text. The other 2,015 replies were
training pairs and 13 of the 500 titles or texts occur in the training data.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path


def lay_out(source: Path, out: Path, *, titles_only: bool = False) -> tuple[int, int]:
    """Write ``out``; how many replies and questions there are comes back."""
    replies = out / "replies"
    replies.mkdir(parents=True, exist_ok=True)
    rows = [json.loads(line) for line in _lines(source / "corpus_replies.jsonl")]
    for row in rows:
        (replies / f"{row['id']}.txt").write_text(row["text"], encoding="utf-8")
    asked = [json.loads(line) for line in _lines(source / "queries.jsonl")]
    with (out / "queries.jsonl").open("w", encoding="utf-8", newline="\n") as file:
        for row in asked:
            text = row["title"] if titles_only else f"{row['title']} {row['text']}"
            file.write(json.dumps({"_id": row["qid"], "text": text}, ensure_ascii=False) + "\n")
    with (out / "qrels.tsv").open("w", encoding="utf-8", newline="\n") as file:
        file.write("query-id\tcorpus-id\tscore\n")
        file.writelines(f"{row['qid']}\t{row['qid']}.txt\t1\n" for row in asked)
    return len(rows), len(asked)


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--titles-only", action="store_true", help="ask with the titles alone")
    args = parser.parse_args()
    replies, questions = lay_out(args.source, args.out, titles_only=args.titles_only)
    print(f"{replies} replies, {questions} questions")
