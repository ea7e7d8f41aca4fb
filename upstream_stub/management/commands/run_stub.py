"""``manage.py run_stub``: the outside systems as a server of invented people. Refused outside demo settings."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from upstream_stub.auth_state import PREFIXES
from upstream_stub.server import StubServer


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

    def handle(self, *args: Any, **options: Any) -> None:
        """Listen and answer."""
        if not getattr(settings, "DEMO_MODE", False):
            raise CommandError("The stub serves demo settings only.")
        server = StubServer(
            host=options["host"], port=options["port"], token=getattr(settings, "UPSTREAM_TOKEN", "")
        )
        auth = server.state.auth
        auth.url = f"{options['public_url'].rstrip('/') or server.url}/auth"
        auth.know_clients_of(settings)
        self.stdout.write(
            f"Stub at {server.url}: set NDELIUS_URL, OASYS_URL, PRISON_REGISTER_URL, PRISON_API_URL and "
            "PRISONER_SEARCH_URL to it, UPSTREAM_MODE to http, and for HMPPS Auth:"
        )
        self.stdout.write(f"HMPPS_AUTH_URL={auth.url}")
        for grant, prefix in PREFIXES.items():
            name, client = auth.client_for(grant)
            self.stdout.write(f"{prefix}_CLIENT_ID={name}\n{prefix}_CLIENT_SECRET={client.secret}")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            self.stdout.write("Stopped.")
        finally:
            server.server_close()
