import { DialgateError } from '@dialgate/domain';
import { expect } from 'chai';
import { callRequest, callOptions } from '../src/schemas/create-call.js';
import { reservedBecause } from '../src/schemas/reserved-variables.js';
import { valid } from '../src/schemas/valid.js';

/** The fields that are wrong with a body, given as the client's JSON. */
function wrongFields(json: string, schema = callOptions): string[] {
  try {
    valid(schema, JSON.parse(json));
    return [];
  } catch (error) {
    if (!(error instanceof DialgateError)) throw error;
    expect(error.code).to.equal('invalid_request');
    return (error.details.fields ?? []).map(({ field }) => field);
  }
}

const wrong = (field: string, value: unknown) => wrongFields(JSON.stringify({ [field]: value }));

describe('what a client may say about a call', () => {
  it('needs nothing', () => {
    expect(valid(callOptions, undefined)).to.deep.equal({});
    expect(wrongFields('{}')).to.deep.equal([]);
  });

  it('takes all of it', () => {
    const body = {
      context: 'outbound-ivr',
      extension: '*97',
      priority: 2,
      timeout: 30_000,
      caller_id: '"Support" <+33123456789>',
      variables: { customer_id: '42', greeting: 'Bonjour, ça va?', empty: '' },
      expires_in: 60,
      metadata: { order: [1, null, { deep: true }] },
    };
    expect(valid(callOptions, body)).to.deep.equal({
      ...body,
      caller_id: { name: 'Support', number: '+33123456789' },
    });
  });

  it('names every wrong and every unknown field at once', () => {
    const fields = wrongFields('{"priority":"1","timeout":1500.5,"contextt":"x","variables":{"a b":"c","OK":7}}');
    expect(fields).to.have.members([
      'body.priority',
      'body.timeout',
      'body.contextt',
      'body.variables.a b',
      'body.variables.OK',
    ]);
  });

  it('does not drown in wrong fields', () => {
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`field${i}`, i]));
    expect(wrongFields(JSON.stringify(many))).to.have.lengthOf(21);
  });

  const bad: Record<string, unknown[]> = {
    context: ['', 'a b', 'a,b', 'ivr&x', 'x'.repeat(80), 'ивр', 1, null, ['a'], 'a\n', '${EXTEN}'],
    extension: ['', '_X.', '_hc.', '_', 's@other', 's,1', 'x'.repeat(80), 100, 's\0'],
    priority: [0, -1, 10_000, 1.5, '1', null, true, 'hint'],
    timeout: [999, 600_001, '30000', 1_000.5, null],
    expires_in: [0, 86_401, '60', 1.5],
    caller_id: [
      '',
      'abc',
      '"A\r\nX-Evil: 1" <+33123456789>',
      '"A"B" <123>',
      '<script> <123>',
      'A\\ <123>',
      `${'x'.repeat(81)} <123>`,
      `x${' '.repeat(60_000)}`,
      '\ud800 <123>',
      33_123_456_789,
      { number: '1' },
    ],
    variables: [[], 'A=1', null, { A: 1 }, { A: true }, { A: null }, { A: ['x'] }, { A: { b: 'c' } }],
  };
  for (const [field, values] of Object.entries(bad)) {
    it(`refuses what is no ${field}`, () => {
      for (const value of values) {
        const [first, ...others] = wrong(field, value);
        expect(first, JSON.stringify(value).slice(0, 60)).to.match(new RegExp(`^body\\.${field}`));
        expect(others.filter((other) => !other.startsWith(`body.${field}`))).to.deep.equal([]);
      }
    });
  }

  it('refuses variable names that are functions or inherit', () => {
    for (const name of [
      'PJSIP_HEADER(add,X)',
      'CHANNEL(hangup_handler_push)',
      '_X',
      '__X',
      '1X',
      'A-B',
      'A B',
      '',
      'x'.repeat(65),
      'é',
    ]) {
      expect(wrong('variables', { [name]: 'x' }), name).to.have.lengthOf(1);
    }
  });

  it('refuses reserved variable names in any case, and says why', () => {
    const names = `CALLERID CallerId CONNECTEDLINE CHANNEL HANGUPCAUSE DIALSTATUS STASISSTATUS GW_X DIALGATE_CALL SIPADDHEADER
      PJSIP_HEADER EXTEN CONTEXT PRIORITY UNIQUEID GLOBAL TIMEOUT MASTER_CHANNEL TRANSFER_CONTEXT constructor prototype`;
    for (const name of names.split(/\s+/)) {
      expect(reservedBecause(name), name).to.be.a('string');
      expect(wrong('variables', { [name]: 'x' }), name).to.deep.equal([`body.variables.${name}`]);
    }
  });

  it('leaves ordinary names alone', () => {
    for (const name of [
      'customer_id',
      'language',
      'locale',
      'Channel2',
      'dialect',
      'amount',
      'transfer_number',
      'Priority_level',
    ]) {
      expect(wrong('variables', { [name]: 'x' }), name).to.deep.equal([]);
    }
  });

  it('refuses __proto__ wherever it stands', () => {
    expect(wrongFields('{"__proto__":{"context":"x"}}')).to.deep.equal(['body.__proto__']);
    expect(wrongFields('{"variables":{"__proto__":"x"}}')).to.deep.equal(['body.variables']);
    expect(wrongFields('{"metadata":{"a":[{"__proto__":1}]}}')).to.deep.equal(['body.metadata']);
  });

  it('refuses values of variables that are not printable or too much', () => {
    for (const value of ['a\nb', 'a\0', '\u2028', '\u007f', '\ud800', 'x'.repeat(1_025)]) {
      expect(wrong('variables', { A: value }), JSON.stringify(value).slice(0, 30)).to.deep.equal(['body.variables.A']);
    }
    const many = (count: number, length: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`V${i}`, 'x'.repeat(length)]));
    expect(wrong('variables', many(20, 10))).to.deep.equal([]);
    expect(wrong('variables', many(21, 10))).to.deep.equal(['body.variables']);
    expect(wrong('variables', many(5, 1_000))).to.deep.equal(['body.variables']);
  });

  it('takes any JSON of up to 4 KB as metadata', () => {
    for (const value of [null, 1, 'text', [], { a: { b: [1] } }, 'x'.repeat(4_094)]) {
      expect(wrong('metadata', value)).to.deep.equal([]);
    }
    for (const value of ['x'.repeat(4_095), 'é'.repeat(2_048), { a: 'b\0' }, { 'k\0': 1 }, ['\ud800']]) {
      expect(wrong('metadata', value)).to.deep.equal(['body.metadata']);
    }
  });

  it('takes numbers as metadata that come back as they were written, and no others', () => {
    const numbers = (...texts: string[]) => texts.map((text) => wrongFields(`{"metadata":{"a":[${text}]}}`).length);
    expect(numbers('0', '-1', '0.25', '1e3', '0.000001', '9007199254740991', '-9007199254740991')).to.deep.equal(
      Array(7).fill(0),
    );
    expect(numbers('9007199254740993', '1e308', '-1e21', '1e400', '1e-300', '-0.0000001')).to.deep.equal(
      Array(6).fill(1),
    );
  });

  it('survives metadata that is nested too deep', () => {
    const depth = 30_000;
    expect(wrongFields(`{"metadata":${'['.repeat(depth)}${']'.repeat(depth)}}`)).to.deep.equal(['body.metadata']);
  });

  it('wants a number in the body where the path has none', () => {
    expect(wrongFields('{}', callRequest)).to.deep.equal(['body.phone_number']);
    expect(wrongFields('{"phone_number":33100000001}', callRequest)).to.deep.equal(['body.phone_number']);
    expect(wrongFields('{"phone_number":"+33100000001"}', callRequest)).to.deep.equal([]);
  });
});
