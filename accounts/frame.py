"""What stands around every page: who is signed in, where they can go, and the links of header and footer.

A context processor. Knows addresses by name only, and shows none that this installation does not have.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.template.backends.utils import csrf_input
from django.urls import NoReverseMatch
from django.utils.functional import SimpleLazyObject

from accounts.models import Audience, User
from accounts.service_notices import Shown, notices_for
from accounts.session_store import SessionStore
from govuk.addresses import reverse

PROBATION_SERVICE = "Probation Service"
PLACES: dict[str, tuple[tuple[str, str], ...]] = {
    Audience.PRACTITIONER: (
        ("Find a service", "interventions:find"),
        ("Draft referrals", "referrals:drafts"),
        ("Your cases", "referrals:cases"),
    ),
    # “All cases” and “Reporting” are words of the seed.
    Audience.SUPPLIER: (
        ("All cases", "monitoring:all_cases"),
        ("Agenda", "monitoring:agenda"),
        ("Reporting", "monitoring:reporting"),
    ),
    Audience.ADMINISTRATOR: (("Administration", "admin:index"),),
}


@dataclass(frozen=True, slots=True)
class Place:
    """A link in the service's navigation. ``is_current`` on the page itself and on the pages below it."""

    text: str
    href: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class WebSession:
    """How many seconds the web session lasts without another request, and how long before its end that is said."""

    seconds: int
    warning: int

    @property
    def hours(self) -> int:
        """How long it lasts at most, from signing in."""
        return int(settings.WEB_SESSION_LIFETIME // 3600)


@dataclass(frozen=True, slots=True)
class Frame:
    """Everything that the layout shows outside the page's own content."""

    service_name: str
    is_signed_in: bool = False
    name: str = ""
    organisation: str = ""
    navigation: tuple[Place, ...] = ()
    notifications: str = ""  # the address of their list
    unread: int = 0
    is_demo: bool = False
    demo_emails: str = ""
    web_session: WebSession | None = None
    notices: tuple[Shown, ...] = ()


def frame(request: HttpRequest) -> dict[str, Any]:
    """The context processor: the frame for whoever asks; and what their forms carry."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"frame": nobody()}
    return {
        # The same in every form of the page, made once: making it takes longer than writing it.
        "csrf_input": SimpleLazyObject(lambda: csrf_input(request)),
        "frame": Frame(
            service_name=settings.SERVICE_NAME,
            is_signed_in=True,
            name=user.display_name,
            organisation=organisation_of(user, request.session),  # type: ignore[arg-type]  # our own store
            navigation=navigation_for(user, request.path),
            notifications="" if user.is_administrator else _address("notifications:all"),
            unread=getattr(request, "unread_notifications", 0),
            is_demo=settings.DEMO_MODE,
            demo_emails=demo_emails(),
            web_session=WebSession(
                request.session.seconds_from_now(),  # type: ignore[attr-defined]  # our own store
                settings.WEB_SESSION_WARNING,
            ),
            notices=notices_for(request),
        )
    }


def nobody() -> Frame:
    """The frame of somebody who is not signed in; needs no database."""
    return Frame(service_name=settings.SERVICE_NAME, is_demo=settings.DEMO_MODE, demo_emails=demo_emails())


def demo_emails() -> str:
    """The address of the emails that the demo would have sent; nothing outside the demo."""
    return _address("inbox:emails") if settings.DEMO_MODE else ""


def organisation_of(user: User, session: SessionStore) -> str:
    """The service provider of supplier staff, else the Probation Service. It was read with their web session."""
    return session.organisation if user.is_supplier else PROBATION_SERVICE


def navigation_for(user: User, path: str) -> tuple[Place, ...]:
    """Where this person can go, in order; the place that ``path`` belongs to is marked."""
    places = []
    for text, name in PLACES[user.audience]:
        if href := _address(name):
            places.append((text, href))
    here = max((href for _, href in places if path.startswith(href)), key=len, default=None)
    return tuple(Place(text=text, href=href, is_current=href == here) for text, href in places)


def _address(name: str) -> str:
    """The address of a named page; nothing when this installation does not have it."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
