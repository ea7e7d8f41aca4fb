#!/usr/bin/env bash
# kombu 5.7.0 over files ("filesystem://"), the transport that Celery offers where there is no broker.
# Guess: the lock that a sender holds on a message's file while it writes keeps a taker from reading half of it.
# Seen: takers ask for no lock. One that looks between the sender's opening and its writing takes an empty file, raises
# JSONDecodeError (which ends a Celery worker), and the message is gone, although sending it raised nothing.
# Where it matters: write the file under a name that takers do not look for, and rename it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check kombu==5.7.0
mkdir "$folder/queue"
"$folder/venv/bin/python" - "$folder" <<'PYTHON'
import json
import os
import sys
from importlib.metadata import version

from kombu import Connection
from kombu.transport import filesystem

print("kombu", version("kombu"))
folder = sys.argv[1]
queue = f"{folder}/queue"
options = {"data_folder_in": queue, "data_folder_out": queue, "control_folder": f"{folder}/control"}
taken = []
lock = filesystem.lock


def lock_and_let_another_take(file, flags):
    """The sender has opened the file and locks it; a taker looks at just that moment."""
    lock(file, flags)
    if file.name.endswith(".msg") and not taken:
        with Connection("filesystem://", transport_options=options) as other:
            try:
                taken.append(other.default_channel._get("work"))
            except json.JSONDecodeError as error:
                taken.append(type(error).__name__)


filesystem.lock = lock_and_let_another_take
with Connection("filesystem://", transport_options=options) as connection:
    connection.SimpleQueue("work").put({"task": 1})
left = [name for name in os.listdir(queue) if name.endswith(".msg")]
print("the taker got:", taken, "waiting afterwards:", left)
assert (taken, left) == (["JSONDecodeError"], [])
PYTHON
