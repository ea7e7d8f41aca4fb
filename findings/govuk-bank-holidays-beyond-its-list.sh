#!/usr/bin/env bash
# govuk-bank-holidays 0.19, used without a network (its own list of holidays).
# Guess: a day beyond the last year of the list raises, or is answered from the fixed feasts.
# Seen: Christmas Day 2029 is a working day, and the next holiday is None; nothing says that the list has ended.
# Where it matters: due dates counted in working days become wrong in silence once the list is old.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check govuk-bank-holidays==0.19
"$folder/venv/bin/python" - <<'PYTHON'
import datetime
from importlib.metadata import version

from govuk_bank_holidays.bank_holidays import BankHolidays

print("govuk-bank-holidays", version("govuk-bank-holidays"))
wales = BankHolidays.ENGLAND_AND_WALES
calendar = BankHolidays(use_cached_holidays=True)
last = calendar.get_holidays(wales)[-1]["date"]
print("last holiday of the list:", last)
days = {year: calendar.is_work_day(datetime.date(year, 12, 25), wales) for year in (2012, 2026, 2029, 2031)}
following = calendar.get_next_holiday(wales, date=datetime.date(last.year + 1, 1, 5))
print("25 December is a working day, by year:", days)
print("next holiday after the list:", following)
assert last == datetime.date(2028, 12, 26)
assert days == {2012: False, 2026: False, 2029: True, 2031: True}  # 25 December 2029 is a Tuesday
assert following is None
PYTHON
