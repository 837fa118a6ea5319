// Replays recordings over WebSocket by the npm package `ws`: node ws_server.mjs FOLDER
//
// The first message of a connection names a file of FOLDER. Each of its messages is sent, some in fragments and some after
// a ping; `?fragment=BYTES` cuts every one. What the client sends besides is hashed; then the client closes. With
// `?abort=fin` and `?abort=rst` the connection is broken off half-way. Says `listening PORT` first, then what it saw of
// each connection. `websockets_server.py` does the same.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';

const { WebSocketServer } = createRequire(join(process.env.INTEROP_MODULES, 'package.json'))('ws');

const FRAGMENT_EVERY = 7;
const PING_EVERY = 50;
// A multiple of FRAGMENT_EVERY: here a ping stands between two fragments.
const PING_INSIDE_EVERY = 35;

function messages(folder, file) {
  const binary = !file.endsWith('.jsonl') || file === 'upbit.jsonl';
  const content = readFileSync(join(folder, basename(file)));
  if (file.endsWith('.bin')) return { binary, list: [content] };
  const list = [];
  for (let start = 0; start < content.length; ) {
    const end = content.indexOf(10, start);
    const line = content.subarray(start, end < 0 ? content.length : end);
    list.push(file.endsWith('.hex') ? Buffer.from(line.toString(), 'hex') : line);
    start += line.length + 1;
  }
  return { binary, list };
}

// Cuts at bytes, so that a character may begin in one fragment and end in the next. A size is for every message; without
// it only some are cut.
function fragments(message, number, every) {
  if (every === 0 && number % FRAGMENT_EVERY !== 0) return [message];
  const thirds = (number / FRAGMENT_EVERY) % 2 === 0 ? 2 : 3;
  const size = every || Math.max(1, Math.ceil(message.length / thirds));
  const count = every ? Math.max(1, Math.ceil(message.length / every)) : thirds;
  return Array.from({ length: count }, (_, index) => message.subarray(index * size, (index + 1) * size));
}

function replay(socket, { binary, list }, { size, abort }, report) {
  const ping = (number) => {
    report.pings += 1;
    socket.ping(String(number));
  };
  const half = Math.floor(list.length / 2);
  list.slice(0, abort ? half : list.length).forEach((message, index) => {
    const number = index + 1;
    if (number % PING_EVERY === 0) ping(number);
    const parts = fragments(message, number, size);
    parts.forEach((part, at) => {
      socket.send(part, { binary, fin: at === parts.length - 1 });
      if (at === 0 && number % PING_INSIDE_EVERY === 0) ping(`inside ${number}`);
    });
  });
  if (abort) {
    socket.send(list[half].subarray(0, 1), { binary, fin: false });
    // The client answers once it has all that was sent before.
    socket.on('pong', (payload) => { if (payload.toString() === 'end') breakOff(socket, abort); });
    socket.ping('end');
  }
}

// Ends the TCP connection as a server does that dies, by FIN or by RST.
function breakOff(socket, abort) {
  if (abort === 'rst') socket._socket.resetAndDestroy();
  else socket.terminate();
}

// Compression is accepted where the client offers it.
const perMessageDeflate = { threshold: 0 };
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate, maxPayload: 64 << 20 });
server.on('listening', () => console.log(`listening ${server.address().port}`));
server.on('connection', (socket, request) => {
  const report = { path: request.url, file: '', pings: 0, pongs: 0, messages: 0, bytes: 0, texts: 0 };
  const hash = createHash('sha256');
  const query = new URL(request.url, 'ws://localhost').searchParams;
  const options = { size: Number(query.get('fragment') ?? 0), abort: query.get('abort') };
  socket.once('message', (name) => {
    report.file = name.toString();
    replay(socket, messages(process.argv[2], report.file), options, report);
    socket.on('message', (message, binary) => {
      report.messages += 1;
      report.bytes += message.length;
      report.texts += binary ? 0 : 1;
      hash.update(message).update('\n');
    });
  });
  socket.on('pong', () => { report.pongs += 1; });
  socket.on('error', (error) => console.error(`ws: ${error.message}`));
  socket.on('close', (close) => console.log(JSON.stringify({ ...report, sha256: hash.digest('hex'), close })));
});

// Ends with the program that started it, however that ends.
process.stdin.on('end', () => process.exit(0)).resume();
