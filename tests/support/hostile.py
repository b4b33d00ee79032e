"""Vectors written for this program's places: text, attributes, addresses, labels that are Markdown,
file names, SVG, styles. Each would set ``window.kbHit``, open a dialog, or ask another machine."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

AWAY = "http://127.0.0.1:9/kbhit"
"""Where nothing listens: a request for it is seen in the browser, and goes nowhere."""

HIT = "window.kbHit=1;alert(1)"
JS = "javascript:alert(1)"

VECTORS: tuple[str, ...] = (
    f"<script>{HIT}</script>",
    f"<SCRIPT SRC={AWAY}.js></SCRIPT>",
    f"<scr<script>ipt>{HIT}</scr</script>ipt>",
    f"</script><script>{HIT}</script>",
    f"<img src=x onerror={HIT}>",
    f"<img src='{AWAY}.png'>",
    f"<img/src=x/onerror={HIT}//",
    f"<IMG SRC=x OnErRoR={HIT}>",
    f"<svg onload={HIT}>",
    f"<svg><script>{HIT}</script></svg>",
    f"<svg><a xlink:href='{JS}'><text y=20>甲</text></a></svg>",
    f"<svg><animate onbegin={HIT} attributeName=x dur=1s>",
    f"<svg><use href='{AWAY}.svg#a'></use></svg>",
    f"<math><mtext><style><img src=x onerror={HIT}></style></mtext></math>",
    f"<iframe src='{JS}'></iframe>",
    f"<iframe srcdoc='<script>{HIT}</script>'></iframe>",
    f"<object data='{AWAY}'></object>",
    f"<embed src='{AWAY}'>",
    f"<a href='{JS}'>甲</a>",
    "<a href='java&#10;script:alert(1)'>甲</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>甲</a>",
    f"<form action='{AWAY}'><button>甲</button></form>",
    f"<button formaction='{JS}'>甲</button>",
    f"<input autofocus onfocus={HIT}>",
    f"<details open ontoggle={HIT}>甲</details>",
    f"<body onload={HIT}>",
    f"<video><source onerror={HIT}></video>",
    f"<audio src=x onerror={HIT}>",
    f"<marquee onstart={HIT}>甲</marquee>",
    f"<style>@import '{AWAY}.css';</style>",
    f"<div style=\"background:url('{AWAY}.png')\">甲</div>",
    f"<link rel=stylesheet href='{AWAY}.css'>",
    f"<meta http-equiv=refresh content='0;url={AWAY}'>",
    f"<base href='{AWAY}/'>",
    f"<template><script>{HIT}</script></template>",
    f"\" onmouseover=\"{HIT}\" autofocus onfocus=\"{HIT}",
    f"' onmouseover='{HIT}' x='",
    f"\"><img src=x onerror={HIT}>",
    f"'><svg/onload={HIT}>",
    f"`><img src=x onerror={HIT}>",
    f"--><script>{HIT}</script><!--",
    f"]]><script>{HIT}</script>",
    f"&lt;script&gt;{HIT}&lt;/script&gt;",
    f"&#60;img src=x onerror={HIT}&#62;",
    f"\uff1cscript\uff1e{HIT}\uff1c/script\uff1e",
    f"<\x00script>{HIT}</script>",
    f"![甲]({AWAY}.png)",
    f"[甲]({JS})",
    f"[甲]({AWAY})",
    f"**<img src=x onerror={HIT}>**",
    ":material/home: $\\href{javascript:alert(1)}{甲}$ :red[甲]",
    "{{7*7}}${7*7}<%=7*7%>",
)  # fmt: skip

TAGS = frozenset(
    """a abbr article aside b blockquote br button caption circle code col colgroup dd defs del
    details div dl dt em figcaption figure footer form g h1 h2 h3 h4 h5 h6 header hr i img input
    ins kbd label li line main mark nav ol option p path polygon polyline pre q rect s section
    small span strong sub summary sup svg table tbody td text tfoot th thead time title tr u ul
    use var""".split()  # noqa: SIM905 # a list of them fills a page
)
"""What our own markup is made of. Some of it a vector may name too: then its attributes tell."""


class _Reader(HTMLParser):
    """What a browser would make of markup that is not ours."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """One opening tag."""
        if tag not in TAGS:
            self.faults.append(f"<{tag}>")
        for name, value in attrs:
            given = "".join((value or "").split()).lower()
            if name.startswith("on"):
                self.faults.append(f"{tag} {name}={value}")
            if name in ("href", "src", "xlink:href", "action", "formaction", "data", "srcdoc") and (
                given.startswith(("javascript:", "vbscript:", "data:text", "//"))
                or "9/kbhit" in given.partition("?")[0]
            ):
                self.faults.append(f"{tag} {name}={value}")
            # The watermark is a picture that stands in the style itself.
            outside = given.replace("url(data:image/svg+xml,%3csvg", "")
            if name == "style" and ("url(" in outside or "expression(" in outside):
                self.faults.append(f"{tag} {name}={value}")


def faults_of(markup: str) -> list[str]:
    """Elements and attributes that our own markup never has."""
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    return reader.faults


LABELLED = (
    "button", "expander", "checkbox", "toggle", "selectbox", "text_input", "text_area", "radio",
    "multiselect", "date_input", "number_input", "button_group", "file_uploader", "popover",
    "download_button", "form", "tab", "status",
)  # fmt: skip

MARKDOWN = ("![甲](", "[甲](")
"""What would be an image or a link in a label that is Markdown, where it stands unescaped."""


def harmful(test: Any) -> list[str]:
    """Of a page under AppTest: faults of its own markup; images and links that a vector made of a
    text that Streamlit reads as Markdown."""
    found = [fault for element in test.html for fault in faults_of(element.proto.body)]
    for kind in ("markdown", "caption", "title", "header", "subheader", "error", "warning", "info",
                 "success"):  # fmt: skip
        for element in getattr(test, kind):
            said = str(element.value)
            if getattr(element.proto, "allow_html", False):
                found += faults_of(said)
            found += [f"{kind}: {said[:120]}" for sign in MARKDOWN if sign in said]
    for kind in LABELLED:
        for element in test.get(kind):
            # The options of a group of buttons are Markdown as well, those of a list are not.
            options = getattr(element.proto, "options", ()) if kind == "button_group" else ()
            said = " ".join([str(getattr(element.proto, "label", "")), *map(str, options)])
            found += [f"{kind}: {said[:120]}" for sign in MARKDOWN if sign in said]
    return found
