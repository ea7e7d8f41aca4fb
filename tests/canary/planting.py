"""A referral whose every private field holds a word of its own, so that a leak says where it came from.

What nDelius and OASys hold is planted in an invented person; what practitioners type is typed by the real actions;
what only grows with time (openings, kept texts) is made the same way. ``unplanted`` finds a text field that nobody
planted a word in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from django.apps import apps
from django.db import models
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.kept_text.posted import PAGE_FIELD, TAB_FIELD, TOKEN_FIELD
from accounts.models import User
from demo import referrals as demo
from encryption.fields import EncryptedField
from integrations.ndelius import client
from integrations.transport import use_adapter_everywhere
from interventions.models import Contract
from referrals.actions.compare_sent import compare_person
from referrals.actions.open_case import open_cases
from referrals.actions.start_referral import start_referral
from referrals.handover.build_handover import HANDED_OVER, WITHHELD
from referrals.journey import answers
from referrals.journey.personal_details import OPTIONAL_DETAILS
from referrals.models import Decision, Reassignment, Referral, SensitiveDetailDecision
from referrals.pulls.people_to_ask import Claimed
from referrals.typed_text.kept_text import author_token
from risk.actions import change_section as changing
from risk.actions import pull_risk_information as pulling
from risk.models import RiskInformation, SectionKey
from tests.factories.rows import set_on_each
from upstream_stub import adapter
from upstream_stub.people import assessments
from upstream_stub.people.everyone import PEOPLE
from upstream_stub.people.persona import Persona, case_details, disability, officers, profile_of, sentence

CRN = "Z906218"
FROM_OASYS = tuple(key for key in SectionKey.values if key != SectionKey.ADDITIONAL_INFORMATION)
PERSONAL = tuple(OPTIONAL_DETAILS)
LETTERS = str.maketrans("0123456789abcdef", "bcdfghjklmnpqrst")
ROOMS = ("referrals", "risk")
DIGITS = str.maketrans("abcdef", "012345")


@dataclass
class Words:
    """Words nobody else uses, by what they were planted in ("oasys.suicide")."""

    by_label: dict[str, str] = field(default_factory=dict)

    def __call__(self, label: str) -> str:
        """The word of a label: sixteen consonants, always the same."""
        return self._of(label, LETTERS, 16)

    def number(self, label: str) -> str:
        """A word of ten digits, for what must be a number."""
        return "7" + self._of(label, DIGITS, 9, prefix="7")

    def _of(self, label: str, letters: dict[int, int], length: int, prefix: str = "") -> str:
        word = hashlib.sha256(label.encode()).hexdigest()[:length].translate(letters)
        self.by_label[label] = prefix + word
        return word

    def add(self, label: str, value: str) -> None:
        """A value that is as good as a word: an id, a hash."""
        self.by_label[label] = value

    def in_text(self, text: str) -> set[str]:
        """The labels whose word stands in a text, in capitals or not."""
        lowered = text.lower()
        return {label for label, word in self.by_label.items() if word.lower() in lowered}


# --- What the outside systems hold -------------------------------------------------------------------


def person(words: Words) -> Persona:
    """Somebody of whom nDelius and OASys say nothing but words."""
    return Persona(
        crn=CRN,
        shows="a word of its own in every field",
        case=_case(words),
        officers=officers(),
        sentences=[
            sentence(int(words.number("ndelius.sentence_id")), "Theft", "Theft from shops", "Community Order")
        ],
        assessments=[_risk(words)],
        needs=_needs(words),
    )


def _case(words: Words) -> dict[str, Any]:
    personal = {key: words(f"personal.{key}") for key in PERSONAL if key not in ("telephone", "mobile")}
    return case_details(
        CRN,
        "Wren",
        "Fieldfare",
        "1990-01-31",
        personal["sex"],
        profile=profile_of(
            language=personal["preferred_language"],
            ethnicity=personal["ethnicity"],
            religion=personal["religion_or_belief"],
            disabilities=[disability(personal["disabilities"], notes=words("ndelius.disability_notes"))],
        ),
        contact={
            "mainAddress": {"buildingNumber": "1", "streetName": personal["address"], "postcode": "ZZ99 1ZZ"},
            "emailAddress": f"{personal['email']}@example.com",
            "telephoneNumber": words.number("personal.telephone"),
            "mobileNumber": words.number("personal.mobile"),
        },
    )


def _risk(words: Words) -> dict[str, Any]:
    said = assessments.risk(
        who=f"Somebody called {words('oasys.who_is_at_risk')}.",
        nature=f"By {words('oasys.nature_of_risk')}.",
        imminence=f"At {words('oasys.risk_imminence')}.",
        community={"HIGH": ["Public", words("oasys.level_in_community")], "LOW": ["Staff"]},
        custody_levels={"VERY_HIGH": [words("oasys.level_in_custody")]},
        suicide="YES",
        self_harm="YES",
        custody="YES",
        hostel="YES",
        vulnerability="YES",
    )
    to_self = said["riskToSelf"]
    for wire, key in (
        ("suicide", "suicide"),
        ("selfHarm", "self_harm"),
        ("hostelSetting", "hostel_setting"),
        ("vulnerability", "vulnerability"),
    ):
        to_self[wire]["currentConcernsText"] = f"Because of {words(f'oasys.{key}')}."
        to_self[wire]["previousConcernsText"] = words(f"oasys.previous.{key}")
    to_self["custody"]["currentConcernsText"] = words("oasys.custody")
    for part in ("riskIncreaseFactors", "riskMitigationFactors", "analysisOfRiskFactors"):
        said["summary"][part] = words(f"oasys.{part}")
    return said


def _needs(words: Words) -> dict[str, Any]:
    said = assessments.needs(accommodation=6, relationships=5, drug_misuse=None)
    for kind in ("identifiedNeeds", "notIdentifiedNeeds", "unansweredNeeds"):
        for need in said[kind]:
            if need["section"] != "ACCOMMODATION":  # the one that is shared
                need["name"] = words(f"oasys.need.{need['section']}")
    return said


@contextmanager
def known_upstream(words: Words) -> Iterator[None]:
    """nDelius and OASys know the person of the words, beside everybody else."""
    use_adapter_everywhere(adapter.StubAdapter(adapter.state(), {**PEOPLE, CRN: person(words)}))
    try:
        yield
    finally:
        adapter.mount()


# --- What practitioners do ---------------------------------------------------------------------------


def a_draft(words: Words, by: User, *, withheld: Iterable[str] = PERSONAL) -> Referral:
    """A draft with every question answered, risk pulled and nothing decided. ``withheld``: personal details."""
    draft = start_referral(
        by=by,
        contract=Contract.objects.get(reference="DEMO_0001"),
        person=client.person(CRN),
        form_key=uuid4(),
    )
    demo.answer(draft, by)
    officer = {**(draft.practitioner_in_ndelius or {}), "name": words("practitioner_in_ndelius")}
    said = {"key": "email", "label": "", "before": words("changed_outside"), "after": "", "question": ""}
    Referral.objects.filter(pk=draft.pk).update(practitioner_in_ndelius=officer, changed_outside=[said])
    kept_back = answers.SharedPersonalDetails(tuple(withheld)).withheld_personal_fields
    Referral.objects.filter(pk=draft.pk).update(withheld_personal_fields=kept_back)
    pulling.pull(risk=draft.risk, by=by)
    return Referral.objects.select_related("risk").get(pk=draft.pk)


def type_everywhere(words: Words, draft: Referral, by: User) -> None:
    """Type twice into every section, leave text behind on two pages after the web session has ended, and on a third."""
    for key in SectionKey.values:
        for turn in ("first", "second"):
            text = f"Typed {words(f'typed.{turn}.{key}')}."
            changing.edit_section(risk=draft.risk, key=key, text=text, by=by)
    for name in ("risk_edit", "reason-for-referral"):
        posted = {TOKEN_FIELD: author_token(by, draft), "who_is_at_risk": words(f"kept.{name}")}
        answer = Client().post(reverse(f"referrals:{name}", args=[draft.pk]), posted)
        assert answer.status_code == 302
    signed_in = Client()
    signed_in.force_login(by, backend="django.contrib.auth.backends.ModelBackend")
    typed = {PAGE_FIELD: reverse("referrals:additional-needs", args=[draft.pk]), TAB_FIELD: "a"}
    typed[TOKEN_FIELD] = author_token(by, draft)
    typed["additional_needs"] = words("kept.autosaved")
    assert signed_in.post(reverse("accounts:keep_typed_text"), typed).status_code == 200
    # Left over from a newer assessment: decided about, it would be empty.
    set_on_each(RiskInformation.objects.filter(pk=draft.risk_id), newer_answer={"text": words("oasys.newer")})
    decide_about_details(words, draft, by)


def decide_about_details(words: Words, draft: Referral, by: User) -> None:
    """Decide to keep a detail that may be sensitive, and say why."""
    SensitiveDetailDecision.objects.create(
        referral=draft, place="risk.self_harm", finding_hash="f" * 64, category="health",
        decision=Decision.KEEP, reason=f"Needed because {words('decision.reason')}", decided_by=by,
    )  # fmt: skip


def redact_everything(draft: Referral, by: User) -> None:
    """Decide every section so that none of the words may cross: edited or removed."""
    edited = (SectionKey.RISK_IMMINENCE, SectionKey.SELF_HARM, SectionKey.HOSTEL_SETTING)
    for key in SectionKey.values:
        if key in edited or key == SectionKey.ADDITIONAL_INFORMATION:
            changing.edit_section(risk=draft.risk, key=key, text=f"Shared about {key}.", by=by)
        else:
            changing.remove_section(risk=draft.risk, key=key, by=by)


def afterwards(words: Words, sent: Referral, colleague: User) -> None:
    """What is written about a case after sending: who opened it and why; what was answered, as it read.

    And nDelius, which has all that was kept back, is compared with what was shared.
    """
    compare_person(Claimed(sent.crn, timezone.now()))
    open_cases(crn=sent.crn, by=colleague, reason=f"Covering for {words('opened.reason')}")
    Reassignment.objects.create(
        referral=sent, leaver_id=sent.created_by_id, successor=colleague, by=colleague,
        reason=f"Left for {words('reassigned.reason')}",
    )  # fmt: skip
    kept = [*(sent.answers_as_sent or ()), {"label": words("answers_as_sent"), "value": ""}]
    Referral.objects.filter(pk=sent.pk).update(answers_as_sent=kept)


# --- Nothing was forgotten ---------------------------------------------------------------------------

#: Text columns that hold no words of anybody: addresses of our own pages, names of our own texts, facts of records.
OURS = {
    "referrals.CaseCheck.agreed",
    "referrals.CaseCheck.differs",
    "referrals.CaseCheck.settled",
    "referrals.CaseCheck.silent",
    "referrals.KeptText.path",
    "referrals.OasysCheck.changed_levels",
    "referrals.OasysCheck.changed_sections",
    "referrals.Referral.custody_facts",
    "referrals.Referral.unread_in_ndelius",
    "risk.RiskSnapshot.level_hashes",
    "risk.SectionChange.own_answer_before",
}
#: Rows that are of no referral: of staff, what each of them has looked at, and when a person was asked about.
OF_NO_REFERRAL = {
    "referrals.AskingPace", "referrals.Cover", "referrals.PersonCheck", "referrals.SeenFeedback",
    "referrals.TeamInNdelius",
}  # fmt: skip
#: Redaction reads these; what it lets through is said by the tests.
REDACTED = {"risk.RiskSection": {"source_text", "text"}}
#: How a model's rows lead to their referral.
ROWS_OF: dict[str, str] = {
    "referrals.Referral": "pk",
    "referrals.CaseCheck": "referral",
    "referrals.ChosenService": "referral",
    "referrals.KeptText": "referral",
    "referrals.OasysCheck": "referral",
    "referrals.SensitiveDetailDecision": "referral",
    "referrals.CaseOpening": "referral",
    "referrals.Reassignment": "referral",
    "risk.RiskInformation": "pk",
    "risk.RiskSnapshot": "risk",
    "risk.RiskSection": "risk",
    "risk.SectionChange": "section__risk",
    "risk.Declaration": "risk",
}


def private_columns() -> Iterator[tuple[type[models.Model], models.Field[Any, Any]]]:
    """Every column of the practitioner's side that does not simply cross."""
    for label in sorted((HANDED_OVER.keys() | WITHHELD.keys()) - OF_NO_REFERRAL):
        model = apps.get_model(label)
        names = WITHHELD.get(label, frozenset()) | REDACTED.get(label, set())
        for column in model._meta.concrete_fields:
            if column.name in names:
                yield model, column


