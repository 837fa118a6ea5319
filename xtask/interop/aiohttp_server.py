"""Replays recordings over WebSocket by the PyPI package `aiohttp`: python3 aiohttp_server.py FOLDER

As `websockets_server.py`, but that aiohttp cannot send a message in fragments.
"""

import asyncio
import functools
import sys

from aiohttp import WSCloseCode, WSMsgType, web

from replay import PING_EVERY, Report, break_off, end_with_parent, messages, part_of


# The client answers it once it has all that was sent before.
END = b"end"


async def replay(socket, text, lines, report, abort):
    lines, rest = part_of(lines, abort)
    send = socket.send_str if text else socket.send_bytes
    for number, message in enumerate(lines, start=1):
        if number % PING_EVERY == 0:
            report.pings += 1
            await socket.ping(str(number).encode())
        await send(message.decode() if text else message)
    if rest is not None:
        await socket.ping(END)


async def receive(socket, report, give_up):
    async for message in socket:
        if message.type is WSMsgType.PING:
            await socket.pong(message.data)
        elif message.type is WSMsgType.PONG and bytes(message.data) == END:
            give_up()
        elif message.type is WSMsgType.PONG:
            report.pongs += 1
        elif message.type in (WSMsgType.TEXT, WSMsgType.BINARY):
            report.received(message.data)


async def handle(request):
    # Compression is accepted where the client offers it. Pongs are not shown where pings are answered by themselves.
    socket = web.WebSocketResponse(autoping=False, max_msg_size=64 << 20)
    report = Report(request.path_qs)
    try:
        await socket.prepare(request)
        report.file = await socket.receive_str()
        lines = messages(request.app["folder"], report.file)
        abort = request.query.get("abort", "")
        give_up = functools.partial(break_off, request.transport, abort)
        await asyncio.gather(replay(socket, *lines, report, abort), receive(socket, report, give_up))
    except (ConnectionError, TypeError):
        # The client is gone, or sent something else than a name.
        await socket.close(code=WSCloseCode.PROTOCOL_ERROR)
    report.print(socket.close_code)
    return socket


async def main():
    app = web.Application()
    app["folder"] = sys.argv[1]
    app.router.add_get("/{path:.*}", handle)
    end_with_parent()
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(f"listening {runner.addresses[0][1]}", flush=True)
    await asyncio.Event().wait()


asyncio.run(main())
