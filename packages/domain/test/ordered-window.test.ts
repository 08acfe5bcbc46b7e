import { firstMomentInside, zonedWindowOf } from '@dialgate/domain';
import { expect } from 'chai';

const at = (text: string): Date => new Date(`${text}Z`);
const window = (spans: string[], ...timeZones: string[]) => zonedWindowOf({ spans, timeZones });

describe('the first moment inside of several windows', () => {
  it('is now where there is no window, or all are open', () => {
    const now = at('2026-01-15T10:00:00.123');
    expect(firstMomentInside([], now)).to.deep.equal(now);
    expect(firstMomentInside([window(['08:00-21:00'], 'UTC')], now)).to.deep.equal(now);
  });

  it('is the next opening of a single one, by the clock on its wall', () => {
    const night = at('2026-01-15T22:00:00');
    expect(firstMomentInside([window(['08:00-21:00'], 'Europe/Paris')], night)).to.deep.equal(at('2026-01-16T07:00'));
    expect(firstMomentInside([window(['mon 09:00-10:00'], 'UTC')], night)).to.deep.equal(at('2026-01-19T09:00'));
  });

  it('lies in all of them, though none opens then', () => {
    const mornings = window(['09:00-12:00'], 'Europe/Paris');
    const workdays = window(['mon-fri 10:30-18:00'], 'Europe/Paris');
    expect(firstMomentInside([mornings, workdays], at('2026-01-17T08:00'))).to.deep.equal(at('2026-01-19T09:30'));
    expect(firstMomentInside([workdays, mornings], at('2026-01-17T08:00'))).to.deep.equal(at('2026-01-19T09:30'));
  });

  it('does not exist where they never meet', () => {
    const now = at('2026-01-15T10:00');
    expect(firstMomentInside([window(['08:00-09:00'], 'UTC'), window(['10:00-11:00'], 'UTC')], now)).to.equal(null);
    expect(firstMomentInside([window(['sat 08:00-09:00'], 'UTC', 'Asia/Tokyo')], now)).to.equal(null);
  });

  it('is not looked for in a span that is none', () => {
    expect(() => window(['25:00-26:00'], 'UTC')).to.throw(RangeError);
  });
});
