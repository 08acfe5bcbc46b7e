/** RTP as phones speak it (RFC 3550): sound in G.711 µ-law, and pressed keys as telephone-events (RFC 4733). */
export interface RtpPacket {
  readonly type: number;
  /** The first packet of a spurt, or of a key. */
  readonly marker: boolean;
  readonly sequence: number;
  /** In samples, 8000 a second. */
  readonly timestamp: number;
  readonly source: number;
  readonly payload: Uint8Array;
}

/** The payload types that docker/sipp's callee 021 takes and sends. */
export const PCMU = 0;
export const TELEPHONE_EVENT = 101;

export const SAMPLES_PER_SECOND = 8_000;
/** A packet holds 20 ms, as Asterisk's own do. */
export const PACKET_MS = 20;
export const SAMPLES_PER_PACKET = (SAMPLES_PER_SECOND * PACKET_MS) / 1_000;

const HEADER_BYTES = 12;
const VERSION_2 = 0x80;

export function writeRtp({ type, marker, sequence, timestamp, source, payload }: RtpPacket): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt8(VERSION_2, 0);
  header.writeUInt8(type | (marker ? 0x80 : 0), 1);
  header.writeUInt16BE(sequence % 2 ** 16, 2);
  header.writeUInt32BE(timestamp % 2 ** 32, 4);
  header.writeUInt32BE(source, 8);
  return Buffer.concat([header, payload]);
}

/** A packet without the extensions, which Asterisk does not send; null for what is no such packet. */
export function readRtp(packet: Buffer): RtpPacket | null {
  if (packet.length < HEADER_BYTES || packet.readUInt8(0) !== VERSION_2) return null;
  const second = packet.readUInt8(1);
  return {
    type: second & 0x7f,
    marker: second >= 0x80,
    sequence: packet.readUInt16BE(2),
    timestamp: packet.readUInt32BE(4),
    source: packet.readUInt32BE(8),
    payload: packet.subarray(HEADER_BYTES),
  };
}

const KEYS = '0123456789*#ABCD';
const END = 0x80;
/** In dBm0 below nothing: an ordinary tone. */
const VOLUME = 10;

/** What is said of a key that has been held for so many samples. */
export function keyEvent(key: string, { samples, ended }: { samples: number; ended: boolean }): Buffer {
  const event = KEYS.indexOf(key);
  if (event === -1 || key.length !== 1) throw new Error(`there is no key ${key}`);
  return Buffer.from([event, VOLUME | (ended ? END : 0), samples >> 8, samples & 0xff]);
}

const BIAS = 132;
const CLIP = 32_635;

/** Samples as G.711 µ-law says them, a byte for each. */
export function toMuLaw(samples: Int16Array): Uint8Array {
  return Uint8Array.from(samples, (sample) => {
    const biased = Math.min(Math.abs(sample), CLIP) + BIAS;
    const exponent = 24 - Math.clz32(biased);
    const mantissa = (biased >> (exponent + 3)) & 0x0f;
    return ~((sample < 0 ? 0x80 : 0) | (exponent << 4) | mantissa) & 0xff;
  });
}

export function fromMuLaw(bytes: Uint8Array): Int16Array {
  return Int16Array.from(bytes, (byte) => {
    const [negative, exponent, mantissa] = [(~byte & 0x80) !== 0, (~byte >> 4) & 0x07, ~byte & 0x0f];
    const magnitude = (((mantissa << 3) + BIAS) << exponent) - BIAS;
    return negative ? -magnitude : magnitude;
  });
}
