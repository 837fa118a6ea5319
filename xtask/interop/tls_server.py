"""Echoes over TLS by Python's `ssl`: python3 tls_server.py SETTINGS

SETTINGS is a JSON list with what to listen with, a port for each: `chain`, `key`, `root` where a client's certificate is
demanded, `alpn`, `resumes`. The first line of a connection says what is done: `echo` sends back what comes behind that
line, `close` sends 50,000 bytes and ends, `abort` does so without close_notify. Says `listening PORT PORT ...` first, and
ends when its standard input closes. `tls_server.mjs` does the same.
"""

import json
import os
import socket
import ssl
import sys
import threading

PARTING = b"x" * 50_000


def context_of(settings):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(settings["chain"], settings["key"])
    if settings["root"]:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(settings["root"])
    if settings["alpn"]:
        context.set_alpn_protocols([settings["alpn"]])
    if not settings["resumes"]:
        context.options |= ssl.OP_NO_TICKET
        context.num_tickets = 0
    return context


def line_of(connection):
    line = b""
    while not line.endswith(b"\n"):
        byte = connection.recv(1)
        if not byte:
            break
        line += byte
    return line


def converse(connection):
    word = line_of(connection).split(b" ")[0].strip()
    if word == b"echo":
        while data := connection.recv(65536):
            connection.sendall(data)
    elif word == b"close" or word == b"abort":
        connection.sendall(PARTING)
    if word == b"abort":
        connection.shutdown(socket.SHUT_RDWR)
    else:
        connection.unwrap()


def serve(plain, context):
    plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        with context.wrap_socket(plain, server_side=True) as connection:
            converse(connection)
    except OSError as error:
        # A client that refuses this server's certificate, say.
        print(error, file=sys.stderr)


def accept(listener, context):
    while True:
        plain, _ = listener.accept()
        threading.Thread(target=serve, args=(plain, context), daemon=True).start()


def main():
    ports = []
    for settings in json.loads(sys.argv[1]):
        listener = socket.create_server(("127.0.0.1", 0))
        ports.append(str(listener.getsockname()[1]))
        context = context_of(settings)
        threading.Thread(target=accept, args=(listener, context), daemon=True).start()
    print("listening", *ports, flush=True)
    sys.stdin.read()
    os._exit(0)


main()
