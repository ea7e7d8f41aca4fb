#!/usr/bin/env bash
# whitenoise 6.12.0 with files compressed beforehand.
# Guess: an encoding that the request refuses (q=0) is not sent, the preferred one is, and each has an ETag of its own.
# Seen: "br;q=0" is answered with Brotli and "gzip;q=0" with gzip; "br;q=0.1, gzip;q=1.0" with Brotli; "GZIP" is not
# recognised (coding names ignore case); and the three forms share one strong ETag, so a part of the Brotli file
# can be asked for with the validator of the plain one.
# Where it matters: caches and download managers in front of the service.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "whitenoise[brotli]==6.12.0" brotli==1.2.0
"$folder/venv/bin/python" - "$folder" <<'PYTHON'
import sys
from importlib.metadata import version
from pathlib import Path

from whitenoise import WhiteNoise
from whitenoise.compress import Compressor

print("whitenoise", version("whitenoise"))
files = Path(sys.argv[1]) / "files"
files.mkdir()
(files / "page.css").write_text("body { color: black }\n" * 200)
list(Compressor(quiet=True).compress(str(files / "page.css")))
application = WhiteNoise(None, root=str(files), prefix="/files/")


def ask(**headers):
    answer = {}
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/files/page.css", **headers}
    list(application(environ, lambda status, found: answer.update(dict(found), status=status)))
    return answer


def encoding(accept):
    return ask(HTTP_ACCEPT_ENCODING=accept).get("Content-Encoding", "none")


asked = ("br;q=0", "gzip;q=0, identity", "br;q=0.1, gzip;q=1.0", "GZIP", "gzip")
got = {accept: encoding(accept) for accept in asked}
for accept, sent in got.items():
    print(f"Accept-Encoding: {accept:24} -> {sent}")
tags = {ask(HTTP_ACCEPT_ENCODING=accept)["ETag"] for accept in ("br", "gzip", "identity")}
part = ask(HTTP_ACCEPT_ENCODING="br", HTTP_RANGE="bytes=0-9")
print("ETags of the three forms:", tags)
print("first ten bytes:", part["status"], part["Content-Encoding"], part["Content-Range"])
assert list(got.values()) == ["br", "gzip", "br", "none", "gzip"]
assert len(tags) == 1 and not tags.pop().startswith("W/")
assert part["status"].startswith("206") and part["Content-Encoding"] == "br"
PYTHON
