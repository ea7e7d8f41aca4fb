"""Calls to outside systems: one ``Transport`` a system, and everything that is the same for all of them.

It knows: addresses, whether a system is connected at all (settings), what it is shown to be let in
(``integrations.credentials``; a public system is shown nothing), time limits, which calls may be repeated, when a
system or a question is given up for a while (``integrations.breaker``), the correlation id, one log line an attempt
and its figures (``integrations.metrics``), and how an HTTP status becomes a type of ``integrations.failures``. It must
not know any system's shapes, nor the stub, nor what a page does about a failure.

Rules
- A call inside a database transaction raises ``RuntimeError``: a slow upstream must never hold our locks.
- Reads are tried three times in all, on no connection, a dropped answer, a read time-out, 429, 500 and its kin;
  idempotent PUTs likewise, but not after a 500. Waiting in between is short, random, and never beyond the
  deadline; ``Retry-After`` is followed up to five seconds, and beyond that the call fails at once.
- One call, with its repeats, takes at most ten seconds (``UPSTREAM_DEADLINE``), or what is left of an enclosing
  ``deadline(seconds)``: that of the web request, which is as long, or a shorter one.
- Proxies and certificates are those that the environment named when a thread first asked a system at its address.
- A system that answers 401 is asked once more with other credentials, if there are any; that is no repeat.
- What is done only once, and not safely twice (``post``), is never repeated.
- A write that is answered with a web page counts as not done, whatever its status: no system of ours answers so.
- Log lines carry the path's template, never the path; neither they nor failures carry a body, CRN, name or token.

Settings: ``UPSTREAM_MODES``, by system (real, stub, off); for each system its address, ``NDELIUS_URL`` and so on; and,
optional, in seconds:
``UPSTREAM_DEADLINE`` (10), ``UPSTREAM_BACKOFF`` (0.2, the longest first wait), ``NDELIUS_TIMEOUTS`` and so on
(connect, read, write).
"""

import json
import logging
import random
import re
import socket
import threading
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.cookiejar import DefaultCookiePolicy
from math import inf
from typing import Any, Final
from urllib.parse import quote
from uuid import uuid4

import requests
import structlog
from django.conf import settings
from django.db import connections
from requests.adapters import BaseAdapter, HTTPAdapter
from requests.auth import AuthBase
from urllib3 import exceptions as urllib3_errors

from integrations import failures
from integrations.breaker import Breaker, BreakersOfCall, Permit, QuestionBreaker
from integrations.credentials import Credentials
from integrations.deadlines import deadline, remaining
from integrations.metrics import (
    ANSWERED,
    LEFT_ALONE,
    WITHOUT_TOKEN,
    count_attempt,
    count_unasked,
    count_unreadable,
)
from integrations.wire import W, decode, decode_list, read_json

__all__ = [
    "Reply",
    "Transport",
    "breakers",
    "close_breakers",
    "deadline",
    "is_connected",
    "mode_of",
    "remaining",
    "upstream_deadline",
    "use_adapter_everywhere",
]

MAX_ATTEMPTS: Final = 3
MAX_RETRY_AFTER: Final = 5.0  # seconds
MAX_BACKOFF: Final = 2.0  # seconds
#: A call that a page had less time left for, and that used it up, says nothing of the system: others took the time.
SECONDS_TO_JUDGE: Final = 1.0
MAX_RESPONSE_BYTES: Final = 10 * 1024 * 1024  # bytes; the live service's own limit
USER_AGENT: Final = "refer-and-monitor-an-intervention"

log = structlog.get_logger(__name__)
# At DEBUG urllib3 writes every path, and a path holds a CRN.
logging.getLogger("urllib3.connectionpool").setLevel(logging.WARNING)


# --- Where calls go ------------------------------------------------------------------------------

#: How a system is connected: over the network, by the stub inside this process, or not at all.
REAL, STUB, OFF = "real", "stub", "off"

_adapter: BaseAdapter | None = None
_transports: "list[Transport]" = []


def use_adapter_everywhere(adapter: BaseAdapter | None) -> None:
    """Send every call of the systems in mode stub through ``adapter``; ``None``: over the network. For start-up."""
    global _adapter
    _adapter = adapter


def is_connected(system: str) -> bool:
    """Whether this system is asked at all."""
    return mode_of(system) != OFF


