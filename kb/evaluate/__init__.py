"""Judged questions: run, metrics, gate."""
