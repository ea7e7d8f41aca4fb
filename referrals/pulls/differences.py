"""Where the other systems say something else than a draft: values in, differences in words out. Knows no client."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date

from govuk.template_filters import date as in_words
from integrations.establishments import Establishments
from integrations.ndelius.types import Sentences
from monitoring.handover import labels
from referrals.journey.answers import Practitioner
from referrals.journey.personal_details import LABELS, labelled
from referrals.journey.practitioner_details import DETAILS
from referrals.journey.questions.service import described
from referrals.journey.records import CustodyFacts, OfficerInNdelius
from referrals.journey.store import DraftStore
from referrals.models import Referral
from referrals.pulls.facts import PERSONAL
from risk.redaction import keyed_hash

NO_LONGER_ACTIVE = "No longer an active sentence in nDelius"
NO_LONGER_KNOWN = "No longer in nDelius"
NOBODY = "No probation practitioner in nDelius"
NOT_IN_RECORDS = "Not in an establishment"
LIMITED, NOT_LIMITED, ACCESS = "Limited by nDelius", "Not limited", "Who can see this person’s record"


@dataclass(frozen=True, slots=True)
class Difference:
    """One fact: what the draft had, or has, and what the system says. ``question``: where it is confirmed."""

    key: str
    label: str
    before: str
    after: str
    question: str

    def as_kept(self) -> dict[str, str]:
        """As plain values."""
        return asdict(self)


def differences_of(draft: Referral) -> list[Difference]:
    """Those that stand on a draft."""
    return [Difference(**kept) for kept in draft.changed_outside]


def seen_as(draft: Referral) -> str:
    """A keyed hash of what stands, carried by the page that shows it; nothing when nothing does."""
    standing = sorted([one.key, one.before, one.after] for one in differences_of(draft))
    return keyed_hash(standing)[:32] if standing else ""


def person_in_words(draft: Referral) -> dict[str, tuple[str, str]]:
    """Label and value of each personal detail, by its key."""
    named = {
        "first_name": (LABELS["first_name"], draft.first_name),
        "last_name": (LABELS["last_name"], draft.last_name),
        "date_of_birth": (LABELS["date_of_birth"], in_words(draft.date_of_birth)),
    }
    return named | {
        key: (LABELS.get(key, labels.ADDRESS), value or labels.NOT_FOUND)
        for key, value in labelled(draft).items()
    }


def of_person(
    before: Mapping[str, tuple[str, str]], now: Mapping[str, tuple[str, str]], standing: list[Difference]
) -> Iterator[Difference]:
    """Details that were another when the practitioner last confirmed them; a CRN that was corrected since stays."""
    yield from (one for one in standing if one.key == "crn" and one.after != NO_LONGER_KNOWN)
    earlier = {one.key: one.before for one in standing if one.question == PERSONAL}
    for key, (label, value) in now.items():
        was = earlier.get(key, before[key][1])
        if was != value:
            yield Difference(key, label, was, value, PERSONAL)


def note_corrected_crn(draft: Referral, *, before: str) -> None:
    """That the CRN of a draft is another than the practitioner confirmed; nothing once it is that one again.

    The caller saves.
    """
    if draft.is_sent or draft.withheld_personal_fields is None:
        return
    standing = differences_of(draft)
    confirmed = next((one.before for one in standing if one.key == "crn"), before)
    kept = [one for one in standing if one.key != "crn"]
    if confirmed != draft.crn:
        kept.insert(0, Difference("crn", labels.CRN, confirmed, draft.crn, PERSONAL))
    draft.changed_outside = [one.as_kept() for one in kept]


def of_nobody(draft: Referral, standing: list[Difference]) -> Iterator[Difference]:
    """That nDelius does not know the CRN any more, beside what it said of the person before."""
    yield Difference("crn", labels.CRN, draft.crn, NO_LONGER_KNOWN, PERSONAL)
    yield from (one for one in standing if one.question == PERSONAL and one.key != "crn")


def of_access(was: bool | None, now: bool) -> Iterator[Difference]:
    """That nDelius limits who may see the person since the draft was begun, or does not any more."""
    if bool(was) != now:
        words = {True: LIMITED, False: NOT_LIMITED, None: labels.NOT_KNOWN}
        yield Difference("limited_access", ACCESS, words[was], words[now], "")


def of_officer(draft: Referral, now: OfficerInNdelius) -> Iterator[Difference]:
    """Details of the practitioner that nDelius gives otherwise than when it was asked before."""
    then = OfficerInNdelius.from_kept(draft.practitioner_in_ndelius)
    if then is None:
        return
    if not draft.has_practitioner:
        if now.is_allocated and now.name and now.name != then.name:
            yield Difference("allocation", labels.PRACTITIONER, then.name or NOBODY, now.name, "allocation")
        return
    answers = DraftStore(draft).read(Practitioner)
    for detail in DETAILS:
        answer, said = detail.of(answers), detail.in_record(now)
        if not detail.in_ndelius or detail.in_ndelius in now.unread or not answer:
            continue
        if said not in (answer, detail.in_record(then)):
            after = said or (labels.NOT_FOUND if now.is_allocated else NOBODY)
            label = f"{labels.PRACTITIONER}: {detail.called}"
            yield Difference(detail.column, label, answer, after, "practitioner")


def of_sentence(draft: Referral, now: Sentences) -> Iterator[Difference]:
    """The chosen sentence, as nDelius has it; or that it is not among the active ones any more."""
    question = "relevant-sentence"
    found = next((one for one in now.known if one.id == draft.sentence_id), None)
    if found is None:
        if not now.is_partial:
            yield Difference(
                "sentence_id", labels.SENTENCE, draft.sentence_offence_category, NO_LONGER_ACTIVE, question
            )
        return
    ended, ends = _day(draft.sentence_ends_on), _day(found.ends_on)
    subcategory = (found.offence_subcategory or "")[:200]
    for key, unread, label, before, after in (
        ("sentence_offence_category", "offence_category", labels.SENTENCE,
         draft.sentence_offence_category, described(found)[:200]),
        ("sentence_offence_subcategory", "offence_subcategory", labels.SUBCATEGORY,
         draft.sentence_offence_subcategory, subcategory),
        ("sentence_ends_on", "ends_on", labels.SENTENCE_ENDS, ended, ends),
    ):  # fmt: skip
        if before != after and unread not in found.unread:
            yield Difference(key, label, before or labels.NOT_FOUND, after or labels.NOT_FOUND, question)


def of_custody(
    draft: Referral, now: CustodyFacts, standing: list[Difference], places: Establishments
) -> Iterator[Difference]:
    """Where prison records have the person, and the release they expect, where that is not as it was confirmed."""
    then = CustodyFacts.from_kept(draft.custody_facts)
    if then is None:
        return
    known = {one.key for one in standing}
    moved = now.establishment_code != then.establishment_code or "establishment_code" in known
    is_there = now.establishment_code == draft.establishment_code or "establishment_id" in now.unread
    if draft.establishment and moved and not is_there:
        code = now.establishment_code
        after = (places.name_of(code) or code) if code else NOT_IN_RECORDS
        yield Difference(
            "establishment_code", labels.ESTABLISHMENT, draft.establishment, after, "establishment"
        )
    answered = draft.release_date is not None or draft.release_date_unknown_reason
    other_day = now.release_date != then.release_date or "release_date" in known
    if answered and other_day and now.release_date != draft.release_date and "release_date" not in now.unread:
        days = [_day(value) or labels.NOT_KNOWN for value in (draft.release_date, now.release_date)]
        yield Difference("release_date", labels.RELEASE_DATE, days[0], days[1], "expected-release-date")


def _day(value: date | None) -> str:
    return in_words(value) if value else ""
