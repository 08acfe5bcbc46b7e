import { readFileSync } from 'node:fs';
import { eventually } from '@dialgate/testing';
import { expect } from 'chai';
import { startRealAsterisk, type RealAsterisk } from '../src/index.js';
import { startGateway, type Gateway } from './gateway.js';

/** The places of a request into which a stranger may write something. */
type Request = Readonly<Record<string, unknown>> & { readonly number?: string };

const NUMBER = '+33151000002'; // Answers and waits for the gateway's hangup.
const INSIDE = 'X-Smuggled: yes';

/** A number is put into an endpoint, which Asterisk takes apart at `/ @ & ; , ? #`. */
const NUMBERS = [
  ...['&PJSIP/1002', '/sip:99@127.0.0.1:5072', '@127.0.0.1', ';transport=tcp', '?x=y', ',s,1', '|20', '#1', '*1'],
  ...[
    '%26',
    '%40',
    '%0d%0a',
    '\r\n',
    '\0',
    '\t',
    ' ',
    '\u2028',
    '${EXTEN}',
    '$[1+1]',
    '`id`',
    '..',
    '\\n',
    '"',
    '<x>',
    "'",
  ],
].map((trick) => ({ number: `${NUMBER}${trick}` }));

const WHOLE_NUMBERS = [
  ...['PJSIP/1002', 'Local/s@outbound-ivr', 'UnicastRTP/127.0.0.1:9999', 'sip:x@127.0.0.1', 'tel:+33151000002'],
  ...['+٣٣١٥١٠٠٠٠٠٢', '+３３１５１０００００２', '', '+', '++33151000002', '00', '_X.', '.', '${GLOBAL(TRUNK)}'],
].map((number) => ({ number }));

/** A caller ID's name goes into From and P-Asserted-Identity; a line break in it would begin a header. */
const CALLER_IDS = [
  ...[
    `a\r\n${INSIDE}`,
    `a\n${INSIDE}`,
    `a\r${INSIDE}`,
    `a\u2028${INSIDE}`,
    `a\u0085${INSIDE}`,
    'a\0',
    'a\tb',
    'a" <sip:x@evil>',
  ],
  ...['a\\', 'a<b', 'a>b', 'a\u202e', 'a\ud800', 'n'.repeat(300)],
]
  .map((name) => `"${name}" <+33123456789>`)
  .concat(
    '+33123456789\r\nX: y',
    '"a" <+33123456789;x=y>',
    '"a" <+33123456789@evil>',
    '"a" <&>',
    '<>',
    '${CALLERID(num)}',
  )
  .map((callerId) => ({ caller_id: callerId }));

/** A variable's name may be a function, and Asterisk then runs it. */
const VARIABLES = [
  ...[
    'PJSIP_HEADER(add,X-Smuggled)',
    'GLOBAL(TRUNK)',
    'CHANNEL(hangup_handler_push)',
    'CALLERID(num)',
    'TIMEOUT(absolute)',
  ],
  ...[
    'SHELL(id)',
    'DB(a/b)',
    'MASTER_CHANNEL(x)',
    'DG_X)',
    'DG_X(',
    'DG_X,Y',
    'DG_X=1',
    'DG X',
    '_DG_X',
    '__DG_X',
    'DG_Ä',
  ],
  ...['dg_x', 'PJSIPHEADER', 'MIXMON_POST', 'TRUNK', '__proto__', 'constructor', '', 'DG_'.padEnd(65, 'X')],
]
  .map((name) => ({ variables: JSON.parse(`{${JSON.stringify(name)}: "yes"}`) as Record<string, string> }))
  .concat(['a\r\nb', 'a\0', 'a\u2028b', 'a\ud800', 'v'.repeat(1_025)].map((value) => ({ variables: { DG_X: value } })));

/** A place in the dialplan is taken literally, but any that exists can be named. */
const PLACES = [
  ...['test', 'from-trunk', 'default', 'outbound-ivr,s,1', 'outbound-ivr@x', '${CONTEXT}', '../x', ''].map(
    (context) => ({ context }),
  ),
  ...['_X.', '_.', 's,1', '${EXTEN}', 's&t', 's\r\n', 'e'.repeat(80), ''].map((extension) => ({ extension })),
  ...[0, -1, 1.5, 10_000, '1', 'hint', '${PRIORITY}'].map((priority) => ({ priority })),
];

/** Odd, and harmless: each is what the callee or the dialplan shall get, to the letter. */
const ODD_NAMES = [
  "O'Hara & Søn",
  'a;b=c, 100% (x)',
  '${SHELL(id)}',
  '$[1+1] `id` $(id)',
  'sip:x@example.org',
  '電話 ☎',
  '%0d%0aX: y',
];
const ODD_VALUES = [
  '${SHELL(id)}',
  '$[1+1]',
  'a,b|c&d;e',
  '"quoted" \\n',
  '%0d%0aX: y',
  '`id`; $(id)',
  'é ☎',
  '',
  'v'.repeat(1_024),
];

