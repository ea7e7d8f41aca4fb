#!/usr/bin/env bash
# Celery 5.7.0: what eager tasks leave behind that two threads ran at the same time.
# Guess: a task that runs eagerly (task_always_eager, as in tests) ends with its call, and get() answers its result.
# Seen: while a task runs eagerly, Celery refuses get() with a flag of the whole process, and puts back what it found. Where
# two threads overlap, the second finds the flag of the first and puts it back last: from then on every get() outside of any
# task raises "Never call result.get() within a task!", until the process ends. The attribute "result" still has the answer.
# Where it matters: tests of what happens at once, in threads: a test that comes after them in the same process fails.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "celery==5.7.0"
"$folder/venv/bin/python" - <<'PYTHON'
from threading import Event, Thread

import celery

app = celery.Celery(set_as_current=False)
app.conf.task_always_eager = True
both_are_in, first_is_out = Event(), Event()


@app.task
def first():
    assert both_are_in.wait(10)


@app.task
def second():
    both_are_in.set()
    assert first_is_out.wait(10)


@app.task
def answer():
    return 42


print("Celery", celery.__version__)
print("before:", answer.delay().get())


def run_first():
    first.delay()
    first_is_out.set()


one = Thread(target=run_first)
one.start()
while not celery.result.task_join_will_block():
    pass  # until the first is at work
two = Thread(target=second.delay)
two.start()
one.join()
two.join()
result = answer.delay()
print("its result afterwards:", result.result)
try:
    result.get()
except RuntimeError as refusal:
    print("get() afterwards:", str(refusal).splitlines()[0])
else:
    raise SystemExit("get() answers by now")
PYTHON
