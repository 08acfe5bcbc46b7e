import { eventually } from '@dialgate/testing';
import { expect } from 'chai';
import { readInvites } from '../src/index.js';
import { askAsterisk, realAsterisk, startGateway, type Gateway } from './gateway.js';
import { phonesOfATest, type Phone } from './phone.js';
import { LOUDNESS, loudnessOf, samplesIn, tone } from './sound.js';

interface Bridge {
  readonly technology: string;
  readonly channels: readonly string[];
}
interface Channel {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly caller: { readonly number: string };
  readonly dialplan: { readonly context: string };
}

/** They speak until they hear one another, and not for ever. */
const MOST_SOUND_MS = 60_000;

const heardLately = (phone: Phone): Int16Array => phone.heard().slice(-samplesIn(200));

describe('click to call on a real Asterisk', () => {
  let gateway: Gateway;
  before(async () => {
    const both = { CONNECT_CONTEXT: 'connect' };
    gateway = await startGateway(realAsterisk(), { both });
  });
  after(() => gateway.stop());
  const aPhone = phonesOfATest();

  const resultsOf = async (id: string) =>
    ((await gateway.client.getCall(id)) as unknown as { results: Record<string, string> }).results;

  it('rings the second phone when the first has answered, and puts both into one conversation', async () => {
    const caller_id = '+33199999999';
    const id = await gateway.place('+33149000002', { connect_to: '+33149100002', caller_id });
    await gateway.reaches(id, 'answered');
    const [first, second] = await eventually(async () => {
      const bridges = await askAsterisk<Bridge[]>('/bridges');
      const mine = bridges.find(({ channels }) => channels.some((channel) => channel.startsWith(id)));
      if (mine?.channels.length !== 2) return null;
      const channels = await Promise.all(mine.channels.map((one) => askAsterisk<Channel>(`/channels/${one}`)));
      return channels.sort((a) => (a.id.startsWith(id) ? -1 : 1));
    });
    expect(first).to.deep.include({ id: `${id}.1`, state: 'Up' });
    expect(first?.dialplan.context).to.equal('connect');
    expect(second).to.include({ state: 'Up' });
    expect(second?.name).to.match(/^PJSIP\/trunk-/);
    // Whom the second phone sees calling: what policy lets the client present.
    const seen = await askAsterisk<{ value: string }>(`/channels/${second?.id}/variable?variable=CONNECTEDLINE(num)`);
    expect(seen.value).to.equal(caller_id);
    // One hangs up, the other is hung up with it.
    await gateway.request('POST', `/calls/${id}/hangup`);
    expect(await gateway.ended(id)).to.include({ status: 'completed', hangup_by: 'gateway' });
    await eventually(async () => !(await askAsterisk<Channel[]>('/channels')).some((one) => one.id === second?.id));
  });

  it('lets each phone hear what is said into the other one', async () => {
    const [first, second] = [await aPhone(), await aPhone()];
    const id = await gateway.place(first.number, { connect_to: second.number });
    void first.says(tone(440, MOST_SOUND_MS));
    void second.says(tone(1_000, MOST_SOUND_MS));
    await eventually(() => {
      const [toFirst, toSecond] = [heardLately(first), heardLately(second)];
      expect(loudnessOf(1_000, toFirst), 'the second, to the first').to.be.closeTo(LOUDNESS, LOUDNESS / 10);
      expect(loudnessOf(440, toSecond), 'the first, to the second').to.be.closeTo(LOUDNESS, LOUDNESS / 10);
      expect(loudnessOf(440, toFirst), 'the first, to itself').to.be.below(LOUDNESS / 100);
      expect(loudnessOf(1_000, toSecond), 'the second, to itself').to.be.below(LOUDNESS / 100);
      return true;
    });
    await gateway.request('POST', `/calls/${id}/hangup`);
    await gateway.ended(id);
  });

  it('says as a result what became of the second phone when nobody is there', async () => {
    const busy = await gateway.place('+33149000002', { connect_to: '+33149100486' });
    expect(await gateway.ended(busy)).to.include({ status: 'completed' });
    expect(await resultsOf(busy)).to.deep.equal({ connect: 'BUSY' });
  });

  it('rings no second phone when the first does not answer', async () => {
    const id = await gateway.place('+33149000486', { connect_to: '+33149200002' });
    expect(await gateway.ended(id)).to.include({ status: 'busy' });
    const rung = [...readInvites(process.env.E2E_INVITE_LOG ?? '').keys()];
    expect(rung).to.include('+33149000486').and.not.include('+33149200002');
    expect(await resultsOf(id)).to.deep.equal({});
  });
});
