"""What the servers in Python have in common: recordings, fragments, and what the client has sent back."""

import hashlib
import json
import os
import pathlib
import socket
import struct
import sys
import threading

FRAGMENT_EVERY = 7
PING_EVERY = 50
# A multiple of FRAGMENT_EVERY: here a ping stands between two fragments.
PING_INSIDE_EVERY = 35


def messages(folder, file):
    """Whether they are text, and each message."""
    text = file.endswith(".jsonl") and file != "upbit.jsonl"
    content = (pathlib.Path(folder) / pathlib.Path(file).name).read_bytes()
    if file.endswith(".bin"):
        return text, [content]
    lines = content.removesuffix(b"\n").split(b"\n")
    return text, [bytes.fromhex(line.decode()) if file.endswith(".hex") else line for line in lines]


def fragments(message, number, size):
    """Cuts at bytes, so that a character may begin in one fragment and end in the next.

    A `size` is for every message; without it only some are cut.
    """
    if size == 0:
        if number % FRAGMENT_EVERY != 0:
            return [message]
        count = 2 if number // FRAGMENT_EVERY % 2 == 0 else 3
        size = max(1, -(-len(message) // count))
        return [message[index * size : (index + 1) * size] for index in range(count)]
    return [message[at : at + size] for at in range(0, max(1, len(message)), size)]


def part_of(lines, abort):
    """What is sent in whole, and what comes before the connection is broken off."""
    half = len(lines) // 2
    return (lines[:half], lines[half]) if abort else (lines, None)


def break_off(transport, abort):
    """Ends the TCP connection as a server does that dies, by FIN or by RST."""
    if abort == "rst":
        linger = struct.pack("ii", 1, 0)
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    transport.abort()


class Report:
    """What is seen of one connection."""

    def __init__(self, path):
        self.path = path
        self.file = ""
        self.pings = 0
        self.pongs = 0
        self.messages = 0
        self.bytes = 0
        self.texts = 0
        self.hash = hashlib.sha256()

    def received(self, message):
        if isinstance(message, str):
            self.texts += 1
            message = message.encode()
        self.messages += 1
        self.bytes += len(message)
        self.hash.update(message)
        self.hash.update(b"\n")

    def print(self, close):
        names = ("path", "file", "pings", "pongs", "messages", "bytes", "texts")
        report = {name: getattr(self, name) for name in names}
        report |= {"sha256": self.hash.hexdigest(), "close": close or 0}
        print(json.dumps(report), flush=True)


def end_with_parent():
    """Ends with the program that started it, however that ends."""

    def wait():
        sys.stdin.buffer.read()
        os._exit(0)

    threading.Thread(target=wait, daemon=True).start()
