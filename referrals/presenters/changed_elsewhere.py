"""What an answer did to other questions, in words: a changed mind is never silent about what it costs."""

from __future__ import annotations

from referrals.actions.save_answers import Saved


def changed_elsewhere(saved: Saved) -> str:
    """A sentence for each side of the change, or nothing. Names questions, never what was answered."""
    parts = []
    if saved.deleted:
        parts.append(
            f"The answers to these questions no longer apply and were deleted: {_listed(saved.deleted)}."
        )
    if saved.opened:
        parts.append(f"These questions now need an answer: {_listed(saved.opened)}.")
    return " ".join(parts)


def _listed(questions: tuple[str, ...]) -> str:
    return ", ".join(f"“{question}”" for question in questions)
