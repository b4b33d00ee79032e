"""``kb task remind`` without a number: mails to the units that have something due, for a timer."""

from __future__ import annotations

import argparse
import smtplib
import ssl
from collections.abc import Sequence

from kb.access.policy import Action
from kb.commands.output import print_json, settings_of
from kb.commands.seat import seat
from kb.decide.follow import Task
from kb.decide.follow.remind import FILE, Mail, Post, mails, post
from kb.errors import ConfigError, KbError
from kb.model import Tier

SECONDS = 30.0
"""After which a server that does not answer is given up."""


def run(args: argparse.Namespace) -> int:
    """0 sent (or nothing was due), 1 some were refused.

    Raises:
        ConfigError: no mail is set up, or not rightly. KbError: the server cannot be reached.
    """
    settings = settings_of(args)
    with seat(args) as base:
        base.allow(Action.LIST, "督办提醒")
        how = post(settings.home)
        if how is None:
            raise ConfigError(
                f"没有设置邮件：{settings.home / FILE} 不存在",
                hint="对照 README“督办提醒”写好后再运行",
            )
        office = base.office()
        tiers = {one.row.id: Tier(one.row.tier) for one in office.decisions()}

        def closed(task: Task) -> bool:
            tier = tiers.get(task.draft.decision_id, Tier.INTERNAL)
            return tier.rank > Tier.INTERNAL.rank

        made = mails(
            office.tasks(), how, office.calendar, office.today, within=args.within, closed=closed
        )
        refused: list[str] = []
        if not args.dry_run:
            for mail in made:
                base.allow(Action.EXPORT, f"督办提醒 {mail.unit} {'、'.join(mail.to)}")
            refused = send(made, how)
    _tell(made, refused, args)
    return int(bool(refused))


def send(made: Sequence[Mail], how: Post) -> list[str]:
    """Send all in one connection; the addresses that were refused come back.

    Raises:
        KbError: the server cannot be reached, or does not let us in.
    """
    if not made:
        return []
    refused: list[str] = []
    try:
        with _open(how) as server:
            if how.security == "starttls":
                server.starttls(context=ssl.create_default_context())
            if how.user:
                server.login(how.user, how.password)
            for mail in made:
                try:
                    refused += server.send_message(mail.message(how.sender), to_addrs=mail.to)
                except smtplib.SMTPRecipientsRefused as error:
                    refused += error.recipients
    except UnicodeError as error:
        # smtplib signs in with ASCII only.
        raise ConfigError(
            f"{FILE} 的 user、password 只能用英文字母、数字和符号", hint="换一个口令"
        ) from error
    except (OSError, smtplib.SMTPException) as error:
        raise KbError(
            f"邮件没有发出：{how.host}:{how.port} {type(error).__name__} {error}",
            hint=f"检查 {FILE} 中的地址、端口、口令，以及网络",
        ) from error
    return refused


def _open(how: Post) -> smtplib.SMTP:
    if how.security == "tls":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(how.host, how.port, timeout=SECONDS, context=context)
    return smtplib.SMTP(how.host, how.port, timeout=SECONDS)


def _tell(made: Sequence[Mail], refused: Sequence[str], args: argparse.Namespace) -> None:
    if args.json:
        told = [{"unit": m.unit, "to": list(m.to), "subject": m.subject} for m in made]
        print_json({"sent": not args.dry_run, "mails": told, "refused": list(refused)})
        return
    for mail in made:
        print(f"{'、'.join(mail.to)}　{mail.subject}")
        if args.dry_run:
            print(mail.text)
    if not made:
        print("没有要提醒的事项")
    for address in refused:
        print(f"拒收：{address}")
