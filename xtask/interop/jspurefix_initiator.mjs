// jspurefix as the initiator of `cargo xtask interop fix`.
//
// It sends orders, and writes every application message into a journal before it acts on it: the format is in the module
// `journal` of the command. It is told what to do by lines on its standard input, says what happens on its standard
// output, and ends with its input. It begins at the line "go", so that a spare one can be loaded before it is needed.
//
// What a kill must not lose is kept here, since jspurefix 5.11 does not:
// - its file store truncates the file of the numbers for each of them and writes it without waiting, so that a kill leaves
//   none; it keeps a message after that has left; and it sets the outgoing number back with every message sent again;
// - it answers a ResendRequest from a store in memory that only the application fills, and forgets the gap fill where it
//   is for the last number alone;
// - it hands on messages that are ahead of a gap at once, counts all before them as received, and asks for no gap that
//   opens while another one is being filled;
// - its parser hands on every error of the socket, and its session listens no more once it has seen an end: a write that
//   fails behind that (`write EPIPE`, often over TLS) has no listener, which ends the process.
// So the store, the answer to a ResendRequest, which message is new and that listener are this file's; logons, checks, what
// is sent and received, gaps, heartbeats, test requests, rejects and logouts are jspurefix's.

import { once } from 'node:events'
import fs from 'node:fs'
import { createRequire } from 'node:module'
import net from 'node:net'
import path from 'node:path'
import readline from 'node:readline'

const require = createRequire(path.join(process.env.INTEROP_MODULES, 'package.json'))
require('reflect-metadata')
const fix = require('jspurefix')
const { TcpInitiator } = require('jspurefix/dist/transport/tcp')

// With an authority to trust, it speaks TLS.
const [port, folder, seed, authority] = process.argv.slice(2)
const APPLICATION = /^(8|B|D|j)$/
const say = line => process.stdout.write(`${line}\n`)

// mulberry32
let randomState = Number(seed) >>> 0
function roll (sides) {
  randomState = (randomState + 0x6d2b79f5) >>> 0
  let t = Math.imul(randomState ^ (randomState >>> 15), 1 | randomState)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) % sides
}

/**
 * Numbers and messages: a line is added, by one system call, for each that changes. A kill may tear the last one, at the
 * border of a page: then it is cut off, as if the kill had come before.
 */
class Memory {
  constructor () {
    this.sent = new Map()
    this.nextOutgoing = 1
    this.nextIncoming = 1
    const file = path.join(folder, 'store')
    if (fs.existsSync(file)) {
      const text = fs.readFileSync(file, 'latin1')
      const whole = text.lastIndexOf('\n') + 1
      if (whole < text.length) fs.truncateSync(file, whole)
      for (const line of text.slice(0, whole).split('\n')) {
        if (line) this.apply(JSON.parse(line))
      }
    }
    this.file = fs.openSync(file, 'a')
    this.journal = fs.openSync(path.join(folder, 'journal'), 'a')
    this.write(`V ${this.nextOutgoing}`)
  }

  apply (record) {
    if (record.incoming) {
      this.nextIncoming = record.incoming
    } else {
      this.sent.set(record.number, record)
      this.nextOutgoing = record.number + 1
    }
  }

  keep (record) {
    fs.writeSync(this.file, `${JSON.stringify(record)}\n`)
    this.apply(record)
  }

  write (line) {
    fs.writeSync(this.journal, `${line}\n`)
  }
}

/** Where jspurefix asks for the numbers; they are kept when a message is written or read. */
class Store {
  constructor (sessionId, memory) {
    Object.assign(this, { sessionId, memory, creationTime: new Date() })
  }

  get senderSeqNum () { return this.memory.nextOutgoing }
  set senderSeqNum (_) {}
  get targetSeqNum () { return this.memory.nextIncoming }
  set targetSeqNum (_) {}
  async setSenderSeqNum () {}
  async setTargetSeqNum () {}
  async nextSenderSeqNum () { return this.memory.nextOutgoing }
  async nextTargetSeqNum () { return this.memory.nextIncoming }
  async put () {}
  async get () { return null }
  async getRange () { return [] }
  async reset () { throw new Error('nobody asked for a reset') }
  async initialize () {}
  async flush () {}
  async dispose () {}
}

class Session extends fix.AsciiSession {
  constructor (config, memory) {
    super(config)
    this.memory = memory
    this.checkMsgIntegrity = true
    this.isReady = false
    this.isNew = false
    this.ahead = 0
  }

  run (transport) {
    const { transmitter } = transport
    const encode = transmitter.encodeMessage.bind(transmitter)
    transmitter.encodeMessage = (type, object) => {
      const number = object.StandardHeader?.MsgSeqNum ?? transmitter.msgSeqNum
      const isAgain = object.StandardHeader?.PossDupFlag === true
      const isApplication = APPLICATION.test(type)
      if (!isAgain) {
        if (isApplication) this.memory.write(`S ${number} N ${type} ${object.Text}`)
        this.memory.keep({ number, type, time: Date.now(), object: isApplication ? object : null })
      }
      return encode(type, object)
    }
    // What stands still for so long has been forgotten.
    let before = 0
    this.watch = setInterval(() => {
      const next = this.memory.nextIncoming
      if (this.isReady && this.ahead >= next && before === next) {
        this.sendResendRequest(next - 1, this.ahead)
      }
      before = next
    }, 200)
    return super.run(transport)
  }

