import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import { openLog, type LogLevel } from '../src/index.js';

function logged(options: { level?: LogLevel; fullNumbers?: boolean } = {}) {
  const stream = new PassThrough();
  const log = openLog({
    service: 'test',
    level: options.level ?? 'info',
    fullNumbers: options.fullNumbers ?? false,
    stream,
  });
  return {
    log,
    lines: () =>
      ((stream.read() as Buffer | null)?.toString() ?? '')
        .trim()
        .split('\n')
        .filter((text) => text !== '')
        .map((text) => JSON.parse(text) as Record<string, unknown>),
  };
}

describe('the log', () => {
  it('writes one JSON line per event, with its fields', () => {
    const { log, lines } = logged();
    log.with({ requestId: 'r1' }).info({ callId: 'c1', status: 202 }, 'Request served');
    const [line] = lines();
    expect(line).to.include({
      level: 'info',
      service: 'test',
      message: 'Request served',
      requestId: 'r1',
      callId: 'c1',
      status: 202,
    });
    expect(line?.time).to.match(/^\d{4}-\d\d-\d\dT.*Z$/);
  });

  it('leaves out what is below its level', () => {
    const { log, lines } = logged({ level: 'warn' });
    log.info({}, 'quiet');
    log.warn({}, 'loud');
    expect(lines().map(({ message }) => message)).to.deep.equal(['loud']);
  });

  it('never writes a secret, however deep it stands', () => {
    const { log, lines } = logged();
    log.info({ password: 'p1', deep: { headers: { authorization: 'Bearer t1' }, list: [{ token: 't2' }] } }, 'secrets');
    log.error({ error: new Error('connect postgresql://user:s3cret@host/db failed') }, 'secrets');
    const text = JSON.stringify(lines());
    for (const secret of ['p1', 't1', 't2', 's3cret']) expect(text).not.to.include(secret);
  });

  it('shortens phone numbers to their last three digits, unless told otherwise', () => {
    const masked = logged();
    masked.log.info({ phoneNumber: '+33123456789' }, 'call');
    expect(masked.lines()[0]).to.include({ phoneNumber: '***789' });
    const full = logged({ fullNumbers: true });
    full.log.info({ phoneNumber: '+33123456789' }, 'call');
    expect(full.lines()[0]).to.include({ phoneNumber: '+33123456789' });
  });

  it('shows an error with its code and its chain of causes', () => {
    const { log, lines } = logged();
    log.error(
      { error: new Error('outer', { cause: Object.assign(new Error('inner'), { code: 'ECONNREFUSED' }) }) },
      'failed',
    );
    expect(lines()[0]?.error).to.deep.equal({
      name: 'Error',
      message: 'outer',
      cause: { name: 'Error', message: 'inner', code: 'ECONNREFUSED' },
    });
  });
});
