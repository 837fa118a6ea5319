"""Replays recordings over WebSocket by the PyPI package `websockets`: python3 server.py FOLDER

The first message of a connection names a file of FOLDER. Each of its lines is sent as one message, some in fragments
and some after a ping; then the client closes. Says `listening PORT` first, then what it saw of each connection.
`server.mjs` does the same.
"""

import asyncio
import json
import os
import pathlib
import sys
import threading

from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed

FRAGMENT_EVERY = 7
PING_EVERY = 50
# A multiple of FRAGMENT_EVERY: here a ping stands between two fragments.
PING_INSIDE_EVERY = 35


def messages(folder, file):
    text = file.endswith(".jsonl") and file != "upbit.jsonl"
    content = (pathlib.Path(folder) / pathlib.Path(file).name).read_bytes()
    lines = content.removesuffix(b"\n").split(b"\n")
    return text, [bytes.fromhex(line.decode()) if file.endswith(".hex") else line for line in lines]


def fragments(message, number):
    """Cuts at bytes, so that a character may begin in one fragment and end in the next."""
    count = 2 if number // FRAGMENT_EVERY % 2 == 0 else 3
    size = -(-len(message) // count)
    return [message[index * size : (index + 1) * size] for index in range(count)]


class Connection:
    def __init__(self, socket):
        self.socket = socket
        self.pings = 0
        self.pongs = 0

    async def ping(self, payload):
        self.pings += 1
        (await self.socket.ping(payload)).add_done_callback(self.ponged)

    def ponged(self, pong):
        # A ping that the connection's end overtook holds the error.
        if not pong.cancelled() and pong.exception() is None:
            self.pongs += 1

    async def fragmented(self, message, number):
        for at, part in enumerate(fragments(message, number)):
            if at == 1 and number % PING_INSIDE_EVERY == 0:
                await self.ping(f"inside {number}")
            yield part

    async def replay(self, text, lines):
        for number, message in enumerate(lines, start=1):
            if number % PING_EVERY == 0:
                await self.ping(str(number))
            whole = number % FRAGMENT_EVERY != 0
            await self.socket.send(message if whole else self.fragmented(message, number), text=text)


async def handle(socket, folder):
    connection = Connection(socket)
    file = ""
    try:
        file = await socket.recv()
        await connection.replay(*messages(folder, file))
        await socket.wait_closed()
    except ConnectionClosed:
        await socket.wait_closed()
    # Pongs that came with the close are counted by callbacks that have yet to run.
    await asyncio.sleep(0)
    report = {
        "path": socket.request.path,
        "file": file,
        "pings": connection.pings,
        "pongs": connection.pongs,
        "close": socket.close_code or 0,
    }
    print(json.dumps(report), flush=True)


def end_with_parent():
    """Ends with the program that started it, however that ends."""
    sys.stdin.buffer.read()
    os._exit(0)


async def main():
    folder = sys.argv[1]
    threading.Thread(target=end_with_parent, daemon=True).start()
    options = {"compression": None, "ping_interval": None}
    async with serve(lambda socket: handle(socket, folder), "127.0.0.1", 0, **options) as server:
        print(f"listening {server.sockets[0].getsockname()[1]}", flush=True)
        await server.wait_closed()


asyncio.run(main())
