"""制度体检: how the regulations of an office stand together on a day."""

from kb.decide.system.checkup import Checkup, checkup
from kb.decide.system.coverage import Coverage, coverage, fields
from kb.decide.system.inventory import Finding, FindingKind, inventory
from kb.decide.system.posts import Post, Posting, posts, two_leads

__all__ = [
    "Checkup",
    "Coverage",
    "Finding",
    "FindingKind",
    "Post",
    "Posting",
    "checkup",
    "coverage",
    "fields",
    "inventory",
    "posts",
    "two_leads",
]
