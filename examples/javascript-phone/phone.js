// A phone in JavaScript, written from docs/radio.md alone.
//
//   npm install
//   node phone.js mqtt://127.0.0.1:1883 +33612345678
//
// It prints each text as a line of JSON once all its parts are there. A line that is typed goes as
// a reply to whoever sent the newest text; "+33698765432: Hello" goes to that number.

const crypto = require('node:crypto');
const readline = require('node:readline');
const mqtt = require('mqtt');

const [url, number, box = 'default'] = process.argv.slice(2);
if (!url || !number) {
  console.error('usage: node phone.js URL MSISDN [BOX]');
  process.exit(2);
}
const msisdn = number.replace(/^\+/, '');
const topics = `carrierbox/v1/${box}/phone/${msisdn}`;

const seen = new Set();     // ids of parts that are here: each is shown once
const pieces = new Map();   // parts of texts that are not complete
const unsent = new Map();   // texts that the carrier has not acknowledged, by their ids
let newestSender = '';

// One connection per phone. The broker says "offline" for us when we vanish.
const client = mqtt.connect(url, {
  clientId: msisdn,
  clean: true,
  reconnectPeriod: 200,
  will: { topic: `${topics}/presence`, payload: 'offline', qos: 1, retain: true },
});

client.on('connect', async () => {
  await client.subscribeAsync([`${topics}/mt`, `${topics}/mo/ack`], { qos: 1 });
  tell({ event: 'connected' });
  await publish('presence', 'online', true);
  // Nobody knows what became of these: the carrier takes a repeated id once.
  for (const text of unsent.values()) publish('mo', text);
});
client.on('close', () => tell({ event: 'disconnected' }));
client.on('error', (error) => console.error(error.message));

client.on('message', (topic, payload) => {
  let message;
  try {
    message = JSON.parse(payload.toString());
  } catch {
    return;
  }
  if (topic === `${topics}/mt`) receive(message);
  if (topic === `${topics}/mo/ack` && unsent.delete(message.id)) {
    tell({ event: 'sent', id: message.id, problem: message.problem });
  }
});

function receive(mt) {
  // Acknowledge again what came before: the first answer may be lost.
  publish('mt/ack', JSON.stringify({ id: mt.id }));
  if (seen.has(mt.id)) return;
  seen.add(mt.id);
  const { sender, text, part, parts, concatenation_reference: reference } = mt.decoded;
  const key = `${sender} ${reference} ${parts}`;
  const held = pieces.get(key) ?? new Map();
  held.set(part, text);
  pieces.set(key, held);
  if (held.size < parts) return;
  pieces.delete(key);
  newestSender = sender;
  const whole = [...held.keys()].sort((a, b) => a - b).map((each) => held.get(each)).join('');
  tell({ event: 'text', sender, text: whole, parts });
}

function send(to, text) {
  const id = crypto.randomUUID();
  unsent.set(id, JSON.stringify({ id, to, text }));
  publish('mo', unsent.get(id));
}

// Until mo/ack comes, a text is repeated: the carrier may have been away.
setInterval(() => {
  if (client.connected) for (const text of unsent.values()) publish('mo', text);
}, 10_000).unref();

function publish(kind, payload, retain = false) {
  return client.publishAsync(`${topics}/${kind}`, payload, { qos: 1, retain }).catch(() => {});
}

function tell(happening) {
  console.log(JSON.stringify(happening));
}

readline.createInterface({ input: process.stdin }).on('line', (line) => {
  const typed = line.match(/^(\+?\d+): (.*)$/);
  if (typed) send(typed[1], typed[2]);
  else if (newestSender) send(newestSender, line);
  else console.error('nothing to reply to: write +33612345678: Hello');
});

async function goodbye() {
  await publish('presence', 'offline', true);
  await client.endAsync();
  process.exit(0);
}
process.on('SIGINT', goodbye);
process.on('SIGTERM', goodbye);
