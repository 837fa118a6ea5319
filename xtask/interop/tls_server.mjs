// Echoes over TLS by Node's `tls`: node tls_server.mjs SETTINGS
//
// SETTINGS is a JSON list with what to listen with, a port for each: `chain`, `key`, `root` where a client's certificate is
// demanded, `alpn`, `resumes`. The first line of a connection says what is done: `echo` sends back what comes behind that
// line, `close` sends 50,000 bytes and ends, `abort` does so without close_notify. Says `listening PORT PORT ...` first, and
// ends when its standard input closes. `tls_server.py` does the same.
import { constants } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:tls';

const PARTING = Buffer.alloc(50_000, 'x');

function optionsOf(settings) {
  const options = {
    cert: readFileSync(settings.chain),
    key: readFileSync(settings.key),
    minVersion: 'TLSv1.2',
  };
  if (settings.root) Object.assign(options, { ca: readFileSync(settings.root), requestCert: true, rejectUnauthorized: true });
  if (settings.alpn) options.ALPNProtocols = [settings.alpn];
  if (!settings.resumes) options.secureOptions = constants.SSL_OP_NO_TICKET;
  return options;
}

function converse(socket, word) {
  if (word === 'echo') socket.pipe(socket);
  else if (word === 'abort') socket.write(PARTING, () => socket.destroy());
  else socket.end(PARTING);
}

function serve(socket) {
  socket.setNoDelay(true);
  socket.on('error', (error) => console.error(error.message));
  let line = Buffer.alloc(0);
  const look = (data) => {
    line = Buffer.concat([line, data]);
    const end = line.indexOf(10);
    if (end < 0) return;
    socket.off('data', look);
    socket.pause();
    socket.unshift(line.subarray(end + 1));
    converse(socket, line.subarray(0, end).toString().split(' ')[0]);
  };
  socket.on('data', look);
}

const servers = JSON.parse(process.argv[2]).map((settings) => createServer(optionsOf(settings), serve));
for (const server of servers) server.on('tlsClientError', (error) => console.error(error.message));
const listening = servers.map((server) => new Promise((done) => server.listen(0, '127.0.0.1', () => done(server.address().port))));
Promise.all(listening).then((ports) => console.log('listening', ...ports));
process.stdin.on('end', () => process.exit()).resume();