def mode_of(system: str) -> str:
    """How this system is connected."""
    return str(settings.UPSTREAM_MODES[system])


def upstream_deadline() -> float:
    """Seconds for one call with its repeats, and for all calls of a request together."""
    return float(getattr(settings, "UPSTREAM_DEADLINE", 10.0))


def breakers() -> list[Breaker]:
    """The breakers of every system whose client has been imported."""
    return [
        breaker
        for transport in _transports
        for breaker in (transport.breaker_for_reads, transport.breaker_for_writes)
    ]


def close_breakers() -> None:
    """Forget every failure of a system seen so far, in every system. For tests and for an administrator."""
    for breaker in breakers():
        breaker.close()


class _Shown(AuthBase):
    """Sets the header itself: left to requests, a .netrc file on the machine could replace it, or add one."""

    def __init__(self, authorization: str | None) -> None:
        self._authorization = authorization

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._authorization is not None:
            request.headers["Authorization"] = self._authorization
        return request


# --- One attempt ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Call:
    """What is asked, the same at every attempt."""

    operation: str
    method: str
    template: str
    path: str
    json: Any
    is_write: bool
    request_id: str
    about: str  # whom it is about (a CRN, a user name, a prison number), or nothing
    credentials: Credentials | None
    form: dict[str, str] | None = None
    is_repeatable: bool = True

    @property
    def question(self) -> str:
        """Everything that is asked, in one line."""
        asked = self.form if self.json is None else self.json
        body = json.dumps(asked, sort_keys=True, default=str) if asked is not None else ""
        return f"{self.method} {self.path} {body}"


