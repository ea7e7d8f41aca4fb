#!/usr/bin/env bash
# Django 5.2.19: where a replica with TEST["MIRROR"] leads to while tests run.
# Guess, from the documentation of multiple databases in tests ("the connection to replica will be redirected to point at
# default"): its connection goes to the server of default.
# Seen: only the name of the database is taken over. Host, port, user and options stay those of the replica: where no
# replica runs, tests fail to connect; where a real one does, they read from it, and find only what was committed and has
# arrived there.
# Where it matters: a test that counts on both being the same database; and the other way round, a real replica can be tested
# with a mirror, because the name follows the test database.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "django==5.2.19" "psycopg[binary]==3.3.9"
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
from unittest import mock

import django
from django.conf import settings

POSTGRESQL = {"ENGINE": "django.db.backends.postgresql", "NAME": "books", "USER": "reader"}
settings.configure(
    DATABASES={
        "default": POSTGRESQL | {"HOST": "primary.example.com", "PORT": "5432"},
        "replica": POSTGRESQL
        | {"HOST": "replica.example.com", "PORT": "5433", "TEST": {"MIRROR": "default"}},
    }
)
django.setup()
from django.db import connections
from django.db.backends.base.creation import BaseDatabaseCreation
from django.test.utils import setup_databases

print("Django", django.__version__)


def created(creation, *args, **kwargs):
    """In the place of making a database on a server: what is then set."""
    creation.connection.settings_dict["NAME"] = creation._get_test_db_name()
    return creation.connection.settings_dict["NAME"]


with mock.patch.object(BaseDatabaseCreation, "create_test_db", created):
    setup_databases(verbosity=0, interactive=False, serialized_aliases=set())
for alias in ("default", "replica"):
    asked = connections[alias].get_connection_params()
    print(alias, "connects to", asked["dbname"], "at", asked["host"], asked["port"])
default, replica = (connections[alias].get_connection_params() for alias in ("default", "replica"))
assert default["dbname"] == replica["dbname"] == "test_books"
assert replica["host"] == "replica.example.com", "redirected to the server of default by now"
assert replica["port"] == "5433"
PYTHON
