import { expect } from 'chai';
import fc from 'fast-check';
import {
  parseChannelId,
  channelIdFor,
  DialgateError,
  dialEndpoint,
  durationSeconds,
  endpointTemplateProblem,
  FAILURE_REASONS,
  formatCallerId,
  hangupCauseText,
  isDialable,
  isE164,
  parseCallerId,
  unformatCallerId,
  PHONE_NUMBER_MAX_LENGTH,
  reasonOfCause,
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
  it('takes seven to fifteen digits, and nothing in front or behind', () => {
    expect(isE164('+1234567')).to.equal(true);
    for (const text of ['x+1234567890', '+1234567890x', '+1234567890\n']) expect(isE164(text)).to.equal(false);
  });
  it('takes extensions only as dialable', () => {
    for (const text of ['1001', '*97', '#1', '+12', '9'.repeat(20), `+${'9'.repeat(20)}`]) {
      expect(isDialable(text), text).to.equal(true);
      expect(text.length).to.be.at.most(PHONE_NUMBER_MAX_LENGTH);
    }
    for (const text of ['', '+', '1', '1001@x', 'x1001', '10+01', '9'.repeat(21)]) {
      expect(isDialable(text), text).to.equal(false);
    }
    expect(isE164('1001')).to.equal(false);
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
  it('say what is wrong with a template', () => {
    for (const template of ['', '{number}', '9PJSIP/{number}', 'PJSIP/', 'PJSIP/{number}@t x', ' PJSIP/{number}']) {
      expect(endpointTemplateProblem(template), template).to.include('must look like');
    }
    for (const template of ['PJSIP/trunk', 'PJSIP/{number}@{digits}']) {
      expect(endpointTemplateProblem(template), template).to.include('exactly once');
    }
    for (const template of ['PJSIP/{number}{', 'PJSIP/{number}}']) {
      expect(endpointTemplateProblem(template), template).to.include('no other braces');
    }
    expect(() => dialEndpoint('PJSIP/{number}@trunk', 'x')).to.throw(RangeError, 'not a dialable number');
  });
  it('take a plus out of a number where only digits go', () => {
    expect(dialEndpoint('Local/{digits}@x', '1001')).to.equal('Local/1001@x');
    expect(dialEndpoint('Local/{digits}@x', '+1001')).to.equal('Local/1001@x');
    expect(dialEndpoint('A1_b/{number}', '*97')).to.equal('A1_b/*97');
  });
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
  it('are read whatever blanks stand around their parts', () => {
    expect(parseCallerId('  +33123456789 ')).to.deep.equal({ number: '+33123456789', name: '' });
    expect(parseCallerId(' "  Desk 1 "   <1001> ')).to.deep.equal({ number: '1001', name: 'Desk 1' });
    expect(parseCallerId('Desk 1   <1001>')).to.deep.equal({ number: '1001', name: 'Desk 1' });
    expect(parseCallerId('<1001>')).to.deep.equal({ number: '1001', name: '' });
    expect(parseCallerId('""<1001>')).to.deep.equal({ number: '1001', name: '' });
  });
  it('have numbers of 2 to 15 digits and names of up to 80 characters', () => {
    expect(parseCallerId('12')).to.deep.equal({ number: '12', name: '' });
    expect(parseCallerId('+123456789012345')).to.deep.equal({ number: '+123456789012345', name: '' });
    expect(parseCallerId('x <123456789012345>')?.number).to.equal('123456789012345');
    for (const text of ['1', '1234567890123456', 'x <1>', 'x <1234567890123456>', 'x12', '12x', 'x <12>y']) {
      expect(parseCallerId(text), text).to.equal(null);
    }
    const longest = 'x'.repeat(80);
    expect(parseCallerId(`"${longest}" <+123456789012345>`)?.name).to.equal(longest);
    expect(parseCallerId(`${' '.repeat(106)}1001`)?.number).to.equal('1001');
    expect(parseCallerId(`${' '.repeat(107)}1001`), 'too long, though blank').to.equal(null);
  });
  it('are written as they are read', () => {
    expect(formatCallerId({ number: '1001', name: '' })).to.equal('1001');
    expect(formatCallerId({ number: '1001', name: 'Desk' })).to.equal('"Desk" <1001>');
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
  it('are read as they were written, also where nobody may ask for such a one any more', () => {
    for (const callerId of [
      { number: '', name: 'Desk' },
      { number: '7', name: '' },
      { number: 'x', name: 'a" <b> \n' },
    ]) {
      expect(unformatCallerId(formatCallerId(callerId))).to.deep.equal(callerId);
    }
  });
  it('survive being written and read again', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 90, unit: 'grapheme' }),
        fc.stringMatching(/^\+?[0-9]{2,15}$/),
        (name, number) => {
          const read = parseCallerId(`"${name}" <${number}>`);
          if (read !== null) expect(unformatCallerId(formatCallerId(read))).to.deep.equal(read);
        },
      ),
    );
  });
});