describe('a client of a gateway with a real Asterisk', () => {
  let asterisk: RealAsterisk;
  let gateway: Gateway;

  before(async () => {
    const started = await startRealAsterisk({ log: () => undefined, traceMessages: true });
    if ('unavailable' in started) throw new Error(started.unavailable); // These tests run only where there is one.
    asterisk = started;
    gateway = await startGateway({ url: asterisk.ariUrl, username: asterisk.username, password: asterisk.password });
  });
  after(async () => {
    await gateway.stop();
    await asterisk.stop();
  });

  for (const [what, tricks] of Object.entries({
    'a number': [...NUMBERS, ...WHOLE_NUMBERS],
    'a caller ID': CALLER_IDS,
    'a variable': VARIABLES,
    'a context, an extension or a priority': PLACES,
  } satisfies Record<string, readonly Request[]>)) {
    it(`is refused ${what} that means more than it says, in the path and in the body, and nobody is called`, async () => {
      for (const { number = NUMBER, ...body } of tricks as readonly Request[]) {
        const inBody = await gateway.request('POST', '/calls', { ...body, phone_number: number });
        const inPath = await gateway.request('POST', `/interaction/${encodeURIComponent(number)}`, body);
        for (const answer of [inBody, inPath]) {
          expect(answer.status, JSON.stringify({ number, ...body })).to.be.within(400, 422);
        }
      }
      expect(await gateway.sql('SELECT id FROM calls')).to.deep.equal([]);
      expect(invitesIn(asterisk)).to.deep.equal([]);
    });
  }

  it('reaches the callee with one INVITE, to the number, with the headers of any other call and the name to the letter', async () => {
    const plain = await callAndHangUp({ caller_id: '+33123456789' });
    for (const name of ODD_NAMES) {
      const invite = await callAndHangUp({ caller_id: `"${name}" <+33123456789>` });
      expect(headerNames(invite), name).to.deep.equal(headerNames(plain));
      expect(header(invite, 'From'), name).to.match(/^"/);
      expect(header(invite, 'From').slice(1), name).to.satisfy((from: string) => from.startsWith(`${name}" <sip:`));
      expect(header(invite, 'P-Asserted-Identity'), name).to.satisfy((pai: string) =>
        pai.startsWith(`"${name}" <sip:`),
      );
    }
  });

  it('reaches the dialplan with text that is evaluated nowhere, and the callee with nothing of it', async () => {
    const plain = await callAndHangUp({});
    const names = ODD_VALUES.map((_, n) => `DG_${n}`);
    const variables = Object.fromEntries(names.map((name, n) => [name, ODD_VALUES[n]!]));
    const invite = await callAndHangUp({ variables }, async (channel) => {
      const read = await Promise.all(names.map((name) => readVariable(channel, name)));
      expect(read).to.deep.equal(ODD_VALUES);
    });
    expect(headerNames(invite)).to.deep.equal(headerNames(plain));
  });

  /** Places a call, waits for its answer, hangs it up, and gives back the one INVITE that it made. */
  async function callAndHangUp(body: Request, whileUp?: (channel: string) => Promise<void>): Promise<string> {
    const before = invitesIn(asterisk).length;
    const id = await gateway.place(NUMBER, { extension: 'long', ...body });
    await gateway.reaches(id, 'answered');
    await whileUp?.(`${id}.1`);
    await gateway.request('POST', `/calls/${id}/hangup`);
    expect(await gateway.ended(id)).to.include({ status: 'completed' });
    const invites = await eventually(() => {
      const found = invitesIn(asterisk).slice(before);
      return found.length > 0 ? found : null;
    });
    expect(invites).to.have.length(1);
    expect(invites[0]).to.match(/^INVITE sip:\+33151000002@127\.0\.0\.1:\d+ SIP\/2\.0\r?\n/);
    return invites[0]!;
  }

  async function readVariable(channel: string, name: string): Promise<string> {
    const authorization = `Basic ${Buffer.from(`${asterisk.username}:${asterisk.password}`).toString('base64')}`;
    const answer = await fetch(`${asterisk.ariUrl}/channels/${channel}/variable?variable=${name}`, {
      headers: { authorization },
    });
    return ((await answer.json()) as { value: string }).value;
  }
});

/** The INVITEs that the callees received, whole; one that was repeated counts once. */
function invitesIn({ messageLog }: RealAsterisk): string[] {
  const received = readFileSync(messageLog, 'utf8').split(/^-{20,}.*$/m);
  const invites = received.flatMap((part) => /^INVITE sip:[^]*/m.exec(part)?.[0] ?? []);
  return [...new Map(invites.map((invite) => [header(invite, 'Call-ID'), invite])).values()];
}

function headersOf(message: string): string[] {
  return message
    .split(/\r?\n\r?\n/, 1)[0]!
    .split(/\r?\n/)
    .slice(1);
}

function headerNames(message: string): string[] {
  return headersOf(message).map((line) => line.slice(0, line.indexOf(':')));
}

function header(message: string, name: string): string {
  const line = headersOf(message).find((one) => one.toLowerCase().startsWith(`${name.toLowerCase()}:`)) ?? '';
  return line.slice(name.length + 1).trim();
}
