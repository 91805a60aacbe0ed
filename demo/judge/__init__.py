"""Compares what arrived at the receivers with a day and its truth, and reads nothing else."""

from demo.judge.arrivals import Notice, SlackNotice, read_letters, read_notices
from demo.judge.verdict import Finding, Verdict, judge

__all__ = [
    "Finding",
    "Notice",
    "SlackNotice",
    "Verdict",
    "judge",
    "read_letters",
    "read_notices",
]
