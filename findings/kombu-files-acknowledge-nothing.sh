#!/usr/bin/env bash
# kombu 5.7.0 over files ("filesystem://"), the transport that Celery offers where there is no broker.
# Guess: a message that was taken and not acknowledged is still there when its taker is killed (as with Redis after
# the visibility time), so that Celery's acks_late repeats the task.
# Seen: the file is deleted when the message is taken. A taker that ends in good order puts it back; one that is
# killed takes the message with it.
# Where it matters: what must be done needs a record of its own (an outbox) that is looked through again.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check kombu==5.7.0
mkdir "$folder/queue"
"$folder/venv/bin/python" - "$folder" <<'PYTHON'
import os
import signal
import sys
from importlib.metadata import version

from kombu import Connection

print("kombu", version("kombu"))
folder = sys.argv[1]
queue = f"{folder}/queue"
options = {"data_folder_in": queue, "data_folder_out": queue, "control_folder": f"{folder}/control"}


def take_and(end):
    """Take one message in a process of its own, acknowledge nothing, and end."""
    child = os.fork()
    if child == 0:
        with Connection("filesystem://", transport_options=options) as connection:
            connection.SimpleQueue("work").get(timeout=5)
            if end == "killed":
                os.kill(os.getpid(), signal.SIGKILL)
        os._exit(0)
    os.waitpid(child, 0)
    return len(os.listdir(queue))


with Connection("filesystem://", transport_options=options) as connection:
    connection.SimpleQueue("work").put({"task": 1})
waiting = len(os.listdir(queue))
after_close = take_and("closed")
after_kill = take_and("killed")
print("waiting:", waiting, "after a taker that closed:", after_close, "after a taker that was killed:", after_kill)
assert (waiting, after_close, after_kill) == (1, 1, 0)
PYTHON
