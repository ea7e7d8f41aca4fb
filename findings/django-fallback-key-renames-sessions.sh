#!/usr/bin/env bash
# Django 5.2.19: what a fallback for the secret key does to somebody who is signed in.
# Guess: with the key of before in SECRET_KEY_FALLBACKS a change of key is not noticed by anybody, as fallbacks are there
# "to allow secret key rotation" (its documentation); the session goes on as it is.
# Seen: the first request that meets the new key gets a new session key, and the row of the old one is deleted. A second
# request that the browser had sent at the same moment, with the cookie of before, is anonymous. So is the next request
# to a process that does not know the new key yet, even though both keys are right.
# Where it matters: pages that ask for several things at once, and processes that are restarted one after another.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check django==5.2.19
"$folder/venv/bin/python" - <<'PYTHON'
import django
from django.conf import settings
from django.http import HttpResponse
from django.urls import path

OLD, NEW = "the key of before", "the key of now"
settings.configure(
    SECRET_KEY=OLD,
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["*"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions"],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ],
)
django.setup()
urlpatterns = [path("", lambda request: HttpResponse(request.user.get_username() or "anonymous"))]

from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client, override_settings

call_command("migrate", verbosity=0)
User.objects.create_user("ann")


def asks(cookie, key, *fallbacks):
    """Who one request is for, and the session key that the browser has afterwards."""
    client = Client()
    client.cookies["sessionid"] = cookie
    with override_settings(SECRET_KEY=key, SECRET_KEY_FALLBACKS=[*fallbacks]):
        said = client.get("/").content.decode()
    return said, client.cookies["sessionid"].value


signed_in = Client()
signed_in.force_login(User.objects.get())
before = signed_in.cookies["sessionid"].value
print("django", django.__version__)
first, after = asks(before, NEW, OLD)
at_the_same_moment, _ = asks(before, NEW, OLD)
not_restarted_yet, _ = asks(after, OLD)
print("first request with the new key:", first, "| session key renamed:", after != before)
print("a second one with the cookie of before:", at_the_same_moment)
print("then a process that has only the key of before:", not_restarted_yet)
assert first == "ann" and after != before
assert at_the_same_moment == "anonymous"
assert not_restarted_yet == "anonymous"
PYTHON
