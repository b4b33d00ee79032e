"""What kind, departments and background of a matter change in its pack's material.

    python benchmarks/plan_steers.py --home HOME     (a home of `corpus/`)

For each matter: articles chosen without and with them, judged articles (`tests/questions`) found
and chosen, and what was lost and gained. Prints one line a matter and the sums.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from kb.base import KnowledgeBase
from kb.decide.gather import gather
from kb.decide.model import UNSAID, About
from kb.decide.template import load_template, names
from kb.model import Scope

TODAY = Scope.everything(as_of=date(2026, 11, 24))
QUESTIONS = Path(__file__).resolve().parents[1] / "tests" / "questions"
MATTERS = (
    (
        "采购一批设备",
        ("20万元的采购由谁批准？", "采购前要做什么论证？", "去年怎么办的？"),
        "现有电脑使用已满八年，故障多发。拟用年度预算资金集中更换，金额约20万元。",
        About("大额资金使用", ("综合协调处", "财务资产处")),
    ),
    (
        "外借公章",
        ("外借公章由谁批准？", "借期最长多久？", "用印前要交什么材料？"),
        "银行来函要求携带公章到柜台办理账户变更。财务处申请外借一天。",
        About("印章使用", ("财务资产处", "办公室")),
    ),
    (
        "举办全市会议",
        ("会议费标准是多少？", "要不要上会？", "会议纪要几天内印发？"),
        "拟于年底召开全市机关事务工作会议，参会约120人，会期一天。需安排食宿和车辆。",
        About("重大项目安排", ("办公室", "后勤保障中心")),
    ),
)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--home", type=Path, required=True)
    home = parser.parse_args().home
    judged = _judged()
    with KnowledgeBase.open(home) as base:
        for topic, questions, background, about in MATTERS:
            near = {i for q, ids in judged.items() if set(topic[-2:]) <= set(q) for i in ids}
            for name in names():
                template = load_template(name)
                told = []
                for said, of in (("", UNSAID), (background, about)):
                    material = gather(
                        base, TODAY, topic=topic, questions=questions, as_of=TODAY.as_of,
                        template=template, background=said, about=of,
                    )  # fmt: skip
                    told.append(material)
                was, now = ({c.key for c in m.chosen} for m in told)
                print(
                    f"{topic}／{name}: {len(was)} → {len(now)} chosen, judged {len(was & near)} → "
                    f"{len(now & near)}, gaps {len(told[0].gaps)} → {len(told[1].gaps)}, queries "
                    f"{len(told[0].plan)} → {len(told[1].plan)}"
                )
                print("   lost:", sorted(was - now))
                print("   gained:", sorted(now - was))
    return 0


def _judged() -> dict[str, set[str]]:
    """Question → ids of the articles that answer it."""
    lines = (QUESTIONS / "queries.jsonl").read_text(encoding="utf-8").splitlines()
    texts = {one["_id"]: one["text"] for one in map(json.loads, lines)}
    found: dict[str, set[str]] = {}
    with (QUESTIONS / "qrels.tsv").open(encoding="utf-8") as table:
        for row in csv.DictReader(table, delimiter="\t"):
            found.setdefault(texts[row["query-id"]], set()).add(row["corpus-id"])
    return found


if __name__ == "__main__":
    raise SystemExit(main())