  onMsg (type, view) {
    const { memory } = this
    const number = view.getTyped(fix.MsgTag.MsgSeqNum)
    this.isNew = number === memory.nextIncoming
    if (number > memory.nextIncoming) this.ahead = Math.max(this.ahead, number)
    let next = memory.nextIncoming + (this.isNew ? 1 : 0)
    if (type === fix.MsgType.SequenceReset && (this.isNew || number < memory.nextIncoming)) {
      next = Math.max(memory.nextIncoming, view.getTyped(fix.MsgTag.NewSeqNo))
    }
    const journal = kind => memory.write(`${kind} ${number} ${isPossDup(view)} ${type} ${view.getString(fix.MsgTag.Text)}`)
    this.accept = () => journal('R')
    super.onMsg(type, view)
    // Whatever was not handed on was rejected.
    if (this.isNew && this.accept && APPLICATION.test(type)) journal('X')
    if (next !== memory.nextIncoming) memory.keep({ incoming: next })
  }

  onApplicationMsg (type, view) {
    // One that was handed on before, or is ahead of a gap, from which on everything comes again.
    if (!this.isNew) return
    this.accept()
    this.accept = null
  }

  onResendRequest (view) {
    const [from, to] = view.getTypedTags([fix.MsgTag.BeginSeqNo, fix.MsgTag.EndSeqNo])
    const end = Math.min(to || Infinity, this.memory.nextOutgoing - 1)
    const again = (number, time) => ({ PossDupFlag: true, MsgSeqNum: number, SendingTime: new Date(time) })
    let gap = 0
    const fill = next => {
      if (!gap) return
      const reset = this.config.factory.sequenceReset(next, true)
      this.send(fix.MsgType.SequenceReset, { ...reset, StandardHeader: again(gap, Date.now()) })
      gap = 0
    }
    for (let number = from; number <= end; number++) {
      const record = this.memory.sent.get(number)
      if (record?.object) {
        fill(number)
        const object = { ...record.object, StandardHeader: again(number, record.time) }
        if (object.TransactTime) object.TransactTime = new Date(record.time)
        this.send(record.type, object)
      } else {
        gap ||= number
      }
    }
    fill(end + 1)
  }

  onReady () {
    this.isReady = true
    say('logged on')
  }

  onStopped () {
    this.isReady = false
    clearInterval(this.watch)
    say('logged out')
  }

  onLogon () { return true }
  onDecoded () {}
  onEncoded () {}

  order (ordType) {
    const id = `B${roll(2 ** 32)}`
    this.send('D', {
      ClOrdID: id,
      Side: '1',
      TransactTime: new Date(),
      Instrument: { Symbol: 'BOOM' },
      OrderQtyData: { OrderQty: 1 + roll(1000) },
      OrdType: ordType,
      Price: 1.25,
      Text: id + String.fromCharCode(97 + roll(26)).repeat(roll(200))
    })
  }
}

const isPossDup = view => view.getTyped(fix.MsgTag.PossDupFlag) === true ? 'Y' : 'N'

const description = {
  application: {
    type: 'initiator',
    name: 'buyer',
    protocol: 'ascii',
    dictionary: 'repo44'
  },
  ResetSeqNumFlag: false,
  HeartBtInt: 2,
  SenderCompId: 'BUYER',
  TargetCompID: 'VENUE',
  BeginString: 'FIX.4.4',
  // `N` is what they are without it.
  Logon: { ResetSeqNumFlag: null }
}
if (authority) {
  const options = { ca: fs.readFileSync(authority), servername: 'localhost' }
  description.application.tcp = { host: '127.0.0.1', port: Number(port), tls: { nodeTlsConnectionOptions: options } }
}

let session = null
let connections = 0
let isBusy = false

async function open (config) {
  if (authority) return await new TcpInitiator(config).tryConnect()
  const socket = net.connect(Number(port), '127.0.0.1')
  await once(socket, 'connect')
  return new fix.MsgTransport(++connections, config, new fix.TcpDuplex(socket))
}

async function connect (config) {
  const transport = await open(config)
  transport.receiver.on('error', error => console.error(`socket: ${error.message}`))
  session = new Session(config, config.memory)
  await session.run(transport)
}

async function main () {
  fix.MsgTransport.lingerMs = 100
  const container = new fix.SessionContainer()
  container.registerGlobal(new fix.EmptyLogFactory())
  const system = await container.makeSystem(description)
  const config = system.resolve(fix.DITokens.IJsFixConfig)
  say('ready')
  const lines = readline.createInterface({ input: process.stdin })
  const begin = new Promise(resolve => lines.on('line', line => line === 'go' ? resolve() : command(line)))
  lines.on('close', () => process.exit(0))
  await begin
  config.memory = new Memory()
  config.sessionStoreFactory = { create: id => new Store(id, config.memory) }
  setInterval(() => {
    if (!isBusy || !session?.isReady) return
    for (let count = roll(6); count > 0; count--) session.order('2')
  }, 2)
  for (;;) {
    await connect(config).catch(error => console.error(error.message))
    session?.transport?.end()
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}

function command (line) {
  const [word, count] = line.split(' ')
  if (word === 'traffic') {
    isBusy = count === 'on'
  } else if (word === 'status') {
    const memory = session?.memory
    say(`next ${memory?.nextOutgoing ?? 1} ${memory?.nextIncoming ?? 1}`)
  } else if (!session?.isReady) {
    say('not logged on')
  } else if (word === 'send') {
    for (let left = Number(count); left > 0; left--) session.order('2')
  } else if (word === 'bad') {
    session.order('?')
  } else if (word === 'strange') {
    // An acceptor of orders has no use for news.
    const text = `N${roll(2 ** 32)}`
    session.send('B', { Headline: text, LinesOfTextGrp: [{ Text: text }], Text: text })
  } else if (word === 'test') {
    session.send(fix.MsgType.TestRequest, { TestReqID: 'asked' })
  } else if (word === 'logout') {
    session.done()
  }
}

await main()
