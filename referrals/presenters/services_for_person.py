"""The list of services for one person in words: in groups by how they fit, and what they were compared with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.core.paginator import Page

from govuk.template_filters import plural
from interventions.eligibility import Fit, age_on, recorded_sex
from interventions.models import Contract
from interventions.presenters import ServiceCard, service_card, short_names
from referrals.finding.already_referred import ExistingReferral
from referrals.finding.needs_to_match import NeedsToMatch
from referrals.finding.person_to_match import PersonToMatch

HEADINGS = {
    Fit.MEETS_NEED: "Services that fit and meet a need",
    Fit.FITS: "Services that fit",
    Fit.MAY_NOT_FIT: "Services that may not fit",
}


@dataclass(frozen=True, slots=True)
class Group:
    """Services that fit alike: how many there are, the link to the first of them, and those on this page."""

    id: str
    heading: str
    count: int
    href: str
    services: list[ServiceCard]
    may_not_fit: bool


def groups(
    page: Page[Contract],
    counts: Mapping[Fit, int],
    card_of: Callable[[Contract], ServiceCard],
    *,
    list_address: str,
) -> list[Group]:
    """The groups that have services, the best first."""
    found, before = [], 0
    for fit in Fit:
        if not (count := counts.get(fit, 0)):
            continue
        services = [card_of(contract) for contract in page if contract.fit == fit]  # type: ignore[attr-defined]
        group_id = fit.name.lower().replace("_", "-")
        starts_on = before // page.paginator.per_page + 1
        elsewhere = f"{list_address}{'&' if '?' in list_address else '?'}page={starts_on}"
        href = f"{'' if services else elsewhere}#{group_id}"
        found.append(
            Group(group_id, _heading(fit, counts), count, href, services, may_not_fit=fit is Fit.MAY_NOT_FIT)
        )
        before += count
    return found


def _heading(fit: Fit, counts: Mapping[Fit, int]) -> str:
    return "Other services that fit" if fit is Fit.FITS and counts.get(Fit.MEETS_NEED) else HEADINGS[fit]


def card(
    contract: Contract, to_match: PersonToMatch, already: list[ExistingReferral], *, href: str
) -> ServiceCard:
    """One service: why it fits or may not, and whether there is a referral to it already."""
    against = to_match.reasons_against(contract)
    categories = to_match.needs.categories_for_them(contract.categories())
    if against:
        reasons = f"May not fit: {'; '.join(reason.short for reason in against)}"
    else:
        reasons = f"Fits: {short_names(categories)}" if categories else ""
    return service_card(contract, href=href, reasons=reasons, warning=_warning(already))


def _warning(already: list[ExistingReferral]) -> str:
    if not already:
        return ""
    others = len(already) - 1
    return already[-1].short + (f" (and {others} more)" if others else "")


def count(counts: Mapping[Fit, int], *, is_filtered: bool) -> str:
    """How many services fit, and how many others there are."""
    others = counts.get(Fit.MAY_NOT_FIT, 0)
    fitting = sum(counts.values()) - others
    if not fitting and not others:
        return "No service matches your filters." if is_filtered else "No service takes referrals today."
    fit = f"{plural(fitting, 'service')} fit{'s' if fitting == 1 else ''}" if fitting else "No service fits"
    rest = f", and {plural(others, 'other')} may not" if others else ""
    return f"{fit}{rest}, of those that match your filters." if is_filtered else f"{fit}{rest}."


def compared(to_match: PersonToMatch) -> str:
    """What services were compared with, and what is not known."""
    known, unknown = [], []
    if sex := recorded_sex(to_match.person.sex):
        known.append(sex)
    else:
        unknown.append("whether the person is male or female")
    if to_match.person.date_of_birth is not None:
        known.append(f"aged {age_on(to_match.on, to_match.person.date_of_birth)}")
    else:
        unknown.append("when they were born")
    if to_match.region is not None:
        known.append(f"supervised in {to_match.region}")
    else:
        unknown.append("in which region they are supervised")
    sentences = [f"Compared with what nDelius says: {', '.join(known)}."] if known else []
    missing = [f"We do not know {' or '.join(unknown)}."] if unknown else []
    return " ".join([*sentences, *missing])


def needs(needs: NeedsToMatch) -> str:
    """Which needs services were matched to, or why they were not."""
    if needs.why_unknown:
        return f"{needs.why_unknown}, so services are not matched to needs."
    if needs.identified:
        names = "; ".join(name.lower() for name in needs.identified.values())
        more = " Part of its answer could not be read, so there may be others." if needs.is_partial else ""
        return f"Needs that OASys identifies: {names}.{more}"
    if needs.is_partial:
        return "OASys sent an answer that we can only read in part, so services are not matched to needs."
    return "OASys identifies no needs, so services are not matched to needs."


def needs_met(contract: Contract, needs: NeedsToMatch) -> str:
    """Which needs one service works on, on its own page; nothing when none is known."""
    names = "; ".join(name.lower() for name in needs.met_by(contract.categories()))
    return f"Fits needs that OASys identifies: {names}." if names else ""
