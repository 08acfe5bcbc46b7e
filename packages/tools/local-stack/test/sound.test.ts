import { expect } from 'chai';
import { fromMuLaw, keyEvent, readRtp, toMuLaw, writeRtp } from './rtp.js';
import { LOUDNESS, loudnessOf, oneAfterAnother, samplesIn, silence, tone } from './sound.js';

describe('what phones of the end-to-end tests say', () => {
  it('is µ-law as G.711 has it', () => {
    const samples = Int16Array.of(0, 32_124, -32_124, 32_767, 8, -8, 1_000);
    const bytes = Uint8Array.of(0xff, 0x80, 0x00, 0x80, 0xfe, 0x7e, 0xce);
    expect(toMuLaw(samples)).to.deep.equal(bytes);
    expect(fromMuLaw(bytes)).to.deep.equal(Int16Array.of(0, 32_124, -32_124, 32_124, 8, -8, 988));
  });

  it('comes back as it was, but for the rounding', () => {
    const spoken = oneAfterAnother(tone(440, 100), silence(20));
    const heard = fromMuLaw(toMuLaw(spoken));
    expect(heard).to.have.length(samplesIn(120));
    heard.forEach((sample, n) => expect(sample).to.be.closeTo(spoken[n] ?? NaN, 4 + Math.abs(sample) / 16));
  });

  it('is a tone as loud as it is told from others', () => {
    const [low, high] = [tone(440, 200), tone(1_000, 200)];
    const both = low.map((sample, n) => sample + (high[n] ?? 0));
    expect(loudnessOf(440, low)).to.be.closeTo(LOUDNESS, 1);
    expect(loudnessOf(1_000, low)).to.be.below(1);
    expect(loudnessOf(1_000, both)).to.be.closeTo(LOUDNESS, 1);
    expect(loudnessOf(440, new Int16Array())).to.equal(0);
  });

  it('travels in RTP packets', () => {
    const packet = {
      type: 101,
      marker: true,
      sequence: 65_537,
      timestamp: 160,
      source: 3,
      payload: Buffer.from('abc'),
    };
    const written = writeRtp(packet);
    expect(written.toString('hex')).to.equal('80e50001000000a000000003616263');
    expect(readRtp(written)).to.deep.equal({ ...packet, sequence: 1 });
    expect(readRtp(Buffer.from('no RTP'))).to.equal(null);
  });

  it('is a key with its number, its end, and how long it was held', () => {
    expect(keyEvent('1', { samples: 160, ended: false }).toString('hex')).to.equal('010a00a0');
    expect(keyEvent('#', { samples: 1_280, ended: true }).toString('hex')).to.equal('0b8a0500');
    expect(() => keyEvent('x', { samples: 160, ended: true })).to.throw('no key x');
  });
});
