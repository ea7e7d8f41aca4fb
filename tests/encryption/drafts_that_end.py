"""Run as a script, in a database of its own: drafts with planted words that are sent, deleted or expire.

Prints JSON: the words that were planted and the keys that encrypted them, so that its caller can look for both in the
database's files. Waits for a line on standard input before it ends the drafts, and again after.
"""

from __future__ import annotations

import base64
import json
import sys
from datetime import timedelta
from uuid import UUID, uuid4

import django

django.setup()

from django.core.management import call_command  # noqa: E402 (Django first)
from django.test import Client  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.kept_text.posted import PAGE_FIELD, TAB_FIELD, TOKEN_FIELD  # noqa: E402
from accounts.models import User  # noqa: E402
from demo import seeding  # noqa: E402
from encryption.referral_keys import key_to_encrypt  # noqa: E402
from referrals.actions.delete_draft import delete_draft  # noqa: E402
from referrals.actions.send_referral import send_referral  # noqa: E402
from referrals.models import KeptText, Referral, SensitiveDetailDecision  # noqa: E402
from referrals.models.referral import DRAFT_LIFE  # noqa: E402
from referrals.tasks import expire_drafts  # noqa: E402
from referrals.typed_text.kept_text import author_token  # noqa: E402
from risk.actions import change_section as changing  # noqa: E402
from risk.actions import pull_risk_information as pulling  # noqa: E402
from risk.models import RiskInformation, SectionKey  # noqa: E402
from risk.reading import for_page  # noqa: E402
from tests.factories.referrals import a_draft, an_answered_draft  # noqa: E402
from tests.factories.risk import Oasys, assessed, declared, says  # noqa: E402

DRAFTS = int(sys.argv[1])
SENT, DELETED = DRAFTS // 5, DRAFTS * 2 // 5  # the others expire
LONG = 60  # times the word, so that some text is longer than a page of the database


class Planted:
    """Every word that must not be found, by where it was planted."""

    def __init__(self, draft: int) -> None:
        self.draft = draft
        self.words: list[str] = []

    def __call__(self, place: str) -> str:
        word = f"Zq{place}{self.draft:03d}xV"
        self.words.append(word)
        return word


def _draft(number: int, pp: User, word: Planted) -> Referral:
    """One draft, its words planted by every way in which a text comes to stand in it."""
    oasys = Oasys(
        assessed(
            who_is_at_risk=says(None, f"{word('source')} " * LONG + "at home"),
            self_harm=says("YES", f"Has told {word('taken')} of it."),
            suicide=says("YES", f"Said so to {word('instead')} twice."),
        )
    )
    pulling.client.risk = oasys  # type: ignore[assignment]
    draft = an_answered_draft(pp) if number < SENT else a_draft(pp)
    if number >= SENT:
        pulling.pull(risk=draft.risk, by=pp)
    risk = for_page(draft.risk_id)

    def edit(key: SectionKey, text: str) -> None:
        changing.edit_section(risk=risk, key=key, text=text, by=pp)

    edit(SectionKey.WHO_IS_AT_RISK, f"{word('edited')} " * LONG)
    changing.undo_last_change(risk=risk, key=SectionKey.WHO_IS_AT_RISK, by=pp)
    edit(SectionKey.WHO_IS_AT_RISK, f"{word('again')} " * LONG)
    edit(SectionKey.WHO_IS_AT_RISK, "Nobody who may be named.")
    edit(SectionKey.NATURE_OF_RISK, word("reverted"))
    changing.revert_section(risk=risk, key=SectionKey.NATURE_OF_RISK, by=pp)
    edit(SectionKey.RISK_IMMINENCE, word("removed"))
    changing.remove_section(risk=risk, key=SectionKey.RISK_IMMINENCE, by=pp)
    for key, name, instead in (
        (SectionKey.SELF_HARM, f"Zqtaken{number:03d}xV", ""),
        (SectionKey.SUICIDE, f"Zqinstead{number:03d}xV", "his sister"),
    ):
        changing.change_words(
            risk=risk,
            key=key,
            find=lambda text, name=name: [(text.index(name), text.index(name) + len(name))],  # type: ignore[misc]
            instead=instead,
            by=pp,
            press=uuid4(),
        )
    SensitiveDetailDecision.objects.create(
        referral=draft,
        place="risk.suicide",
        finding_hash=f"{number:064d}",
        category="health",
        decision="KEEP",
        reason=word("reason"),
        decided_by=pp,
    )
    draft.oasys_needs = {"needs": [{"section": "ATTITUDE", "name": word("needs")}]}
    draft.save()
    _type(draft, pp, word)
    oasys.answer = assessed(who_is_at_risk=says(None, word("newer")))
    pulling.compare_with_oasys(risk=for_page(draft.risk_id), by=pp)
    return Referral.objects.get(pk=draft.pk)


def _type(draft: Referral, pp: User, word: Planted) -> None:
    """Kept while it is typed, and kept when the web session has ended."""
    page = reverse("referrals:risk_edit", args=[draft.pk])
    typed = {TOKEN_FIELD: author_token(pp, draft), PAGE_FIELD: page, TAB_FIELD: "a"}
    here = Client()
    here.force_login(pp, backend="django.contrib.auth.backends.ModelBackend")
    for name in ("typed", "on"):
        kept = here.post(reverse("accounts:keep_typed_text"), typed | {"who_is_at_risk": word(name)})
        assert kept.status_code == 200
    signed_out = {TOKEN_FIELD: author_token(pp, draft), "who_is_at_risk": word("signedout")}
    assert Client().post(page, signed_out).status_code == 302
    assert KeptText.objects.filter(referral=draft).count() >= 1


def _end(number: int, draft: Referral, pp: User) -> None:
    if number < SENT:
        risk = for_page(draft.risk_id)
        pulling.keep_newer_out(risk=risk, seen=risk.newer_hash, by=pp)
        declared(for_page(draft.risk_id), pp)
        send_referral(draft=draft, by=pp)
    elif number < SENT + DELETED:
        delete_draft(draft=draft, by=pp)
    else:
        Referral.objects.filter(pk=draft.pk).update(
            changed_at=timezone.now() - DRAFT_LIFE - timedelta(days=30),
            expiry_warned_at=timezone.now() - timedelta(days=20),
        )


def _say(**facts: object) -> None:
    print(json.dumps(facts), flush=True)  # noqa: T201 (read by the test)
    sys.stdin.readline()


def main() -> None:
    """Fill, wait, end every draft, wait."""
    setup_test_environment()
    call_command("migrate", verbosity=0, interactive=False)
    seeding.load_people_and_catalogue()
    pp = User.objects.get(username="pp")
    drafts: list[Referral] = []
    words: list[str] = []
    for number in range(DRAFTS):
        planted = Planted(number)
        drafts.append(_draft(number, pp, planted))
        words += planted.words
    ids: list[UUID] = [draft.pk for draft in drafts]
    keys = [base64.b64encode(key_to_encrypt(pk)[1]).decode() for pk in ids]
    read = [for_page(pk).section("who_is_at_risk").source_text[:11] for pk in ids]
    _say(words=len(words), keys=keys, read=read, shared="Nobody who may be named.")
    for number, draft in enumerate(drafts):
        _end(number, draft, pp)
    expired = expire_drafts()
    left = RiskInformation.objects.count()
    _say(expired=expired["deleted"], left=left)


main()
