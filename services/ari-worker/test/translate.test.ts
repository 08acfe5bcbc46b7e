import { expect } from 'chai';
import type { AriChannel, AriEvent } from '../src/ari/events.js';
import { hintsAfter, NO_HINTS, translate, withHints, type EndHints } from '../src/events/translate.js';

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

/** What comes with every event: whose it is, and when it came. */
const RECEIVED = { callId: 'c', attempt: 1, receivedAt: 17, asteriskAt: new Date(0) };

/** What is written of an event that is received with these hints, and the hints behind it. */
function received(event: AriEvent, before: EndHints) {
  const observation = translate(event, RECEIVED);
  if (observation === null) return { observation, hints: before };
  const hints = hintsAfter(observation, before);
  return { observation: withHints(observation, hints), hints };
}

const observed = (happened: object) => ({ ...RECEIVED, source: 'asterisk', ...happened });
const moved = (type: string) => observed({ event: { type } });

describe('an event of Asterisk', () => {
  const meanings: [what: string, event: AriEvent, observation: object | null][] = [
    [
      'its entering',
      { ...about, type: 'StasisStart', channel: channel('Down') },
      observed({ event: 'channel_created' }),
    ],
    [
      'an answered channel’s going on',
      { ...about, type: 'StasisEnd', channel: channel('Up') },
      observed({ event: 'entered_dialplan' }),
    ],
    ['its leaving unanswered', { ...about, type: 'StasisEnd', channel: channel('Ringing') }, null],
    ['a channel that rings', state('Ringing'), moved('ringing')],
    ['a channel that is up', state('Up'), moved('answered')],
    ['a channel in another state', state('Down'), null],
    ['the beginning of a dial', dial(''), observed({ event: 'dial_began' })],
    ['a dial that rings', dial('RINGING'), moved('ringing')],
    ['early media', dial('PROGRESS'), { ...moved('ringing'), detail: { early_media: true } }],
    ['a dial that is answered', dial('ANSWER'), moved('answered')],
    [
      'a dial that ended otherwise',
      dial('NOANSWER'),
      observed({ event: 'dial_ended', detail: { result: 'NOANSWER' } }),
    ],
    ['the loss of its application', { ...about, type: 'ApplicationReplaced' }, null],
  ];
  for (const [what, event, observation] of meanings) {
    it(`means what it says: ${what}`, () => {
      expect(received(event, NO_HINTS)).to.deep.equal({ observation, hints: NO_HINTS });
    });
  }

  for (const [dialstatus, dialResult] of [
    ['BUSY', 'busy'],
    ['CONGESTION', 'congestion'],
  ] as const) {
    it(`ends a call whose dial came to ${dialstatus}, and is remembered`, () => {
      const before: EndHints = { requestedBy: 'far_end', dialResult: null };
      const end = { type: 'hung_up', cause: null, sipStatus: null, wasUp: false, requestedBy: 'far_end', dialResult };
      expect(received(dial(dialstatus), before)).to.deep.equal({
        observation: observed({ event: end }),
        hints: { requestedBy: 'far_end', dialResult },
      });
    });
  }

  it('tells who asked for a hangup, and the first who did is remembered', () => {
    for (const [event, by] of [
      [request(true), 'our_side'],
      [request(false), 'far_end'],
      [request(), 'far_end'],
    ] as const) {
      const observation = observed({ event: { type: 'hangup_requested', by }, detail: { by } });
      expect(received(event, NO_HINTS)).to.deep.equal({ observation, hints: { requestedBy: by, dialResult: null } });
      const first: EndHints = { requestedBy: 'our_side', dialResult: 'busy' };
      expect(received(event, first)).to.deep.equal({ observation, hints: first });
    }
  });

  it('tells how a channel ended, with what was heard before', () => {
    const before: EndHints = { requestedBy: 'far_end', dialResult: 'busy' };
    const end = {
      type: 'hung_up',
      cause: 17,
      sipStatus: null,
      requestedBy: 'far_end',
      dialResult: 'busy',
      wasUp: false,
    };
    expect(received(destroyed(), before)).to.deep.equal({ observation: observed({ event: end }), hints: before });
    expect(received(destroyed({ tech_cause: 486, state: 'Up' }), before).observation).to.deep.equal(
      observed({ event: { ...end, sipStatus: 486, wasUp: true } }),
    );
  });
});
