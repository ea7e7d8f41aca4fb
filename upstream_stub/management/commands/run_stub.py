"""``manage.py run_stub``: the outside systems as a server of invented people. Refused outside demo settings."""

import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from upstream_stub.auth_state import PREFIXES
from upstream_stub.people.crowd import crowd
from upstream_stub.people.everyone import PEOPLE
from upstream_stub.server import StubServer

#: How the names of the settings begin that hold its address as it is.
ADDRESSES = ("NDELIUS", "OASYS", "PRISON_REGISTER", "PRISON_API", "PRISONER_SEARCH", "MANAGE_USERS", "NOTIFY")


class Command(BaseCommand):
    """Serves until it is interrupted."""

    help = "Serve the synthetic outside systems over HTTP, with faults at /__stub__/"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to listen."""
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8090)
        parser.add_argument(
            "--public-url", default="", help="its address as browsers know it, when that is another"
        )
        parser.add_argument(
            "--crowd", type=int, default=0, help="so many people beside the invented ones: C000001 and so on"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Listen and answer."""
        if not getattr(settings, "DEMO_MODE", False):
            raise CommandError("The stub serves demo settings only.")
        people = {**PEOPLE, **crowd(options["crowd"])}
        server = StubServer(host=options["host"], port=options["port"], people=people)
        auth = server.state.auth
        auth.url = f"{options['public_url'].rstrip('/') or server.url}/auth"
        auth.know_clients_of(settings)
        self.stdout.write(f"Stub at {server.url}. For the service that is to call it:\nUPSTREAM_MODE=real")
        for name in ADDRESSES:
            self.stdout.write(f"{name}_URL={server.url}")
        self.stdout.write(f"HMPPS_AUTH_URL={auth.url}")
        for grant, prefix in PREFIXES.items():
            name, client = auth.client_for(grant)
            given = os.environ.get(f"{prefix}_CLIENT_SECRET")
            secret = "(as it is set here)" if given else client.secret
            self.stdout.write(f"{prefix}_CLIENT_ID={name}\n{prefix}_CLIENT_SECRET={secret}")
        server.state.notify_key = settings.NOTIFY_API_KEY.strip() or server.state.notify_key
        given = os.environ.get("NOTIFY_API_KEY")
        self.stdout.write(f"NOTIFY_API_KEY={'(as it is set here)' if given else server.state.notify_key}")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            self.stdout.write("Stopped.")
        finally:
            server.server_close()
