#!/usr/bin/env bash
# Django 5.2.19's Welsh catalogue beside Babel 2.17.0 (CLDR).
# Guess: both name the months alike, and what Django's own time words and form messages say in Welsh is true.
# Seen: Django spells July "Gorffenaf" (Babel, and the dictionary: "Gorffennaf"), so a month name taken from one is not
# found in the other; times since are in English; the message for a number that is too large says that it must be
# larger or smaller than the limit ("yn fwy neu'n llai"), where its English says "less than or equal to".
# Where it matters: reading and writing Welsh dates, and error messages in a bilingual form.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check django==5.2.19 babel==2.17.0
"$folder/venv/bin/python" - <<'PYTHON'
import datetime

import babel
import babel.dates
import django
from django.conf import settings

settings.configure(LANGUAGE_CODE="cy", USE_I18N=True)
django.setup()
from django import forms
from django.utils import formats, timesince, translation

print("django", django.__version__, "babel", babel.__version__)
with translation.override("cy"):
    months = [datetime.date(2026, month, 1) for month in range(1, 13)]
    theirs = [formats.date_format(day, "F") for day in months]
    cldr = [babel.dates.format_date(day, "LLLL", locale="cy") for day in months]
    differing = [(a, b) for a, b in zip(theirs, cldr, strict=True) if a != b]
    since = timesince.timesince(datetime.datetime(2026, 1, 1), datetime.datetime(2026, 1, 3))
    try:
        forms.IntegerField(max_value=5).clean("9")
    except forms.ValidationError as error:
        too_large = error.messages[0]
print("months that differ (Django, Babel):", differing)
print("two days ago:", since)
print("9 where at most 5 is allowed:", too_large)
assert differing == [("Gorffenaf", "Gorffennaf")]
assert since == "2\xa0days"
assert "yn fwy neu'n llai na 5" in too_large
PYTHON
