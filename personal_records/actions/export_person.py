"""Exporting everything that is held about a person, for a subject access request. Audited, also when refused."""

from __future__ import annotations

from typing import IO

from django.utils import timezone

from accounts.models import User
from events import audit
from events.crn import Crn
from events.models import AuditAction, AuditEvent
from events.refusals import Refused
from personal_records.archive import Front, write
from personal_records.models import SubjectAccessExport
from personal_records.policies import may_export, may_export_unshared
from personal_records.reading import Person, records
from read_replica.long_reads import LongRead

REFUSED = "This account may not export what is held about a person."
UNSHARED_REFUSED = "This account may not export unshared risk text. It needs the data protection permission."


def export_person(*, crn: Crn, by: User, to: IO[bytes], with_unshared: bool = False) -> SubjectAccessExport:
    """Write the archive about a person to ``to``, and record who made it. Raises Refused."""
    action = AuditAction.UNSHARED_EXPORTED if with_unshared else AuditAction.PERSON_EXPORTED
    allowed = may_export_unshared(by) if with_unshared else may_export(by)
    if not allowed:
        audit.record(action, by=by, crn=crn, outcome=AuditEvent.Outcome.REFUSED)
        raise Refused(UNSHARED_REFUSED if with_unshared else REFUSED, code="not_permitted")
    now = timezone.now()
    front = Front(crn, now, by.display_name, with_unshared)
    person = Person.with_crn(crn)
    count = LongRead().read(
        lambda using: write(to, front, records(person, with_unshared=with_unshared, using=using))
    )
    audit.record(action, by=by, crn=crn, records=count)
    return SubjectAccessExport.objects.create(
        crn=crn, made_by=by, made_at=now, with_unshared=with_unshared, records=count
    )
