// Replays recordings over WebSocket by the npm package `ws`: node server.mjs FOLDER
//
// The first message of a connection names a file of FOLDER. Each of its lines is sent as one message, some in fragments
// and some after a ping; then the client closes. Says `listening PORT` first, then what it saw of each connection.
// `server.py` does the same.
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
  const list = [];
  for (let start = 0; start < content.length; ) {
    const end = content.indexOf(10, start);
    const line = content.subarray(start, end < 0 ? content.length : end);
    list.push(file.endsWith('.hex') ? Buffer.from(line.toString(), 'hex') : line);
    start += line.length + 1;
  }
  return { binary, list };
}

// Cuts at bytes, so that a character may begin in one fragment and end in the next.
function fragments(message, number) {
  if (number % FRAGMENT_EVERY !== 0) return [message];
  const count = (number / FRAGMENT_EVERY) % 2 === 0 ? 2 : 3;
  const size = Math.ceil(message.length / count);
  return Array.from({ length: count }, (_, index) => message.subarray(index * size, (index + 1) * size));
}

function replay(socket, { binary, list }, report) {
  const ping = (number) => {
    report.pings += 1;
    socket.ping(String(number));
  };
  list.forEach((message, index) => {
    const number = index + 1;
    if (number % PING_EVERY === 0) ping(number);
    const parts = fragments(message, number);
    parts.forEach((part, at) => {
      socket.send(part, { binary, fin: at === parts.length - 1 });
      if (at === 0 && number % PING_INSIDE_EVERY === 0) ping(`inside ${number}`);
    });
  });
}

const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
server.on('listening', () => console.log(`listening ${server.address().port}`));
server.on('connection', (socket, request) => {
  const report = { path: request.url, file: '', pings: 0, pongs: 0, close: 0 };
  socket.once('message', (name) => {
    report.file = name.toString();
    replay(socket, messages(process.argv[2], report.file), report);
  });
  socket.on('pong', () => { report.pongs += 1; });
  socket.on('error', (error) => console.error(`ws: ${error.message}`));
  socket.on('close', (code) => {
    report.close = code;
    console.log(JSON.stringify(report));
  });
});

// Ends with the program that started it, however that ends.
process.stdin.on('end', () => process.exit(0)).resume();
