#!/usr/bin/env bash
# mozilla-django-oidc 5.0.2 with PyJWT 2.15.1: signing in where the other system's clock is two seconds ahead.
# Guess: a small difference is forgiven, or the sign-in fails with the page for failed sign-ins.
# Seen: neither. PyJWT says ImmatureSignatureError, the backend expects DecodeError alone, and the callback page is a
# server error. There is no setting for a difference that is to be forgiven. A token of now signs in.
# Where it matters: choose what verifies tokens by how it treats a clock that is ahead.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
    mozilla-django-oidc==5.0.2 pyjwt==2.15.1 django==5.2.19 cryptography==50.0.2
"$folder/venv/bin/python" - <<'PYTHON'
import http.server
import json
import threading
import time
from importlib.metadata import version

import django
import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings

for name in ("mozilla-django-oidc", "pyjwt"):
    print(name, version(name))
key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
ahead = 0  # seconds by which the other system's clock is ahead


class Directory(http.server.BaseHTTPRequestHandler):
    """Answers with a token, and with who that is."""

    def _answer(self, value):
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        now = int(time.time()) + ahead
        claims = {"sub": "1", "aud": "service", "iat": now, "exp": now + 300, "nonce": "n"}
        self._answer({"id_token": jwt.encode(claims, key, algorithm="RS256"), "access_token": "a"})

    def do_GET(self):
        self._answer({"sub": "1", "email": "alex.example@example.com"})

    def log_message(self, *args):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Directory)
threading.Thread(target=server.serve_forever, daemon=True).start()
directory = f"http://127.0.0.1:{server.server_port}"
public = key.public_key().public_bytes(
    serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
)
settings.configure(
    SECRET_KEY="for this run only",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF="mozilla_django_oidc.urls",
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "mozilla_django_oidc"],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ],
    AUTHENTICATION_BACKENDS=["mozilla_django_oidc.auth.OIDCAuthenticationBackend"],
    LOGIN_REDIRECT_URL="/in",
    LOGIN_REDIRECT_URL_FAILURE="/out",
    OIDC_RP_CLIENT_ID="service",
    OIDC_RP_CLIENT_SECRET="secret",
    OIDC_RP_SIGN_ALGO="RS256",
    OIDC_RP_IDP_SIGN_KEY=public.decode(),
    OIDC_OP_AUTHORIZATION_ENDPOINT=f"{directory}/authorize",
    OIDC_OP_TOKEN_ENDPOINT=f"{directory}/token",
    OIDC_OP_USER_ENDPOINT=f"{directory}/user",
)
django.setup()
from django.core.management import call_command
from django.test import Client

import logging

logging.disable(logging.CRITICAL)
call_command("migrate", verbosity=0)


def sign_in():
    client = Client(raise_request_exception=False)
    session = client.session
    session["oidc_states"] = {"s": {"nonce": "n", "added_on": time.time(), "code_verifier": None}}
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    answer = client.get("/callback/", {"code": "c", "state": "s"})
    failure = getattr(answer, "exc_info", None)
    return answer.status_code, answer.headers.get("Location"), failure[0].__name__ if failure else None


now = sign_in()
ahead = 2
two_seconds_ahead = sign_in()
print("clock alike:", now)
print("two seconds ahead:", two_seconds_ahead)
assert now == (302, "/in", None)
assert two_seconds_ahead == (500, None, "ImmatureSignatureError")
PYTHON
