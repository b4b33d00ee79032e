"""Does the time of a refusal tell whether a paper exists? ``python benchmarks/existence.py HOME``.

One person with little rights asks for papers that he may not see and for papers that are not
there, in turn, through his seat: as a document, a place, an original. The home's log gets an event
for each. Told are the medians and the area under the ROC curve of «hidden» against «absent» by
time alone: 0.5 is a coin, and ± 1.96 standard errors of it is what chance allows.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from statistics import median

from kb import seat as seats
from kb.access.policy import Identity, Role
from kb.access.visitor import Visitor
from kb.base import KnowledgeBase
from kb.config import load_settings
from kb.errors import KbError
from kb.model import Scope, Tier
from kb.seat import Seat

ANY = Scope.everything(as_of=date.today())
ASKS: dict[str, Callable[[Seat, str], object]] = {
    "document": lambda seat, path: seat.document(path, ANY),
    "provision": lambda seat, path: seat.provision(f"{path}#第二条", ANY),
    "original": lambda seat, path: seat.file_of(path, ANY),
}


def refused(ask: Callable[[Seat, str], object], seat: Seat, path: str) -> tuple[float, str]:
    """ms of processor, and what was said (without the words of whoever asked)."""
    seats._noted.clear()
    began = time.process_time()
    try:
        ask(seat, path)
    except KbError as error:
        took = (time.process_time() - began) * 1000
        return took, f"{type(error).__name__} {error.message} {error.hint}".replace(path, "…")
    raise SystemExit(f"{path} is not hidden from him")


def area(hidden: list[float], absent: list[float]) -> float:
    """Of the ROC curve: how often a hidden one took longer (ties count half)."""
    marked = sorted([(t, 1) for t in hidden] + [(t, 0) for t in absent])
    ranks = 0.0
    at = 0
    while at < len(marked):
        upto = at
        while upto < len(marked) and marked[upto][0] == marked[at][0]:
            upto += 1
        ranks += sum(label for _, label in marked[at:upto]) * (at + 1 + upto) / 2
        at = upto
    n, m = len(hidden), len(absent)
    return (ranks - n * (n + 1) / 2) / (n * m)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("home", type=Path)
    parser.add_argument("-n", type=int, default=300)
    args = parser.parse_args()
    who = Identity("nemo", Role.READER, Tier.PUBLIC, frozenset())
    draw = random.Random(1)
    with KnowledgeBase.open(load_settings(args.home)) as base:
        seat = Seat(base, Visitor(who, "nemo", "nemo", "", "bench"))
        mine = {v.path for v in base.documents(seat.scope(date.today()))}
        closed = [v.path for v in base.documents(ANY) if v.path not in mine]
        if not closed:
            raise SystemExit("nothing in this home is hidden from a reader of public papers")
        for name, ask in ASKS.items():
            hidden: list[float] = []
            absent: list[float] = []
            said: set[str] = set()
            for turn in range(args.n + 20):
                path = draw.choice(closed)
                # As long and as spelled as a real one: only that it is not there.
                other = path[:-4] + "".join(draw.sample("甲乙丙丁戊己庚辛", 1)) + path[-3:]
                for into, asked in ((hidden, path), (absent, other))[:: 1 if turn % 2 else -1]:
                    took, words = refused(ask, seat, asked)
                    if turn >= 20:  # the first ones fill caches
                        into.append(took)
                        said.add(words)
            chance = 1.96 * ((2 * args.n + 1) / (12 * args.n**2)) ** 0.5
            print(
                f"{name}: hidden {median(hidden):.3f} ms, absent {median(absent):.3f} ms,"
                f" area {area(hidden, absent):.3f} (chance 0.5 ± {chance:.3f});"
                f" {len(said)} wording{'s' * (len(said) != 1)}"
            )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
