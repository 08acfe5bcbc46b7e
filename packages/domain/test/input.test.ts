import { expect } from 'chai';
import fc from 'fast-check';
import {
  attemptOf,
  channelOf,
  dialEndpoint,
  durationSeconds,
  endpointTemplateProblem,
  formatCallerId,
  hangupCauseText,
  isDialable,
  isE164,
  maskedNumber,
  parseCallerId,
} from '../src/index.js';

describe('phone numbers', () => {
  for (const number of ['+1234567890', '+33123456789', '+999999999999999']) {
    it(`takes ${number}`, () => expect(isE164(number)).to.equal(true));
  }
  const refused = [
    '',
    '+',
    '1234567890',
    '+0123456789',
    '+123456',
    '+1234567890123456',
    '+12345a7890',
    '+1 234 567 890',
  ];
  const attacks = [
    '100&PJSIP/200',
    '+100@evil',
    '+1234567890/1',
    '+1234567890\r\nX: y',
    '+١٢٣٤٥٦٧٨٩٠',
    '+１２３４５６７８',
    '+1234567890\0',
  ];
  for (const number of [...refused, ...attacks]) {
    it(`refuses ${JSON.stringify(number)}`, () => {
      expect(isE164(number)).to.equal(false);
    });
  }
  it('takes extensions only as dialable', () => {
    expect(isDialable('1001')).to.equal(true);
    expect(isDialable('*97')).to.equal(true);
    expect(isDialable('1001@x')).to.equal(false);
    expect(isE164('1001')).to.equal(false);
  });
  it('shows only the last three digits', () => {
    expect(maskedNumber('+33123456789')).to.equal('*********789');
    expect(maskedNumber('911')).to.equal('***');
  });
});

describe('endpoints', () => {
  it('fill in the number with or without its plus', () => {
    expect(dialEndpoint('PJSIP/{number}@trunk', '+33123456789')).to.equal('PJSIP/+33123456789@trunk');
    expect(dialEndpoint('Local/{digits}@from-internal/n', '+33123456789')).to.equal(
      'Local/33123456789@from-internal/n',
    );
  });
  it('never fill in anything that is not a number', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        if (!isDialable(text)) expect(() => dialEndpoint('PJSIP/{number}@trunk', text)).to.throw(RangeError);
      }),
    );
  });
  for (const template of [
    'PJSIP/trunk',
    '{number}',
    'PJSIP/{number}@a&PJSIP/{number}@b',
    'PJSIP/{number} @t',
    'PJSIP/{x}{number}',
  ]) {
    it(`refuse the template ${template}`, () => expect(endpointTemplateProblem(template)).to.be.a('string'));
  }
  for (const template of [
    'PJSIP/{number}@trunk',
    'Local/{digits}@from-internal/n',
    'PJSIP/trunk/sip:{digits}@10.0.0.1:5060',
  ]) {
    it(`take the template ${template}`, () => expect(endpointTemplateProblem(template)).to.equal(null));
  }
});

describe('caller IDs', () => {
  it('are a number, or a name and a number', () => {
    expect(parseCallerId('+33123456789')).to.deep.equal({ number: '+33123456789', name: '' });
    expect(parseCallerId('"Support Line" <+33123456789>')).to.deep.equal({
      number: '+33123456789',
      name: 'Support Line',
    });
    expect(parseCallerId('Support <1001>')).to.deep.equal({ number: '1001', name: 'Support' });
    expect(parseCallerId('Éloïse <1001>')).to.deep.equal({ number: '1001', name: 'Éloïse' });
  });
  const refused = [
    '',
    'Support',
    'x\r\nFrom: evil <1001>',
    '"a"b" <1001>',
    'a\\b <1001>',
    '<<1001>',
    'a <1001> b',
    `${'x'.repeat(81)} <1001>`,
    'a\u2028b <1001>',
    'a\u202eb <1001>',
    'a <10a01>',
  ];
  for (const text of refused) {
    it(`refuse ${JSON.stringify(text).slice(0, 40)}`, () => expect(parseCallerId(text)).to.equal(null));
  }
  it('survive being written and read again', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 90, unit: 'grapheme' }),
        fc.stringMatching(/^\+?[0-9]{2,15}$/),
        (name, number) => {
          const read = parseCallerId(`"${name}" <${number}>`);
          if (read !== null) expect(parseCallerId(formatCallerId(read))).to.deep.equal(read);
        },
      ),
    );
  });
});

describe('channel names', () => {
  const id = '0193e4a0-7b1c-7d2e-8f3a-123456789abc';
  it('carry the call and the attempt', () => {
    expect(attemptOf(channelOf(id, 3))).to.deep.equal({ callId: id, attempt: 3 });
  });
  for (const name of [id, `${id}.0`, `${id}.x`, '1700000000.12', `${id}.1;2`, '']) {
    it(`are told from others: ${name || '(empty)'}`, () => expect(attemptOf(name)).to.equal(null));
  }
});

describe('duration', () => {
  it('is whole seconds from answer to end', () => {
    expect(durationSeconds({ answeredAt: new Date(1_000), endedAt: new Date(4_999) })).to.equal(3);
    expect(durationSeconds({ answeredAt: null, endedAt: new Date(4_999) })).to.equal(null);
    expect(durationSeconds({ answeredAt: new Date(1_000), endedAt: null })).to.equal(null);
  });
});

describe('hangup causes', () => {
  it('have their Q.850 names', () => {
    expect(hangupCauseText(17)).to.equal('User busy');
    expect(hangupCauseText(200)).to.equal(null);
    expect(hangupCauseText(null)).to.equal(null);
  });
});
