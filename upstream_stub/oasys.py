"""OASys's answers: nulls are written, and refusals explained in JSON."""

from typing import Final

from upstream_stub.exchange import StubResponse
from upstream_stub.question import CRN, Question, Route, explained, with_nulls


def _risks(question: Question, crn: str) -> StubResponse:
    person = question.person(crn)
    if person is None or not person.assessments:
        return with_nulls(question, 404, explained(404, f"No assessment data found for CRN: {crn}"))
    if person.is_open_to_named_users_only:
        return with_nulls(question, 403, explained(403, "User does not have permission to access offender"))
    reads = question.state.count_risk_read(person.crn)
    return with_nulls(question, 200, person.assessments[min(reads, len(person.assessments) - 1)])


def _needs(question: Question, crn: str) -> StubResponse:
    person = question.person(crn)
    if person is None or person.needs is None:
        return with_nulls(question, 404, explained(404, f"No needs found for CRN: {crn}"))
    if person.is_open_to_named_users_only:
        return with_nulls(question, 403, explained(403, "User does not have permission to access offender"))
    return with_nulls(question, 200, person.needs)


ROUTES: Final[list[Route]] = [
    ("GET", rf"/risks/crn/(?P<crn>{CRN})", _risks),
    ("GET", rf"/needs/crn/(?P<crn>{CRN})", _needs),
]
