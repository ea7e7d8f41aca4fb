#!/usr/bin/env bash
# pydantic 2.14.3 and dates without hyphens, as some record systems write them (ISO 8601's basic format).
# Guess: "20260301" for a date-time is 1 March 2026 (as datetime.fromisoformat has it since Python 3.11), or refused.
# Seen: text of digits alone is taken for seconds since 1970: 23 August 1970, without a word. A date field refuses it,
# unless the number is a multiple of 86,400 ("0" is 1 January 1970). Strict mode, read from JSON, takes it just the same.
# Where it matters: a system that changes its format makes wrong dates, not errors.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pydantic==2.14.3
"$folder/venv/bin/python" - <<'PYTHON'
import datetime

import pydantic
from pydantic import TypeAdapter, ValidationError

print("pydantic", pydantic.VERSION)
moment = TypeAdapter(datetime.datetime).validate_python("20260301")
nought = TypeAdapter(datetime.date).validate_python("0")
try:
    TypeAdapter(datetime.date).validate_python("20260301")
    day = "taken"
except ValidationError:
    day = "refused"
strict = pydantic.create_model("Strict", at=(datetime.datetime, ...), __config__={"strict": True})
try:
    strict.model_validate_json('{"at": "20260301"}')
    in_strict_mode = "taken"
except ValidationError:
    in_strict_mode = "refused"
standard = datetime.datetime.fromisoformat("20260301")
print("date-time:", moment, "| date:", day, '| date "0":', nought, "| strict:", in_strict_mode, "| standard library:", standard)
assert moment.date() == datetime.date(1970, 8, 23)
assert (day, nought, in_strict_mode) == ("refused", datetime.date(1970, 1, 1), "taken")
assert standard == datetime.datetime(2026, 3, 1)
PYTHON
