import { startAsteriskSimulator, type AsteriskSimulator } from '@dialgate/asterisk-simulator';
import { expect } from 'chai';
import { startGateway, type Gateway } from './gateway.js';

const NUMBER = '+33147000002';

/** Numbers that would dial something else, were they ever put into an endpoint. */
const NUMBERS = [
  '100&PJSIP/200',
  'PJSIP/t/sip:x@evil.example.com',
  'Local/1@from-internal/n',
  '../../channels',
  '1,2',
  '${EXTEN}',
  '$[1+1]',
  '+33147000002\r\nX-Evil: 1',
  '+33147000002%0d%0aX',
  '+٣٣١٤٧٠٠٠٠٠٢',
  '+33147000002\0',
  '+33147000002@evil',
  '+33147000002/n',
  '+33147000002?app=evil',
  '+33147000002#',
  ' +33147000002',
  '+33147000002 ',
  '＋33147000002',
  '+33 147 000 002',
  '+',
  '',
  '++33147000002',
  '33147000002;phone-context=evil',
  "+33147000002' OR '1'='1",
  '+'.repeat(64),
  '+3314700000299999999',
];

/** Caller IDs that would add headers or break out of theirs. */
const CALLER_IDS = [
  '"A\r\nX-Evil: 1" <+33123456789>',
  '"A"B" <+33123456789>',
  '<script> <+33123456789>',
  `"${'x'.repeat(300)}" <+33123456789>`,
  'A\\ <+33123456789>',
  '"A" <+33123456789>;tag=evil',
  '"A" <sip:evil@example.com>',
  '+3312\n3456789',
  '\0',
  'A <1>',
  '"a\u2028b" <123>',
];

/** Variables that are functions, inherit, are the gateway's or the dialplan's own, or objects in JavaScript. */
const VARIABLES = [
  'CALLERID(num)',
  'GLOBAL(x)',
  'SHELL(x)',
  'PJSIP_HEADER(add,X)',
  'CHANNEL(hangup_handler_push)',
  '__proto__',
  'constructor',
  'GW_X',
  'DIALGATE_CALL',
  '_DG_X',
  '__DG_X',
  'DG X',
  'DG-X',
  'DG_X,DG_Y',
  'DG_X=1',
  'DG_\u0130',
  'MIXMON_POST',
  'TRUNK',
  'PJSIPX',
  'ＤＧ_X',
  'dg_x',
];

/** Values that would be more than one line, or no text. */
const VALUES: unknown[] = [
  'a\r\nb',
  'a\nAction: Originate',
  '\0',
  '\u2028',
  '\ud800',
  'x'.repeat(1_025),
  1,
  null,
  {},
  ['x'],
];

/** Places in the dialplan that are none, or another's. */
const PLACES: object[] = [
  { context: 'from-internal' },
  { context: 'outbound-ivr,s,1)' },
  { context: '${X}' },
  { context: '' },
  { extension: '_X.' },
  { extension: 's@from-internal' },
  { extension: 's,1' },
  { extension: '../s' },
  { extension: 's\r\n' },
  { priority: '1' },
  { priority: 0 },
  { priority: 1.5 },
  { channelId: 'x' },
  { app: 'evil' },
  { endpoint: 'PJSIP/200' },
  { timeout: 1e9 },
];

/** Ids of calls that would be another resource of Asterisk. */
const IDS = [
  '..%2f..%2fasterisk',
  '%2e%2e',
  'x?app=evil',
  '0192f3a4-5b6c-7d8e-9f00-112233445566%2fplay',
  '0192f3a4-5b6c-7d8e-9f00-112233445566;x',
  '*',
  '%00',
];

/** The whole gateway before a simulated Asterisk, whose ledger knows what reached it. */
describe('what a client may not say to Asterisk', function () {
  this.timeout(120_000);
  let asterisk: AsteriskSimulator;
  let gateway: Gateway;
  before(async () => {
    const credentials = { username: 'dialgate', password: 'of the simulator' };
    asterisk = await startAsteriskSimulator(credentials);
    gateway = await startGateway({ url: asterisk.ariUrl, ...credentials });
  });
  after(async () => {
    await gateway.stop();
    await asterisk.close();
  });

  /** Those that were not refused, each with its answer. */
  async function taken(
    requests: readonly (readonly [method: string, path: string, body?: unknown])[],
  ): Promise<string[]> {
    const found = [];
    for (const [method, path, body] of requests) {
      const { status } = await gateway.request(method, path, body);
      if (![400, 404, 405, 422].includes(status)) found.push(`${status} ${method} ${path} ${JSON.stringify(body)}`);
    }
    return found;
  }

  it('does not reach it: dial strings, caller IDs, variables, places and ids (S05–S07, S09)', async () => {
    const byPath = `/interaction/${encodeURIComponent(NUMBER)}`;
    const requests = [
      ...NUMBERS.map((phone_number) => ['POST', '/calls', { phone_number }] as const),
      ...NUMBERS.filter((number) => number !== '').map(
        (number) => ['POST', `/interaction/${encodeURIComponent(number)}`] as const,
      ),
      ...CALLER_IDS.map((caller_id) => ['POST', byPath, { caller_id }] as const),
      ...VARIABLES.map(
        (name) => ['POST', byPath, { variables: JSON.parse(`{${JSON.stringify(name)}:"x"}`) as unknown }] as const,
      ),
      ...VALUES.map((value) => ['POST', byPath, { variables: { DG_X: value } }] as const),
      [
        'POST',
        byPath,
        { variables: Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`DG_${i}`, 'x'])) },
      ] as const,
      ...PLACES.map((place) => ['POST', byPath, place] as const),
      ...IDS.flatMap((id) => [
        ['GET', `/status/${id}`] as const,
        ['POST', `/calls/${id}/hangup`] as const,
        ['DELETE', `/calls/${id}`] as const,
      ]),
    ];
    const accepted = await taken(requests);
    // What was asked for last has been carried out: so has everything before it, if it had been accepted.
    const id = await gateway.place(NUMBER, { variables: { DG_X: 'x' } });
    await gateway.ended(id);
    const channels = asterisk.ledger.channels();
    console.log(
      `      S05–S09: ${requests.length} injections, ${channels.length - 1} of them reached Asterisk; goal 0`,
    );
    expect(accepted).to.deep.equal([]);
    expect(channels.map(({ channelId, endpoint }) => ({ channelId, endpoint }))).to.deep.equal([
      { channelId: `${id}.1`, endpoint: `PJSIP/${NUMBER}@trunk` },
    ]);
    expect(Object.entries(channels[0]!.variables).filter(([name]) => name.startsWith('DG_'))).to.deep.equal([
      ['DG_X', 'x'],
    ]);
    expect(await gateway.sql('SELECT count(*)::int AS calls FROM calls')).to.deep.equal([{ calls: 1 }]);
  });
});
