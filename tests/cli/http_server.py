"""An HTTP server on loopback that takes records, and fails in the ways a test asks for."""
import collections
import http.server
import json
import socket
import ssl
import struct
import threading
import time

RESET = "reset"  # instead of an answer the connection is reset
IGNORE = "ignore"  # no answer until the server is closed

Answer = collections.namedtuple("Answer", "status headers delay", defaults=({}, 0))


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def setup(self):
        super().setup()
        self.server.owner.note_connection(self.connection)

    def do_POST(self):
        owner = self.server.owner
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with owner.working():
            answer = owner.decide(body, self.headers)
            if answer == IGNORE:
                owner.closing.wait()
            if answer in (RESET, IGNORE):
                self.reset()
                return
            time.sleep(answer.delay)
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def reset(self):
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def log_message(self, *_):
        pass


class _Threads(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request, client_address):
        pass  # a client that went away is part of the tests

    def shutdown_request(self, request):
        try:
            super().shutdown_request(request)
        except OSError:
            pass


class Server:
    """Answers each request as answers(number, body) says; without it everything is accepted.

    bodies: accepted ones, parsed; requests: (time, status or RESET, parsed body, headers) of all.
    """

    def __init__(self, answers=None, certificate=None):
        self.answers = answers or (lambda number, body: Answer(200))
        self.lock = threading.Lock()
        self.closing = threading.Event()
        self.requests, self.bodies, self.connections = [], [], []
        self.busy = self.most_busy = 0
        self.http = _Threads(("127.0.0.1", 0), _Handler)
        self.http.owner = self
        self.scheme = "http"
        if certificate:
            self.scheme = "https"
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self.http.socket = context.wrap_socket(self.http.socket, server_side=True, do_handshake_on_connect=False)
        self.thread = threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self.thread.start()

    def url(self, host="127.0.0.1", path="/flows"):
        return f"{self.scheme}://{host}:{self.http.server_port}{path}"

    def note_connection(self, connection):
        with self.lock:
            self.connections.append(connection)

    def decide(self, body, headers):
        parsed = json.loads(body)
        with self.lock:
            answer = self.answers(len(self.requests) + 1, parsed)
            status = answer if answer in (RESET, IGNORE) else answer.status
            self.requests.append((time.monotonic(), status, parsed, headers))
            if status not in (RESET, IGNORE) and 200 <= status < 300:
                self.bodies.append(parsed)
        return answer

    def working(self):
        return _Working(self)

    def accepted(self):
        """The accepted records, whether they came alone or in arrays."""
        with self.lock:
            return [record for body in self.bodies for record in (body if isinstance(body, list) else [body])]

    def close(self):
        """Stops the server: no new connections, and open ones are reset."""
        self.closing.set()
        self.http.shutdown()
        self.http.server_close()
        for connection in self.connections:
            try:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                connection.close()
            except OSError:
                pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class _Working:
    def __init__(self, server):
        self.server = server

    def __enter__(self):
        with self.server.lock:
            self.server.busy += 1
            self.server.most_busy = max(self.server.most_busy, self.server.busy)

    def __exit__(self, *_):
        with self.server.lock:
            self.server.busy -= 1
