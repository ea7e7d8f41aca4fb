"""Send referrals without a browser: ``python -m tests.chaos.make_referrals FIRST COUNT [drafts]``, of the crowd.

Through the real actions, as the demo's own are made. What is to be delivered of them waits in outbox and queue.
"""

from __future__ import annotations

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "refer_monitor.settings.local")
django.setup()

from accounts.models import User  # noqa: E402
from demo.referrals import Case, make  # noqa: E402
from risk.actions.change_section import remove_section  # noqa: E402
from risk.models import RiskInformation, SectionState  # noqa: E402
from tests.chaos.journey import CONTRACT  # noqa: E402
from upstream_stub.people.crowd import crn_of  # noqa: E402


def remove_what_is_undecided(risk: RiskInformation, by: User) -> None:
    """The least that has to be decided before it can be declared."""
    for section in risk.in_order():
        if section.needs_decision and section.state == SectionState.UNREVIEWED:
            remove_section(risk=risk, key=section.key, by=by)


def main(first: int, count: int, *, is_sent: bool) -> None:
    """Make them, one after the other, as the demo's practitioner."""
    author = User.objects.get(username="pp")
    for number in range(first, first + count):
        case = Case(
            crn_of(number),
            CONTRACT,
            "Needs a settled home.",
            remove_what_is_undecided,
            is_half_filled=not is_sent,
            is_sent=is_sent,
        )
        make(case, author)
        print(number, flush=True)  # noqa: T201 (whoever started it counts)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), is_sent="drafts" not in sys.argv)
