"""Blocks to an outline, by an ordered list of small rules."""
