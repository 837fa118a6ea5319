//! One answer each: its bytes, and what has to be told of it.

use boom_http::Method;

use crate::exchange::{After, exchange};
use After::{Eof, Open, Reset};

/// Name, method, bytes (`\n` stands for CRLF, `~` for a bare LF, `^` for a bare CR), what follows, what is told.
type Case = (
    &'static str,
    &'static str,
    &'static str,
    After,
    &'static str,
);

#[rustfmt::skip]
const CASES: &[Case] = &[
    // Content-Length (RFC 9112 §6.2).
    ("length", "GET", "HTTP/1.1 200 OK\nContent-Length: 5\n\nhello", Open, "200 [hello]; keep"),
    ("length zero", "GET", "HTTP/1.1 200 OK\nContent-Length: 0\n\n", Open, "200 []; keep"),
    ("length with leading zeros", "GET", "HTTP/1.1 200 OK\nContent-Length: 0005\n\nhello", Open, "200 [hello]; keep"),
    ("length in lower case", "GET", "HTTP/1.1 200 OK\ncontent-length:5\n\nhello", Open, "200 [hello]; keep"),
    ("length among spaces and tabs", "GET", "HTTP/1.1 200 OK\nContent-Length: \t 5 \t\n\nhello", Open, "200 [hello]; keep"),
    ("length, body missing", "GET", "HTTP/1.1 200 OK\nContent-Length: 5\n\nhel", Open, "waits; close"),
    ("length, body cut by FIN", "GET", "HTTP/1.1 200 OK\nContent-Length: 5\n\nhel", Eof, "! Protocol(Truncated) All; close"),
    ("length, body cut by RST", "GET", "HTTP/1.1 200 OK\nContent-Length: 5\n\nhel", Reset, "! Io(Kind(ConnectionReset)) All; close"),
    ("length, then FIN", "GET", "HTTP/1.1 200 OK\nContent-Length: 5\n\nhello", Eof, "200 [hello]; close"),
    ("length, then RST", "GET", "HTTP/1.1 200 OK\nContent-Length: 5\n\nhello", Reset, "200 [hello]; close"),
    ("length twice the same", "GET", "HTTP/1.1 200 OK\nContent-Length: 5\nContent-Length: 5\n\nhello", Open, "! Protocol(RepeatedContentLength) All; close"),
    ("length twice, conflicting", "GET", "HTTP/1.1 200 OK\nContent-Length: 5\nContent-Length: 6\n\nhello!", Open, "! Protocol(RepeatedContentLength) All; close"),
    ("length as a list", "GET", "HTTP/1.1 200 OK\nContent-Length: 5, 5\n\nhello", Open, "! Protocol(RepeatedContentLength) All; close"),
    ("length as a conflicting list", "GET", "HTTP/1.1 200 OK\nContent-Length: 5,6\n\nhello", Open, "! Protocol(RepeatedContentLength) All; close"),
    ("length negative", "GET", "HTTP/1.1 200 OK\nContent-Length: -1\n\n", Open, "! Protocol(InvalidContentLength) All; close"),
    ("length with a plus", "GET", "HTTP/1.1 200 OK\nContent-Length: +5\n\nhello", Open, "! Protocol(InvalidContentLength) All; close"),
    ("length hexadecimal", "GET", "HTTP/1.1 200 OK\nContent-Length: 0x5\n\nhello", Open, "! Protocol(InvalidContentLength) All; close"),
    ("length empty", "GET", "HTTP/1.1 200 OK\nContent-Length:\n\n", Open, "! Protocol(InvalidContentLength) All; close"),
    ("length with a space inside", "GET", "HTTP/1.1 200 OK\nContent-Length: 1 2\n\n", Open, "! Protocol(InvalidContentLength) All; close"),
    ("length with a fraction", "GET", "HTTP/1.1 200 OK\nContent-Length: 5.0\n\nhello", Open, "! Protocol(InvalidContentLength) All; close"),
    ("length with an underscore", "GET", "HTTP/1.1 200 OK\nContent-Length: 1_0\n\nhello", Open, "! Protocol(InvalidContentLength) All; close"),
    ("length beyond 64 bits", "GET", "HTTP/1.1 200 OK\nContent-Length: 18446744073709551616\n\n", Open, "! Protocol(InvalidContentLength) All; close"),
    ("length of 64 bits", "GET", "HTTP/1.1 200 OK\nContent-Length: 18446744073709551615\n\n", Open, "! Limit(Body(256)) All; close"),
    ("length beyond the limit", "GET", "HTTP/1.1 200 OK\nContent-Length: 257\n\n", Open, "! Limit(Body(256)) All; close"),
    ("length in digits of another script", "GET", "HTTP/1.1 200 OK\nContent-Length: \u{0665}\n\n", Open, "! Protocol(InvalidContentLength) All; close"),
    ("length by a name that only begins like it", "GET", "HTTP/1.1 200 OK\nContent-Lengthx: 9\nContent-Length: 2\n\nok", Open, "200 [ok]; keep"),
    // Chunks (RFC 9112 §7.1).
    ("chunks", "GET", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n3\nabc\n2\nde\n0\n\n", Open, "200 [abcde]; keep"),
    ("chunks, coding in upper case", "GET", "HTTP/1.1 200 OK\nTRANSFER-ENCODING: CHUNKED\n\n3\nabc\n0\n\n", Open, "200 [abc]; keep"),
    ("chunks, none", "GET", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n0\n\n", Open, "200 []; keep"),
    ("chunks, sizes in both cases", "GET", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\na\n0123456789\nA\n0123456789\n0\n\n", Open, "200 [01234567890123456789]; keep"),
    ("chunks, size with leading zeros", "GET", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n0000003\nabc\n000\n\n", Open, "200 [abc]; keep"),
    ("chunks with an extension", "GET", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n3;a=b\nabc\n0;last\n\n", Open, "200 [abc]; keep"),
    ("chunks with a quoted extension", "GET", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n3 ; a=\"b;c\"\nabc\n0\n\n", Open, "200 [abc]; keep"),
    ("chunks, size padded by spaces", "GET", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n3  \nabc\n0\n\n", Open, "200 [abc]; keep"),
    ("chunks with a trailer", "GET", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n3\nabc\n0\nX-Sum: 7\n\n", Open, "200 [abc] +X-Sum=7; keep"),
    ("chunks with two trailers", "GET", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\nX-A: 1\n\n1\na\n0\nX-B: 2\nX-C: 3\n\n", Open, "200 [a] X-A=1 +X-B=2 +X-C=3; keep"),
    ("a trailer Content-Length changes nothing", "GET", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n1\na\n0\nContent-Length: 100\n\n", Open, "200 [a] +Content-Length=100; keep"),
    ("a trailer Transfer-Encoding changes nothing", "GET", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n1\na\n0\nTransfer-Encoding: chunked\n\n", Open, "200 [a] +Transfer-Encoding=chunked; keep"),
    ("a trailer Connection: close changes nothing", "GET", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n1\na\n0\nConnection: close\n\n", Open, "200 [a] +Connection=close; keep"),
    ("a trailer with a bare LF", "GET", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n1\na\n0\nX-B: 2~~", Open, "200 [a] +X-B=2; keep"),
    ("a trailer without a colon", "GET", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n1\na\n0\nX-B\n\n", Open, "! Protocol(InvalidFieldName) All; close"),
    ("a trailer that is folded", "GET", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n1\na\n0\nX-B: 1\n 2\n\n", Open, "200 [a] +X-B=1   2; keep"),
    ("trailers that begin with a fold", "GET", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\nX-A: 1\n\n1\na\n0\n 2\n\n", Open, "! Protocol(InvalidFold) All; close"),
    ("chunks, size line ends by a bare LF", "GET", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n3~abc\n0\n\n", Open, "! Protocol(InvalidChunkSize) All; close"),
    ("chunks, data end by a bare LF", "GET", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n3\nabc~0\n\n", Open, "! Protocol(InvalidChunkEnd) All; close"),
    ("chunks, data without an end", "GET", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n3\nabcd\n0\n\n", Open, "! Protocol(InvalidChunkEnd) All; close"),
    ("chunks, data end by CR and another byte", "GET", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n3\nabc^x0\n\n", Open, "! Protocol(InvalidChunkEnd) All; close"),
    ("chunks, data shorter than their size", "GET", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n4\nabc\n0\n\n", Open, "! Protocol(InvalidChunkEnd) All; close"),
    ("chunks, extension with a bare CR", "GET", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n3;a^b\nabc\n0\n\n", Open, "! Protocol(InvalidChunkSize) All; close"),
    ("chunks, extension with a bare LF", "GET", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n3;~abc\n0\n\n", Open, "! Protocol(InvalidChunkSize) All; close"),
    ("chunks, no size", "GET", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n\nabc\n0\n\n", Open, "! Protocol(InvalidChunkSize) All; close"),
    ("chunks, only an extension", "GET", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n;a\nabc\n0\n\n", Open, "! Protocol(InvalidChunkSize) All; close"),
    ("chunks, size with 0x", "GET", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n0x3\nabc\n0\n\n", Open, "! Protocol(InvalidChunkSize) All; close"),
    ("chunks, size with a sign", "GET", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n+3\nabc\n0\n\n", Open, "! Protocol(InvalidChunkSize) All; close"),
    ("chunks, size negative", "GET", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n-1\nabc\n0\n\n", Open, "! Protocol(InvalidChunkSize) All; close"),
    ("chunks, space before the size", "GET", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n 3\nabc\n0\n\n", Open, "! Protocol(InvalidChunkSize) All; close"),
    ("chunks, two sizes", "GET", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n3 3\nabc\n0\n\n", Open, "! Protocol(InvalidChunkSize) All; close"),
    ("chunks, size that is no number", "GET", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\nxyz\nabc\n0\n\n", Open, "! Protocol(InvalidChunkSize) All; close"),
    ("chunks, size with an underscore", "GET", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n1_0\nabc\n0\n\n", Open, "! Protocol(InvalidChunkSize) All; close"),
    ("chunks, size beyond 64 bits", "GET", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n10000000000000000\nabc", Open, "! Protocol(InvalidChunkSize) All; close"),
    ("chunks, size of 64 bits", "GET", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\nffffffffffffffff\nabc", Open, "! Limit(Body(256)) All; close"),
    ("chunks, sizes that overflow together", "GET", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n2\nab\nfffffffffffffffe\nabc", Open, "! Limit(Body(256)) All; close"),
    ("chunks beyond the limit", "GET", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n101\n", Open, "! Limit(Body(256)) All; close"),
    ("a chunk line without an end", "GET", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n3;aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", Open, "! Limit(ChunkLine(32)) All; close"),
    ("a chunk line that is too long", "GET", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n3;aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\nabc\n0\n\n", Open, "! Limit(ChunkLine(32)) All; close"),
    ("trailers without an end", "GET", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n0\nX-A: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", Open, "! Limit(Trailers(64)) All; close"),
    ("trailers that are too many", "GET", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n0\na:\nb:\nc:\nd:\ne:\nf:\ng:\nh:\ni:\n\n", Open, "! Limit(Headers(8)) All; close"),
    ("chunks cut in a size", "GET", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n3", Eof, "! Protocol(Truncated) All; close"),
    ("chunks cut in data", "GET", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n3\nab", Eof, "! Protocol(Truncated) All; close"),
    ("chunks cut behind data", "GET", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n3\nabc\n", Eof, "! Protocol(Truncated) All; close"),
    ("chunks cut before the last line", "GET", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n3\nabc\n0\n", Eof, "! Protocol(Truncated) All; close"),
    ("chunks cut in trailers", "GET", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n0\nX-A: 1\n", Eof, "! Protocol(Truncated) All; close"),
    ("chunks cut by RST", "GET", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n3\nab", Reset, "! Io(Kind(ConnectionReset)) All; close"),
    ("data that look like a last chunk", "GET", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n5\n0\n\n\n0\n\n", Open, "200 [0\n\n]; keep"),
    // Ambiguities that smuggling lives by.
    ("chunks and a length", "GET", "HTTP/1.1 200 OK\nContent-Length: 3\nTransfer-Encoding: chunked\n\n3\nabc\n0\n\n", Open, "200 [abc]; close"),
    ("chunks and a length behind", "GET", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\nContent-Length: 300\n\n3\nabc\n0\n\n", Open, "200 [abc]; close"),
    ("chunked twice in a list", "GET", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked, chunked\n\n0\n\n", Open, "! Protocol(UnsupportedTransferCoding) All; close"),
    ("chunked twice in two lines", "GET", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\nTransfer-Encoding: chunked\n\n0\n\n", Open, "! Protocol(UnsupportedTransferCoding) All; close"),
    ("chunked and identity", "GET", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\nTransfer-Encoding: identity\n\n0\n\n", Open, "! Protocol(UnsupportedTransferCoding) All; close"),
    ("identity", "GET", "HTTP/1.1 200 OK\nTransfer-Encoding: identity\nContent-Length: 2\n\nok", Open, "! Protocol(UnsupportedTransferCoding) All; close"),
    ("gzip before chunked", "GET", "HTTP/1.1 200 OK\nTransfer-Encoding: gzip, chunked\n\n0\n\n", Open, "! Protocol(UnsupportedTransferCoding) All; close"),
    ("chunked before gzip", "GET", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked, gzip\n\n0\n\n", Open, "! Protocol(UnsupportedTransferCoding) All; close"),
    ("a coding that begins like chunked", "GET", "HTTP/1.1 200 OK\nTransfer-Encoding: chunkedx\n\n0\n\n", Open, "! Protocol(UnsupportedTransferCoding) All; close"),
    ("a coding that ends like chunked", "GET", "HTTP/1.1 200 OK\nTransfer-Encoding: xchunked\n\n0\n\n", Open, "! Protocol(UnsupportedTransferCoding) All; close"),
    ("chunked in quotes", "GET", "HTTP/1.1 200 OK\nTransfer-Encoding: \"chunked\"\n\n0\n\n", Open, "! Protocol(UnsupportedTransferCoding) All; close"),
    ("chunked with a parameter", "GET", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked;q=1\n\n0\n\n", Open, "! Protocol(UnsupportedTransferCoding) All; close"),
    ("chunked behind a vertical tab", "GET", "HTTP/1.1 200 OK\nTransfer-Encoding: \u{b}chunked\n\n0\n\n", Open, "! Protocol(InvalidFieldValue) All; close"),
    ("an empty transfer coding", "GET", "HTTP/1.1 200 OK\nTransfer-Encoding:\n\n", Open, "! Protocol(UnsupportedTransferCoding) All; close"),
    ("chunked behind a space in the name", "GET", "HTTP/1.1 200 OK\nTransfer-Encoding : chunked\n\n0\n\n", Open, "! Protocol(InvalidFieldName) All; close"),
    ("chunked on a folded line", "GET", "HTTP/1.1 200 OK\nTransfer-Encoding:\n chunked\n\n0\n\n", Open, "! Protocol(UnsupportedTransferCoding) All; close"),
    ("a fold behind chunked", "GET", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n , identity\n\n0\n\n", Open, "! Protocol(InvalidFold) All; close"),
    ("a fold behind a length", "GET", "HTTP/1.1 200 OK\nContent-Length: 1\n 0\n\nhello hell", Open, "! Protocol(InvalidFold) All; close"),
    ("a fold behind Connection", "GET", "HTTP/1.1 200 OK\nConnection: keep-alive\n , close\nContent-Length: 0\n\n", Open, "! Protocol(InvalidFold) All; close"),
    ("chunks in HTTP/1.0", "GET", "HTTP/1.0 200 OK\nTransfer-Encoding: chunked\n\n0\n\n", Open, "! Protocol(TransferEncodingInHttp10) All; close"),
    // Until the end.
    ("until FIN", "GET", "HTTP/1.1 200 OK\n\nhello", Eof, "200 [hello]; close"),
    ("until FIN, empty", "GET", "HTTP/1.1 200 OK\n\n", Eof, "200 []; close"),
    ("until FIN, which does not come", "GET", "HTTP/1.1 200 OK\n\nhello", Open, "waits; close"),
    ("until RST is no answer", "GET", "HTTP/1.1 200 OK\n\nhello", Reset, "! Io(Kind(ConnectionReset)) All; close"),
    ("HTTP/1.0 until FIN", "GET", "HTTP/1.0 200 OK\n\nhello", Eof, "200 [hello]; close"),
    ("HTTP/1.0 with a length", "GET", "HTTP/1.0 200 OK\nContent-Length: 2\n\nok", Open, "200 [ok]; close"),
    ("HTTP/1.0 that would be kept", "GET", "HTTP/1.0 200 OK\nConnection: keep-alive\nContent-Length: 2\n\nok", Open, "200 [ok]; close"),
    // No body, whatever is said.
    ("HEAD with a length", "HEAD", "HTTP/1.1 200 OK\nContent-Length: 500\n\n", Open, "200 []; keep"),
    ("HEAD with chunks", "HEAD", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n", Open, "200 []; keep"),
    ("HEAD without a length", "HEAD", "HTTP/1.1 200 OK\n\n", Open, "200 []; keep"),
    ("HEAD with a body all the same", "HEAD", "HTTP/1.1 200 OK\nContent-Length: 2\n\nok", Open, "200 []; close"),
    ("204", "GET", "HTTP/1.1 204 No Content\n\n", Open, "204 []; keep"),
    ("204 with a length", "GET", "HTTP/1.1 204 No Content\nContent-Length: 5\n\n", Open, "204 []; close"),
    ("204 with a length of zero", "GET", "HTTP/1.1 204 No Content\nContent-Length: 0\n\n", Open, "204 []; keep"),
    ("204 with chunks", "GET", "HTTP/1.1 204 No Content\nTransfer-Encoding: chunked\n\n0\n\n", Open, "204 []; close"),
    ("304", "GET", "HTTP/1.1 304 Not Modified\nContent-Length: 500\n\n", Open, "304 []; keep"),
    ("304 without a length", "GET", "HTTP/1.1 304 Not Modified\n\n", Open, "304 []; keep"),
    ("205 with a length of zero", "GET", "HTTP/1.1 205 Reset Content\nContent-Length: 0\n\n", Open, "205 []; keep"),
    // Interim responses (RFC 9110 §15.2).
    ("100 before the answer", "GET", "HTTP/1.1 100 Continue\n\nHTTP/1.1 200 OK\nContent-Length: 2\n\nok", Open, "100; 200 [ok]; keep"),
    ("102 before the answer", "GET", "HTTP/1.1 102 Processing\n\nHTTP/1.1 200 OK\nContent-Length: 2\n\nok", Open, "102; 200 [ok]; keep"),
    ("103 with headers before the answer", "GET", "HTTP/1.1 103 Early Hints\nLink: </a>\nX-A: 1\n\nHTTP/1.1 200 OK\nContent-Length: 2\n\nok", Open, "103; 200 [ok]; keep"),
    ("199 before the answer", "GET", "HTTP/1.1 199\n\nHTTP/1.1 200 OK\nContent-Length: 0\n\n", Open, "199; 200 []; keep"),
    ("four interim responses", "GET", "HTTP/1.1 103 a\n\nHTTP/1.1 103 a\n\nHTTP/1.1 103 a\n\nHTTP/1.1 103 a\n\nHTTP/1.1 204 b\n\n", Open, "103; 103; 103; 103; 204 []; keep"),
    ("interim responses without an end", "GET", "HTTP/1.1 103 a\n\nHTTP/1.1 103 a\n\nHTTP/1.1 103 a\n\nHTTP/1.1 103 a\n\nHTTP/1.1 103 a\n\n", Open, "103; 103; 103; 103; 103; ! Limit(Interim(4)) All; close"),
    ("interim with a length has no body", "GET", "HTTP/1.1 103 a\nContent-Length: 5\n\nHTTP/1.1 204 b\n\n", Open, "103; 204 []; keep"),
    ("Connection: close in an interim is of no account", "GET", "HTTP/1.1 103 a\nConnection: close\n\nHTTP/1.1 204 b\n\n", Open, "103; 204 []; keep"),
    ("FIN behind an interim", "GET", "HTTP/1.1 100 Continue\n\n", Eof, "100; ! Closed All; close"),
    ("101 that nobody asked for", "GET", "HTTP/1.1 101 Switching Protocols\nUpgrade: x\nConnection: Upgrade\n\n", Open, "! Protocol(UnexpectedUpgrade) All; close"),
    // Keeping and closing.
    ("Connection: close", "GET", "HTTP/1.1 200 OK\nConnection: close\nContent-Length: 2\n\nok", Open, "200 [ok]; close"),
    ("Connection: Close", "GET", "HTTP/1.1 200 OK\nconnection: Close\nContent-Length: 2\n\nok", Open, "200 [ok]; close"),
    ("close in a list", "GET", "HTTP/1.1 200 OK\nConnection: x, close , y\nContent-Length: 2\n\nok", Open, "200 [ok]; close"),
    ("close in a second line", "GET", "HTTP/1.1 200 OK\nConnection: keep-alive\nConnection: close\nContent-Length: 2\n\nok", Open, "200 [ok]; close"),
    ("an option that contains close", "GET", "HTTP/1.1 200 OK\nConnection: closed, xclose\nContent-Length: 2\n\nok", Open, "200 [ok]; keep"),
    ("Connection: keep-alive", "GET", "HTTP/1.1 200 OK\nConnection: keep-alive\nKeep-Alive: timeout=5, max=100\nContent-Length: 2\n\nok", Open, "200 [ok]; keep"),
    ("Keep-Alive: timeout=0", "GET", "HTTP/1.1 200 OK\nKeep-Alive: timeout=0\nContent-Length: 2\n\nok", Open, "200 [ok]; close"),
    ("another answer glued on", "GET", "HTTP/1.1 200 OK\nContent-Length: 2\n\nokHTTP/1.1 200 OK\nContent-Length: 0\n\n", Open, "200 [ok]; close"),
    ("a line end glued on", "GET", "HTTP/1.1 200 OK\nContent-Length: 2\n\nok\n", Open, "200 [ok]; close"),
    ("bytes behind the last chunk", "GET", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n0\n\nx", Open, "200 []; close"),
    // The status line (RFC 9112 §4).
    ("no reason", "GET", "HTTP/1.1 204 \n\n", Open, "204 []; keep"),
    ("no reason and no space", "GET", "HTTP/1.1 204\n\n", Open, "204 []; keep"),
    ("a reason of other bytes", "GET", "HTTP/1.1 204 \u{e4}\u{f6}\u{fc}\n\n", Open, "204 []; keep"),
    ("a status of 999", "GET", "HTTP/1.1 999 Odd\nContent-Length: 0\n\n", Open, "999 []; keep"),
    ("a status of four digits", "GET", "HTTP/1.1 2000 OK\n\n", Open, "! Protocol(InvalidStatusLine) All; close"),
    ("a status of two digits", "GET", "HTTP/1.1 20 OK\n\n", Open, "! Protocol(InvalidStatusLine) All; close"),
    ("a status that begins with zero", "GET", "HTTP/1.1 020 OK\n\n", Open, "! Protocol(InvalidStatusLine) All; close"),
    ("a status that is no number", "GET", "HTTP/1.1 2x0 OK\n\n", Open, "! Protocol(InvalidStatusLine) All; close"),
    ("two spaces before the status", "GET", "HTTP/1.1  200 OK\n\n", Open, "! Protocol(InvalidStatusLine) All; close"),
    ("a tab before the status", "GET", "HTTP/1.1\t200 OK\n\n", Open, "! Protocol(InvalidStatusLine) All; close"),
    ("HTTP in lower case", "GET", "http/1.1 200 OK\n\n", Open, "! Protocol(InvalidStatusLine) All; close"),
    ("HTTP/2.0", "GET", "HTTP/2.0 200 OK\n\n", Open, "! Protocol(InvalidStatusLine) All; close"),
    ("HTTP/0.9", "GET", "HTTP/0.9 200 OK\n\n", Open, "! Protocol(InvalidStatusLine) All; close"),
    ("HTTP/1.2", "GET", "HTTP/1.2 200 OK\n\n", Open, "! Protocol(InvalidStatusLine) All; close"),
    ("HTTP/1.10", "GET", "HTTP/1.10 200 OK\n\n", Open, "! Protocol(InvalidStatusLine) All; close"),
    ("an empty line first", "GET", "\nHTTP/1.1 200 OK\nContent-Length: 0\n\n", Open, "! Protocol(InvalidStatusLine) All; close"),
    ("a space first", "GET", " HTTP/1.1 200 OK\nContent-Length: 0\n\n", Open, "! Protocol(InvalidStatusLine) All; close"),
    ("a request for an answer", "GET", "GET / HTTP/1.1\n\n", Open, "! Protocol(InvalidStatusLine) All; close"),
    ("a page without a head", "GET", "<html></html>\n", Open, "! Protocol(InvalidStatusLine) All; close"),
    ("a greeting of SSH", "GET", "SSH-2.0-x\n", Open, "! Protocol(InvalidStatusLine) All; close"),
    ("a bare CR in the reason", "GET", "HTTP/1.1 200 O^K\n\n", Open, "! Protocol(InvalidStatusLine) All; close"),
    ("NUL in the reason", "GET", "HTTP/1.1 200 O\0K\n\n", Open, "! Protocol(InvalidStatusLine) All; close"),
    ("nothing but FIN", "GET", "", Eof, "! Closed All; close"),
    ("nothing but RST", "GET", "", Reset, "! Io(Kind(ConnectionReset)) All; close"),
    ("FIN in the status line", "GET", "HTTP/1.1 20", Eof, "! Protocol(Truncated) All; close"),
    ("FIN in a header", "GET", "HTTP/1.1 200 OK\nContent-Le", Eof, "! Protocol(Truncated) All; close"),
    ("FIN before the empty line", "GET", "HTTP/1.1 200 OK\nContent-Length: 0\n", Eof, "! Protocol(Truncated) All; close"),
    // Fields (RFC 9112 §5).
    ("lines that end by a bare LF", "GET", "HTTP/1.1 200 OK~X-A: 1~Content-Length: 2~~ok", Open, "200 [ok] X-A=1; keep"),
    ("both kinds of line ends", "GET", "HTTP/1.1 200 OK\nX-A: 1~Content-Length: 2~\nok", Open, "200 [ok] X-A=1; keep"),
    ("a bare CR in a value", "GET", "HTTP/1.1 200 OK\nX-A: 1^2\nContent-Length: 0\n\n", Open, "! Protocol(BareCarriageReturn) All; close"),
    ("two CRs before LF", "GET", "HTTP/1.1 200 OK\nX-A: 1^\nContent-Length: 0\n\n", Open, "! Protocol(BareCarriageReturn) All; close"),
    ("NUL in a value", "GET", "HTTP/1.1 200 OK\nX-A: 1\x002\nContent-Length: 0\n\n", Open, "! Protocol(InvalidFieldValue) All; close"),
    ("DEL in a value", "GET", "HTTP/1.1 200 OK\nX-A: 1\x7f2\nContent-Length: 0\n\n", Open, "! Protocol(InvalidFieldValue) All; close"),
    ("a tab in a value", "GET", "HTTP/1.1 200 OK\nX-A: 1\t2\nContent-Length: 0\n\n", Open, "200 [] X-A=1\t2; keep"),
    ("other bytes in a value", "GET", "HTTP/1.1 200 OK\nX-A: \u{e4}\nContent-Length: 0\n\n", Open, "200 [] X-A=\u{e4}; keep"),
    ("an empty value", "GET", "HTTP/1.1 200 OK\nX-A:\nContent-Length: 0\n\n", Open, "200 [] X-A=; keep"),
    ("a value of white space", "GET", "HTTP/1.1 200 OK\nX-A:  \t \nContent-Length: 0\n\n", Open, "200 [] X-A=; keep"),
    ("colons in a value", "GET", "HTTP/1.1 200 OK\nX-A:: a:b\nContent-Length: 0\n\n", Open, "200 [] X-A=: a:b; keep"),
    ("a name with every sign of a token", "GET", "HTTP/1.1 200 OK\nX-!#$%&'*+._`|: 1\nContent-Length: 0\n\n", Open, "200 [] X-!#$%&'*+._`|=1; keep"),
    ("no colon", "GET", "HTTP/1.1 200 OK\nX-A\nContent-Length: 0\n\n", Open, "! Protocol(InvalidFieldName) All; close"),
    ("no name", "GET", "HTTP/1.1 200 OK\n: 1\nContent-Length: 0\n\n", Open, "! Protocol(InvalidFieldName) All; close"),
    ("a space before the colon", "GET", "HTTP/1.1 200 OK\nX-A : 1\nContent-Length: 0\n\n", Open, "! Protocol(InvalidFieldName) All; close"),
    ("a tab before the colon", "GET", "HTTP/1.1 200 OK\nX-A\t: 1\nContent-Length: 0\n\n", Open, "! Protocol(InvalidFieldName) All; close"),
    ("a space in a name", "GET", "HTTP/1.1 200 OK\nX A: 1\nContent-Length: 0\n\n", Open, "! Protocol(InvalidFieldName) All; close"),
    ("NUL in a name", "GET", "HTTP/1.1 200 OK\nX\0A: 1\nContent-Length: 0\n\n", Open, "! Protocol(InvalidFieldName) All; close"),
    ("other bytes in a name", "GET", "HTTP/1.1 200 OK\nX\u{e4}: 1\nContent-Length: 0\n\n", Open, "! Protocol(InvalidFieldName) All; close"),
    ("a fold", "GET", "HTTP/1.1 200 OK\nX-A: 1\n  2\nContent-Length: 0\n\n", Open, "200 [] X-A=1    2; keep"),
    ("a fold by a tab", "GET", "HTTP/1.1 200 OK\nX-A: 1\n\t2\nContent-Length: 0\n\n", Open, "200 [] X-A=1   2; keep"),
    ("a fold onto an empty value", "GET", "HTTP/1.1 200 OK\nX-A:\n 2\nContent-Length: 0\n\n", Open, "200 [] X-A=2; keep"),
    ("two folds", "GET", "HTTP/1.1 200 OK\nX-A: 1\n 2\n 3\nContent-Length: 0\n\n", Open, "200 [] X-A=1   2   3; keep"),
    ("a fold of nothing", "GET", "HTTP/1.1 200 OK\nX-A: 1\n  \nContent-Length: 0\n\n", Open, "200 [] X-A=1; keep"),
    ("a fold that hides a field", "GET", "HTTP/1.1 200 OK\nX-A: 1\n Content-Length: 5\nContent-Length: 0\n\n", Open, "200 [] X-A=1   Content-Length: 5; keep"),
    ("a fold behind the status line", "GET", "HTTP/1.1 200 OK\n X-A: 1\nContent-Length: 0\n\n", Open, "! Protocol(InvalidFold) All; close"),
    ("a fold with a control character", "GET", "HTTP/1.1 200 OK\nX-A: 1\n \x01\nContent-Length: 0\n\n", Open, "! Protocol(InvalidFieldValue) All; close"),
    ("the same field twice", "GET", "HTTP/1.1 200 OK\nX-A: 1\nX-A: 2\nContent-Length: 0\n\n", Open, "200 [] X-A=1 X-A=2; keep"),
    ("as many headers as may be", "GET", "HTTP/1.1 204 a\na:\nb:\nc:\nd:\ne:\nf:\ng:\nh:\n\n", Open, "204 []; keep"),
    ("a header too many", "GET", "HTTP/1.1 204 a\na:\nb:\nc:\nd:\ne:\nf:\ng:\nh:\ni:\n\n", Open, "! Limit(Headers(8)) All; close"),
];

/// Longer than can be written down: repeated parts.
fn long() -> Vec<(&'static str, String, &'static str)> {
    let head = |rest: &str| format!("HTTP/1.1 200 OK\n{rest}");
    let chunks = |rest: &str| head(&format!("Transfer-Encoding: chunked\n\n{rest}"));
    vec![
        (
            "a head without an end",
            head(&format!("X-A: {}", "a".repeat(600))),
            "! Limit(Head(512)) All; close",
        ),
        (
            "a head that is too long",
            head(&format!("X-A: {}\n\n", "a".repeat(600))),
            "! Limit(Head(512)) All; close",
        ),
        (
            "a status line without an end",
            format!("HTTP/1.1 200 {}", "a".repeat(600)),
            "! Limit(Head(512)) All; close",
        ),
        (
            "folds without an end",
            head(&format!("X-A: a\n{}", " a\n".repeat(300))),
            "! Limit(Head(512)) All; close",
        ),
        (
            "a body of many chunks of a byte",
            chunks(&format!("{}0\n\n", "1\na\n".repeat(200))),
            "200 [*200]; keep",
        ),
        (
            "chunks of a byte without an end",
            chunks(&"1\na\n".repeat(300)),
            "! Limit(Body(256)) All; close",
        ),
        (
            "a body as long as may be",
            head(&format!("Content-Length: 256\n\n{}", "a".repeat(256))),
            "200 [*256]; keep",
        ),
        (
            "a body until FIN that is too long",
            head(&format!("\n{}", "a".repeat(300))),
            "! Limit(Body(256)) All; close",
        ),
    ]
}

pub(crate) fn names() -> Vec<&'static str> {
    let names = CASES.iter().map(|case| case.0);
    names.chain(long().into_iter().map(|case| case.0)).collect()
}

pub(crate) fn check() {
    for (name, method, bytes, after, expected) in CASES {
        let method = method.parse().unwrap();
        let bytes = unescape(bytes);
        check_cuts(
            name,
            &method,
            &bytes,
            *after,
            &expected.replace('\n', "\r\n"),
        );
    }
    for (name, bytes, expected) in long() {
        let expected = match expected.split_once("[*") {
            Some((before, rest)) => {
                let (count, after) = rest.split_once(']').unwrap();
                format!("{before}[{}]{after}", "a".repeat(count.parse().unwrap()))
            }
            None => expected.to_owned(),
        };
        check_cuts(name, &Method::GET, &unescape(&bytes), Open, &expected);
    }
}

fn unescape(text: &str) -> Vec<u8> {
    let text = text
        .replace('\n', "\r\n")
        .replace('~', "\n")
        .replace('^', "\r");
    text.into_bytes()
}

fn check_cuts(name: &str, method: &Method, bytes: &[u8], after: After, expected: &str) {
    let check = |pieces: &[&[u8]], is_streamed: bool| {
        let told = exchange(method, is_streamed, pieces, after).join("; ");
        assert_eq!(
            told,
            expected,
            "{name} (streamed: {is_streamed}), {} pieces",
            pieces.len()
        );
    };
    for is_streamed in [false, true] {
        check(&[bytes], is_streamed);
        for cut in 1..bytes.len() {
            check(&[&bytes[..cut], &bytes[cut..]], is_streamed);
        }
        check(&bytes.chunks(1).collect::<Vec<_>>(), is_streamed);
    }
}
