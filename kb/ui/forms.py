"""The forms of the door, as HTML that needs no script."""

from __future__ import annotations

from kb.access.passwords import SHORTEST
from kb.ui import assets
from kb.ui.markup import e
from kb.ui.words import NAME, SECRECY, SUBTITLE

RULE = f"至少 {SHORTEST} 个字符；大写字母、小写字母、数字、符号至少用三类。"


def login(mark: str, says: str = "", *, onward: str = "") -> str:
    """Sign in."""
    from kb.ui.oidc import configured

    other = (
        '<p class="kb-door-other"><a href="/login/oidc/start">用统一身份认证登录</a></p>'
        if configured()
        else ""
    )
    return _page(
        "登录",
        _form(
            "/login",
            mark,
            says,
            _field("name", "账号", "username", focus=True)
            + _field("password", "口令", "current-password", kind="password")
            + f'<input type="hidden" name="next" value="{e(onward)}">',
            "登录",
        )
        + other,
    )


def logout(mark: str, says: str = "") -> str:
    """Sign out."""
    return _page("退出登录", _form("/logout", mark, says, "<p>确定要退出登录吗？</p>", "退出登录"))


def password(mark: str, name: str, forced: bool, says: str = "") -> str:
    """Change one's own password."""
    first = "<p>首次登录，或口令刚被重置：请先改成只有自己知道的口令。</p>" if forced else ""
    return _page(
        "修改口令",
        _form(
            "/password",
            mark,
            says,
            first
            + f'<input type="hidden" name="name" value="{e(name)}" autocomplete="username">'
            + _field("old", "原口令", "current-password", kind="password", focus=True)
            + _field("new", "新口令", "new-password", kind="password")
            + _field("again", "再填一次", "new-password", kind="password")
            + f"<small>{RULE}</small>",
            "修改口令",
        ),
    )


def setup(mark: str, says: str = "") -> str:
    """Make the first administrator. The link's token stays in the address that the form has."""
    return _page(
        "设立首个管理员",
        _form(
            "",
            mark,
            says,
            "<p>管理员只管理账号，不能检索和查看文件；查文件请另设读者账号。</p>"
            + _field("name", "账号（小写字母和数字）", "username", focus=True)
            + _field("shown", "姓名", "name")
            + _field("new", "口令", "new-password", kind="password")
            + _field("again", "再填一次", "new-password", kind="password")
            + f"<small>{RULE}</small>",
            "设立",
        ),
    )


def _field(name: str, label: str, filled: str, *, kind: str = "text", focus: bool = False) -> str:
    more = " autofocus" if focus else ""
    return (
        f'<label>{e(label)}<input type="{kind}" name="{name}" autocomplete="{filled}" required'
        f' maxlength="512" autocapitalize="none" spellcheck="false"{more}></label>'
    )


def _form(action: str, mark: str, says: str, inner: str, button: str) -> str:
    told = f'<p class="kb-door-says" role="alert">{e(says)}</p>' if says else ""
    to = f' action="{e(action)}"' if action else ""
    return (
        f'<form method="post"{to} class="kb-door-form">{told}{inner}'
        f'<input type="hidden" name="form" value="{e(mark)}">'
        f'<button type="submit">{e(button)}</button></form>'
    )


def _page(title: str, inner: str) -> str:
    return (
        f'<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><title>{e(title)} · {NAME}'
        '</title><meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="icon" href="/kb/icon.svg"><link rel="stylesheet" href="/kb/{assets.STYLE}">'
        f'<link rel="stylesheet" href="/kb/{assets.DOOR}">'
        '</head><body class="kb-notice-page kb-door"><main class="kb-empty">'
        f'<p class="kb-door-brand"><b>{NAME}</b> {SUBTITLE}</p><h1>{e(title)}</h1>{inner}'
        f'<p class="kb-door-foot">{SECRECY}</p></main></body></html>'
    )
