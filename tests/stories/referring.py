"""A practitioner at work, for stories and tables: each method is one thing they do, through the web client.

Every page fetched on the way is inspected.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from bs4 import BeautifulSoup, Tag
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from interventions.models import Contract
from referrals.models import Referral
from referrals.sensitive_details.undecided import count_undecided
from tests.pages import assert_page

ACCOMMODATION = "DEMO_0001"
SECTION_SLUGS = (
    "who-is-at-risk",
    "nature-of-risk",
    "risk-imminence",
    "self-harm",
    "suicide",
    "hostel-setting",
    "vulnerability",
    "additional-information",
)


def key_of(slug: str) -> str:
    """A section's key from its slug."""
    return slug.replace("-", "_")


def filled_in(page: BeautifulSoup, form: Tag | None = None) -> dict[str, Any]:
    """The fields of a page's form as a browser would post them untouched."""
    form = form or page.select_one("main form:has(.govuk-form-group)") or page.select_one("main form")
    fields: dict[str, Any] = {}
    assert form is not None
    for box in form.find_all(["input", "textarea", "select"]):
        name = box.get("name")
        if not name or (box.get("type") in ("checkbox", "radio") and not box.has_attr("checked")):
            continue
        value = box.get_text().removeprefix("\n") if box.name == "textarea" else box.get("value", "")
        if box.name == "select":
            chosen = box.select_one("option[selected]") or box.find("option")
            value = chosen.get("value", "") if chosen else ""
        if box.get("type") == "checkbox":
            fields.setdefault(name, []).append(value)
        else:
            fields[name] = value
    return fields


