"""Bad weather: the service as it runs in production, and what it stands on going wrong.

Runs of their own (``.ci/nightly``; 100 journeys in ``.ci/run`` too): gunicorn, a worker and a scheduler with
production's settings, on PostgreSQL and Redis, and ``manage.py run_stub`` in place of the other systems, over HTTP.
``installation`` starts and kills them, ``browser`` and ``journey`` are the people who use it, ``judging`` says what
must hold at the end. How to run it stands in docs/contributing.md.

It is pytest and no management command because processes must end however a run ends, and figures, failures and their
stories are what pytest reports.
"""
