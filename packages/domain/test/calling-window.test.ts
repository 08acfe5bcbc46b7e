import { parseCallingSpan, type CallingWindow } from '@dialgate/domain';
import { expect } from 'chai';
import { isInWindow, windowOpensAt } from '../src/admission/calling-window.js';
import { TIME_ZONES_SOURCE } from '../src/admission/time-zones-source.js';
import { timeZonesOf } from '../src/admission/time-zones.js';

const windowOf = (...spans: string[]): CallingWindow => spans.map((span) => parseCallingSpan(span)!);
const DAYTIME = windowOf('08:00-21:00');

const isIn = (window: CallingWindow, at: string, ...zones: string[]): boolean =>
  isInWindow(window, zones, new Date(at));
const opens = (window: CallingWindow, at: string, ...zones: string[]): string | undefined =>
  windowOpensAt(window, zones, new Date(at))?.toISOString().replace(':00.000Z', 'Z');

describe('a calling window', () => {
  it('is read from times, with days of the week or without', () => {
    expect(parseCallingSpan('08:00-21:00')).to.deep.equal({ days: [0, 1, 2, 3, 4, 5, 6], from: 480, to: 1_260 });
    expect(parseCallingSpan('mon-fri 09:30-24:00')).to.deep.equal({ days: [1, 2, 3, 4, 5], from: 570, to: 1_440 });
    expect(parseCallingSpan('sat 00:00-00:01')?.days).to.deep.equal([6]);
    expect(parseCallingSpan('fri-mon 08:00-09:00')?.days).to.deep.equal([5, 6, 0, 1]);
    expect(parseCallingSpan('sun-sat 08:00-09:00')?.days).to.have.lengthOf(7);
  });

  it('is nothing that could be meant otherwise', () => {
    for (const text of [
      '21:00-08:00',
      '08:00-08:00',
      '08:00-24:01',
      '24:00-24:00',
      '08:60-21:00',
      '8:00-21:00',
      '08:00',
      'xyz 08:00-21:00',
      'mon-xyz 08:00-21:00',
      'mon,tue 08:00-21:00',
      ' 08:00-21:00',
      '',
    ]) {
      expect(parseCallingSpan(text), text).to.equal(null);
    }
  });

  it('has its first minute, and not its last', () => {
    expect(isIn(DAYTIME, '2026-01-15T06:59:59.999Z', 'Europe/Paris')).to.equal(false);
    expect(isIn(DAYTIME, '2026-01-15T07:00:00Z', 'Europe/Paris')).to.equal(true);
    expect(isIn(DAYTIME, '2026-01-15T19:59:59.999Z', 'Europe/Paris')).to.equal(true);
    expect(isIn(DAYTIME, '2026-01-15T20:00:00Z', 'Europe/Paris')).to.equal(false);
  });

  it('goes by the clock on the wall, which is put forward and back', () => {
    // The night of 29 March 2026: from one hour ahead of UTC to two.
    expect(isIn(DAYTIME, '2026-03-28T06:30:00Z', 'Europe/Paris')).to.equal(false);
    expect(isIn(DAYTIME, '2026-03-29T06:30:00Z', 'Europe/Paris')).to.equal(true);
    expect(opens(DAYTIME, '2026-03-28T23:00:00Z', 'Europe/Paris')).to.equal('2026-03-29T06:00Z');
    // The night of 1 November 2026: from four hours behind UTC to five.
    expect(isIn(DAYTIME, '2026-11-01T12:30:00Z', 'America/New_York')).to.equal(false);
    expect(opens(DAYTIME, '2026-11-01T02:00:00Z', 'America/New_York')).to.equal('2026-11-01T13:00Z');
    expect(opens(DAYTIME, '2026-10-31T02:00:00Z', 'America/New_York')).to.equal('2026-10-31T12:00Z');
  });

  it('that begins in the hour that is skipped opens when the clock is past it', () => {
    const early = windowOf('02:30-06:00');
    expect(isIn(early, '2026-03-29T01:00:00Z', 'Europe/Paris')).to.equal(true); // 03:00
    expect(opens(early, '2026-03-29T00:30:00Z', 'Europe/Paris')).to.equal('2026-03-29T01:30Z');
  });

  it('that lies in the hour that comes twice is open twice', () => {
    const night = windowOf('02:00-03:00');
    expect(isIn(night, '2026-10-25T00:30:00Z', 'Europe/Paris')).to.equal(true);
    expect(isIn(night, '2026-10-25T01:30:00Z', 'Europe/Paris')).to.equal(true);
    expect(isIn(night, '2026-10-25T02:00:00Z', 'Europe/Paris')).to.equal(false);
  });

  it('goes by the day of whoever is called', () => {
    const weekdays = windowOf('mon-fri 08:00-21:00', 'sat 10:00-12:00');
    // Sunday evening in London is Monday morning in Auckland.
    expect(isIn(weekdays, '2026-01-18T20:00:00Z', 'Pacific/Auckland')).to.equal(true);
    expect(isIn(weekdays, '2026-01-18T20:00:00Z', 'Europe/London')).to.equal(false);
    expect(opens(weekdays, '2026-01-16T22:00:00Z', 'Europe/London')).to.equal('2026-01-17T10:00Z');
    expect(opens(weekdays, '2026-01-17T12:00:00Z', 'Europe/London')).to.equal('2026-01-19T08:00Z');
    expect(opens(windowOf('mon 08:00-09:00'), '2026-01-19T09:00:00Z', 'Europe/London')).to.equal('2026-01-26T08:00Z');
  });

  it('knows zones that are not whole hours away', () => {
    expect(opens(DAYTIME, '2026-01-15T00:00:00Z', 'Asia/Kathmandu')).to.equal('2026-01-15T02:15Z');
  });

  it('must be open in every zone, and opens when the last one does', () => {
    const both = ['Europe/Kaliningrad', 'Asia/Kamchatka'];
    expect(isIn(DAYTIME, '2026-01-15T04:00:00Z', ...both)).to.equal(false);
    expect(isIn(DAYTIME, '2026-01-15T06:00:00Z', ...both)).to.equal(true);
    expect(isIn(DAYTIME, '2026-01-15T09:00:00Z', ...both)).to.equal(false);
    expect(opens(DAYTIME, '2026-01-15T12:00:00Z', ...both)).to.equal('2026-01-16T06:00Z');
  });

  it('that never is open in all zones at once opens never', () => {
    expect(opens(windowOf('08:00-09:00'), '2026-01-15T12:00:00Z', 'Europe/Paris', 'America/New_York')).to.equal(
      undefined,
    );
  });

  it('is open at once where it is open', () => {
    expect(opens(DAYTIME, '2026-01-15T12:00:00Z', 'Europe/Paris')).to.equal('2026-01-15T12:00Z');
  });
});

describe('the time zones of a number', () => {
  it('are those of its area, else of its country', () => {
    expect(timeZonesOf('+33612345678')).to.deep.equal(['Europe/Paris']);
    expect(timeZonesOf('+12125551234')).to.deep.equal(['America/New_York']);
    expect(timeZonesOf('+18085551234')).to.deep.equal(['Pacific/Honolulu']);
    expect(timeZonesOf('+34912345678')).to.deep.equal(['Europe/Madrid']);
    expect(timeZonesOf('+447911123456')).to.include.members(['Europe/London', 'Europe/Isle_of_Man']);
    expect(timeZonesOf('+18005551234').length).to.be.greaterThan(3);
  });

  it('are unknown for extensions, and all of them are zones', () => {
    expect(timeZonesOf('1001')).to.deep.equal([]);
    expect(timeZonesOf('33612345678')).to.deep.equal([]);
    expect(timeZonesOf('+881612345678')).to.deep.equal([]);
    for (const timeZone of TIME_ZONES_SOURCE.match(/[A-Z][A-Za-z_]+\/[A-Za-z_/-]+/g) ?? []) {
      expect(() => new Intl.DateTimeFormat('en', { timeZone }), timeZone).not.to.throw();
    }
  });
});
