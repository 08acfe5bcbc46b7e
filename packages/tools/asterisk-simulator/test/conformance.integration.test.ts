import { readdirSync, readFileSync } from 'node:fs';
import { slowness } from '@dialgate/testing';
import { expect } from 'chai';
import type { AsteriskSimulator } from '../src/index.js';
import { startAsteriskSimulator } from '../src/index.js';
import type { Answer, HeardEvent, Json } from './support.js';
import { ariClient, eventually, FILTERED, idOf, lasting, openEars, PASSWORD, USERNAME } from './support.js';

/** Slower on a slow machine: what the recording's gateway did in time, this one does, too. */
const SPEED = 10 / slowness();
const DIRECTORY = new URL('../../testing/recordings/', import.meta.url);

interface Recording {
  header: {
    scenario: string;
    app: string;
    channelId: string;
    endpoint: string;
    cancel: { ms?: number; on?: string; after?: number; params: Record<string, string | number> } | null;
  };
  requests: { method: string; url: string; params: Record<string, string | number>; data?: unknown; status: number }[];
  createBody: Json;
  /** Those of the types that a worker always asks for. */
  events: HeardEvent[];
  everything: HeardEvent[];
}

interface Played {
  statuses: number[];
  createBody: Json;
  events: HeardEvent[];
  everything: HeardEvent[];
}

/** What an event says of the call; two runs are equal if these are. */
interface Fact {
  type: string;
  state: string;
  dialstatus: unknown;
  dialstring: unknown;
  userevent: unknown;
  cause: unknown;
  techCause: unknown;
  soft: unknown;
}

describe('conformance with the recordings of Asterisk 22.10.1', function () {
  this.timeout(60_000);
  const recordings = readdirSync(DIRECTORY)
    .filter((file) => file.endsWith('.jsonl'))
    .map(readRecording);
  const played = new Map<string, Played>();
  let simulator: AsteriskSimulator;

  before(async () => {
    simulator = await startAsteriskSimulator({ username: USERNAME, password: PASSWORD, speed: SPEED });
    await Promise.all(
      recordings.map(async (recording) => played.set(recording.header.scenario, await play(simulator, recording))),
    );
  });

  after(() => simulator.close());

  it('covers all of them', () => {
    expect(recordings.length).to.be.at.least(50);
  });

  for (const recording of recordings) {
    describe(recording.header.scenario, () => {
      const run = (): Played => played.get(recording.header.scenario)!;

      it('tells the same story', () => {
        expect(story(run().events)).to.deep.equal(story(recording.events));
      });

      it('answers with the same statuses and shapes', () => {
        expect(run().statuses).to.deep.equal(recording.requests.map(({ status }) => status));
        expect(shapeOf(run().createBody)).to.deep.equal(shapeOf(recording.createBody));
      });

      it('writes its events in the same shape', () => {
        for (const type of new Set(recording.events.map((event) => event.type))) {
          expect(shapesOf(type, run().events)).to.deep.equal(shapesOf(type, recording.events));
        }
      });

      // There the far end hangs up in the very moment in which the announcement ends.
      if (recording.header.scenario !== 'local-ringanswer') {
        it('says the rest too to a socket without a filter', () => {
          expect(namesOf(run().everything)).to.have.members(namesOf(recording.everything));
        });
      }

      it('leaves the truth in the ledger', () => {
        const destroyed = recording.events.find(({ type }) => type === 'ChannelDestroyed');
        const record = simulator.ledger.channel(recording.header.channelId);
        expect(record?.ended?.cause).to.equal(destroyed?.cause);
        expect(record === null || record.dials.length === 1).to.equal(true);
        expect(record?.answeredAt !== null).to.equal(
          record === null ? true : recording.events.some((event) => event.channel?.state === 'Up'),
        );
      });
    });
  }

  describe('the comparison itself', () => {
    const told = recordings.filter(({ events }) => events.length > 0);

    it('notices any event that is missing or said twice', () => {
      for (const { events } of told) {
        events.forEach((event, position) => {
          expect(story(events.toSpliced(position, 1))).not.to.deep.equal(story(events));
          expect(story(events.toSpliced(position, 0, event))).not.to.deep.equal(story(events));
        });
      }
    });

    it('notices any two neighbours that changed places, but for the pairs whose order Asterisk leaves open', () => {
      for (const { events } of told) {
        for (let position = 1; position < events.length; position += 1) {
          const swapped = events.with(position - 1, events[position]!).with(position, events[position - 1]!);
          const equal = JSON.stringify(story(swapped)) === JSON.stringify(story(events));
          expect(equal).to.equal(orderIsOpen(events[position - 1]!, events[position]!));
        }
      }
    });

    it('notices another cause, SIP status, dial status or state', () => {
      const changes: ((event: HeardEvent) => HeardEvent)[] = [
        (event) => ({ ...event, cause: 99 }),
        (event) => ({ ...event, tech_cause: 699 }),
        (event) => ({ ...event, dialstatus: 'OTHER' }),
        (event) => ({ ...event, soft: event.soft !== true }),
      ];
      for (const { events } of told) {
        for (const [position, event] of events.entries()) {
          for (const change of changes) {
            expect(story(events.with(position, change(event)))).not.to.deep.equal(story(events));
          }
        }
      }
    });
  });
});

