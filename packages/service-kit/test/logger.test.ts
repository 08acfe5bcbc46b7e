import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import { openLog, type LogFormat, type LogLevel } from '../src/index.js';
import { redacted } from '../src/logging/redaction.js';

function logged(
  options: { level?: LogLevel; fullNumbers?: boolean; format?: LogFormat | undefined; isTerminal?: boolean } = {},
) {
  const stream = Object.assign(new PassThrough(), { isTTY: options.isTerminal ?? false });
  const log = openLog({
    service: 'test',
    level: options.level ?? 'info',
    format: options.format,
    fullNumbers: options.fullNumbers ?? false,
    stream,
  });
  const written = (): string => (stream.read() as Buffer | null)?.toString() ?? '';
  return {
    log,
    written,
    lines: () =>
      written()
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

  it('takes no field from a client that would be what its copy is made after', () => {
    const copy = redacted(JSON.parse('{"sent":{"__proto__":{"admin":true},"a":1}}'), false) as { sent: object };
    expect(copy.sent).to.deep.equal({ a: 1 });
    expect(copy.sent).not.to.have.property('admin');
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

  it('writes words for people: time, level, service, message, then the fields', () => {
    const { log, written } = logged({ format: 'text' });
    log.info({ callId: 'c1', status: 202, none: undefined, why: 'not now', list: [1, 'a'] }, 'Request served');
    log.warn({}, 'Alone');
    expect(written()).to.match(
      /^\d{4}-\d\d-\d\dT[\d:.]+Z info {2}test {2}Request served \| callId=c1 status=202 why="not now" list=\[1,"a"\]\n\S+Z warn {2}test {2}Alone\n$/,
    );
  });

  it('is for people on a terminal and for programs elsewhere, unless it is told which', () => {
    const isJson = (options: Parameters<typeof logged>[0]): boolean => {
      const { log, written } = logged(options);
      log.info({}, 'here');
      return written().startsWith('{');
    };
    expect(isJson({ isTerminal: true })).to.equal(false);
    expect(isJson({ isTerminal: false })).to.equal(true);
    expect(isJson({ isTerminal: true, format: 'json' })).to.equal(true);
    expect(isJson({ isTerminal: false, format: 'text' })).to.equal(false);
  });

  for (const format of ['json', 'text'] as const) {
    it(`keeps to one harmless line whatever the values are, as ${format}`, () => {
      const tricks = [
        'a\nINFO forged',
        'b\r\nforged',
        '\u001b[2Jc',
        '\u009b2J',
        '\u2028d',
        '\u202eneddih',
        '\u0000',
        '\u007f',
      ];
      const { log, written } = logged({ format });
      log.info({ tricks, ...Object.fromEntries(tricks.map((trick, at) => [`field${at}`, trick])) }, tricks.join(' '));
      log.info({ [tricks.join('')]: 1n }, 'key');
      const text = written();
      expect(text.endsWith('\n')).to.equal(true);
      expect(text.trim().split('\n')).to.have.lengthOf(2);
      expect(text.replaceAll('\n', '')).not.to.match(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      if (format === 'json')
        expect(JSON.parse(text.split('\n')[0] ?? '')).to.deep.include({ tricks, field2: tricks[2] });
    });
  }

  it('lets no value pass for a field of its own', () => {
    const { log, written } = logged({ format: 'text' });
    log.info({ reason: 'x status=200', quoted: 'a"b', empty: '', back: 'a\\b', bar: 'a|b' }, 'said');
    expect(written()).to.include('said | reason="x status=200" quoted="a\\"b" empty="" back="a\\\\b" bar="a|b"');
  });
});
