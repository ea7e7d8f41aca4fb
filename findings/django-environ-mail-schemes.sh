#!/usr/bin/env bash
# django-environ 0.14.0: how an address of a mail server says which kind of TLS it means.
# Guess: "smtps://" is TLS from the first byte (as the scheme means elsewhere, port 465), and whatever a scheme sets, the
# other setting is there and False, so that all settings can be read by name.
# Seen: "smtps://" sets EMAIL_USE_TLS, which for Django is STARTTLS: a server on port 465 then waits for a greeting
# that never comes. Only "smtp+ssl://" is TLS from the first byte, and then EMAIL_USE_TLS is missing altogether.
# Where it matters: reading only EMAIL_USE_TLS sends in the clear to a server that was named with "smtp+ssl://".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check django-environ==0.14.0
"$folder/venv/bin/python" - <<'PYTHON'
from importlib.metadata import version

import environ

print("django-environ", version("django-environ"))
seen = {}
for scheme in ("smtp", "smtp+tls", "smtps", "smtp+ssl"):
    found = environ.Env.email_url_config(f"{scheme}://mail.example.com:465")
    seen[scheme] = {name: found.get(name, "missing") for name in ("EMAIL_USE_TLS", "EMAIL_USE_SSL")}
    print(f"{scheme:9}", seen[scheme])
starttls = {"EMAIL_USE_TLS": True, "EMAIL_USE_SSL": "missing"}
assert seen["smtps"] == seen["smtp+tls"] == starttls
assert seen["smtp+ssl"] == {"EMAIL_USE_TLS": "missing", "EMAIL_USE_SSL": True}
assert seen["smtp"] == {"EMAIL_USE_TLS": "missing", "EMAIL_USE_SSL": "missing"}
PYTHON
