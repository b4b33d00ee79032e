"""督办: a decision broken into tasks that can be done, checked and dated."""

from kb.decide.follow.lights import Light, LightRule, follow_rules, light, light_rules
from kb.decide.follow.machine import act, allowed
from kb.decide.follow.model import (
    Action,
    Draft,
    Event,
    Extension,
    FollowRules,
    Task,
    TaskState,
)

__all__ = [
    "Action",
    "Draft",
    "Event",
    "Extension",
    "FollowRules",
    "Light",
    "LightRule",
    "Task",
    "TaskState",
    "act",
    "allowed",
    "follow_rules",
    "light",
    "light_rules",
]