def holds_text(column: models.Field[Any, Any]) -> bool:
    """Whether somebody's words could stand in a column: free text, lists of texts; no codes, hashes or numbers."""
    if isinstance(column, models.CharField):
        return column.max_length is None or (column.max_length > 100 and not column.choices)
    return isinstance(column, models.TextField | models.JSONField | EncryptedField)


def values_of(sent: Referral, model: type[models.Model], column: models.Field[Any, Any]) -> list[Any]:
    """What stands in one column of one referral's rows."""
    rows = model._base_manager.filter(**{ROWS_OF[model._meta.label]: sent.pk})
    return [getattr(row, column.attname) for row in rows]


def unplanted(words: Words, draft: Referral) -> set[str]:
    """Text columns of the practitioner's side in which no word was planted."""
    return {
        name
        for model, column in private_columns()
        if holds_text(column)
        and (name := f"{model._meta.label}.{column.name}") not in OURS
        and not words.in_text(str(values_of(draft, model, column)))
    }


def add_ids_and_hashes(words: Words, draft: Referral) -> None:
    """Ids, hashes and long numbers that stay on this side are words too. The draft's own id crosses, as the key.

    The key to the supplier's own row is no secret from the supplier.
    """
    for model, column in private_columns():
        if column.is_relation and column.related_model._meta.app_label not in ROOMS:
            continue
        for place, value in enumerate(values_of(draft, model, column)):
            is_long_number = isinstance(value, int) and value > 1_000_000
            is_code = isinstance(value, UUID) or (isinstance(value, str) and len(value) == 64)
            if (is_long_number or is_code) and value != draft.pk:
                words.add(f"{model._meta.label}.{column.name}.{place}", str(value))
