"""What people are told who could not sign in, and what those are told who could and miss something."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from accounts.models import User
from interventions.models import ContractGrant
from interventions.models.grants import current_memberships
from sign_in.actions import Unusable
from sign_in.audiences import NoRole
from sign_in.directory import Entry, Silence
from sign_in.groups import Wrong, WrongGroup
from sign_in.tokens import Fault


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why somebody is not signed in, as a page. ``can_try_again``: whether another try may help."""

    heading: str
    sentences: tuple[str, ...]
    status: int = 403
    can_try_again: bool = True


_CLOCKS = Refusal(
    "The clocks of two systems differ",
    (
        "The clock of this service and the clock of HMPPS Auth differ by more than 30 seconds, so we cannot sign you "
        "in.",
        "Nothing is wrong with your account. Try again in a few minutes. If it happens again, tell an "
        "administrator of this service that the clocks differ.",
    ),
    status=503,
)
_BAD_TOKEN = Refusal(
    "We could not sign you in",
    (
        "HMPPS Auth sent an answer that we cannot accept, so you are not signed in.",
        "Try again. If it happens again, tell an administrator of this service.",
    ),
)
_USED = Refusal(
    "Sign in again",
    (
        "This sign-in was already used, took too long, or was started in another browser.",
        "If you typed something on a page, we kept it for you.",
    ),
    status=400,
)
REFUSALS: dict[str, Refusal] = {
    "state": _USED,
    "code": _USED,
    "cancelled": Refusal(
        "You did not sign in", ("You cancelled, or HMPPS Auth did not sign you in.",), status=400
    ),
    "not_answering": Refusal(
        "HMPPS Auth is not answering",
        (
            "We cannot sign anyone in at the moment. Try again in a few minutes. People who are already signed in can "
            "carry on.",
        ),
        status=503,
    ),
    **dict.fromkeys(Fault, _BAD_TOKEN),
    Fault.FROM_THE_FUTURE: _CLOCKS,
    Fault.EXPIRED: Refusal(
        "Sign in again",
        (
            "The sign-in that HMPPS Auth sent has expired.",
            "Try again. If it happens again, the clocks of this service and of HMPPS Auth may differ: tell an "
            "administrator of this service.",
        ),
    ),
    NoRole.PRACTITIONER: Refusal(
        "Your account cannot use this service",
        (
            "Your nDelius account is not set up for this service.",
            "If you are a probation practitioner, ask your manager or your local nDelius administrator to give your "
            "account the role ROLE_PROBATION.",
        ),
        can_try_again=False,
    ),
    NoRole.PROVIDER: Refusal(
        "Your account cannot use this service",
        (
            "Your HMPPS Auth account does not have the role for this service.",
            "If you work for a service provider, ask the person who manages HMPPS accounts in your organisation to "
            "give your account the role ROLE_CRS_PROVIDER.",
            "If you are an administrator of this service, sign in with your user name and password.",
        ),
        can_try_again=False,
    ),
    NoRole.OTHER_ACCOUNT: Refusal(
        "Your account cannot use this service",
        (
            "You signed in with an account that this service does not use.",
            "Probation practitioners sign in with their nDelius account. People who work for a service provider sign "
            "in with the HMPPS Auth account that their organisation gave them. If you have neither, ask your manager.",
        ),
        can_try_again=False,
    ),
    Unusable.CLOSED: Refusal(
        "Your account is closed",
        (
            "Your account for this service was closed. If you need it for your work, ask an administrator of this "
            "service to open it.",
        ),
        can_try_again=False,
    ),
    Unusable.SOMEBODY_ELSES: Refusal(
        "Your user name is already in use",
        (
            "This service has another kind of account with your user name, so we cannot sign you in.",
            "Ask an administrator of this service to give that account another user name.",
        ),
        can_try_again=False,
    ),
}

#: Of somebody who was signed in, by whether their account is nDelius's.
CLOSED_MEANWHILE = {
    True: (
        "Your nDelius account was closed, so we signed you out.",
        "If you need it for your work, ask your manager or your local nDelius administrator to open it.",
    ),
    False: (
        "Your HMPPS Auth account was closed, so we signed you out.",
        "If you need it for your work, ask the person who manages HMPPS accounts in your organisation to open it.",
    ),
}
OTHER_ACCESS = "Your groups in HMPPS Auth have changed, so the cases you can see may have changed."

_SILENCES = {
    Silence.NOT_ANSWERING: "HMPPS Manage Users is not answering",
    Silence.UNREADABLE: "HMPPS Manage Users sent an answer that we cannot read",
    Silence.UNKNOWN_ACCOUNT: "HMPPS Manage Users does not know your account",
}
_WRONG = {
    Wrong.NO_SUCH_PROVIDER: "Your group INT_SP_{code} is for a service provider that this service does not know",
    Wrong.CLOSED_PROVIDER: "Your group INT_SP_{code} is for a service provider that is closed here",
    Wrong.NO_SUCH_CONTRACT: "Your group INT_CR_{code} is for a contract that this service does not know",
    Wrong.NOT_THEIR_CONTRACT: (
        "Your group INT_CR_{code} is for a contract that your service provider does not deliver"
    ),
}
LONGEST_CODE = 40  # characters of a group's code that are shown
_ASK = "the person who manages HMPPS accounts in your organisation"
WITHOUT_PROVIDER = (
    f"None of your groups in HMPPS Auth is for a service provider, so you cannot see any cases. Ask {_ASK} to add you "
    "to its group (INT_SP_ and its code)."
)
WITHOUT_CONTRACT = (
    f"None of your groups in HMPPS Auth is for a contract, so you cannot see any cases. Ask {_ASK} to add you to the "
    "groups of your contracts (INT_CR_ and the contract’s reference)."
)
WITHOUT_BOTH = (
    f"You cannot see any cases. If you still cannot see any tomorrow, ask {_ASK} to check that your account is in the "
    "groups for your service provider and contracts."
)


def notes_for(user: User, entry: Entry, wrong: Sequence[WrongGroup]) -> list[str]:
    """What somebody who has signed in is told. Mostly nothing."""
    notes = [
        f"{_WRONG[group.why].format(code=group.code[:LONGEST_CODE])}. It gives you no access."
        for group in wrong
    ]
    if entry.silence in _SILENCES:
        kept = (
            "your name, email address and access are"
            if user.is_supplier
            else "your name and email address are"
        )
        notes.append(f"{_SILENCES[entry.silence]}, so {kept} as they were when you last signed in.")
    if user.is_supplier and not ContractGrant.objects.effective().filter(user=user).exists():
        notes += _why_no_cases(user, entry)
    return notes


def _why_no_cases(user: User, entry: Entry) -> list[str]:
    if entry.groups is not None:
        has_provider = current_memberships().filter(user=user).exists()
        return [WITHOUT_CONTRACT if has_provider else WITHOUT_PROVIDER]
    return [] if entry.silence is Silence.NOT_CONNECTED else [WITHOUT_BOTH]
