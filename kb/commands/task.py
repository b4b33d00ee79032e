"""``kb task``: 督办, from filing to the archive."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from kb.access.policy import Action as Door
from kb.commands.decision import who_of
from kb.commands.output import day_of, print_json, settings_of, table
from kb.commands.seat import add_user, seat
from kb.decide import render
from kb.decide.follow import Action, Draft, Event, Task, allowed, light, light_rules
from kb.decide.follow.notice import month, notice, template
from kb.decide.office import Office

_ACTS: dict[str, Action] = {
    "assign": Action.ASSIGN,
    "accept": Action.ACCEPT,
    "dispute": Action.DISPUTE,
    "uphold": Action.UPHOLD,
    "report": Action.REPORT,
    "extend": Action.ASK_EXTENSION,
    "grant": Action.GRANT_EXTENSION,
    "refuse": Action.REFUSE_EXTENSION,
    "submit": Action.SUBMIT,
    "return": Action.RETURN,
    "close": Action.CLOSE,
    "archive": Action.ARCHIVE,
    "reopen": Action.REOPEN,
    "withdraw": Action.WITHDRAW,
    "remind": Action.REMIND,
}


def add(parser: argparse.ArgumentParser) -> None:
    """Arguments."""
    doing = parser.add_subparsers(dest="doing", metavar="动作", title="动作", required=True)
    shown = doing.add_parser("list", help="列出督办事项，附亮灯")
    shown.add_argument("--open", action="store_true", help="只列未办结的")
    shown.add_argument("--overdue", action="store_true", help="只列逾期的")
    shown.add_argument("--decision", metavar="编号", help="只列这个议题的")
    shown.set_defaults(run=show)
    new = doing.add_parser("add", help="立项")
    new.add_argument("what", metavar="事项")
    new.add_argument("--source", required=True, metavar="来源", help="条文编号、纪要或者批示")
    new.add_argument("--lead", default="", metavar="处室", help="牵头")
    new.add_argument("--partner", action="append", default=[], metavar="处室", help="配合")
    new.add_argument("--limit", metavar="日期", help="办结期限")
    new.add_argument("--standard", default="", metavar="文字", help="怎样算办完")
    new.add_argument("--category", default="", metavar="类别", help="如：A类")
    new.add_argument("--decision", default="", metavar="编号", help="议题编号")
    new.set_defaults(run=run_add)
    for name, action in _ACTS.items():
        sub = doing.add_parser(name, help=action.value, description=action.value)
        mailed = "?" if action is Action.REMIND else None
        sub.add_argument("id", type=int, metavar="编号", nargs=mailed)
        sub.add_argument("words", nargs="?", default="", metavar="文字", help="说明或理由")
        sub.add_argument("--limit", metavar="日期", help="期限（交办、申请延期）")
        sub.add_argument("--lead", default="", metavar="处室", help="牵头（交办）")
        sub.add_argument("--progress", type=int, metavar="百分数", help="进度（反馈进展）")
        sub.add_argument("--day", metavar="日期", help="哪天做的（默认今天）")
        sub.set_defaults(run=run_act)
    _mail(doing.choices["remind"])
    told = doing.add_parser("notice", help="督查通报（本月，Word 文件）")
    told.add_argument("--out", required=True, type=Path, metavar="文件夹", help="写到哪里")
    told.add_argument("--maker", default="", metavar="单位", help="编制单位")
    told.set_defaults(run=run_notice)
    for sub in set(doing.choices.values()):
        sub.add_argument("--by", default="", metavar="姓名", help="谁做的（默认本机登录名）")
        sub.add_argument("--json", action="store_true", help="以 JSON 输出")
        add_user(sub)


def _mail(sub: argparse.ArgumentParser) -> None:
    sub.description = "催办一件；不写编号：按 mail.toml 向有事项到期的单位发邮件（供定时任务）"
    sub.add_argument(
        "--within", type=int, default=5, metavar="天数", help="几个工作日内到期的（默认 5）"
    )
    sub.add_argument("--dry-run", action="store_true", help="只列出要发的邮件，不发")
    sub.set_defaults(run=run_remind)


def run_remind(args: argparse.Namespace) -> int:
    """Remind of one task, which is an act of its course; or by mail of all that is due."""
    if args.id is not None:
        return run_act(args)
    from kb.commands.task_mail import run

    return run(args)


def run_notice(args: argparse.Namespace) -> int:
    """督查通报 of this month as DOCX, a numbered copy."""
    from kb.ui.files import copy_of  # renders; nothing else of the command needs it

    with seat(args) as base:
        base.require(Door.EXPORT)
        office = base.office()
        pack = notice(office.tasks(), month(office.today), office.calendar, maker=args.maker)
        (file,) = render(pack, ["docx"], args.out, template=template())
        file.write_bytes(copy_of(base, file.read_bytes(), "docx", "督查通报"))
    if args.json:
        print_json({"file": str(file)})
    else:
        print(file)
    return 0


def show(args: argparse.Namespace) -> int:
    """0 nothing is overdue, 1 something is."""
    settings = settings_of(args)
    with seat(args) as base:
        base.allow(Door.LIST, "督办")
        office = base.office()
        tasks = office.tasks(decision_id=args.decision)
    rules, today = light_rules(settings.home), date.today()
    if args.open or args.overdue:
        tasks = [task for task in tasks if task.open]
    if args.overdue:
        tasks = [task for task in tasks if task.overdue(today)]
    lit = [(task, light(task, today, rules, office.calendar)) for task in tasks]
    if args.json:
        print_json(
            [
                _plain(task)
                | {"light": shown.name if shown else "", "why": shown.why if shown else ""}
                for task, shown in lit
            ]
        )
    elif not tasks:
        print("没有督办事项；用 kb task add 立项")
    else:
        rows = [("编号", "亮灯", "状态", "期限", "牵头", "事项")]
        rows += [
            (
                task.id,
                shown.name if shown else "",
                str(task.state),
                task.limit.isoformat() if task.limit else "未定",
                task.lead,
                task.draft.what,
            )
            for task, shown in lit
        ]
        print(table(rows))
    return int(any(task.open and task.overdue(today) for task in tasks))


def run_add(args: argparse.Namespace) -> int:
    """File a task."""
    draft = Draft(
        args.what,
        args.lead,
        tuple(args.partner),
        day_of(args.limit) if args.limit else None,
        args.standard,
        args.source,
        args.category,
        args.decision,
    )
    with seat(args) as base:
        task = base.office().file(draft, who=who_of(base, args))
    _say(task, args)
    return 0


def run_act(args: argparse.Namespace) -> int:
    """Do something to a task."""
    with seat(args) as base:
        event = Event(
            _ACTS[args.doing],
            who_of(base, args),
            day_of(args.day),
            args.words,
            day_of(args.limit) if args.limit else None,
            args.lead,
            args.progress,
        )
        office: Office = base.office()
        seen = office.task(args.id).revision
        task = office.do(args.id, event, based_on=seen)
    _say(task, args)
    return 0


def _say(task: Task, args: argparse.Namespace) -> None:
    if args.json:
        print_json(_plain(task))
        return
    until = f"，期限 {task.limit}" if task.limit else ""
    print(f"督办 {task.id}　{task.draft.what}　【{task.state}】{until}")
    if names := "、".join(action.value for action in allowed(task)):
        print(f"  可做：{names}")


def _plain(task: Task) -> dict[str, object]:
    return {
        "id": int(task.id),
        "what": task.draft.what,
        "state": task.state,
        "lead": task.lead,
        "limit": task.limit.isoformat() if task.limit else None,
        "decision": task.draft.decision_id,
        "progress": task.progress,
        "revision": task.revision,
        "may": [action.value for action in allowed(task)],
    }
