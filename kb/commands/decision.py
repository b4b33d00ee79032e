"""``kb decision``: how a decision stands, and what is done to it."""

from __future__ import annotations

import argparse
import getpass
from typing import Any

from kb.access.policy import Action as Door
from kb.commands.output import day_of, print_json, settings_of, table
from kb.commands.seat import add_user, seat
from kb.decide.closing import facts_of, quoted
from kb.decide.course import CourseAct
from kb.decide.office import Decision
from kb.errors import StepRefused
from kb.model import Tier
from kb.seat import Seat

_ACTS: dict[str, tuple[CourseAct, str, tuple[tuple[str, str], ...]]] = {
    "checklist": (CourseAct.CHECKLIST, "选定程序清单", (("checklist", "清单编号"),)),
    "yes": (CourseAct.ANSWER, "某个条件成立", (("condition", "条件编号"),)),
    "no": (CourseAct.ANSWER, "某个条件不成立", (("condition", "条件编号"),)),
    "done": (CourseAct.MARK, "登记一步已完成", (("step", "步骤编号"), ("words", "凭据"))),
    "waive": (CourseAct.MARK, "登记一步不适用", (("step", "步骤编号"), ("words", "理由"))),
    "undo": (CourseAct.UNMARK, "撤回一步的登记", (("step", "步骤编号"), ("words", "理由"))),
    "opinion": (CourseAct.OPINION, "录入一个单位的意见", (("unit", "单位"), ("words", "原文"))),
    "reply": (
        CourseAct.REPLY,
        "写明意见的处理情况",
        (("opinion", "第几条意见"), ("words", "处理情况")),
    ),
    "option": (CourseAct.OPTION, "提出一个方案", (("name", "名称"), ("words", "内容"))),
    "drop-option": (CourseAct.DROP_OPTION, "撤下方案", (("name", "名称"), ("words", "理由"))),
    "resolve": (
        CourseAct.RESOLVE,
        "记录会议决定",
        (("words", "决定原文"), ("minutes", "纪要名称或编号")),
    ),
    "no-tasks": (CourseAct.NO_TASKS, "不需要督办", (("words", "理由"),)),
    "no-experience": (CourseAct.NO_EXPERIENCE, "不写经验材料", (("words", "理由"),)),
    "move": (CourseAct.MOVE, "进入下一个状态", ()),
    "back": (CourseAct.BACK, "退回以前的状态", (("state", "状态"), ("words", "理由"))),
    "withdraw": (CourseAct.WITHDRAW, "撤回议题", (("words", "理由"),)),
}


def add(parser: argparse.ArgumentParser) -> None:
    """Arguments."""
    doing = parser.add_subparsers(dest="doing", metavar="动作", title="动作", required=True)
    shown = doing.add_parser("show", help="进展、程序核对和还缺什么")
    shown.add_argument("id", metavar="编号", help="议题编号，见 kb pack agenda")
    shown.set_defaults(run=show)
    lists = doing.add_parser("checklists", help="有哪些程序清单")
    lists.set_defaults(run=show_checklists)
    for name, (_, says, wanted) in _ACTS.items():
        sub = doing.add_parser(name, help=says, description=says)
        sub.add_argument("id", metavar="编号")
        for key, label in wanted:
            sub.add_argument(key, metavar=label)
        sub.add_argument("--by", default="", metavar="姓名", help="谁做的（默认本机登录名）")
        sub.add_argument("--day", metavar="日期", help="哪天做的（默认今天）")
        if name == "opinion":
            sub.add_argument("--dissent", action="store_true", help="不同意见")
        sub.set_defaults(run=run)
    note = doing.add_parser("experience", help="写经验材料：事实自动填好，入库后登记")
    note.add_argument("id", metavar="编号")
    note.add_argument("--lesson", required=True, metavar="文字", help="教训")
    note.add_argument("--title", default="", metavar="题目", help="默认“议题名称的办理”")
    note.add_argument("--by", default="", metavar="姓名", help="谁写的（默认本机登录名）")
    note.set_defaults(run=run_experience)
    for sub in set(doing.choices.values()):
        sub.add_argument("--json", action="store_true", help="以 JSON 输出")
        add_user(sub)


def who_of(base: Seat, args: argparse.Namespace) -> str:
    """In whose name: ``--by``, else the account of ``--user``, else who is logged in here."""
    return args.by or base.visitor.reader or getpass.getuser()


def show(args: argparse.Namespace) -> int:
    """How one decision stands; 0 nothing is missing for the next state, 1 something is."""
    with seat(args) as base:
        base.allow(Door.VIEW, f"议题 {args.id}")
        return _print(base.office().decision(args.id), args)


