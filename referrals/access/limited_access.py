"""Whether a practitioner may see a person, as nDelius says (limited access: exclusions and restrictions).

nDelius itself does not check this on its reads, so it is asked before anything about a person is shown. Asked at
most once a minute for one user and person; an answer is good for 15 minutes when nDelius stops answering, or answers
what cannot be read (decision A2). Without one, nothing about the person is shown.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.core.cache import cache

from accounts.models import User
from events.refusals import Refused, Unanswered
from integrations.failure_wording import NDELIUS, may_pass, said_of
from integrations.failures import Malformed, UpstreamFailure
from integrations.ndelius import client

ASK_AGAIN_AFTER = 60  # seconds
GOOD_FOR = 15 * 60  # seconds
NO_MESSAGE = (
    "nDelius does not let you see this person’s record. Speak to your manager if you think this is wrong."
)
NOT_SAID = "nDelius did not say whether you may see this person’s record, so we cannot show it."
NO_USER_NAME = "Your account has no nDelius user name, so we cannot check whether you may see this person."
NOT_CHECKED = "so we cannot check whether you may see this person. Nothing you saved is lost."


class AccessAnswer(NamedTuple):
    """What nDelius said about one user and one person, and when (seconds since the epoch)."""

    allowed: bool
    message: str
    asked_at: float


def check(user: User, crn: str) -> None:
    """Pass silently when allowed. Raises Refused with nDelius's own message, or Unanswered."""
    try:
        ask_about(user, crn)
    except UpstreamFailure as failure:
        raise Unanswered(said_of(NDELIUS, failure, NOT_CHECKED), may_pass=may_pass(failure)) from None


def ask_about(user: User, crn: str) -> None:
    """As ``check``, for a page that has words of its own. Raises Refused, or UpstreamFailure without an answer."""
    if not user.ndelius_username:
        raise Unanswered(NO_USER_NAME, may_pass=False)
    known, failure = answers_or_failure(user, [crn])
    answer = known.get(crn)
    if answer is None:
        raise failure or Malformed("ndelius", "access")
    if not answer.allowed:
        raise Refused(answer.message or NO_MESSAGE, code="limited_access")


def visible_among(user: User, crns: Iterable[str]) -> frozenset[str]:
    """The people of a list that the user may see; anybody without an answer is left out."""
    return frozenset(crn for crn, answer in answers(user, crns).items() if answer.allowed)


def refused_lately(user: User, crns: Iterable[str]) -> frozenset[str]:
    """Those of whom nDelius last said no, by its kept answers alone: it is not asked."""
    kept = _kept(user, sorted(set(crns)))
    return frozenset(crn for crn, answer in kept.items() if not answer.allowed)


def answers(user: User, crns: Iterable[str]) -> dict[str, AccessAnswer]:
    """Answers not older than 15 minutes, asked anew in one call for those older than a minute."""
    return answers_or_failure(user, crns)[0]


def answers_or_failure(
    user: User, crns: Iterable[str], *, kept_together: Mapping[str, Any] | None = None
) -> tuple[dict[str, AccessAnswer], UpstreamFailure | None]:
    """The answers, and why there are no more of them, when nDelius was of no use.

    ``kept_together``: what the cache has under ``key_together``, where it was read already.
    """
    wanted = sorted(set(crns))
    if not wanted or not user.ndelius_username:
        return {}, None
    now = time.time()
    if kept_together is None and len(wanted) > 1:
        kept_together = cache.get(key_together(user))
    if together := _good_together(kept_together or {}, wanted, now):
        return together, None
    kept = {crn: answer for crn, answer in _kept(user, wanted).items() if now - answer.asked_at < GOOD_FOR}
    stale = [crn for crn in wanted if crn not in kept or now - kept[crn].asked_at > ASK_AGAIN_AFTER]
    if not stale:
        _keep_together(user, kept)
        return kept, None
    try:
        found = kept | _ask(user, stale, now)
    except UpstreamFailure as failure:
        return kept, failure
    if len(found) < len(wanted):
        return found, Malformed("ndelius", "access")
    _keep_together(user, found)
    return found, None


def _good_together(
    kept: Mapping[str, Any], wanted: list[str], now: float
) -> dict[str, AccessAnswer] | None:
    """The answers about everybody on a list, read at once; nothing unless all of them are good without asking anew.

    For a desk, which is opened page by page: read one by one, the answers about 60 people were a quarter of the home
    page. An answer here is as old as the one kept by itself, so it is no longer good when that one was asked anew.
    """
    if len(wanted) == 1 or not kept.keys() >= set(wanted):
        return None
    together = {crn: AccessAnswer(*kept[crn]) for crn in wanted}
    oldest = min([answer.asked_at for answer in together.values()])
    return together if now - oldest <= ASK_AGAIN_AFTER else None


def _keep_together(user: User, answers: dict[str, AccessAnswer]) -> None:
    if len(answers) > 1:
        cache.set(key_together(user), {crn: [*answer] for crn, answer in answers.items()}, ASK_AGAIN_AFTER)


def _kept(user: User, crns: list[str]) -> dict[str, AccessAnswer]:
    keys = {_key(user, crn): crn for crn in crns}
    return {keys[key]: AccessAnswer(*values) for key, values in cache.get_many(keys).items()}


def _ask(user: User, crns: list[str], now: float) -> dict[str, AccessAnswer]:
    """What nDelius says now; nothing of those of whom it says neither yes nor no."""
    said = client.access(user.ndelius_username, crns)
    fresh = {
        crn: AccessAnswer(entry.allowed, (entry.message or "") if entry.was_answered else NOT_SAID, now)
        for crn, entry in said.items()
        if entry.is_readable
    }
    cache.set_many({_key(user, crn): [*answer] for crn, answer in fresh.items()}, GOOD_FOR)
    return fresh


def _key(user: User, crn: str) -> str:
    return f"access:{user.pk}:{crn}"


def key_together(user: User) -> str:
    """Where the cache has the answers about everybody on a list."""
    return f"access-together:{user.pk}"
