"""The list of services for one person in words: how many fit, and what they were compared with."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from govuk.template_filters import plural
from interventions.eligibility import age_on, recorded_sex
from interventions.models import Contract
from interventions.presenters import ServiceInList, in_list
from referrals.finding.already_referred import Already
from referrals.finding.person_to_match import Whom


def listed(
    contracts: Iterable[Contract],
    whom: Whom,
    already: dict[int, list[Already]],
    address: Callable[[Contract], str],
) -> list[ServiceInList]:
    """The services with what speaks against each, and what there is already. ``address``: where one leads."""
    return [
        in_list(
            contract,
            href=address(contract),
            reasons=[
                *whom.reasons_against(contract),
                *(one.sentence for one in already.get(contract.pk, [])),
            ],
        )
        for contract in contracts
    ]


def count(fitting: int, others: int, *, is_filtered: bool) -> str:
    """How many services fit, and how many others there are."""
    if not fitting and not others:
        return "No service matches your filters." if is_filtered else "No service takes referrals today."
    said = f"{plural(fitting, 'service')} fit{'s' if fitting == 1 else ''}" if fitting else "No service fits"
    rest = f", and {plural(others, 'other')} may not" if others else ""
    return f"{said}{rest}, of those that match your filters." if is_filtered else f"{said}{rest}."


def compared(whom: Whom) -> str:
    """What services were compared with, and what is not known."""
    known, unknown = [], []
    if sex := recorded_sex(whom.person.sex):
        known.append(sex)
    else:
        unknown.append("whether the person is male or female")
    if whom.person.date_of_birth is not None:
        known.append(f"aged {age_on(whom.on, whom.person.date_of_birth)}")
    else:
        unknown.append("when they were born")
    if whom.region is not None:
        known.append(f"supervised in {whom.region}")
    else:
        unknown.append("in which region they are supervised")
    said = [f"Compared with what nDelius says: {', '.join(known)}."] if known else []
    missing = [f"We do not know {' or '.join(unknown)}."] if unknown else []
    return " ".join([*said, *missing])
