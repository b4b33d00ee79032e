"""``kb pack agenda | draft | prepare``: decisions, their drafts, and what a timer runs."""

from __future__ import annotations

import argparse
import getpass
import re
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from kb.access.policy import Action
from kb.catalogue.agenda import BEFORE, DECIDED, WITHDRAWN
from kb.commands.output import day_of, own_templates, print_json, settings_of, table
from kb.commands.seat import seat, signer
from kb.decide.agenda import ORDER
from kb.decide.course import CourseAct
from kb.decide.drafts import Draft, change, open_draft
from kb.decide.edits import Act
from kb.decide.model import day_in_words
from kb.decide.office import Office
from kb.decide.prepare import Prepared, draft_of, prepare
from kb.decide.template import DEFAULT
from kb.errors import ConfigError, NotFound, StepRefused
from kb.model import Tier

if TYPE_CHECKING:
    from kb.catalogue.agenda import DecisionRow


def add(commands: Any) -> list[argparse.ArgumentParser]:
    """The parsers of these sub-commands."""
    agenda = commands.add_parser("agenda", help="议题：列出、新增、改期、办结")
    agenda.add_argument("--add", metavar="议题", default="", help="新增一个议题")
    agenda.add_argument("--set", metavar="编号", default="", help="修改这个议题")
    agenda.add_argument("--day", metavar="日期", help="哪天上会")
    agenda.add_argument("--meeting", metavar="会议", help="如：局长办公会")
    agenda.add_argument("--kind", metavar="类别", help="如：大额资金使用")
    agenda.add_argument("--department", metavar="处室", help="承办处室")
    agenda.add_argument("--background", metavar="文字", help="背景，原样写入材料")
    agenda.add_argument("--question", action="append", metavar="问题", help="可写多个")
    agenda.add_argument("--template", metavar="模板", help=f"默认 {DEFAULT}")
    agenda.add_argument(
        "--state", choices=(*BEFORE, DECIDED, WITHDRAWN), help="改状态：逐步走，缺什么会说"
    )
    agenda.add_argument("--reason", default="", metavar="文字", help="退回、撤回的理由")
    agenda.set_defaults(run=run_agenda)
    draft = commands.add_parser("draft", help="草稿：按议题生成、查看、修改")
    draft.add_argument("id", metavar="编号", help="议题编号或材料编号")
    for name, says in _ACTS:
        draft.add_argument(f"--{name}", action="append", default=[], metavar="条文", help=says)
    draft.add_argument(
        "--fill", nargs=2, action="append", default=[], metavar=("栏目", "文字"), help="填写待补处"
    )
    draft.add_argument(
        "--note", nargs=2, action="append", default=[], metavar=("条文", "文字"),
        help="在条文或节下加说明",
    )  # fmt: skip
    draft.add_argument("--hide", action="append", default=[], metavar="节", help="不印这一节")
    draft.add_argument("--show", action="append", default=[], metavar="节", help="恢复这一节")
    draft.set_defaults(run=run_draft)
    ready = commands.add_parser("prepare", help="为近期上会的议题备好草稿（供定时任务）")
    ready.add_argument("--within", default="7d", metavar="天数", help="如 7d，默认 7 天")
    ready.add_argument("--from", dest="first", metavar="日期", help="从哪天算起（默认今天）")
    ready.set_defaults(run=run_prepare)
    for command in (agenda, draft):
        command.add_argument("--by", default="", metavar="姓名", help="记为谁做的")
    for command in (agenda, draft, ready):
        command.add_argument("--json", action="store_true", help="以 JSON 输出")
    return [agenda, draft, ready]


_ACTS = (("pin", "一定要引用"), ("unpin", "不再指定"), ("drop", "不用这一条"), ("restore", "恢复"))


def run_agenda(args: argparse.Namespace) -> int:
    """Add or change a decision, or list all."""
    given = {
        "meeting": args.meeting,
        "kind": args.kind,
        "department": args.department,
        "background": args.background,
        "questions": args.question,
        "template": args.template,
        "day": day_of(args.day) if args.day else None,
    }
    told = {name: value for name, value in given.items() if value is not None}
    with seat(args) as base:
        # With an account one acts in its name (`kb.seat_course`).
        agenda, who = base.people.agenda, args.by or base.visitor.reader
        # Decisions are people's words, open to all who read; what is done to them is noted.
        base.allow(Action.COMPOSE, f"议题 {args.add or args.set or '列出'}")
        if args.add:
            blank: dict[str, object] = dict.fromkeys(
                ("background", "kind", "meeting", "department"), ""
            )
            tier = min(base.scope().tiers, key=lambda t: abs(t.rank - Tier.INTERNAL.rank))
            blank |= {"questions": [], "tier": tier.value, "template": DEFAULT}
            row = agenda.add(blank | {"title": args.add.strip()} | told, who=who)
        elif args.set:
            row = agenda.one(args.set)
            if not agenda.change(row.id, row.version, told, who):
                raise ConfigError(f"议题 {row.id} 刚被别人改过，没有保存", hint="请再试一次")
        if args.state and (args.add or args.set):
            _move(base.office(), row.id, args.state, args.reason, who)
        rows = agenda.every()
    if args.json:
        print_json([_plain(row) for row in rows])
    elif not rows:
        print("还没有议题；用 kb pack agenda --add 议题 --day 日期 新增")
    else:
        shown = [("编号", "上会日期", "会议", "状态", "议题")]
        shown += [
            (r.id, day_in_words(r.day) if r.day else "未定", r.meeting, r.state, r.title)
            for r in rows
        ]
        print(table(shown))
    return 0


