"""Moments as the databases give them back."""

from __future__ import annotations

from datetime import UTC, datetime


def utc(moment: datetime) -> datetime:
    """SQLite forgets the zone of what was stored as UTC: say it again."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def utc_or_none(moment: datetime | None) -> datetime | None:
    """As `utc`; None stays None."""
    return utc(moment) if moment is not None else None
