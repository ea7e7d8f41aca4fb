"""What the supplier's page of a referral says, card by card, and what it never says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from integrations.risk_answers import SharedAnswer
from monitoring.handover.contents import SharedContact, SharedRiskSection
from monitoring.presenters.received_referral import ReceivedReferralPage, present
from monitoring.rules.risk_sections import RISK_LABELS
from tests.factories.monitoring import a_handover, a_person, a_risk, a_service

NOBODY = SharedContact(name="", email="", phone="", team_phone="", pdu="", office="")


def _answers(page: ReceivedReferralPage, heading: str) -> dict[str, str | tuple[str, ...]]:
    (card,) = (card for card in page.cards if card.heading == heading)
    return {row.label: row.value for row in card.rows}


def test_the_cards_stand_in_their_order() -> None:
    assert [card.heading for card in present(a_handover()).cards] == [
        "Identity details",
        "Current location",
        "Intervention details",
        "Accommodation service",
        "Probation practitioner",
        "Back-up contact",
        "Last known address and contact details",
        "Personal details",
        "Needs and requirements",
        "Risk information",
    ]


def test_everything_shared_is_said() -> None:
    page = present(a_handover(), today=date(2026, 1, 4))

    assert _answers(page, "Identity details") == {
        "First name": "Alex",
        "Last name": "River",
        "Date of birth": "5 January 1990 (35 years old)",
        "CRN": "X980010",
        "Reference number": "KW5219AC",
    }
    assert _answers(page, "Intervention details") == {
        "Intervention": "Accommodation support in the North East",
        "Intervention type": "Accommodation",
        "Sentence": "Burglary",
        "Subcategory": "Theft from the person",
        "Sentence end date": "1 September 2027",
        "Maximum number of enforceable days": "12",
        "Sent on": "2 March 2026 at 9:30am",
        "Completion date": "30 September 2026",
    }
    assert _answers(page, "Accommodation service") == {
        "Reason for referral": "To find and keep settled housing.",
        "Further information": "Has a deposit saved.",
        "Complexity level": "Needs support to find somewhere to live.",
        "Desired outcomes": ("Settled accommodation is found.", "The tenancy is kept."),
    }
    assert _answers(page, "Probation practitioner") == {
        "Full name": "Bernard Beaks",
        "Email address": "bernard.beaks@justice.example",
        "Phone number": "0161 496 0101",
        "Probation delivery unit (PDU)": "County Durham and Darlington",
        "Probation office": "Not provided",
        "Team phone number": "0161 496 0102",
    }
    assert _answers(page, "Back-up contact") == {
        "Full name": "Clara Clerk",
        "Email address": "clara.clerk@justice.example",
    }
    assert _answers(page, "Last known address and contact details") == {
        "Last known address": "4 Rushy Glen\nDurham\nDH1 1AA",
        "Phone number": "0161 496 0000",
        "Mobile number": "07700 900001",
        "Email address": "alex.river@mail.example",
    }
    assert _answers(page, "Personal details") == {
        "Sex": "Male",
        "Ethnicity": "White: Irish",
        "Preferred language": "English",
        "Disabilities": ("Mobility", "Learning difficulties"),
        "Religion or belief": "None",
        "Taken from nDelius on": "2 March 2026 at 9am",
    }
    assert _answers(page, "Needs and requirements") == {
        "Criminogenic needs": ("Accommodation: Sofa surfing since January.",),
        "Additional needs": "Reads slowly; prefers to be phoned.",
        "Mobility, disability or accessibility needs": "Cannot climb stairs.",
        "Interpreter needed": "Yes",
        "Interpreter language": "Welsh",
        "Caring or employment responsibilities": "Yes",
        "When they are unavailable": "Weekday mornings, school run.",
        "Diversity considerations": "Observes Ramadan.",
    }
    assert _answers(page, "Risk information") == {
        "Who is at risk": "Staff who visit alone.",
        "What is the nature of the risk": "Shouting and threats.",
        "When is the risk likely to be greatest": "When housing falls through.",
        "Concerns in relation to self-harm": "Yes\n\nCut arms in 2024.",
        "Concerns in relation to suicide": "No",
        "Concerns in relation to coping in a hostel setting": "Don’t know",
        "Concerns in relation to vulnerability": "No identified risk",
        "Additional information": "No information shared",
        "Responsibility for sharing accepted by": "Bernard Beaks, 2 March 2026 at 9:25am",
    }


@pytest.mark.parametrize("section", RISK_LABELS)
@pytest.mark.parametrize(
    ("shared", "said"),
    [
        pytest.param(SharedRiskSection(), "No information shared", id="nothing, or removed"),
        pytest.param(SharedRiskSection(text=" \n "), "No information shared", id="only spaces"),
        pytest.param(SharedRiskSection(text="A\nB"), "A\nB", id="text"),
        pytest.param(SharedRiskSection(answer=SharedAnswer.YES), "Yes", id="yes"),
        pytest.param(SharedRiskSection(answer=SharedAnswer.NO, text="A"), "No\n\nA", id="no with text"),
        pytest.param(SharedRiskSection(answer=SharedAnswer.DONT_KNOW), "Don’t know", id="don't know"),
        pytest.param(
            SharedRiskSection(no_identified_risk=True), "No identified risk", id="no identified risk"
        ),
        pytest.param(
            SharedRiskSection(answer=SharedAnswer.NO, no_identified_risk=True),
            "No identified risk",
            id="no, and no identified risk",
        ),
    ],
)
def test_a_section_reads_as_it_was_declared(section: str, shared: SharedRiskSection, said: str) -> None:
    page = present(a_handover(risk=a_risk(**{section: shared})))

    assert _answers(page, "Risk information")[RISK_LABELS[section]] == said


@pytest.mark.parametrize(
    ("name", "card", "label"),
    [
        pytest.param("sex", "Personal details", "Sex", id="sex"),
        pytest.param("ethnicity", "Personal details", "Ethnicity", id="ethnicity"),
        pytest.param("preferred_language", "Personal details", "Preferred language", id="language"),
        pytest.param("disabilities", "Personal details", "Disabilities", id="disabilities"),
        pytest.param("religion_or_belief", "Personal details", "Religion or belief", id="religion"),
        pytest.param("address", "Last known address and contact details", "Last known address", id="address"),
        pytest.param("telephone", "Last known address and contact details", "Phone number", id="telephone"),
        pytest.param("mobile", "Last known address and contact details", "Mobile number", id="mobile"),
        pytest.param("email", "Last known address and contact details", "Email address", id="email"),
    ],
)
def test_kept_back_and_unknown_are_told_apart(name: str, card: str, label: str) -> None:
    field = "address_lines" if name == "address" else name
    unknown = a_person(**{field: () if field in {"disabilities", "address_lines"} else ""})
    withheld = replace(unknown, withheld=(name,))

    assert _answers(present(a_handover(person=unknown)), card)[label] == "Not found"
    assert _answers(present(a_handover(person=withheld)), card)[label] == "No information shared"


@pytest.mark.parametrize(
    ("person", "phone", "email"),
    [
        pytest.param({}, "07700 900001", "alex.river@mail.example", id="everything known"),
        pytest.param({"mobile": ""}, "0161 496 0000", "alex.river@mail.example", id="no mobile"),
        pytest.param(
            {"mobile": "", "telephone": "", "email": ""}, "Not found", "Not found", id="nothing known"
        ),
        pytest.param(
            {"mobile": "", "telephone": "", "email": "", "withheld": ("mobile", "email")},
            "No information shared",
            "No information shared",
            id="kept back",
        ),
    ],
)
def test_the_banner_says_what_is_missing(person: dict[str, object], phone: str, email: str) -> None:
    banner = present(a_handover(person=a_person(**person))).banner

    assert (banner.name, banner.crn, banner.date_of_birth) == ("Alex River", "X980010", "5 January 1990")
    assert (banner.phone, banner.email) == (phone, email)


@pytest.mark.parametrize(
    ("person", "said"),
    [
        pytest.param({"no_fixed_abode": True, "address_lines": ()}, "No fixed abode", id="no fixed abode"),
        pytest.param(
            {"no_fixed_abode": True, "address_lines": ("Day centre",)},
            "No fixed abode\nDay centre",
            id="with a place",
        ),
    ],
)
def test_no_fixed_abode_is_said(person: dict[str, object], said: str) -> None:
    page = present(a_handover(person=a_person(**person)))

    assert _answers(page, "Last known address and contact details")["Last known address"] == said


def test_there_is_a_card_for_each_service_category() -> None:
    services = (
        a_service(),
        a_service(category_id=2, category_name="Dependency and recovery", complexity="HIGH"),
    )
    page = present(a_handover(services=services))

    assert [card.heading for card in page.cards if card.heading.endswith("service")] == [
        "Accommodation service",
        "Dependency and recovery service",
    ]


def test_there_is_no_card_for_a_back_up_contact_who_is_not_known() -> None:
    page = present(a_handover(back_up_contact=NOBODY))

    assert "Back-up contact" not in [card.heading for card in page.cards]


def test_questions_that_do_not_apply_are_not_asked() -> None:
    needs = replace(a_handover().needs, needs_interpreter=False, has_responsibilities=False)
    said = _answers(present(a_handover(needs=needs)), "Needs and requirements")

    assert (said["Interpreter needed"], said["Caring or employment responsibilities"]) == ("No", "No")
    assert not {"Interpreter language", "When they are unavailable"} & set(said)


def test_a_preview_before_sending_says_what_is_still_to_come() -> None:
    draft = a_handover(reference="", declaration=replace(a_handover().declaration, declared_by=""))
    page = present(draft)

    assert _answers(page, "Identity details")["Reference number"] == "Given when the referral is sent"
    assert _answers(page, "Intervention details")["Sent on"] == "Not sent yet"
    assert _answers(page, "Risk information")["Responsibility for sharing accepted by"] == "Not accepted yet"
