"""Procedure checklists as data: what a decision needs, by when, and what is still missing."""

from kb.decide.procedure.checklist import Checklist, Condition, Lead, Step, checklists, parse
from kb.decide.procedure.plan import Mark, MarkKind, Plan, Row, StepState, missing_for, plan

__all__ = [
    "Checklist",
    "Condition",
    "Lead",
    "Mark",
    "MarkKind",
    "Plan",
    "Row",
    "Step",
    "StepState",
    "checklists",
    "missing_for",
    "parse",
    "plan",
]