@dataclass(frozen=True, slots=True)
class _Attempt:
    """What came of one attempt: a body, or a failure's type with what is known about it."""

    status: int | None = None
    body: bytes = b""
    failure: type[failures.UpstreamFailure] | None = None
    may_be_processed: bool = False  # no answer, but the system may have done what was asked
    retry_after: float | None = None
    error: str | None = None  # the name of the exception's type, for the log: its text would hold the path

    @property
    def failed_to_connect(self) -> bool:
        """No connection: that is about the system, whomever was asked about."""
        return self.failure is not None and self.status is None and not self.may_be_processed


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer of the 200s, not yet read."""

    system: str
    operation: str
    request_id: str
    status: int
    body: bytes

    def decoded_as(self, shape: type[W]) -> tuple[W, bool]:
        """The body in ``shape``, and whether its text had to be mended. Raises ``Malformed``."""
        try:
            value, was_mended = read_json(self.body)
            read = decode(shape, value)
        except ValueError as error:
            problem = str(error)
        else:
            self._log_unread(read.unread)
            return read, was_mended
        raise self.malformed(problem)

    def decoded_as_list_of(self, shape: type[W]) -> tuple[tuple[W, ...], bool]:
        """The body as a list of ``shape``, and whether every item could be read. Raises ``Malformed``."""
        try:
            return decode_list(shape, read_json(self.body)[0])
        except ValueError as error:
            problem = str(error)
        raise self.malformed(problem)

    def _log_unread(self, names: tuple[str, ...]) -> None:
        """Somebody has to hear of values that were left out; not of the values."""
        if names:
            log.warning(
                "upstream_values_unread",
                system=self.system,
                operation=self.operation,
                names=sorted(names)[:20],
                correlation_id=self.request_id,
            )

    def malformed(self, problem: str) -> failures.Malformed:
        """The failure to raise for an answer that breaks its contract; ``problem`` is logged: no values in it."""
        log.warning(
            "upstream_answer_malformed",
            system=self.system,
            operation=self.operation,
            problem=problem,
            correlation_id=self.request_id,
        )
        count_unreadable(self.system, self.operation)
        return failures.Malformed(self.system, self.operation, status=self.status, request_id=self.request_id)


class Transport:
    """One outside system.

    ``url_setting`` and ``timeouts_setting`` are names of settings, read at each call so that a test or a
    reload may change them. ``timeouts`` is (connect, read, write), in seconds. ``credentials`` of ``None``: the system
    is public.
    """

    def __init__(
        self,
        system: str,
        *,
        url_setting: str,
        timeouts_setting: str,
        timeouts: tuple[float, float, float],
        credentials: Credentials | None,
    ) -> None:
        self.system = system
        self._credentials = credentials
        self._url_setting = url_setting
        self._timeouts_setting = timeouts_setting
        self._timeouts = timeouts
        self._of_this_thread = threading.local()  # a requests.Session is not made for two threads
        # Apart, because a write that always breaks says nothing of reads.
        self.breaker_for_reads = Breaker(f"{system}:reads")
        self.breaker_for_writes = Breaker(f"{system}:writes")
        _transports.append(self)

    def read(
        self,
        operation: str,
        template: str,
        *,
        asking: Any = None,
        form: dict[str, str] | None = None,
        credentials: Credentials | None = None,
        **path_values: object,
    ) -> Reply:
        """GET ``template`` filled with ``path_values``; POST when ``asking`` or ``form`` carries the question.

        ``credentials``: in place of the system's usual ones. Raises any of ``integrations.failures`` but
        ``OutcomeUnknown``.
        """
        method = "GET" if asking is None and form is None else "POST"
        call = _make_call(operation, method, template, path_values, asking, is_write=False)
        return self._call(replace(call, form=form, credentials=credentials or self._credentials))

    def put(self, operation: str, template: str, body: Any, **path_values: object) -> Reply:
        """PUT what the system promises to do only once however often it is asked.

        Raises any of ``integrations.failures``; ``OutcomeUnknown`` in place of a transient one whenever an
        attempt may have been carried out.
        """
        call = _make_call(operation, "PUT", template, path_values, body, is_write=True)
        return self._call(replace(call, credentials=self._credentials))

    def post(self, operation: str, template: str, body: Any) -> Reply:
        """POST, once. Raises as ``put`` does: after ``OutcomeUnknown`` find out what came of it before asking again."""
        call = _make_call(operation, "POST", template, {}, body, is_write=True)
        return self._call(replace(call, credentials=self._credentials, is_repeatable=False))

    # --- Repeats, breaker, deadline -----------------------------------------------------------------

    def _call(self, call: _Call) -> Reply:
        _refuse_inside_a_transaction()
        if mode_of(self.system) == OFF:
            raise self._failure(failures.NotConnected, call, _Attempt(), 0)
        with deadline(upstream_deadline()):
            if remaining() <= 0:
                raise self._failure(failures.TimedOut, call, _Attempt(), 0)
            breakers = BreakersOfCall(
                self.breaker_for_writes if call.is_write else self.breaker_for_reads,
                QuestionBreaker(self.system, call.question),
            )
            self._check_question(call, breakers)  # before a permit, which may be the only one to probe
            permit = breakers.permit()
            if permit is Permit.REFUSED:
                log.info("upstream_breaker_refused", system=self.system, operation=call.operation)
                count_unasked(self.system, call.operation, LEFT_ALONE)
                raise self._failure(failures.Unavailable, call, _Attempt(), 0)
            try:
                authorization = call.credentials.authorization() if call.credentials else None
            except failures.UpstreamFailure as failure:
                breakers.system.release_probe(permit)
                raise self._not_let_in(failure, call) from None
            attempts = MAX_ATTEMPTS if permit is not Permit.PROBE and call.is_repeatable else 1
            return self._attempts(call, breakers, permit, attempts, authorization)

    def _not_let_in(self, why: failures.UpstreamFailure, call: _Call) -> failures.UpstreamFailure:
        """Nothing was asked, because there is no token to be had. Says nothing of this system."""
        is_ours = not isinstance(why, failures.SignInAgain)  # a user's is over every day, and nothing is wrong
        say = log.warning if is_ours else log.info
        say("upstream_without_token", system=self.system, operation=call.operation, outcome=why.outcome)
        if is_ours:
            count_unasked(self.system, call.operation, WITHOUT_TOKEN)
        kind = _FAILURES_WITHOUT_TOKEN.get(type(why), failures.AuthFailed)
        return self._failure(kind, call, _Attempt(), 0)

    def _check_question(self, call: _Call, breakers: BreakersOfCall) -> None:
        """Fail at once, as it failed before, what has failed again and again (``integrations.breaker``)."""
        if failed_as := breakers.open_failure():
            log.info("upstream_question_refused", system=self.system, operation=call.operation)
            count_unasked(self.system, call.operation, LEFT_ALONE)
            raise self._failure(
                _FAILURES_WHILE_OPEN.get(failed_as, failures.Unavailable), call, _Attempt(), 0
            )

    def _attempts(
        self, call: _Call, breakers: BreakersOfCall, permit: Permit, attempts: int, authorization: str | None
    ) -> Reply:
        had_time = remaining() >= SECONDS_TO_JUDGE
        may_be_processed = has_renewed = False
        for number in range(1, attempts + 1):
            attempt = self._attempt(call, number, authorization)
            if attempt.failure is failures.AuthFailed and not has_renewed and call.credentials is not None:
                has_renewed = True
                if another := call.credentials.renewed(authorization or ""):
                    authorization = another
                    attempt = self._attempt(call, number, authorization)
            if attempt.failure is None:
                breakers.record_success(about=call.about)
                return Reply(
                    self.system, call.operation, call.request_id, attempt.status or 200, attempt.body
                )
            may_be_processed = may_be_processed or attempt.may_be_processed
            if number == attempts or not _should_retry(call, attempt):
                break
            wait = _backoff(number, attempt)
            if wait >= remaining():
                break
            time.sleep(wait)
        kind = attempt.failure
        assert kind is not None  # the loop is left only by a failure
        if kind is failures.AuthFailed and call.credentials is not None:
            kind = call.credentials.refused_as
        if not kind.transient:
            breakers.record_success(about=call.about)
        elif kind is failures.RateLimited or (not had_time and remaining() <= 0):
            breakers.system.release_probe(permit)
        else:
            about = "" if attempt.failed_to_connect else call.about
            breakers.system.record_failure(permit, about=about)
            if about:
                breakers.question.record_failure(kind.__name__)
        if kind.transient and call.is_write and may_be_processed:
            kind = failures.OutcomeUnknown
        raise self._failure(kind, call, attempt, number)

    def _failure(
        self, kind: type[failures.UpstreamFailure], call: _Call, attempt: _Attempt, attempts: int
    ) -> failures.UpstreamFailure:
        failure = kind(
            self.system,
            call.operation,
            status=attempt.status,
            attempts=attempts,
            request_id=call.request_id,
        )
        if isinstance(failure, failures.Conflict):
            failure.body = _decoded_refusal(attempt.body)
        elif isinstance(failure, failures.Rejected):
            failure.message = _refusal_message(_decoded_refusal(attempt.body))
        elif isinstance(failure, failures.RateLimited):
            failure.retry_after = attempt.retry_after
        return failure

    # --- One attempt --------------------------------------------------------------------------------

    def _attempt(self, call: _Call, number: int, authorization: str | None) -> _Attempt:
        started = time.perf_counter()
        attempt = self._send(call, authorization)
        outcome = attempt.failure.outcome if attempt.failure else ANSWERED
        seconds = time.perf_counter() - started
        count_attempt(self.system, call.operation, outcome, seconds)
        log.info(
            "upstream_call",
            system=self.system,
            operation=call.operation,
            method=call.method,
            path=call.template,
            status=attempt.status,
            outcome=outcome,
            error=attempt.error,
            ms=round(seconds * 1000),
            attempt=number,
            correlation_id=call.request_id,
        )
        return attempt

    def _send(self, call: _Call, authorization: str | None) -> _Attempt:
        """Ask once. Returns failures instead of raising them: an error's text or cause holds the path."""
        connect, read, write = getattr(settings, self._timeouts_setting, self._timeouts)
        time_left = max(remaining(), 0.001)
        response: requests.Response | None = None
        try:
            address = getattr(settings, self._url_setting).rstrip("/")
            session = self._session(address)
            response = session.send(
                _prepared(call, address + call.path, authorization, session),
                timeout=(min(connect, time_left), min(write if call.is_write else read, time_left)),
                allow_redirects=False,
                stream=True,
                proxies=session.proxies,
            )
            return _attempt_from_response(
                response.status_code,
                _body_of(response),
                response.headers.get("Retry-After"),
                is_page=response.headers.get("Content-Type", "").lower().startswith("text/html"),
                is_write=call.is_write,
            )
        except requests.ConnectTimeout as error:
            return _attempt_from_error(failures.Unavailable, error, may_be_processed=False)
        except (requests.Timeout, urllib3_errors.ReadTimeoutError) as error:
            return _attempt_from_error(failures.TimedOut, error, may_be_processed=True)
        except _ResponseTooLarge as error:
            return _attempt_from_error(failures.Malformed, error, may_be_processed=True)
        except (requests.RequestException, urllib3_errors.HTTPError, OSError) as error:
            return _attempt_from_error(
                failures.Unavailable, error, may_be_processed=not _never_connected(error)
            )
        finally:
            if response is not None:
                response.close()

    def _session(self, address: str) -> requests.Session:
        """This thread's session with the system at an address: another address may be behind another proxy."""
        local = self._of_this_thread
        made_for = (_adapter if mode_of(self.system) == STUB else None, address)
        if getattr(local, "made_for", None) != made_for:
            local.session = _new_session(*made_for)
            local.made_for = made_for
        session: requests.Session = local.session
        return session


