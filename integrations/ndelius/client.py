"""nDelius, through its refer-and-monitor service (client credentials; nulls are left out of its answers).

| Function | Call | Answers beyond 200 |
|---|---|---|
| person | GET /probation-case/{crn}/details | 404 unknown, or merged away |
| responsible_officer | GET /probation-case/{crn}/responsible-officer | 404 no active community manager |
| active_sentences | GET /probation-case/{crn}/convictions | 404 unknown person; an empty list is an answer |
| sentence | GET /probation-case/{crn}/convictions/{id} | 404; finds ended sentences too |
| access | POST /users/{username}/access | 500 for a list that is empty or longer than 500 |
| managed_crns | GET /users/{username}/managed-cases | |
| practitioner | GET /users/{username}/details | 404 no longer in the directory |
| record_referral | PUT /probation-case/{crn}/referrals | 204; 404 person or sentence; 500 unmapped contract type |

nDelius itself checks no limited access on these reads: ask ``access`` before showing anything. Every function
raises the types of ``integrations.failures``. Must not know our models, or what a page does about a gap.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from integrations.ndelius.types import Access, Person, Practitioner, ResponsibleOfficer, Sentence


def person(crn: str) -> Person:
    """The person's details now. Raises ``NotFound`` when nDelius does not know the CRN."""
    raise NotImplementedError


def responsible_officer(crn: str) -> ResponsibleOfficer:
    """The person's community manager. Raises ``NotFound`` when there is none."""
    raise NotImplementedError


def active_sentences(crn: str) -> tuple[Sentence, ...]:
    """Sentences that a referral can be made for; may be empty. Raises ``NotFound``."""
    raise NotImplementedError


def sentence(crn: str, sentence_id: int) -> Sentence:
    """One sentence, ended or not. Raises ``NotFound``."""
    raise NotImplementedError


def access(username: str, crns: Sequence[str]) -> dict[str, Access]:
    """For each CRN asked, whether this user may see the person. A person left out of the answer is denied."""
    raise NotImplementedError


def managed_crns(username: str) -> frozenset[str]:
    """The CRNs of the people this user manages."""
    raise NotImplementedError


def practitioner(username: str) -> Practitioner:
    """A user's name and email. Raises ``NotFound`` when they have left."""
    raise NotImplementedError


def record_referral(
    crn: str, referral_id: UUID, started_at: datetime, contract_type: str, sentence_id: int, notes: str
) -> None:
    """Tell nDelius that a referral has begun. Safe to repeat: nDelius knows the referral by its id.

    Raises ``NotFound`` (person or sentence), ``OutcomeUnknown`` (repeat later) and the rest.
    """
    raise NotImplementedError
