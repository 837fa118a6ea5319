// An HTTP/1.1 server by Node's `http` or `https`: node http_server.mjs JOURNAL PORT [CERTIFICATE KEY]
//
// It appends the body of each POST to `/order` to JOURNAL before it answers. Port 0 is a free one. Says `listening PORT`.
// `http_server.py` does the same.
import { appendFileSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';

const [journal, port, certificate, key] = process.argv.slice(2);
const PIECE = 1000;

function collect(request, done) {
  const pieces = [];
  request.on('data', (piece) => pieces.push(piece));
  request.on('end', () => done(Buffer.concat(pieces)));
}

function sendChunked(request, response, body) {
  // An answer to HEAD has no chunks that a trailer could stand behind.
  const trailer = request.method === 'HEAD' ? {} : { Trailer: 'X-Bytes' };
  response.writeHead(200, { 'Content-Type': 'application/octet-stream', ...trailer });
  for (let start = 0; start < body.length; start += PIECE) response.write(body.subarray(start, start + PIECE));
  if (trailer.Trailer) response.addTrailers({ 'X-Bytes': String(body.length) });
  response.end();
}

function sendWhole(response, body) {
  response.writeHead(200, { 'Content-Type': 'application/octet-stream', 'Content-Length': body.length });
  response.end(body);
}

function answer(request, response) {
  const url = new URL(request.url, 'http://localhost');
  const body = Buffer.alloc(Number(url.searchParams.get('bytes') ?? 0), 'x');
  switch (url.pathname) {
    case '/order':
      return collect(request, (order) => {
        appendFileSync(journal, `${order}\n`);
        sendWhole(response, order);
      });
    case '/echo':
      return collect(request, (echo) => sendWhole(response, echo));
    case '/echo-chunked':
      return collect(request, (echo) => sendChunked(request, response, echo));
    case '/length':
      return sendWhole(response, body);
    case '/chunked':
      return sendChunked(request, response, body);
    case '/close':
      response.setHeader('Connection', 'close');
      return sendWhole(response, body);
    case '/no-content':
      return response.writeHead(204).end();
    case '/not-modified':
      return response.writeHead(304, { ETag: '"v1"' }).end();
    default:
      return response.writeHead(404, { 'Content-Length': 0 }).end();
  }
}

const server = certificate
  ? createSecureServer({ cert: readFileSync(certificate), key: readFileSync(key) }, answer)
  : createServer(answer);
// Longer than a run: what ends connections here is the kill.
server.keepAliveTimeout = 60_000;
server.listen(Number(port), '127.0.0.1', () => console.log(`listening ${server.address().port}`));
// The end of standard input is that of the process that started this one.
process.stdin.on('end', () => process.exit()).resume();