def show_checklists(args: argparse.Namespace) -> int:
    """The checklists and their conditions."""
    with seat(args) as base:
        found = base.office().checklists
    if args.json:
        print_json(
            [
                {
                    "id": one.id,
                    "name": one.name,
                    "title": one.title,
                    "conditions": {c.id: c.question for c in one.conditions},
                    "steps": {s.id: s.name for s in one.steps},
                }
                for one in found.values()
            ]
        )
        return 0
    for one in found.values():
        print(f"{one.id}　{one.name}（《{one.title}》）")
        for condition in one.conditions:
            print(f"  条件 {condition.id}：{condition.question}")
        for step in one.steps:
            print(f"  步骤 {step.id}：{step.name}，{step.place}，凭据：{step.proof}")
    return 0


def run_experience(args: argparse.Namespace) -> int:
    """Write the note of a decision with what is known filled in, index it, and record it."""
    from indexer.publish import Options, index
    from kb.ui.experience import Note, folder_of, write

    settings = settings_of(args)
    with seat(args) as base:
        base.allow(Door.VIEW, f"议题 {args.id}")
        office = base.office()
        one = office.decision(args.id)
        facts = facts_of(one, quoted(base.people, one.row.id), office.today)
        title = args.title or f"{one.row.title}的办理"
        said = facts | {"教训": args.lesson}
        tier = Tier(one.row.tier).label
        note = Note(title, one.row.department, office.today, said, tier)
        if missing := note.missing():
            raise StepRefused(f"还没有：{'、'.join(missing)}", hint="先登记决定和督办结果")
        path = write(folder_of(settings), note)
        try:
            after = office.act(
                one.row.id,
                CourseAct.EXPERIENCE,
                {"path": path.name},
                who=who_of(base, args),
                based_on=one.course.length,
            )
        except BaseException:
            # What was not recorded must not lie in the base as if it had been.
            path.unlink(missing_ok=True)
            raise
    report = index(settings, [path.parent], Options())
    if not args.json:
        print(f"已写成 {path}，第 {report.generation} 代索引")
    _print(after, args)
    return int(bool(report.failed))


def run(args: argparse.Namespace) -> int:
    """Write one line about a decision, and say how it stands then."""
    act, _, wanted = _ACTS[args.doing]
    data: dict[str, Any] = {key: getattr(args, key) for key, _ in wanted}
    if act is CourseAct.ANSWER:
        data["holds"] = args.doing == "yes"
    if act is CourseAct.MARK:
        data["kind"] = "已完成" if args.doing == "done" else "不适用"
    if act is CourseAct.OPINION:
        data["dissent"] = args.dissent
    if act is CourseAct.REPLY:
        # People count from 1.
        data["opinion"] = int(args.opinion) - 1 if str(args.opinion).isdigit() else -1
    with seat(args) as base:
        office = base.office()
        now = office.decision(args.id)
        after = office.act(
            args.id,
            act,
            data,
            who=who_of(base, args),
            based_on=now.course.length,
            day=day_of(args.day) if args.day else None,
        )
        _print(after, args)
    return 0


def _print(one: Decision, args: argparse.Namespace) -> int:
    lacks = one.lacks
    if args.json:
        print_json(
            {
                "id": one.row.id,
                "title": one.row.title,
                "state": one.row.state,
                "next": one.next,
                "missing": [{"what": m.what, "how": m.how, "place": m.place} for m in lacks],
                "steps": [
                    {
                        "id": row.step.id,
                        "name": row.step.name,
                        "state": row.state,
                        "latest": row.latest.isoformat() if row.latest else None,
                        "advice": row.advice,
                        "late": row.late,
                    }
                    for row in (one.plan.rows if one.plan else ())
                ],
                "opinions": [
                    {"unit": o.unit, "words": o.words, "dissent": o.dissent, "answer": o.answer}
                    for o in one.course.opinions
                ],
                "tasks": [{"id": t.id, "what": t.draft.what, "state": t.state} for t in one.tasks],
            }
        )
        return int(bool(lacks))
    print(f"议题 {one.row.id}　{one.row.title}　【{one.row.state}】")
    if one.plan is not None:
        print(f"\n程序核对：{one.plan.checklist.name}")
        rows = [("步骤", "状态", "最迟", "依据")]
        rows += [
            (
                f"{row.step.id} {row.step.name}",
                row.state + ("（迟办）" if row.late else ""),
                row.latest.isoformat() if row.latest else "",
                row.step.place,
            )
            for row in one.plan.rows
        ]
        print(table(rows))
        for row in one.plan.rows:
            if not row.settled and row.latest is not None:
                print(f"  {row.advice}")
    for number, opinion in enumerate(one.course.opinions, 1):
        mark = "不同意见" if opinion.dissent else "意见"
        print(f"\n{number}. {opinion.unit}{mark}：{opinion.words}")
        if opinion.answer:
            print(f"   处理：{opinion.answer}")
    for task in one.tasks:
        print(f"督办 {task.id}　{task.draft.what}　【{task.state}】")
    if one.next is not None:
        print(f"\n进入“{one.next}”" + ("还缺：" if lacks else "不缺什么"))
        for lack in lacks:
            print(f"  · {lack.what}。{lack.how}" + (f"（{lack.place}）" if lack.place else ""))
    return int(bool(lacks))
