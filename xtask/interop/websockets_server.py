"""Replays recordings over WebSocket by the PyPI package `websockets`: python3 websockets_server.py FOLDER

The first message of a connection names a file of FOLDER. Each of its messages is sent, some in fragments and some after a
ping; `?fragment=BYTES` cuts every one. What the client sends besides is hashed; then the client closes. With `?abort=fin`
and `?abort=rst` the connection is broken off half-way. Says `listening PORT` first, then what it saw of each connection.
`aiohttp_server.py` and `ws_server.mjs` do the same.
"""

import asyncio
import sys
from urllib.parse import parse_qs, urlsplit

from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed

from replay import (
    PING_EVERY,
    PING_INSIDE_EVERY,
    Report,
    break_off,
    end_with_parent,
    fragments,
    messages,
    part_of,
)


class Connection:
    def __init__(self, socket):
        self.socket = socket
        self.report = Report(socket.request.path)
        query = parse_qs(urlsplit(socket.request.path).query)
        self.size = int(query.get("fragment", ["0"])[0])
        self.abort = query.get("abort", [""])[0]

    async def ping(self, payload):
        self.report.pings += 1
        (await self.socket.ping(payload)).add_done_callback(self.ponged)

    def ponged(self, pong):
        # A ping that the connection's end overtook holds the error.
        if not pong.cancelled() and pong.exception() is None:
            self.report.pongs += 1

    async def fragmented(self, parts, number):
        for at, part in enumerate(parts):
            if at == 1 and number % PING_INSIDE_EVERY == 0:
                await self.ping(f"inside {number}")
            yield part

    async def begin_and_break_off(self, message):
        """Once the client has all that was sent, in the midst of a message."""
        yield message[:1]
        await (await self.socket.ping("end"))
        break_off(self.socket.transport, self.abort)

    async def replay(self, text, lines):
        lines, rest = part_of(lines, self.abort)
        for number, message in enumerate(lines, start=1):
            if number % PING_EVERY == 0:
                await self.ping(str(number))
            parts = fragments(message, number, self.size)
            await self.socket.send(message if len(parts) == 1 else self.fragmented(parts, number), text=text)
        if rest is not None:
            await self.socket.send(self.begin_and_break_off(rest), text=text)

    async def receive(self):
        async for message in self.socket:
            self.report.received(message)


async def handle(socket, folder):
    connection = Connection(socket)
    report = connection.report
    try:
        report.file = await socket.recv()
        await asyncio.gather(connection.replay(*messages(folder, report.file)), connection.receive())
    except ConnectionClosed:
        pass
    await socket.wait_closed()
    # Pongs that came with the close are counted by callbacks that have yet to run.
    await asyncio.sleep(0)
    report.print(socket.close_code)


async def main():
    folder = sys.argv[1]
    end_with_parent()
    # Compression is accepted where the client offers it.
    options = {"ping_interval": None, "max_size": 64 << 20}
    async with serve(lambda socket: handle(socket, folder), "127.0.0.1", 0, **options) as server:
        print(f"listening {server.sockets[0].getsockname()[1]}", flush=True)
        await server.wait_closed()


asyncio.run(main())
