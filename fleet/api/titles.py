"""What an alert kind is called in Chinese and English: the rule's own words."""

from __future__ import annotations

from functools import cache

from fleet.alerts import rules


@cache
def titles() -> dict[str, tuple[str, str]]:
    return {rule.key: (rule.title_zh, rule.title_en) for rule in rules.RULES}


def title(kind: str) -> tuple[str, str]:
    """Both titles; a kind this version does not know is called by its key."""
    return titles().get(kind, (kind, kind))
