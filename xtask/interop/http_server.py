"""An HTTP/1.1 server by `uvicorn` or `hypercorn`: python3 http_server.py (uvicorn|hypercorn) JOURNAL PORT [CERTIFICATE KEY]

It appends the body of each POST to `/order` to JOURNAL before it answers. Port 0 is a free one. Says `listening PORT`.
`http_server.mjs` does the same.
"""

import asyncio
import os
import socket
import sys
import threading
from urllib.parse import parse_qs

PIECE = 1000


class Application:
    """Speaks ASGI, which both servers do."""

    def __init__(self, journal):
        self.journal = os.open(journal, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    async def __call__(self, scope, receive, send):
        if scope["type"] == "lifespan":
            return await self.lifespan(receive, send)
        if scope["type"] != "http":
            return None
        path = scope["path"]
        query = parse_qs(scope["query_string"].decode())
        body = b"x" * int(query.get("bytes", ["0"])[0])
        if path == "/order":
            order = await collect(receive)
            os.write(self.journal, order + b"\n")
            return await send_whole(send, order)
        if path == "/echo":
            return await send_whole(send, await collect(receive))
        if path == "/echo-chunked":
            return await send_chunked(send, await collect(receive))
        if path == "/length":
            return await send_whole(send, body)
        if path == "/chunked":
            return await send_chunked(send, body)
        if path == "/close":
            return await send_whole(send, body, [(b"connection", b"close")])
        if path == "/no-content":
            return await start(send, 204, [])
        if path == "/not-modified":
            return await start(send, 304, [(b"etag", b'"v1"')])
        return await start(send, 404, [(b"content-length", b"0")])

    async def lifespan(self, receive, send):
        while True:
            message = await receive()
            await send({"type": message["type"] + ".complete"})
            if message["type"] == "lifespan.shutdown":
                return


async def collect(receive):
    pieces = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            # A request that is cut off is no order.
            raise ConnectionResetError
        pieces.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(pieces)


async def start(send, status, headers):
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body"})


async def send_whole(send, body, headers=()):
    headers = [(b"content-length", str(len(body)).encode()), *headers]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def send_chunked(send, body):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for at in range(0, len(body), PIECE):
        await send({"type": "http.response.body", "body": body[at : at + PIECE], "more_body": True})
    await send({"type": "http.response.body"})


def listen(port):
    # asyncio sets TCP_NODELAY only on what says that it is TCP.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(128)
    return listener


async def uvicorn_serve(application, listener, tls):
    import uvicorn

    options = {"ssl_certfile": tls[0], "ssl_keyfile": tls[1]} if tls else {}
    config = uvicorn.Config(
        application, log_level="error", timeout_keep_alive=60, timeout_graceful_shutdown=1, **options
    )
    await uvicorn.Server(config).serve(sockets=[listener])


async def hypercorn_serve(application, listener, tls):
    from hypercorn.asyncio import serve
    from hypercorn.config import Config

    config = Config()
    config.bind = [f"fd://{listener.fileno()}"]
    config.keep_alive_timeout = 60
    config.graceful_timeout = 1
    # HTTP/2 would be chosen by ALPN; nobody asks for it here.
    if tls:
        config.certfile, config.keyfile = tls
    await serve(application, config)


def end_with_parent():
    """The end of standard input is that of the process that started this one."""

    def wait():
        sys.stdin.buffer.read()
        os._exit(0)

    threading.Thread(target=wait, daemon=True).start()


def main():
    kind, journal, port, *tls = sys.argv[1:]
    listener = listen(int(port))
    print(f"listening {listener.getsockname()[1]}", flush=True)
    end_with_parent()
    serve = {"uvicorn": uvicorn_serve, "hypercorn": hypercorn_serve}[kind]
    asyncio.run(serve(Application(journal), listener, tls))


main()
