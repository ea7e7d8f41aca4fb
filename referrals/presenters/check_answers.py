"""The played-back answers in the cards of the live service, each with the way back to its question.

Every answer stands in one card: what no card names, such as the answer to a question that was added, gets a card of its
own. What is kept on sending is ``Progress.played_back``, and not this.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from govuk.addresses import reverse
from monitoring.handover import labels
from monitoring.presenters.received_referral import born_in_words
from referrals.journey.pages import Row
from referrals.journey.personal_details import OPTIONAL_DETAILS
from referrals.journey.questions.risk import RiskPage
from referrals.journey.structure import PlacedStep, Progress
from referrals.models import ChosenService, Referral
from referrals.presenters.task_list import address
from risk.presenters.sections import shared_label
from risk.redaction import proposed

FROM_CHECK = "?return=check"
WHEREABOUTS = tuple(OPTIONAL_DETAILS[key] for key in ("address", "telephone", "mobile", "email"))


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One answer with its Change link; nothing to change here has none."""

    label: str
    value: str | tuple[str, ...]
    href: str = ""
    change_text: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """Answers that belong together."""

    title: str
    rows: list[AnswerRow]


class _Played:
    """The played-back answers of one draft, to be dealt into cards."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.draft = progress.draft
        #: What no card took yet, by question, in the order of the form.
        self._left: dict[str, list[tuple[PlacedStep, Row]]] = {}
        for placed in progress.steps:
            if placed.page is not RiskPage:
                rows = [(placed, row) for row in progress.rows(placed)]
                self._left.setdefault(placed.step.slug, []).extend(rows)

    def take(
        self, *slugs: str, only: tuple[str, ...] = (), service: ChosenService | None = None
    ) -> list[AnswerRow]:
        """The rows of these questions in this order, ``only`` those of the labels; each can be taken once."""
        taken: list[tuple[PlacedStep, Row]] = []
        for slug in slugs:
            left: list[tuple[PlacedStep, Row]] = []
            for one in self._left.pop(slug, ()):
                placed, row = one
                is_meant = (not only or row.label in only) and (service is None or placed.service == service)
                (taken if is_meant else left).append(one)
            if left:
                self._left[slug] = left
        return [self.answer(placed, row) for placed, row in taken]

    def copy(self, slug: str, label: str) -> list[AnswerRow]:
        """A row that stands in another card too."""
        placed = self.progress.find(slug)
        rows = self.progress.rows(placed) if placed else []
        return [self.answer(placed, row) for row in rows if placed and row.label == label]

    def rest(self) -> Iterator[Card]:
        """What no card took, by task."""
        while left := [one for rows in self._left.values() for one in rows]:
            places = {id(placed): place for place, placed in enumerate(self.progress.steps)}
            placed = min((placed for placed, _ in left), key=lambda one: places[id(one)])
            yield Card(
                placed.task.name.format(**self._names()), self.take(placed.step.slug, service=placed.service)
            )

    def _names(self) -> dict[str, str]:
        return {"person": self.draft.person_name, "intervention": self.draft.contract.contract_type.name}

    def answer(self, placed: PlacedStep, row: Row) -> AnswerRow:
        return AnswerRow(row.label, row.value, self._change_address(placed, row), row.label)

    def _change_address(self, placed: PlacedStep, row: Row) -> str:
        if row.part:
            return reverse(placed.page.part_view_name, args=[self.draft.pk, row.part]) + FROM_CHECK
        return address(self.progress, placed) + FROM_CHECK


def cards(progress: Progress) -> list[Card]:
    """Every answer but risk, in the live service's order of cards and rows. Those without a row are left out."""
    played, draft = _Played(progress), progress.draft
    dealt = [
        Card(labels.IDENTITY, _identity(progress, played)),
        Card(_location_title(played), _location(played)),
        Card(
            labels.INTERVENTION_CARD,
            [
                AnswerRow(labels.CONTRACT_TYPE, draft.contract.contract_type.name),
                *played.take("relevant-sentence", "enforceable-days", "completion-date"),
            ],
        ),
        *_services(played),
        Card(labels.PRACTITIONER, played.take("practitioner")),
        Card(labels.MAIN_CONTACT, played.take("main-contact", "reason-before-allocation")),
        Card(labels.BACK_UP_CONTACT, played.take("back-up-contact")),
        Card(labels.WHEREABOUTS, played.take("personal-details", only=WHEREABOUTS)),
        Card(labels.PERSONAL_DETAILS, played.take("personal-details")),
        Card(labels.NEEDS_CARD, _needs(played)),
        *played.rest(),
    ]
    return [_with_names_of_links(card) for card in dealt if card.rows]


def _with_names_of_links(card: Card) -> Card:
    """Two cards have a name, an email address and so on: each link says whose."""
    rows = [
        AnswerRow(row.label, row.value, row.href, f"{row.label[:1].lower()}{row.label[1:]} ({card.title})")
        for row in card.rows
    ]
    return Card(card.title, rows)


def _identity(progress: Progress, played: _Played) -> list[AnswerRow]:
    """Whom it is about: nDelius's and the prison records' to change."""
    draft = progress.draft
    rows = [
        AnswerRow(labels.FIRST_NAME, draft.first_name),
        AnswerRow(labels.LAST_NAME, draft.last_name),
        AnswerRow(labels.DATE_OF_BIRTH, born_in_words(draft.date_of_birth, progress.situation.today)),
        AnswerRow(labels.CRN, draft.crn),
    ]
    number = played.take("establishment", only=(labels.PRISON_NUMBER,))
    return rows + [AnswerRow(row.label, row.value) for row in number]


def _location_title(played: _Played) -> str:
    slugs = {placed.step.slug for placed in played.progress.steps}
    return labels.LOCATION_AND_RELEASE_CARD if "establishment" in slugs else labels.LOCATION_CARD


def _location(played: _Played) -> list[AnswerRow]:
    """Where the person is, when they are released, and to which office."""
    return played.take(
        "allocation",
        "current-location",
        "release",
        "establishment",
        "expected-release-date",
        "expected-probation-office",
    )


def _needs(played: _Played) -> list[AnswerRow]:
    """Needs, with the language beside the interpreter (live service), and what keeps the person away."""
    language = played.copy("personal-details", labels.PREFERRED_LANGUAGE)
    return [
        *played.take("criminogenic-needs", "additional-needs", "accessibility-needs", "interpreter"),
        *language,
        *played.take("responsibilities", "diversity"),
    ]


def _services(played: _Played) -> Iterator[Card]:
    """Reason and further information with the one service; of several, in a card before theirs."""
    contract = played.draft.contract
    if contract.offers_several_services:
        shared = played.take("reason-for-referral", "services")
        yield Card(f"{contract.contract_type.name} intervention", shared)
    for service in played.draft.services.all():
        rows = played.take("reason-for-referral")  # nothing when they stand above
        rows += played.take("complexity-level", "desired-outcomes", service=service)
        yield Card(labels.service_card(service.category.name), rows)


def risk_rows(draft: Referral) -> list[AnswerRow]:
    """What will be shared of each of the eight sections, each with the way to its page."""
    shown = [(section.section_key, proposed(section)) for section in draft.risk.in_order()]
    return [
        AnswerRow(
            key.label,
            "\n\n".join(part for part in (shared_label(shared), shared.text) if part),
            reverse("referrals:risk_section", args=[draft.pk, key.slug]),
            key.label,
        )
        for key, shared in shown
    ]