describe('channel names', () => {
  const id = '0193e4a0-7b1c-7d2e-8f3a-123456789abc';
  it('carry the call and the attempt', () => {
    expect(parseChannelId(channelIdFor(id, 3))).to.deep.equal({ callId: id, attempt: 3 });
  });
  it('count attempts up to ten digits', () => {
    expect(channelIdFor(id, 12)).to.equal(`${id}.12`);
    expect(parseChannelId(`${id}.1234567890`)?.attempt).to.equal(1_234_567_890);
    for (const name of [`${id}.12345678901`, `x${id}.1`, `${id}x1`, `${id.replace('7d2e', '4d2e')}.1`]) {
      expect(parseChannelId(name), name).to.equal(null);
    }
  });
  for (const name of [id, `${id}.0`, `${id}.x`, '1700000000.12', `${id}.1;2`, '']) {
    it(`are told from others: ${name || '(empty)'}`, () => expect(parseChannelId(name)).to.equal(null));
  }
});

describe('duration', () => {
  it('is whole seconds from answer to end', () => {
    expect(durationSeconds({ answeredAt: new Date(1_000), endedAt: new Date(4_999) })).to.equal(3);
    expect(durationSeconds({ answeredAt: null, endedAt: new Date(4_999) })).to.equal(null);
    expect(durationSeconds({ answeredAt: new Date(1_000), endedAt: null })).to.equal(null);
    expect(durationSeconds({ answeredAt: null, endedAt: null })).to.equal(null);
  });
  it('is never less than nothing', () => {
    expect(durationSeconds({ answeredAt: new Date(4_000), endedAt: new Date(1_000) })).to.equal(0);
  });
});

describe('hangup causes', () => {
  it('have their Q.850 names', () => {
    expect(hangupCauseText(17)).to.equal('User busy');
    expect(hangupCauseText(200)).to.equal(null);
    expect(hangupCauseText(null)).to.equal(null);
    const named = Array.from({ length: 128 }, (_, cause) => hangupCauseText(cause)).filter((text) => text !== null);
    expect(named).to.have.length(48);
    for (const text of named) expect(text).to.match(/^[A-Z][a-z]/);
  });
  it('give a reason of the closed list, `other` where they say nothing', () => {
    const causes = Array.from({ length: 128 }, (_, cause) => cause);
    const telling = causes.filter((cause) => reasonOfCause(cause) !== 'other');
    expect(telling).to.deep.equal([1, 3, 20, 21, 22, 23, 25, 27, 28, 29, 34, 38, 41, 42, 44, 47, 58, 65, 88, 102, 127]);
    for (const cause of telling) expect(FAILURE_REASONS).to.have.property(reasonOfCause(cause));
    expect(reasonOfCause(null)).to.equal('other');
  });
});

describe('the reasons of a failure', () => {
  it('have a sentence each', () => {
    for (const sentence of Object.values(FAILURE_REASONS)) expect(sentence).to.match(/^[A-Z].+\.$/);
  });
});

describe('an error of this product', () => {
  it('carries its code, its message and what there is to say besides', () => {
    const cause = new Error('refused');
    const error = new DialgateError('overloaded', 'Too many.', { cause, retryAfterSeconds: 2 });
    expect(error).to.include({ name: 'DialgateError', code: 'overloaded', message: 'Too many.', cause });
    expect(error.details.retryAfterSeconds).to.equal(2);
    expect(new DialgateError('internal', 'No.')).not.to.have.own.property('cause');
    expect(new DialgateError('internal', 'No.').details).to.deep.equal({});
  });
});