@dataclass
class Practitioner:
    """Somebody signed in as a practitioner, working on one draft."""

    client: Client
    draft_id: str = ""
    pages: list[BeautifulSoup] = field(default_factory=list)

    # --- Pages

    def address(self, name: str, *args: Any) -> str:
        """The address of a page of the draft."""
        return reverse(f"referrals:{name}", args=[self.draft_id, *args])

    def open(self, url: str, status: int = 200) -> BeautifulSoup:
        """Fetch a page, inspected."""
        page = assert_page(self.client.get(url), status)
        self.pages.append(page)
        return page

    def post(self, url: str, answers: dict[str, Any], status: int = 302) -> HttpResponse:
        """Post a form; a page that comes back is inspected."""
        response = self.client.post(url, answers)
        if response.status_code == 302:
            assert status == 302, f"{url} redirected to {response['Location']} where {status} was expected"
            return response
        self.pages.append(assert_page(response, status))
        return response

    def answer(self, name: str, *args: Any, status: int = 302, **answers: Any) -> HttpResponse:
        """Open a question page, change what is given, and save."""
        url = self.address(name, *args)
        fields = filled_in(self.open(url))
        response = self.client.post(url, fields | answers)
        if (
            status == 302 and response.status_code == 200
        ):  # asks first, when what it is answered over would go
            self.pages.append(assert_page(response))
            return self.confirms_deleting(url)
        if response.status_code == 302:
            assert status == 302, f"{url} redirected to {response['Location']} where {status} was expected"
            return response
        self.pages.append(assert_page(response, status))
        return response

    def confirms_deleting(self, url: str) -> HttpResponse:
        """Press the first button of the page that asks whether other answers may be deleted."""
        boxes = self.pages[-1].select("main form input[type=hidden]")
        fields: dict[str, list[str]] = {}
        for box in boxes:
            fields.setdefault(str(box["name"]), []).append(str(box["value"]))
        assert fields.get("confirmed"), "nothing is asked here"
        return self.post(url, fields)

    # --- Steps

    def starts(self, crn: str, contract: str = ACCOMMODATION) -> Practitioner:
        """Find the service, give the CRN, confirm the person."""
        pk = Contract.objects.get(reference=contract).pk
        self.open(reverse("interventions:detail", args=[pk]))
        start = reverse("referrals:start", args=[pk])
        self.open(start)
        confirm = self.post(start, {"crn": crn})["Location"]
        fields = filled_in(self.open(confirm))
        tasks = self.post(confirm, fields)["Location"]
        match = re.search(r"drafts/([0-9a-f-]{36})/", tasks)
        assert match, tasks
        self.draft_id = match.group(1)
        self.open(tasks)
        return self

    @property
    def draft(self) -> Referral:
        """The draft as it stands."""
        return Referral.objects.get(pk=self.draft_id)

    def answers_all_but_risk(self) -> Practitioner:
        """Every question of the form, with plain answers."""
        self.answers_where()
        self.confirms_practitioner()
        self.names_a_back_up()
        self.answers_information()
        self.answers_service()
        return self

    def names_a_back_up(self) -> None:
        """Somebody other than the practitioner."""
        self.answer("back-up-contact", back_up_name="Nia Prosser", back_up_email="nia.prosser@example.com")

    def answers_where(self, location: str = "COMMUNITY") -> None:
        """Somebody with a practitioner, in the community unless told."""
        self.answer("allocation", has_practitioner="YES")
        self.answer("current-location", location=location)

    def confirms_practitioner(self, status: int = 302) -> HttpResponse:
        """Confirm the practitioner's details as they stand."""
        url = self.address("practitioner")
        return self.post(url, filled_in(self.open(url), self.pages[-1].select_one("form#confirm")), status)

    def changes_practitioner(self, detail: str, status: int = 302, **answers: Any) -> HttpResponse:
        """Change one of the practitioner's details on its own page."""
        url = self.address("practitioner_change", detail)
        return self.post(url, filled_in(self.open(url)) | answers, status)

    def answers_information(self) -> None:
        """Personal details and needs; not risk."""
        self.answer("personal-details")
        self.answer("criminogenic-needs", shared=["ACCOMMODATION"], comment_ACCOMMODATION="Loses tenancies.")
        self.answer("additional-needs", additional_needs="Needs help with forms.")
        self.answer("accessibility-needs", accessibility_needs="")
        self.answer("interpreter", needs_interpreter="NO")
        self.answer("responsibilities", has_responsibilities="YES", when_unavailable="School runs.")
        self.answer("diversity", diversity="Prefers a woman as caseworker.")

    def answers_service(self) -> None:
        """Sentence, outcomes, complexity, days, date, reasons."""
        sentences = self.open(self.address("relevant-sentence")).select("input[name=sentence]")
        self.answer("relevant-sentence", sentence=sentences[0]["value"])
        for service in self.draft.services.all():
            for name, box in (("desired-outcomes", "outcomes"), ("complexity-level", "complexity_level")):
                page = self.open(self.address(name, service.category_id))
                first = page.select_one(f"input[name={box}]")
                assert first is not None
                self.answer(name, service.category_id, **{box: first["value"]})
        self.answer("enforceable-days", enforceable_days="10")
        until = timezone.localdate() + timedelta(days=90)
        self.answer(
            "completion-date",
            completion_date_day=str(until.day),
            completion_date_month=str(until.month),
            completion_date_year=str(until.year),
        )
        self.answer(
            "reason-for-referral", reason_for_referral="Needs a home.", further_information="There is none."
        )

    def answers_contact(self, office: str = "") -> None:
        """The main point of contact until there is a practitioner: in an establishment unless an office is named."""
        place = {"contact_place": "OFFICE", "contact_office": office} if office else {
            "contact_place": "ESTABLISHMENT", "contact_establishment": "MDI",
        }  # fmt: skip
        self.answer("main-contact", contact_name="Nia Prosser", contact_role="Resettlement worker",
                    contact_email="nia.prosser@example.com", contact_phone="01632 960777", **place)  # fmt: skip

    def chooses_services(self, number: int) -> list[str]:
        """The first services that the contract offers; their names."""
        page = self.open(self.address("services"))
        boxes = [box["value"] for box in page.select("input[name=services]")][:number]
        self.answer("services", services=boxes)
        return [service.category.name for service in self.draft.services.all()]

    def decides_risk_and_declares(self) -> None:
        """Remove what OASys leaves open, share the rest as it stands, take responsibility."""
        self.reviews_risk()
        for section in self.draft.risk.in_order():
            if section.needs_decision and section.state == "UNREVIEWED":
                self.presses(section.section_key.slug, "remove")
        self.declares()

    def reviews_risk(self) -> BeautifulSoup:
        """Open the risk step."""
        return self.open(self.address("risk_information"))

    def presses(self, slug: str, button: str, status: int = 302) -> HttpResponse:
        """Press a button on the page of one section."""
        url = self.address("risk_section", slug)
        return self.post(url, filled_in(self.open(url)) | {"do": button}, status)

    def edits(self, slug: str, text: str, status: int = 302) -> HttpResponse:
        """Change the text of one section on its own page."""
        url = self.address("risk_section", slug)
        return self.post(url, filled_in(self.open(url)) | {"text": text, "do": "save"}, status)

    def declares(self, status: int = 302) -> HttpResponse:
        """Answer No on the review page, and tick."""
        url = self.address("risk_information")
        form = self.open(url).select_one("form:has(input[name=edit])")
        fields = filled_in(self.pages[-1], form)
        return self.post(url, fields | {"edit": "NO", "understood": "YES"}, status)

    def sends(self, status: int = 302) -> HttpResponse:
        """Check the answers and send."""
        page = self.open(self.address("check_answers"))
        left = count_undecided(
            self.draft, self.draft.created_by
        ).total  # named on a page before, which blocks nothing
        return self.post(self.address("send"), self._seen(page) | {"left_undecided": str(left)}, status)

    @staticmethod
    def _seen(page: BeautifulSoup) -> dict[str, Any]:
        """What the page carries of the details that it shows as changed elsewhere."""
        return {str(box["name"]): box.get("value", "") for box in page.select("input[name=facts_seen]")}
