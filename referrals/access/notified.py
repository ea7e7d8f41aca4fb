"""Of what practitioners were told about, what they may open today: cases that they follow, and drafts of their own."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db.models import Q

from accounts.models import User
from referrals.access import limited_access
from referrals.access.caseload import Caseload, covers_of
from referrals.access.scope import open_now
from referrals.models import Referral


def may_still_open(user: User, subjects: frozenset[UUID], *, asks: bool) -> Mapping[UUID, str]:
    """The reference of each case of these, by the id under which it was received; a draft has none.

    ``asks``: whether nDelius may be asked whom they manage and may see. Without, those whose practitioner they are
    count as managed, and only people whom nDelius refused are left out.
    """
    theirs = Q(pk__in=open_now(user).values("referral"))
    if asks:
        for one in (user, *(cover.colleague for cover in covers_of(user))):
            theirs |= Caseload.of(one).theirs()
    else:
        theirs |= Caseload(user, frozenset()).theirs()
    if not asks and user.email:
        theirs |= Q(received__practitioner_email__iexact=user.email)
    cases = Referral.objects.sent().filter(theirs, received__in=subjects, blanked_at=None)
    rows = list(cases.order_by().values_list("received", "reference", "crn").distinct())
    drafts = Referral.objects.filter(pk__in=subjects, created_by=user, sent_at=None)
    rows += [(pk, "", crn) for pk, crn in drafts.order_by().values_list("pk", "crn")]
    crns = {crn for _, _, crn in rows}
    shown = (
        limited_access.visible_among(user, crns) if asks else crns - limited_access.refused_lately(user, crns)
    )
    return {subject: reference for subject, reference, crn in rows if crn in shown}
