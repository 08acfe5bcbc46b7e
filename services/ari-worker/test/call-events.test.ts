import { expect } from 'chai';
import type { AriChannel, AriEvent } from '../src/ari/events.js';
import { hear, NO_HINTS, type EndHints } from '../src/events/translate.js';

const channel = (state: string): AriChannel => ({
  id: 'c.1',
  name: 'PJSIP/trunk-1',
  state,
  dialplan: { context: '', exten: '', priority: 1, app_name: 'Stasis', app_data: 'gw-1' },
});

const about = { application: 'gw-1' };
const dial = (dialstatus: string): AriEvent => ({ ...about, type: 'Dial', peer: channel('Down'), dialstatus });
const state = (name: string): AriEvent => ({ ...about, type: 'ChannelStateChange', channel: channel(name) });
const request = (soft?: boolean): AriEvent => ({
  ...about,
  type: 'ChannelHangupRequest',
  channel: channel('Up'),
  ...(soft === undefined ? {} : { soft }),
});
const destroyed = (more: { tech_cause?: number; state?: string } = {}): AriEvent => ({
  ...about,
  type: 'ChannelDestroyed',
  channel: channel(more.state ?? 'Down'),
  cause: 17,
  cause_txt: 'User busy',
  ...(more.tech_cause === undefined ? {} : { tech_cause: more.tech_cause }),
});

const moved = (type: string) => ({ kind: 'event', event: { type } });

describe('an event of Asterisk', () => {
  const meanings: [what: string, event: AriEvent, meaning: object | null][] = [
    [
      'its entering',
      { ...about, type: 'StasisStart', channel: channel('Down') },
      { kind: 'fact', fact: 'channel_created' },
    ],
    [
      'an answered channel’s going on',
      { ...about, type: 'StasisEnd', channel: channel('Up') },
      { kind: 'fact', fact: 'entered_dialplan' },
    ],
    ['its leaving unanswered', { ...about, type: 'StasisEnd', channel: channel('Ringing') }, null],
    ['a channel that rings', state('Ringing'), moved('ringing')],
    ['a channel that is up', state('Up'), moved('answered')],
    ['a channel in another state', state('Down'), null],
    ['the beginning of a dial', dial(''), { kind: 'fact', fact: 'dial_began' }],
    ['a dial that rings', dial('RINGING'), moved('ringing')],
    ['early media', dial('PROGRESS'), { ...moved('ringing'), detail: { early_media: true } }],
    ['a dial that is answered', dial('ANSWER'), moved('answered')],
    [
      'a dial that ended otherwise',
      dial('NOANSWER'),
      { kind: 'fact', fact: 'dial_ended', detail: { result: 'NOANSWER' } },
    ],
    ['the loss of its application', { ...about, type: 'ApplicationReplaced' }, null],
  ];
  for (const [what, event, meaning] of meanings) {
    it(`means what it says: ${what}`, () => {
      expect(hear(event, NO_HINTS)).to.deep.equal({ meaning, heard: NO_HINTS });
    });
  }

  for (const [dialstatus, dialResult] of [
    ['BUSY', 'busy'],
    ['CONGESTION', 'congestion'],
  ] as const) {
    it(`ends a call whose dial came to ${dialstatus}, and is remembered`, () => {
      const before: EndHints = { hangupRequestedBy: 'far_end', dialResult: null };
      const end = { type: 'hung_up', cause: null, sipStatus: null, wasUp: false, requestedBy: 'far_end', dialResult };
      expect(hear(dial(dialstatus), before)).to.deep.equal({
        meaning: { kind: 'event', event: end },
        heard: { hangupRequestedBy: 'far_end', dialResult },
      });
    });
  }

  it('tells who asked for a hangup, and the first who did is remembered', () => {
    for (const [event, by] of [
      [request(true), 'our_side'],
      [request(false), 'far_end'],
      [request(), 'far_end'],
    ] as const) {
      const meaning = { kind: 'fact', fact: 'hangup_requested', detail: { by } };
      expect(hear(event, NO_HINTS)).to.deep.equal({ meaning, heard: { hangupRequestedBy: by, dialResult: null } });
      const first: EndHints = { hangupRequestedBy: 'our_side', dialResult: 'busy' };
      expect(hear(event, first)).to.deep.equal({ meaning, heard: first });
    }
  });

  it('tells how a channel ended, with what was heard before', () => {
    const before: EndHints = { hangupRequestedBy: 'far_end', dialResult: 'busy' };
    const end = {
      type: 'hung_up',
      cause: 17,
      sipStatus: null,
      requestedBy: 'far_end',
      dialResult: 'busy',
      wasUp: false,
    };
    const told = (event: AriEvent) => hear(event, before);
    expect(told(destroyed())).to.deep.equal({ meaning: { kind: 'event', event: end }, heard: before });
    expect(told(destroyed({ tech_cause: 486, state: 'Up' })).meaning).to.deep.equal({
      kind: 'event',
      event: { ...end, sipStatus: 486, wasUp: true },
    });
  });
});
