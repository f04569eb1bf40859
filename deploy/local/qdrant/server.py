"""The Qdrant engine, in process, behind those of Qdrant's REST paths that the product uses.

Usage: python server.py FOLDER PORT        (127.0.0.1 only; stops cleanly at SIGTERM and SIGINT)
"""

import signal
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import orjson
import qdrant_edge as edge

from errors import RestError, describe, wrong_input
from routes import answer
from store import Store

# The version whose REST API this follows; clients compare it with their own.
API_VERSION = "1.18.0"
MAX_BODY_BYTES = 64 * 1024 * 1024
HEALTH_PATHS = ("/healthz", "/livez", "/readyz")
LOCAL_HOSTS = ("127.0.0.1", "localhost")


class Handler(BaseHTTPRequestHandler):
    store: Store
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    # Ends connections whose client went silent, which would hold a thread each.
    timeout = 600

    def respond(self) -> None:
        began = time.perf_counter()
        path = self.path.split("?")[0]
        try:
            self.refuse_browsers()
            body = self.read_body()
            if path in HEALTH_PATHS:
                self.send(200, b"healthz check passed", "text/plain")
                return
            if path == "/":
                self.send_json(200, {"title": "qdrant - vector search engine", "version": API_VERSION, "commit": "embedded"})
                return
            status, content = 200, {"result": answer(self.store, self.command, path, body), "status": "ok"}
        except BaseException as error:
            if isinstance(error, (KeyboardInterrupt, SystemExit, ConnectionError)):
                raise
            described = describe(error)
            status, content = described.status, {"status": {"error": described.message}}
        self.send_json(status, {**content, "time": time.perf_counter() - began})

    do_GET = do_PUT = do_POST = do_DELETE = do_PATCH = respond

    def refuse_browsers(self) -> None:
        """A web page the user happens to visit may send requests here, too."""
        host = self.headers.get("host", "").rsplit(":", 1)[0]
        if host not in LOCAL_HOSTS or self.headers.get("origin"):
            self.close_connection = True
            raise RestError(403, "only local programs may use this server")

    def read_body(self) -> dict:
        if self.headers.get("transfer-encoding"):
            self.close_connection = True
            raise RestError(411, "send the body with a content-length")
        length = int(self.headers.get("content-length") or 0)
        if not 0 <= length <= MAX_BODY_BYTES:
            self.close_connection = True
            raise RestError(413, f"JSON payload ({length} bytes) is larger than allowed (limit: {MAX_BODY_BYTES} bytes)")
        body = orjson.loads(self.rfile.read(length)) if length else {}
        if not isinstance(body, dict):
            raise wrong_input("the body must be a JSON object")
        return body

    def send_json(self, status: int, content: object) -> None:
        self.send(status, orjson.dumps(content, default=plain, option=orjson.OPT_NON_STR_KEYS), "application/json")

    def send(self, status: int, content: bytes, content_type: str) -> None:
        self.send_response_only(status)
        self.send_header("content-type", content_type)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        error = sys.exc_info()[1]
        # A client that went away is its own business.
        if not isinstance(error, (ConnectionError, TimeoutError)):
            super().handle_error(request, client_address)


def plain(value: object) -> object:
    if isinstance(value, edge.SparseVector):
        return {"indices": value.indices, "values": value.values}
    return str(value)


def main() -> None:
    folder, port = Path(sys.argv[1]), int(sys.argv[2])
    # Bound before the data is opened, so that a taken port costs nothing; answers only once all is loaded.
    server = Server(("127.0.0.1", port), Handler)
    Handler.store = Store(folder)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
    print(f"ready on 127.0.0.1:{server.server_address[1]}", flush=True)
    server.serve_forever(poll_interval=0.1)
    Handler.store.close()


if __name__ == "__main__":
    main()
