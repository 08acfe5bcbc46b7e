import { expect } from 'chai';
import { parseAriEvent } from '../src/ari/events.js';

const CHANNEL = {
  id: 'x.1',
  name: 'PJSIP/trunk-1',
  state: 'Down',
  dialplan: { context: 'default', exten: 's', priority: 1, app_name: 'Stasis', app_data: 'cc-1' },
};

describe('a message on the event socket', () => {
  it('is an event when it has what is read of one', () => {
    const event = { type: 'StasisStart', application: 'cc-1', channel: CHANNEL };
    expect(parseAriEvent(JSON.stringify(event))).to.deep.equal(event);
  });

  it('is nothing to us when it is of another kind, or of no channel where that may be', () => {
    const others = [
      { type: 'DeviceStateChanged' },
      { type: 'ChannelVarset', variable: 'GLOBAL', value: '1' },
      null,
      7,
      'text',
      [],
    ];
    for (const other of others) expect(parseAriEvent(JSON.stringify(other))).to.equal(null);
  });

  const malformed: [what: string, event: Record<string, unknown>][] = [
    ['no channel', { type: 'StasisEnd' }],
    ['a channel that is none', { type: 'StasisEnd', channel: 'x.1' }],
    ['a channel without a name', { type: 'StasisEnd', channel: { ...CHANNEL, id: undefined } }],
    ['a channel without a state', { type: 'ChannelStateChange', channel: { ...CHANNEL, state: null } }],
    ['a channel without a place', { type: 'StasisStart', channel: { ...CHANNEL, dialplan: null } }],
    [
      'a place without an application',
      { type: 'StasisStart', channel: { ...CHANNEL, dialplan: { app_name: 'Stasis' } } },
    ],
    ['a dial of nobody', { type: 'Dial', dialstatus: 'RINGING' }],
    ['a dial without a result', { type: 'Dial', peer: CHANNEL }],
    ['an end without a cause', { type: 'ChannelDestroyed', channel: CHANNEL }],
    ['a variable without a value', { type: 'ChannelVarset', channel: CHANNEL, variable: 'AMDSTATUS' }],
    [
      'an event of the dialplan without its words',
      { type: 'ChannelUserevent', channel: CHANNEL, eventname: 'DialgateResult' },
    ],
  ];
  for (const [what, event] of malformed) {
    it(`is refused with ${what}`, () => {
      expect(() => parseAriEvent(JSON.stringify(event))).to.throw(TypeError, String(event.type));
    });
  }

  it('is refused when it is cut short', () => {
    expect(() => parseAriEvent('{"type":"StasisStart","chan')).to.throw(SyntaxError);
  });
});
