"""Decisions and briefing packs."""
