import { connect } from 'node:net';
import { startThrowawayRedis, type Redis as RedisServer } from '@dialgate/local-stack';
import type { Logger } from '@dialgate/service-kit';
import { eventually } from '@dialgate/testing';
import { expect } from 'chai';
import { EvictingRedisError, openEvictionCheck } from '../src/index.js';

describe('the eviction policy of Redis', function () {
  this.timeout(40_000);
  let server: RedisServer;
  let closing: (() => void)[];

  beforeEach(async () => {
    server = await startThrowawayRedis();
    closing = [];
  });
  afterEach(async () => {
    for (const close of closing) close();
    await server.stop();
  });

  /** Redis takes commands as plain lines, too. */
  function tell(command: string): Promise<void> {
    const { hostname, port, password } = new URL(server.url);
    return new Promise((resolve, reject) => {
      const socket = connect(Number(port), hostname, () => socket.end(`AUTH ${password}\r\n${command}\r\n`));
      let said = '';
      socket.setEncoding('utf8').on('data', (text: string) => (said += text));
      socket.on('error', reject);
      socket.on('close', () => {
        if (said === '+OK\r\n+OK\r\n') resolve();
        else reject(new Error(said));
      });
    });
  }

  function check() {
    const said: string[] = [];
    const write = (level: string) => (fields: object, message: string) => {
      said.push(
        `${level} ${message} ${'error' in fields && fields.error instanceof Error ? fields.error.message : ''}`,
      );
    };
    const log: Logger = {
      error: write('error'),
      warn: write('warn'),
      info: () => undefined,
      debug: () => undefined,
      with: () => log,
    };
    const opened = openEvictionCheck({ redisUrl: server.url, prefix: 'eviction', log });
    closing.push(opened.close);
    const outcome = () =>
      opened.start().then(
        () => null,
        (error: unknown) => error as Error,
      );
    return { outcome, said };
  }

  it('may be noeviction and nothing else', async () => {
    const good = check();
    expect(await good.outcome()).to.equal(null);
    expect(good.said).to.deep.equal([]);

    await tell('CONFIG SET maxmemory-policy allkeys-lru');
    const error = await check().outcome();
    expect(error).to.be.instanceOf(EvictingRedisError);
    expect(error?.message).to.include('maxmemory-policy of Redis is allkeys-lru');
    expect(error?.message).to.include('nobody follows the calls that are up');

    const [remedy = ''] = /CONFIG SET maxmemory-policy \w+/.exec(error?.message ?? '') ?? [];
    await tell(remedy);
    expect(await check().outcome()).to.equal(null);
  });

  it('is read from INFO where CONFIG is not allowed, and only missed where neither is', async () => {
    await tell('CONFIG SET maxmemory-policy volatile-ttl');
    await tell('ACL SETUSER default -config');
    expect((await check().outcome())?.message).to.include('volatile-ttl');

    await tell('ACL SETUSER default -info');
    const mute = check();
    expect(await mute.outcome()).to.equal(null);
    expect(mute.said.join()).to.include('maxmemory-policy');
  });

  it('keeps nobody from starting while Redis does not answer, and is complained of once it does', async () => {
    await tell('CONFIG SET maxmemory-policy allkeys-lru');
    server.process?.kill('SIGSTOP');
    const late = check();
    expect(await late.outcome()).to.equal(null);
    expect(late.said.join()).to.include('maxmemory-policy not known yet');

    server.process?.kill('SIGCONT');
    await eventually(() => late.said.some((line) => line.startsWith('error') && line.includes('allkeys-lru')));
  });
});
