"""axe-core over a page in a real Chromium."""

from __future__ import annotations

from importlib import resources
from typing import Any

from playwright.sync_api import Page

RUN = """async () => {
  const found = await axe.run(document, { resultTypes: ["violations"] });
  const ours = (node) => node.target.flat().some((at) => {
    const element = document.querySelector(at);
    return element && element.closest(".stHtml, [class*=kb-]:not([class*=st-key])");
  });
  return found.violations.flatMap((rule) => rule.nodes.map((node) => ({
    id: rule.id, impact: rule.impact, at: node.target.flat().join(" "), ours: ours(node),
    html: node.html.slice(0, 160),
  })));
}"""
FADED_IN = """() => document.getAnimations().every((a) => a.playState !== "running"
    || a.effect.getComputedTiming().iterations === Infinity)
  && document.querySelectorAll("[data-stale=true]").length === 0"""
GRAVE = ("serious", "critical")


def findings(page: Page) -> list[dict[str, Any]]:
    """What is serious or worse on the page as it stands; ``ours``: in our own markup."""
    # What fades in has the contrast of its opacity until it is there.
    page.wait_for_function(FADED_IN, timeout=60_000)
    axe = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
    page.evaluate(axe)
    found: list[dict[str, Any]] = page.evaluate(RUN)
    return [f for f in found if f["impact"] in GRAVE]
