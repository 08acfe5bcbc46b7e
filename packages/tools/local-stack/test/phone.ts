import { randomInt } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '@dialgate/testing';
import { readInvites } from '../src/index.js';
import {
  fromMuLaw,
  keyEvent,
  PACKET_MS,
  PCMU,
  readRtp,
  SAMPLES_PER_PACKET,
  SAMPLES_PER_SECOND,
  TELEPHONE_EVENT,
  toMuLaw,
  writeRtp,
} from './rtp.js';
import { oneAfterAnother } from './sound.js';

/**
 * The ear, the mouth and the keys of one callee of the real Asterisk. SIPp answers for it (docker/sipp, 021) and sends Asterisk
 * here for the sound: SIPp's own way to press keys needs a raw socket, and so root.
 */
export interface Phone {
  /** The number to call it by. */
  readonly number: string;
  /** Says this into the call; over when it has been said. */
  readonly says: (sound: Int16Array) => Promise<void>;
  readonly presses: (keys: string) => Promise<void>;
  /** All it has heard so far. */
  readonly heard: () => Int16Array;
  readonly close: () => void;
}

/** Keys are held for so many packets, and the last packet is sent so often, because it may get lost. */
const PACKETS_PER_KEY = 8;
const ENDS_PER_KEY = 3;
const PACKETS_BETWEEN_KEYS = 5;

/** Nothing is sent any more when a phone was closed before it was called. */
const NOWHERE = 9;

async function openPhone(inviteLog = process.env.E2E_INVITE_LOG ?? ''): Promise<Phone> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const number = `+331${String(socket.address().port).padStart(5, '0')}021`;
  const invites = () => readInvites(inviteLog).get(number) ?? [];
  const before = invites().length; // Of a phone that had the port earlier.
  const line = openLine(socket, () => invites()[before]?.soundPort);
  const heard: Int16Array[] = [];
  // Nothing overtakes on one machine: what comes in is in order.
  socket.on('message', (message) => {
    const packet = readRtp(message);
    if (packet?.type === PCMU) heard.push(fromMuLaw(packet.payload));
  });

  return {
    number,
    says: async (sound) => {
      const bytes = toMuLaw(sound);
      const timestamp = line.now();
      await line.send(Math.ceil(bytes.length / SAMPLES_PER_PACKET), (n) => ({
        ...{ type: PCMU, marker: n === 0, timestamp: timestamp + n * SAMPLES_PER_PACKET },
        payload: bytes.subarray(n * SAMPLES_PER_PACKET, (n + 1) * SAMPLES_PER_PACKET),
      }));
    },
    presses: async (keys) => {
      for (const key of keys) {
        // The key's own beginning, in all of its packets.
        const timestamp = line.now();
        await line.send(PACKETS_PER_KEY + ENDS_PER_KEY, (n) => {
          const held = { samples: Math.min(n + 1, PACKETS_PER_KEY) * SAMPLES_PER_PACKET, ended: n >= PACKETS_PER_KEY };
          return { type: TELEPHONE_EVENT, marker: n === 0, timestamp, payload: keyEvent(key, held) };
        });
        await sleep(PACKETS_BETWEEN_KEYS * PACKET_MS);
      }
    },
    heard: () => oneAfterAnother(...heard),
    close: line.close,
  };
}

/** Phones that are closed when the test is over. To be called in a `describe`. */
export function phonesOfATest(): () => Promise<Phone> {
  const open: Phone[] = [];
  afterEach(() => open.splice(0).forEach(({ close }) => close()));
  return async () => {
    const phone = await openPhone();
    open.push(phone);
    return phone;
  };
}

interface Sent {
  readonly type: number;
  readonly marker: boolean;
  readonly timestamp: number;
  readonly payload: Uint8Array;
}

/** Sends RTP to where the caller hears, which is known when its INVITE is there. */
function openLine(socket: Socket, callersPort: () => number | null | undefined) {
  const source = randomInt(2 ** 32);
  const openedAt = performance.now();
  let sequence = 0;
  let isOpen = true;
  return {
    now: () => Math.round(((performance.now() - openedAt) * SAMPLES_PER_SECOND) / 1_000),
    /** Each packet when it is due by the clock: late ones follow at once, so that a second of sound takes a second. */
    send: async (count: number, packet: (n: number) => Sent): Promise<void> => {
      const port = await eventually(() => (isOpen ? callersPort() : NOWHERE));
      const startedAt = performance.now();
      for (let n = 0; n < count && isOpen; n += 1) {
        socket.send(writeRtp({ ...packet(n), sequence, source }), port, '127.0.0.1');
        sequence += 1;
        await sleep(Math.max(0, startedAt + (n + 1) * PACKET_MS - performance.now()));
      }
    },
    close: () => {
      isOpen = false;
      socket.close();
    },
  };
}
