"""The personal details that a practitioner may share or keep back, with the words for each.

Name, date of birth and CRN are always shared: a supplier cannot work with somebody they cannot identify.
"""

from __future__ import annotations

from monitoring.handover import labels
from referrals.models import Referral

OPTIONAL_DETAILS = {
    "sex": labels.SEX,
    "ethnicity": labels.ETHNICITY,
    "preferred_language": labels.PREFERRED_LANGUAGE,
    "religion_or_belief": labels.RELIGION,
    "disabilities": labels.DISABILITIES,
    "address": labels.ADDRESS,
    "telephone": labels.PHONE,
    "mobile": labels.MOBILE,
    "email": labels.EMAIL,
}

#: Each fact of ``integrations.ndelius.types.Person`` that can be unreadable, as pages call it.
LABELS = {
    "first_name": "First name",
    "last_name": "Last name",
    "date_of_birth": "Date of birth",
    **{key: label for key, label in OPTIONAL_DETAILS.items() if key != "address"},
    "address_lines": labels.ADDRESS,
}


def labelled(draft: Referral) -> dict[str, str]:
    """Each optional detail's value as nDelius has it, in words, by its key."""
    address = ", ".join(draft.address_lines) or ("No fixed abode" if draft.no_fixed_abode else "")
    values = {
        "sex": draft.sex,
        "ethnicity": draft.ethnicity,
        "preferred_language": draft.preferred_language,
        "religion_or_belief": draft.religion_or_belief,
        "disabilities": ", ".join(draft.disabilities),
        "address": address,
        "telephone": draft.telephone,
        "mobile": draft.mobile,
        "email": draft.email,
    }
    unread = labels_of_unread(draft)
    return {
        key: labels.NOT_KNOWN if label in unread and not values[key] else values[key] or labels.NOT_FOUND
        for key, label in OPTIONAL_DETAILS.items()
    }


def labels_of_unread(draft: Referral) -> list[str]:
    """The details that nDelius sent in a way that cannot be read."""
    return [LABELS[fact] for fact in LABELS if fact in draft.unread_in_ndelius]
