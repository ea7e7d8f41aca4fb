"""Where a person on probation is held, by CRN: nDelius knows the prison number, prisoner search the rest."""

from integrations import failures
from integrations.ndelius import client as ndelius
from integrations.prisoner_search import client as prisoner_search
from integrations.prisoner_search.types import Custody, Whereabouts

__all__ = ["Custody", "Whereabouts", "custody_of"]


def custody_of(crn: str) -> Custody | None:
    """What the prison systems hold about this person now.

    ``None`` when nDelius holds no prison number, or prisoner search does not know it: to a practitioner both say
    that nothing can be filled in. Raises the types of ``integrations.failures`` when one of the two does not answer.
    Checks no access: ask nDelius before showing anything.
    """
    prison_number = ndelius.noms_number(crn)
    if prison_number is None:
        return None
    try:
        return prisoner_search.custody(prison_number)
    except failures.NotFound:
        return None
