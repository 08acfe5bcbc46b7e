import { transitionFor, type Call } from '@dialgate/domain';
import { readRecordings, someCall, type Recording } from '@dialgate/testing';
import { expect } from 'chai';
import { channelOfEvent, parseAriEvent } from '../src/ari/events.js';
import { hear, NOTHING_HEARD } from '../src/call-events.js';
import { replyOfAnswer } from '../src/ari/replies.js';

/** The recorded call as our own code would have followed it: HTTP answers and events in the order they were seen. */
function replay({ header, entries }: Recording): Call {
  let call = someCall({ status: 'pending' });
  let heard = NOTHING_HEARD;
  const move = (event: Parameters<typeof transitionFor>[0]): void => {
    const transition = transitionFor(event, call);
    if (transition === null) return;
    call = {
      ...call,
      status: transition.to,
      ringingAt: event.type === 'ringing' ? new Date() : call.ringingAt,
      failureReason: transition.failureReason ?? call.failureReason,
      hangupCause: transition.hangupCause ?? call.hangupCause,
      sipStatus: transition.sipStatus ?? call.sipStatus,
    };
  };
  // The row is written before Asterisk is asked, whenever the answer is seen.
  const created = entries.find((entry) => entry._ === 'http' && entry.url === '/channels/create');
  if (created?._ === 'http' && replyOfAnswer(created.status, created.body).kind !== 'ok') {
    move({ type: 'refused', reason: 'trunk_unavailable' });
  }
  const deleteAt = entries.find((entry) => entry._ === 'http' && entry.method === 'delete');
  const endAt = entries.findIndex((entry) => entry._ === 'event' && entry.event.type === 'ChannelHangupRequest');

  for (const [index, entry] of entries.entries()) {
    if (entry._ !== 'event') continue;
    if (entry.event.type === 'StasisStart') {
      call = { ...call, dialSentAt: new Date() };
      move({ type: 'dial_sent' });
    }
    // The wish stands in the row before the DELETE is sent, and the end may overtake the answer to it.
    if (deleteAt !== undefined && index === endAt) call = { ...call, cancelRequestedAt: new Date() };
    const event = parseAriEvent(JSON.stringify(entry.event));
    if (event === null || channelOfEvent(event)?.id !== header.channelId) continue;
    const { meaning, heard: next } = hear(event, heard);
    heard = next;
    if (meaning?.kind === 'event') move(meaning.event);
  }
  return call;
}

describe('recordings of a real Asterisk, followed by our own code', () => {
  const recordings = readRecordings();

  it('are all there', () => {
    expect(recordings.length).to.be.greaterThan(50);
  });

  for (const recording of recordings) {
    const { scenario, expected_final_status: expected } = recording.header;
    it(`${scenario} ends ${expected}`, () => {
      expect(replay(recording).status).to.equal(expected);
    });
  }

  it('tell a dead trunk from an unanswered phone', () => {
    const reasons = Object.fromEntries(
      recordings.map((recording) => [recording.header.scenario, replay(recording).failureReason]),
    );
    expect(reasons).to.include({
      'trying-only-timeout4': 'unreachable',
      'unreachable-port-closed': 'unreachable',
      'ring-forever-timeout4': null,
      'sip-603': 'declined',
      'unknown-endpoint': 'trunk_unavailable',
    });
  });
});
