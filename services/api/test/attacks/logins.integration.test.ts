import { depth, eventually } from '@dialgate/testing';
import { expect } from 'chai';
import { createPasswordCheck } from '../../src/auth/passwords.js';
import { PASSWORD, startApi, type Answer, type Api } from '../api.js';

const TOKEN = '/api/v2/token';

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/**
 * That one address over two instances, many addresses, made-up headers and neighbours get no further either, and that nobody is
 * locked out by others: `login-guard.integration.test.ts`. That both kinds of name cost one comparison: `passwords.test.ts`.
 */
describe('guessing at logins', () => {
  let api: Api;
  let limited: Api;
  before(async () => {
    api = await startApi();
    limited = await startApi({ LOGIN_RATE_LIMIT: '5', TRUST_PROXY: '1' }, { beside: api });
  });
  after(async () => {
    await limited.stop();
    await api.stop();
  });

  const logIn = (username: string, to = api, from?: string): Promise<Answer> =>
    to.send('POST', TOKEN, {
      token: null,
      json: { username, password: 'wrong' },
      headers: from === undefined ? {} : { 'x-forwarded-for': from },
    });

  it('tells nothing of which names exist: one answer, and one way through the code (S02)', async () => {
    const names = { known: api.user.username, unknown: 'nobody-at-all' };
    // Its time on a processor, as this machine may be busy with other things.
    const took = { known: [] as number[], unknown: [] as number[] };
    const shown = new Set<string>();
    for (let i = 0; i < depth({ quick: 30, deep: 500 }); i++) {
      for (const kind of ['known', 'unknown'] as const) {
        const before = process.cpuUsage();
        const { status, headers, body } = await logIn(names[kind]);
        const { user, system } = process.cpuUsage(before);
        const always = { ...headers, 'x-request-id': '', date: '' };
        shown.add(JSON.stringify({ status, headers: always, body: { ...body, request_id: '' } }));
        took[kind].push((user + system) / 1_000);
      }
    }
    const [known, unknown] = [median(took.known), median(took.unknown)];
    console.log(
      `      S02: CPU medians ${known.toFixed(1)} ms (known), ${unknown.toFixed(1)} ms (unknown), ` +
        `${((100 * Math.abs(known - unknown)) / known).toFixed(1)} % apart; goal 5 %, n = ${took.known.length} each`,
    );
    expect(shown.size).to.equal(1);
  }).timeout(900_000); // A thousand passwords are compared, one after another.

  it('looks up one name, whoever it is: known, switched off or nobody (S02)', async () => {
    const { id, username } = await api.addUser('operator');
    const known = await api.tables.database.users.findById(id);
    if (known === null) throw new Error('a user that was just made');
    for (const user of [known, { ...known, disabled: true }, null]) {
      let lookUps = 0;
      const check = createPasswordCheck({ findByUsername: () => Promise.resolve((lookUps++, user)) });
      expect(await check(username, 'wrong')).to.equal(null);
      expect(lookUps).to.equal(1);
    }
  });

  it('is over after five tries, and nine in a quarter of an hour, of a thousand (S03)', async () => {
    const { username } = await api.addUser('operator');
    const tries = depth({ quick: 300, deep: 1_000 });
    const answers = [];
    for (let i = 0; i < tries; i += 50) {
      // What the client itself writes in front is not what the proxy adds.
      const some = Array.from({ length: 50 }, (_, j) =>
        logIn(username, limited, `203.0.113.${(i + j) % 256}, 198.51.100.4`),
      );
      answers.push(...(await Promise.all(some)));
    }
    const compared = answers.filter(({ status }) => status === 401).length;
    console.log(`      S03: ${compared} of ${tries} tries were compared with the password; goal 10 at most`);
    expect(answers.filter(({ status }) => ![401, 429].includes(status))).to.deep.equal([]);
    expect(compared).to.equal(5);
    const victim = await limited.send('POST', TOKEN, {
      token: null,
      json: { username, password: PASSWORD },
      headers: { 'x-forwarded-for': '198.51.100.5' },
    });
    expect(victim.status).to.equal(200);
    await eventually(() => limited.logged().includes('Logins locked'));
  });
});
