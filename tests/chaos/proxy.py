"""HAProxy in front of several web servers, as in production something stands in front of them.

It sends nobody to a server that is not ready, and tries a request again on another server only when the first was not
reached. A request that a server had begun, and did not answer, is answered 503: whoever sent it may send it again.
"""

from __future__ import annotations

import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Final

#: Takes commands, in the folder of the run.
COMMANDS: Final = "proxy.sock"
#: What the proxy itself answers has this header; no server does.
BY_PROXY: Final = "X-Answered-By-Proxy"
ANSWER = f"""HTTP/1.1 503 Service Unavailable\r
Content-Type: text/html; charset=utf-8\r
Cache-Control: no-store\r
Retry-After: 1\r
{BY_PROXY}: yes\r
Connection: close\r
\r
<html><head><title>Try again</title></head><body><h1>Try again in a moment</h1></body></html>
"""
CONFIGURATION = """
global
    stats socket {commands} level admin

defaults
    mode http
    timeout connect 2s
    timeout client 120s
    timeout server 120s
    timeout queue 20s
    option forwardfor
    # A kept connection may end at the very moment when a request is sent on it.
    option http-server-close
    option redispatch 1
    retries 3
    retry-on conn-failure
    errorfile 502 {answer}
    errorfile 503 {answer}
    errorfile 504 {answer}

frontend people
    bind 127.0.0.1:{port}
    default_backend web

backend web
    balance roundrobin
    option httpchk
    http-check send meth GET uri /health/ready ver HTTP/1.1 hdr Host 127.0.0.1 hdr X-Forwarded-Proto https
    http-check expect status 200
{servers}
"""


def configured(folder: Path, *, port: int, servers: Mapping[str, int]) -> str:
    """Write the configuration of a proxy on this port, for servers on theirs; returns the command that starts it."""
    answer, configuration, commands = (folder / name for name in ("proxy-answer.http", "proxy.cfg", COMMANDS))
    answer.write_bytes(ANSWER.encode())
    lines = [
        f"    server {name} 127.0.0.1:{server} check inter 1s fall 2 rise 1"
        for name, server in servers.items()
    ]
    places = {"answer": answer, "commands": commands, "port": port}
    configuration.write_text(CONFIGURATION.format(**places, servers="\n".join(lines)))
    return f"haproxy -db -f {configuration}"


def send_to(folder: Path, server: str, *, new_requests: bool) -> None:
    """Have the proxy send new requests to a server, or no more of them; what it began there it ends there."""
    with socket.socket(socket.AF_UNIX) as proxy:
        proxy.connect(str(folder / COMMANDS))
        proxy.sendall(f"set server web/{server} state {'ready' if new_requests else 'drain'}\n".encode())
        answer = proxy.recv(1_000).decode().strip()
    assert not answer, answer
