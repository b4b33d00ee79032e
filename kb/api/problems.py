"""What went wrong, for programs: RFC 9457 (problem details), in words, without any inner detail."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass, field

from starlette.responses import Response

from kb.errors import (
    AccessDenied,
    AuditUnwritable,
    CatalogueError,
    EngineError,
    KbError,
    NotFound,
    QuerySyntaxError,
)

log = logging.getLogger("kb.api")

TYPE = "application/problem+json"

TITLES: dict[int, tuple[str, str]] = {
    400: ("bad-request", "请求不对"),
    401: ("unauthorized", "没有令牌，或令牌无效、已到期、已撤销"),
    403: ("forbidden", "没有权限"),
    404: ("not-found", "没有这一项，或不在可见范围内"),
    405: ("read-only", "只读接口，只接受 GET 和 HEAD"),
    421: ("wrong-host", "不接受这个主机名"),
    429: ("too-many", "请求太多，请稍后再试"),
    500: ("fault", "程序遇到了没有料到的情况"),
    503: ("unavailable", "暂时不能答复"),
}
"""Status → the end of its type, its title. A type is a name, not an address."""


@dataclass
class Problem(Exception):  # the word of the RFC
    """An answer that is none."""

    status: int
    detail: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def answer(self) -> Response:
        """As HTTP."""
        name, title = TITLES[self.status]
        told = {"type": f"urn:shuniu:problem:{name}", "title": title, "status": self.status}
        if self.detail:
            told["detail"] = self.detail
        return Response(
            json.dumps(told, ensure_ascii=False),
            status_code=self.status,
            media_type=TYPE,
            headers={"Cache-Control": "no-store", **self.headers},
        )


def problem_of(error: Exception) -> Problem:
    """An error as a problem. What is hidden and what is absent give the very same one; where on
    this machine something lies is told to nobody."""
    match error:
        case Problem():
            return error
        case NotFound():
            return Problem(404)
        case AccessDenied():
            return Problem(403, error.reason)
        case QuerySyntaxError():
            return Problem(400, error.message)
        case AuditUnwritable():
            log.error("%s", error)
            return Problem(503, "日志写不进去，因此什么也不给看")
        case EngineError() | CatalogueError():
            log.error("%s", error)
            return Problem(503, "索引或数据库暂时不能用，请告知维护人员")
        case KbError():
            log.warning("%s", error)
            return Problem(503, "这一项现在做不出来，请告知维护人员")
    log.error("failed", exc_info=error)
    return Problem(500)
