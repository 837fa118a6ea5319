# The server of the Autobahn test suite, on a loopback port that the system chooses.
#
# Usage: server.py FOLDER plain|tls CASES, the last being numbers and patterns with commas between: 6.4.1,12.*
#
# The first line of output is `listening PORT`. Reports go to FOLDER/reports, what the suite prints to FOLDER/server.log,
# and with `tls` the certificate to trust to FOLDER/authority.pem. It ends when its standard input closes.
#
# Python 2.7, for which the suite is written.

import json
import os
import sys

# Has to be the first module of Twisted that is imported.
import autobahntestsuite.choosereactor
from twisted.internet import protocol, reactor, ssl, stdio

from autobahntestsuite.fuzzing import FuzzingServerFactory
from OpenSSL import crypto


class Parent(protocol.Protocol):
    """Standard input, which stays open as long as whoever started us lives."""

    def connectionLost(self, reason):
        if reactor.running:
            reactor.stop()


def certificate(name, serial, extensions, issuer=None):
    """A certificate for a new key, signed by the issuer's key or its own."""
    key = crypto.PKey()
    key.generate_key(crypto.TYPE_RSA, 2048)
    signed = crypto.X509()
    signed.set_version(2)
    signed.set_serial_number(serial)
    signed.get_subject().CN = name
    # An hour back, for clocks that differ.
    signed.gmtime_adj_notBefore(-3600)
    signed.gmtime_adj_notAfter(2 * 24 * 3600)
    signed.set_pubkey(key)
    signed.add_extensions([crypto.X509Extension(*extension) for extension in extensions])
    issuer_certificate, issuer_key = issuer or (signed, key)
    signed.set_issuer(issuer_certificate.get_subject())
    signed.sign(issuer_key, 'sha256')
    return signed, key


def write(path, text):
    with open(path, 'wb') as out:
        out.write(text)
    return path


def tls_context(folder):
    """An authority for this run alone, and a certificate of it for the server."""
    authority = certificate('boomnet autobahn authority', 1, [
        ('basicConstraints', True, 'CA:TRUE'),
        ('keyUsage', True, 'keyCertSign'),
    ])
    server = certificate('localhost', 2, [
        ('basicConstraints', True, 'CA:FALSE'),
        ('keyUsage', True, 'digitalSignature'),
        ('extendedKeyUsage', False, 'serverAuth'),
        ('subjectAltName', False, 'DNS:localhost, IP:127.0.0.1'),
    ], authority)
    pem = crypto.FILETYPE_PEM
    write(os.path.join(folder, 'authority.pem'), crypto.dump_certificate(pem, authority[0]))
    return ssl.DefaultOpenSSLContextFactory(
        write(os.path.join(folder, 'server.key'), crypto.dump_privatekey(pem, server[1])),
        write(os.path.join(folder, 'server.pem'), crypto.dump_certificate(pem, server[0])))


def main(folder, transport, cases):
    factory = FuzzingServerFactory({
        'url': '%s://127.0.0.1:1' % ('wss' if transport == 'tls' else 'ws'),
        'outdir': os.path.join(folder, 'reports'),
        'cases': cases.split(','),
        'exclude-cases': [],
    })
    if transport == 'tls':
        port = reactor.listenSSL(0, factory, tls_context(folder), interface='127.0.0.1')
    else:
        port = reactor.listenTCP(0, factory, interface='127.0.0.1')
    # The port that a Host header has to name.
    factory.externalPort = port.getHost().port
    stdio.StandardIO(Parent())
    sys.__stdout__.write('listening %d\n' % factory.externalPort)
    sys.__stdout__.flush()
    reactor.run()


if __name__ == '__main__':
    arguments = sys.argv[1:]
    # It prints a line for each case.
    sys.stdout = open(os.path.join(arguments[0], 'server.log'), 'w')
    main(*arguments)
