"""Reading a page that AppTest ran."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

Opener = Callable[..., AppTest]
"""``open_page("read", doc=…)`` runs a page with an address; ``home=`` over another home."""


def html_of(test: AppTest) -> str:
    """All markup of a page, in order."""
    return "\n".join(str(element.proto.body) for element in test.html)


def unharmed(test: AppTest) -> None:
    """No traceback, no English error box."""
    assert not test.exception, test.exception


def press(test: AppTest, label: str) -> None:
    """Press the first button of this label and run the page."""
    next(button for button in test.button if button.label == label).click().run()
