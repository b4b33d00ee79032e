"""One pack with twelve questions: time to gather and to render, pages, sources.

    python benchmarks/pack_time.py --home HOME [--as-of DATE]

Meant for a home of `laws` and `corpus/`. Prints processor seconds (all threads) and the clock; on a
busy machine only the first can be compared.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import TypeVar

from pypdf import PdfReader

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from kb.base import KnowledgeBase
from kb.decide import render_bytes
from kb.decide.compose import compose
from kb.decide.gather import gather
from kb.decide.render import FORMATS
from kb.decide.sections.context import Request
from kb.decide.template import load_template
from kb.model import Scope

TOPIC = "采购一批办公设备"
QUESTIONS = (
    "20万元的采购由谁批准？", "要不要上会？", "采购前要做什么论证？", "哪些情形可以单一来源采购？",
    "政府采购有哪些方式？", "公开招标的公告期限多长？", "合同应当在几天内签订？", "验收由谁组织？",
    "几天内付款？", "供应商可以质疑吗，几天内答复？", "采购文件保存多少年？", "去年怎么办的？",
)  # fmt: skip

T = TypeVar("T")


def timed(name: str, work: Callable[[], T]) -> T:
    processor, clock = time.process_time(), time.perf_counter()
    done = work()
    used = (time.process_time() - processor, time.perf_counter() - clock)
    print(f"{name}: {used[0]:.2f} s of processor, {used[1]:.2f} s by the clock")
    return done


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--as-of", type=date.fromisoformat, default=date.today())
    args = parser.parse_args()
    template = load_template("完整参阅材料")
    scope = Scope.everything(as_of=args.as_of)
    with KnowledgeBase.open(args.home) as base:
        print(base.counts())
        base.search("印章", scope)  # dictionaries and the model are read once
        # The first gathering in a process also reads what the search keeps for each circle of
        # kinds (papers named, who cites whom); a server pays that once a generation.
        for name in ("gather, first in the process", "gather"):
            material = timed(
                name,
                lambda: gather(
                    base,
                    scope,
                    topic=TOPIC,
                    questions=QUESTIONS,
                    as_of=args.as_of,
                    template=template,
                ),
            )
        request = Request(TOPIC, QUESTIONS, "", args.as_of, "")
        pack = timed(
            "compose",
            lambda: compose(
                base, scope, request=request, template=template, material=material,
                made=datetime.now(UTC),
            ),
        )  # fmt: skip
        files = {fmt: timed(fmt, lambda fmt=fmt: render_bytes(pack, fmt)) for fmt in FORMATS}
    pages = len(PdfReader(BytesIO(files["pdf"])).pages)
    papers = len({source.path for source in pack.sources})
    print(f"{pages} pages, {len(pack.sources)} sources of {papers} papers, gaps: {pack.gaps}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
