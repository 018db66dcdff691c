"""Calling the services: one attempt and what came of it."""
import os
import threading

# Read when gRPC is loaded. Between calls that fail at once nobody looks after the connections that are being
# made but a timer, of 5 s by default: a client that polls would believe a server dead that has long been back.
os.environ.setdefault("GRPC_CLIENT_CHANNEL_BACKUP_POLL_INTERVAL_MS", "50")

import grpc  # noqa: E402

# Trying again helps, with the same request_id.
TRANSIENT = frozenset(("OVERLOADED", "NOT_CAUGHT_UP", "DEPENDENCY_UNAVAILABLE", "DEADLINE_EXCEEDED",
                       "STORAGE_FULL", "CANCELLED"))
# What gRPC says by itself when a connection breaks or no answer comes; whether the change was made
# is then unknown.
_NO_ANSWER = frozenset((grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED,
                        grpc.StatusCode.CANCELLED, grpc.StatusCode.UNKNOWN,
                        grpc.StatusCode.INTERNAL))
_OPTIONS = (("grpc.enable_http_proxy", 0), ("grpc.use_local_subchannel_pool", 1),
            ("grpc.initial_reconnect_backoff_ms", 50), ("grpc.min_reconnect_backoff_ms", 500),
            ("grpc.max_reconnect_backoff_ms", 200), ("grpc.enable_retries", 0),
            ("grpc.max_receive_message_length", 32 << 20))


class Outcome:
    """What one attempt brought: a response, or a reason why not. `unknown`: no service answered, so
    the change may have been made."""

    def __init__(self, response=None, reason="", text="", chinese="", unknown=False):
        self.response = response
        self.reason = reason
        self.text = text
        self.chinese = chinese
        self.unknown = unknown

    @property
    def final(self):
        return self.response is not None or not (self.unknown or self.reason in TRANSIENT)


class Caller:
    """Channels and stubs by address, shared by all threads, and the token of the calls: one, or one for each
    (service, method) when `token` is a function of these."""

    def __init__(self, api, token):
        self.api = api
        self._token = token if callable(token) else lambda service, method: token
        self._lock = threading.Lock()
        self._channels = {}

    def _channel(self, address):
        with self._lock:
            if address not in self._channels:
                self._channels[address] = grpc.insecure_channel(address, options=_OPTIONS)
            return self._channels[address]

    def attempt(self, address, service, method, request, timeout):
        stub = self.api.stub[service](self._channel(address))
        try:
            token = self._token(service, method)
            return Outcome(getattr(stub, method)(request, timeout=timeout,
                                                 metadata=(("authorization", f"Bearer {token}"),)))
        except grpc.RpcError as error:
            return self._failed(error)

    def _failed(self, error):
        details = dict(error.trailing_metadata() or ()).get("grpc-status-details-bin")
        text = f"{error.code().name}: {error.details()}"
        if details is None:
            return Outcome(reason=error.code().name, text=text, unknown=error.code() in _NO_ANSWER)
        status = self.api.status.Status.FromString(details)
        outcome = Outcome(text=text)
        for detail in status.details:
            info = self.api.details.ErrorInfo()
            message = self.api.details.LocalizedMessage()
            if detail.Unpack(info):
                outcome.reason = info.reason
            elif detail.Unpack(message):
                outcome.chinese = message.message
        # The service waited longer for its database, or for another service, than it was given, or the
        # database did not say whether it committed: in both cases it may have been done.
        outcome.unknown = outcome.reason in ("DEADLINE_EXCEEDED", "DEPENDENCY_UNAVAILABLE")
        return outcome

    def ready(self, address):
        """Whether the server at the address says that it is serving."""
        check = self._channel(address).unary_unary(
            "/grpc.health.v1.Health/Check", request_serializer=bytes, response_deserializer=bytes)
        try:
            return check(b"", timeout=1) == b"\x08\x01"
        except grpc.RpcError:
            return False

    def close(self):
        with self._lock:
            for channel in self._channels.values():
                channel.close()
            self._channels.clear()