/** The facts in order; of the pairs whose order is open, one order stands for both. */
function story(events: readonly HeardEvent[]): Fact[] {
  const ordered = [...events];
  for (let position = 1; position < ordered.length; position += 1) {
    const [first, second] = [ordered[position - 1]!, ordered[position]!];
    if (orderIsOpen(first, second) && rank(first) > rank(second)) {
      ordered[position - 1] = second;
      ordered[position] = first;
    }
  }
  return ordered.map((event) => ({
    type: event.type,
    // Which of the two Ringing events came first decides what state the Dial event saw: the same open order.
    state: event.dialstatus === 'RINGING' ? 'Ringing' : (event.channel ?? event.peer)!.state,
    dialstatus: event.dialstatus,
    dialstring: event.dialstring,
    userevent: event.userevent,
    cause: event.cause,
    techCause: event.tech_cause,
    soft: event.soft,
  }));
}

/** Dial RINGING and ChannelStateChange Ringing; Dial ANSWER and StasisEnd. Nothing else. */
function orderIsOpen(first: HeardEvent, second: HeardEvent): boolean {
  const pair = [nameOf(first), nameOf(second)];
  return OPEN_ORDERS.some((open) => open.every((name) => pair.includes(name)));
}

const OPEN_ORDERS = [
  ['ChannelStateChange Ringing', 'Dial RINGING'],
  ['Dial ANSWER', 'StasisEnd'],
];

function rank(event: HeardEvent): number {
  return OPEN_ORDERS.some(([first]) => first === nameOf(event)) ? 0 : 1;
}

function nameOf({ type, dialstatus, channel }: HeardEvent): string {
  if (type === 'Dial') return `${type} ${dialstatus ?? ''}`;
  return type === 'ChannelStateChange' ? `${type} ${channel?.state ?? ''}` : type;
}

/** All that was said but for the statistics of RTP, of which a simulator has none. */
function namesOf(events: readonly HeardEvent[]): string[] {
  return events
    .map((event) => [nameOf(event), event.variable, event.value, event.dialplan_app].filter(Boolean).join(' '))
    .filter((name) => !name.includes('RTPAUDIOQOS'));
}

/** The keys of an object and of the objects within, in their order. */
function shapeOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return typeof value;
  return Object.entries(value).map(([key, inner]) => [key, shapeOf(inner)]);
}

function shapesOf(type: string, events: readonly HeardEvent[]): string[] {
  const shapes = events.filter((event) => event.type === type).map((event) => JSON.stringify(shapeOf(event)));
  return [...new Set(shapes)].sort();
}

async function play(simulator: AsteriskSimulator, recording: Recording): Promise<Played> {
  const { header, requests } = recording;
  const client = ariClient(simulator.ariUrl);
  const ears = await openEars(simulator.ariUrl, header.app);
  const everything = (): HeardEvent[] => ears.heard.filter((event) => idOf(event) === header.channelId);
  const ours = (): HeardEvent[] => everything().filter(({ type }) => FILTERED.includes(type));
  const answers: Answer[] = [];

  for (const request of requests) {
    await momentOf(request, recording, ours);
    answers.push(
      await client.ask(request.method.toUpperCase(), request.url, { params: request.params, body: request.data }),
    );
  }
  if (recording.events.length > 0) {
    await eventually(() => expect(ours().at(-1)?.type).to.equal('ChannelDestroyed'), 20_000);
  }
  ears.socket.close();
  client.close();
  return {
    statuses: answers.map(({ status }) => status),
    createBody: answers[0]!.body,
    events: ours(),
    everything: everything(),
  };
}

/** Waits for what the gateway of the recording waited for before it sent this request. */
async function momentOf(
  request: Recording['requests'][number],
  { header, events }: Recording,
  ours: () => HeardEvent[],
): Promise<void> {
  const inState = (state: string) =>
    eventually(() =>
      expect(ours().some((event) => event.type === 'ChannelStateChange' && event.channel?.state === state)).to.equal(
        true,
      ),
    );

  if (request.url.endsWith('/dial')) {
    await eventually(() => expect(ours()[0]?.type).to.equal('StasisStart'));
  } else if (request.url.endsWith('/continue')) {
    await inState('Up');
  } else if (request.method === 'delete') {
    if (header.cancel?.on !== undefined) await inState(header.cancel.on);
    await lasting((header.cancel?.after ?? header.cancel?.ms ?? 0) / SPEED);
    // "At once" raced with the ringing, which won: the DELETE acts where it acted then.
    const before = events.findIndex(({ type }) => type === 'ChannelHangupRequest');
    await eventually(() => expect(ours()).to.have.length.of.at.least(before));
  }
}

function readRecording(file: string): Recording {
  const [header, ...lines] = readFileSync(new URL(file, DIRECTORY), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Json);
  const { channelId } = header as unknown as Recording['header'];
  const requests = lines.filter((line) => line._ === 'http') as unknown as Recording['requests'];
  const everything = lines
    .filter((line) => line._ === 'event')
    .map((line) => line.event as HeardEvent)
    .filter((event) => idOf(event) === channelId);
  const events = everything.filter(({ type }) => FILTERED.includes(type));
  const createBody = (requests[0] as unknown as { body: Json }).body;
  return { header: header as unknown as Recording['header'], requests, createBody, events, everything };
}