def _prepared(
    call: _Call, url: str, authorization: str | None, session: requests.Session
) -> requests.PreparedRequest:
    """The request, without what ``Session.request`` merges into each one: sessions of ours hold headers only."""
    headers = {**session.headers, "Accept": "application/json", "X-Request-Id": call.request_id}
    request = requests.PreparedRequest()
    request.prepare(
        method=call.method, url=url, headers=headers, data=call.form, json=call.json, auth=_Shown(authorization)
    )
    return request


def _new_session(adapter: BaseAdapter | None, address: str) -> requests.Session:
    """Everything that is the same for each call. What the environment says of proxies and certificates is read once:
    requests would go through the whole environment for each call, which took longer than all else it does."""
    session = requests.Session()
    from_environment = session.merge_environment_settings(address, {}, None, None, None)
    session.proxies, session.verify = from_environment["proxies"], from_environment["verify"]
    session.trust_env = False
    session.headers["User-Agent"] = USER_AGENT
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))  # one user's cookie is nobody's
    for prefix in ("https://", "http://"):
        session.mount(prefix, adapter or HTTPAdapter(pool_connections=1, pool_maxsize=4, max_retries=0))
    return session


def _make_call(
    operation: str, method: str, template: str, path_values: dict[str, object], json: Any, *, is_write: bool
) -> _Call:
    if any(not str(value).strip(".") for value in path_values.values()):
        raise ValueError("A path cannot be filled with nothing, or with dots: it would become another path.")
    path = template.format(**{name: quote(str(value), safe="") for name, value in path_values.items()})
    about = str(next(iter(path_values.values()), ""))  # every path begins with whom it is about
    return _Call(operation, method, template, path, json, is_write, _request_id(), about, credentials=None)


