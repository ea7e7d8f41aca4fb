"""The answers of the prison register, Prison API and prisoner search."""

from typing import Final

from upstream_stub.exchange import StubResponse
from upstream_stub.places import PRISONS, SECURE_CHILDRENS_HOMES
from upstream_stub.question import Question, Route, by_prison_number, explained, with_nulls


def _prison_names(question: Question) -> StubResponse:
    """The register's entries, those that are closed only when everything is asked for."""
    listed = [
        {key: value for key, value in prison.items() if key != "active"}
        for prison in PRISONS
        if prison["active"] or question.query.get("active") != ["true"]
    ]
    return with_nulls(question, 200, listed)


def _agencies(question: Question, kind: str) -> StubResponse:
    """Only secure children's homes have been invented."""
    is_all = question.query.get("activeOnly") == ["false"]
    listed = [
        home for home in SECURE_CHILDRENS_HOMES if home["agencyType"] == kind and (is_all or home["active"])
    ]
    return with_nulls(question, 200, listed)


def _prisoner(question: Question, number: str) -> StubResponse:
    person = by_prison_number(question.people, number)
    if person is None or person.prisoner is None:
        message = f"Prisoner {number} not found"
        return with_nulls(question, 404, explained(404, message))
    return with_nulls(question, 200, {"prisonerNumber": person.prison_number} | person.prisoner)


ROUTES: Final[list[Route]] = [
    ("GET", r"/prisons/names", _prison_names),
    ("GET", r"/api/agencies/type/(?P<kind>[A-Z]+)", _agencies),
    ("GET", r"/prisoner/(?P<number>[^/]+)", _prisoner),
]
