"""Why a list may not be whole: refused by nDelius, or not said by it. A sentence each."""

from __future__ import annotations

from govuk.template_filters import plural
from integrations.failure_wording import NDELIUS, said_of
from referrals.desk.desk import Desk
from referrals.presenters.own_only import own_only


def cases(desk: Desk) -> list[str]:
    """Of the cases on the desk."""
    return own_only(desk.managed_failure) + _hidden(
        desk, desk.refused.cases, desk.unchecked.cases, ("case is", "cases are")
    )


def drafts(desk: Desk) -> list[str]:
    """Of the drafts on the desk."""
    return _hidden(desk, desk.refused.drafts, desk.unchecked.drafts, ("draft is", "drafts are"))


def _hidden(desk: Desk, refused: int, unchecked: int, words: tuple[str, str]) -> list[str]:
    sentences = []
    if refused:
        sentences.append(
            f"{plural(refused, *words)} not shown, because nDelius does not let you see the person."
        )
    if unchecked and desk.failure:
        meaning = f"so we cannot check if you may see every person. {plural(unchecked, *words)} not shown."
        sentences.append(said_of(NDELIUS, desk.failure, meaning))
    return sentences
