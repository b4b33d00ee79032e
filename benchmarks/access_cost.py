"""What scope and audit add to a query: ``python benchmarks/access_cost.py HOME [--queries F]``.

Processor time of this process, the same questions in turn through the base and through a seat
(policy, narrowing, session, one event in the log), in one run, so that a busy machine hurts both
alike. The home must have an account; its log gets one event a question.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from statistics import median

from kb import seat as seats
from kb.access.keeper import Keeper
from kb.base import KnowledgeBase
from kb.config import load_settings
from kb.evaluate import read_queries
from kb.model import Scope
from kb.seat import Seat


def took(do: Callable[[], object]) -> float:
    began = time.process_time()
    do()
    return (time.process_time() - began) * 1000


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("home", type=Path)
    parser.add_argument("--queries", type=Path, required=True)
    parser.add_argument("--user", required=True)
    parser.add_argument("-n", type=int, default=300)
    args = parser.parse_args()
    queries = list(read_queries(args.queries).values())[: args.n]
    settings = load_settings(args.home)
    keeper = Keeper(settings)
    row = keeper.doors.accounts.find(args.user)
    if row is None:
        raise SystemExit(f"no account {args.user}")
    token = keeper._sessions.start(row, "bench")
    with KnowledgeBase.open(settings) as base:
        plain: list[float] = []
        seated: list[float] = []
        alone: list[float] = []
        # The scope that the seat will ask with: nothing but the seat differs.
        scope = Seat(base, keeper.visitor(token, "bench"))._within(
            Scope.everything(as_of=date.today())
        )
        base.search(queries[0], scope)
        for query in queries:
            seats._noted.clear()

            def bare() -> None:
                base.search(query, scope, limit=10)  # noqa: B023

            def asked() -> None:
                seat = Seat(base, keeper.visitor(token, "bench"))
                seat.search(query, Scope.everything(as_of=date.today()), limit=10)  # noqa: B023

            bare()  # else the first of the two would read what the second finds read
            # Each is first every other time.
            for into, do in ((plain, bare), (seated, asked))[:: 1 if len(plain) % 2 else -1]:
                into.append(took(do))
            seats._noted.clear()
            seat = Seat(base, keeper.visitor(token, "bench"), search=lambda *_: None)  # type: ignore[arg-type,return-value]
            alone.append(took(lambda: (keeper.visitor(token, "bench"), seat.search(query, scope))))  # noqa: B023
    print(f"queries {len(queries)}; processor ms, median")
    print(f"base {median(plain):.2f}  seat {median(seated):.2f}")
    print(f"difference of pairs {median(s - p for s, p in zip(seated, plain, strict=True)):.2f}")
    print(f"session + policy + event alone {median(alone):.2f}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
