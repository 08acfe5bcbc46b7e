import { startAsteriskSimulator, type AsteriskSimulator } from '@dialgate/asterisk-simulator';
import { eventually } from '@dialgate/testing';
import { expect } from 'chai';
import { startGateway, type Gateway } from './gateway.js';

const ARI = { username: 'gateway', password: 'hush-hush-simulated' };
const DIGITS = '33145678';

for (const format of ['json', 'text'] as const) {
  describe(`the log of a running gateway, as ${format}`, function () {
    this.timeout(120_000);
    let simulator: AsteriskSimulator;
    let gateway: Gateway;
    let completed: string;
    let taken: { ringing: string; waiting: string; expired: string };

    before(async () => {
      simulator = await startAsteriskSimulator({ ...ARI, speed: 10 });
      gateway = await startGateway(
        { ...ARI, url: simulator.ariUrl },
        { both: { LOG_FORMAT: format }, worker: { MAX_CONCURRENT_CALLS: '1' } },
      );
      completed = await gateway.place(`+${DIGITS}001`);
      await gateway.ended(completed);
      taken = await takeBack();
    });
    after(async () => {
      await gateway.stop();
      await simulator.close();
    });

    /** One call that rings keeps the others waiting: one is taken back, one runs out of time, then the first is taken back. */
    async function takeBack(): Promise<typeof taken> {
      const ringing = await gateway.place(`+${DIGITS}006`, { timeout: 600_000 });
      await gateway.reaches(ringing, 'ringing');
      const waiting = await gateway.place(`+${DIGITS}002`);
      const expired = await gateway.place(`+${DIGITS}003`, { expires_in: 1 });
      await gateway.request('DELETE', `/calls/${waiting}`);
      await gateway.ended(expired);
      await gateway.request('DELETE', `/calls/${ringing}`);
      await gateway.ended(ringing);
      return { ringing, waiting, expired };
    }

    /** Waits for a line with these words; returns it. */
    function line(words: string): Promise<string> {
      return eventually(() => gateway.logged.find((text) => text.includes(words)) ?? null, 60_000);
    }

    /** Fields as they stand in a line, side by side. */
    function said(fields: Readonly<Record<string, unknown>>): string {
      if (format === 'json') return JSON.stringify(fields).slice(1, -1);
      return Object.entries(fields)
        .map(([name, value]) => `${name}=${String(value)}`)
        .join(' ');
    }

    function isWorkers(text: string): boolean {
      return text.includes(format === 'json' ? '"service":"ari-worker"' : ' ari-worker  ');
    }

    it('says where it is connected to, with nothing secret', async () => {
      const { host } = new URL(simulator.ariUrl);
      expect(await line('WebSocket connected to ARI | url=')).to.match(
        new RegExp(`WebSocket connected to ARI \\| url=ws://${host}/ari/events\\?app=contactcenter-[a-z0-9-]+["\\s]`),
      );
      await line('Connected to Asterisk ARI (HTTP + WebSocket)');
    });

    it('says every event that is received, and that it is worked on for which call', async () => {
      for (const type of ['StasisStart', 'Dial', 'ChannelStateChange', 'StasisEnd', 'ChannelDestroyed']) {
        const received = await line(`ARI Event received: ${type}`);
        const processed = await line(`Processing ARI event ${type} for call ${completed}`);
        const channel = format === 'json' ? `"channel":"${completed}.1"` : `channel=${completed}.1`;
        expect(received).to.include(channel);
        expect(processed).to.include(channel);
      }
    });

    it('says every status of a call, whoever writes it', async () => {
      for (const status of ['dialing', 'ringing', 'answered', 'completed']) {
        await line(`Updated call ${completed} status to ${status}`);
      }
      await line(`Updated call ${taken.ringing} status to canceled`);
      const withdrawn = await line(`Updated call ${taken.waiting} status to canceled`);
      expect(withdrawn, 'nobody but the API has touched it').to.include(
        format === 'json' ? '"service":"api"' : ' api  ',
      );
      const expired = await line(`Updated call ${taken.expired} status to failed`);
      expect(expired).to.include(format === 'json' ? '"failureReason":"expired"' : 'failureReason=expired');
    });

    it('says each status once', () => {
      const updates = gateway.logged.flatMap((text) => /Updated call \S+ status to [a-z_]+/.exec(text)?.[0] ?? []);
      expect(updates.length).to.be.at.least(9);
      expect(new Set(updates).size).to.equal(updates.length);
    });

    it('keeps the values as fields, too', async () => {
      const text = await line(`Updated call ${completed} status to ringing`);
      const fields = { callId: completed, attempt: 1, event: 'ringing', from: 'dialing', to: 'ringing' };
      if (format === 'json') expect(JSON.parse(text)).to.include({ level: 'info', service: 'ari-worker', ...fields });
      else for (const [name, value] of Object.entries(fields)) expect(text).to.include(` ${name}=${String(value)}`);
    });

    it('names call, attempt and channel in every line of a worker about a call that was claimed', () => {
      for (const callId of [completed, taken.ringing]) {
        const about = gateway.logged.filter((text) => isWorkers(text) && text.includes(callId));
        expect(about.length).to.be.greaterThan(12);
        for (const text of about) expect(text).to.include(said({ callId, attempt: 1, channel: `${callId}.1` }));
      }
    });

    it('names neither attempt nor channel of a call that never was', () => {
      for (const callId of [taken.waiting, taken.expired]) {
        const about = gateway.logged.filter((text) => text.includes(`Updated call ${callId}`));
        expect(about).to.have.length(1);
        expect(about[0])
          .to.include(said({ callId }))
          .and.not.to.match(/attempt|channel/);
      }
    });

    it('shows no secret and no whole number in any line', () => {
      expect(gateway.logged.length).to.be.greaterThan(30);
      for (const text of gateway.logged) expect(text).not.to.match(/api_?key|password|bearer|hush|33145678/i);
    });

    it(`is ${format} in every line`, () => {
      const shape =
        format === 'json' ? /^\{"time":".*\}$/ : /^\d{4}-\d\d-\d\dT\S+Z (error|warn |info |debug) \S+ {2}\S/;
      for (const text of gateway.logged) expect(text).to.match(shape);
    });
  });
}