_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")


def _request_id() -> str:
    """The web request's own id when one is bound (django-structlog does), else a new one.

    It came from outside, so it passes only when it is made of harmless letters.
    """
    bound = structlog.contextvars.get_contextvars().get("request_id")
    return str(bound) if bound and _REQUEST_ID.fullmatch(str(bound)) else str(uuid4())


def _refuse_inside_a_transaction() -> None:
    for connection in connections.all(initialized_only=True):
        # A test case wraps each test in transactions of its own, which are marked.
        if any(not getattr(block, "_from_testcase", False) for block in connection.atomic_blocks):
            raise RuntimeError("An outside system must not be called inside a database transaction.")


# --- Reading an attempt --------------------------------------------------------------------------


class _ResponseTooLarge(Exception):
    """The answer is larger than anything the system promises."""


def _body_of(response: requests.Response) -> bytes:
    """The whole body, as it comes: a system that drips is cut off at the deadline."""
    chunks: list[bytes] = []
    length = 0
    while chunk := _next_chunk(response):
        chunks.append(chunk)
        length += len(chunk)
        if length > MAX_RESPONSE_BYTES:
            raise _ResponseTooLarge
        if remaining() <= 0:
            raise requests.ReadTimeout
    return b"".join(chunks)


def _next_chunk(response: requests.Response) -> bytes:
    """What comes next, within what is left of the deadline: the time-out of the call is for each wait anew."""
    if (connection := _socket_of(response)) is not None:
        connection.settimeout(min(connection.gettimeout() or inf, max(remaining(), 0.001)))
    chunk: bytes = response.raw.read1(65_536, decode_content=True)
    return chunk


def _socket_of(response: requests.Response) -> socket.socket | None:
    """Where the body comes from; nothing when it is all here. Neither requests nor urllib3 has a way to it."""
    file = getattr(getattr(response.raw, "_fp", None), "fp", None)
    found: socket.socket | None = getattr(getattr(file, "raw", None), "_sock", None)
    return found