def _move(office: Office, decision_id: str, state: str, reason: str, who: str) -> None:
    """To the state named, by the one way there is: what is missing is told, none is left out.

    Raises:
        StepRefused: it may not go there.
    """
    now = office.decision(decision_id)
    if now.row.state == state:
        return
    data = {"words": reason, "state": state}
    if state == WITHDRAWN:
        what = CourseAct.WITHDRAW
    elif now.next is not None and state in tuple(ORDER)[ORDER.index(now.next) :]:
        if state != now.next:
            raise StepRefused(
                f"“{now.row.title}”现在是“{now.row.state}”，不能直接到“{state}”",
                hint=f"下一步是“{now.next}”",
            )
        what = CourseAct.MOVE
    else:
        what = CourseAct.BACK
    office.act(decision_id, what, data, who=who or getpass.getuser(), based_on=now.course.length)


def run_draft(args: argparse.Namespace) -> int:
    """Make the draft of a decision, change it, and say how it stands."""
    settings = settings_of(args)
    own = own_templates(settings)
    with seat(args) as opened:
        base, who = opened.composing(f"草稿 {args.id}"), signer(opened, args.by)
        people, scope = opened.people, base.scope(date.today())
        decision = next((d for d in people.agenda.every() if d.id == args.id), None)
        key = args.id
        if decision is not None:
            key = draft_of(base, people, scope, decision, who=who, own_templates=own)
        draft = open_draft(people, key, own)
        for act in _acts(args, draft):
            version = draft.row.version
            draft = change(
                base, people, scope, key, act, who=who, based_on=version, own_templates=own
            )
        history = people.drafts.history(key)
    pack = draft.shown
    if args.json:
        print_json(
            {
                "id": key,
                "version": draft.row.version,
                "sources": [source.passage_id for source in pack.sources],
                "gaps": list(pack.gaps),
                "fields": [field.key for field in draft.fields],
                "open": [field.key for field in draft.open_fields],
                "unplaced": draft.unplaced,
                "history": [
                    {"at": h.at.isoformat(), "who": h.who, "action": h.action, "target": h.target}
                    for h in history
                ],
            }
        )
        return 0
    print(f"草稿 {key}（第 {draft.row.version} 次修改）：引用 {len(pack.sources)} 处")
    for field in draft.open_fields:
        print(f"  待补：{field.key}")
    for text in draft.unplaced:
        print(f"  原处已无，移到“{draft.kept_title}”：{text}")
    for h in history[-10:]:
        print(f"  {h.at.astimezone():%Y-%m-%d %H:%M}　{h.who or '未署名'}　{h.action}　{h.target}")
    return 0


def _acts(args: argparse.Namespace, draft: Draft) -> list[Act]:
    acts = [Act(name, key) for name, _ in _ACTS for key in getattr(args, name)]
    keys = {field.key for field in draft.fields}
    for key, text in args.fill:
        if key not in keys:
            raise NotFound(f"没有名为“{key}”的栏目", hint="不带选项运行，可见各处待补的名称")
        acts.append(Act("field", key, text))
    acts += [Act("note", at, {"id": uuid4().hex[:12], "text": text}) for at, text in args.note]
    return acts + [Act(name, key) for name in ("hide", "show") for key in getattr(args, name)]


def run_prepare(args: argparse.Namespace) -> int:
    """0 done, 1 some failed."""
    days = re.fullmatch(r"(\d{1,3})\s*(?:d|天|日)?", args.within.strip())
    if days is None:
        raise ConfigError(f"天数 {args.within!r} 不对", hint="写作 7d")
    settings = settings_of(args)
    first = day_of(args.first)
    with seat(args) as opened:
        base = opened.composing(f"备稿 {first} 起 {days.group(1)} 天")
        done = list(
            prepare(
                base,
                opened.people,
                base.scope(date.today()),
                first=first,
                days=int(days.group(1)),
                own_templates=own_templates(settings),
            )
        )
    if args.json:
        print_json([_prepared(one) for one in done])
    elif not done:
        print(f"{day_in_words(first)}起 {days.group(1)} 天内没有上会的议题")
    else:
        for one in done:
            _tell(one)
    return 1 if any(one.did == "失败" for one in done) else 0


def _tell(one: Prepared) -> None:
    day = day_in_words(one.decision.day) if one.decision.day else ""
    print(f"{day}　{one.decision.title}：{one.did}{'（' + one.why + '）' if one.why else ''}")
    if one.did == "已定稿" and one.changes.altered:
        print(f"  定稿后有 {len(one.changes.altered)} 条引用已变化")
    for line in one.changes.lines():
        print(f"  {line}")
    if one.draft is not None and one.did != "已定稿":
        blanks = f"待补 {len(one.draft.open_fields)} 处，缺口 {len(one.draft.shown.gaps)} 个"
        print(f"  草稿 {one.draft.row.id}：{blanks}")


def _prepared(one: Prepared) -> dict[str, object]:
    return {
        "decision": one.decision.id,
        "title": one.decision.title,
        "day": one.decision.day.isoformat() if one.decision.day else None,
        "did": one.did,
        "why": one.why,
        "id": one.draft.row.id if one.draft else None,
        "open": len(one.draft.open_fields) if one.draft else 0,
        "gaps": list(one.draft.shown.gaps) if one.draft else [],
        "changes": one.changes.plain(),
    }


def _plain(row: DecisionRow) -> dict[str, object]:
    return {
        "id": row.id,
        "title": row.title,
        "day": row.day.isoformat() if row.day else None,
        "meeting": row.meeting,
        "kind": row.kind,
        "department": row.department,
        "questions": row.questions,
        "template": row.template,
        "state": row.state,
    }