def _attempt_from_response(
    status: int, body: bytes, retry_after: str | None, *, is_page: bool, is_write: bool
) -> _Attempt:
    """What a complete answer means."""
    if 200 <= status < 300 and is_page and body and is_write:
        # Something in between has answered with a page of its own, and what was told may have got no further.
        return _Attempt(status, body, failures.Malformed, may_be_processed=True)
    if 200 <= status < 300:
        return _Attempt(status, body)
    if status == 429:
        kind: type[failures.UpstreamFailure] = failures.RateLimited
    elif status in (502, 503, 504):
        kind = failures.Unavailable
    elif status >= 500:
        kind = failures.ServerFault
    elif status < 400:  # a redirect would carry our token elsewhere
        kind = failures.Malformed
    else:
        kind = _REFUSALS.get(status, failures.Rejected)
    # A gateway that gave up waiting does not say how far the system behind it had come.
    return _Attempt(
        status,
        body,
        kind,
        may_be_processed=status == 504,
        retry_after=_retry_after_seconds(retry_after),
    )


#: How a question that is left alone fails: as it failed when it was asked. All else: unavailable.
_FAILURES_WHILE_OPEN: Final[dict[str, type[failures.UpstreamFailure]]] = {
    kind.__name__: kind for kind in (failures.TimedOut, failures.ServerFault)
}
#: What becomes of a call whose token cannot be had. All else: our own credentials are wrong.
_FAILURES_WITHOUT_TOKEN: Final[dict[type[failures.UpstreamFailure], type[failures.UpstreamFailure]]] = {
    failures.TimedOut: failures.TimedOut,
    failures.NotConnected: failures.NotConnected,
    failures.SignInAgain: failures.SignInAgain,
    **dict.fromkeys(
        (failures.Unavailable, failures.RateLimited, failures.ServerFault, failures.Malformed),
        failures.Unavailable,
    ),
}
_REFUSALS: Final[dict[int, type[failures.UpstreamFailure]]] = {
    401: failures.AuthFailed,
    403: failures.Forbidden,
    404: failures.NotFound,
    409: failures.Conflict,
}


def _attempt_from_error(
    kind: type[failures.UpstreamFailure], error: Exception, *, may_be_processed: bool
) -> _Attempt:
    return _Attempt(failure=kind, may_be_processed=may_be_processed, error=type(error).__name__)


def _should_retry(call: _Call, attempt: _Attempt) -> bool:
    if attempt.failure is None or not attempt.failure.transient:
        return False
    if attempt.retry_after is not None and attempt.retry_after > MAX_RETRY_AFTER:
        return False
    return not (call.is_write and attempt.failure is failures.ServerFault)


def _backoff(number: int, attempt: _Attempt) -> float:
    """Seconds before the next attempt: at random up to a limit that doubles, so that callers spread out."""
    limit: float = min(MAX_BACKOFF, getattr(settings, "UPSTREAM_BACKOFF", 0.2) * 2 ** (number - 1))
    return max(random.uniform(0, limit), attempt.retry_after or 0.0)  # noqa: S311 (no secret)


def _retry_after_seconds(retry_after: str | None) -> float | None:
    """``Retry-After`` as seconds from now: it comes as a number or as a date."""
    if not retry_after:
        return None
    try:
        if retry_after.strip().isdigit():
            return float(retry_after)
        return max(0.0, (parsedate_to_datetime(retry_after) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None


def _never_connected(error: Exception) -> bool:
    """Whether the request cannot have reached the system."""
    if isinstance(error, requests.exceptions.SSLError | requests.exceptions.ProxyError):
        return True
    cause = error.args[0] if error.args else None
    reason = getattr(cause, "reason", cause)
    return isinstance(reason, urllib3_errors.NewConnectionError)


def _decoded_refusal(body: bytes) -> Any:
    """The decoded body of a refusal, or ``None`` when it is not JSON."""
    try:
        return read_json(body)[0]
    except ValueError:
        return None


def _refusal_message(body: Any) -> str:
    """What a refusal says for people; the systems differ in the key."""
    if not isinstance(body, dict):
        return ""
    for key in ("userMessage", "message", "developerMessage"):
        if isinstance(body.get(key), str):
            return str(body[key])
    return ""
