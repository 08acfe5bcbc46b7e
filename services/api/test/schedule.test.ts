import { DialgateError, zonedWindowOf } from '@dialgate/domain';
import { expect } from 'chai';
import { AT_ONCE, scheduleOf } from '../src/calls/schedule.js';

const AT = new Date('2026-01-15T10:00:00.000Z'); // A Thursday; in Paris it is eleven.
const PARIS = ['+33123456789'];

function schedule(options: Parameters<typeof scheduleOf>[0], where: Partial<Parameters<typeof scheduleOf>[1]> = {}) {
  return scheduleOf(options, { mayRing: PARIS, hours: null, at: AT, body: 'body.calls.3', ...where });
}

function wrongField(options: Parameters<typeof scheduleOf>[0], where: Parameters<typeof schedule>[1] = {}): string {
  try {
    schedule(options, where);
  } catch (error) {
    if (error instanceof DialgateError && error.code === 'invalid_request')
      return error.details.fields?.[0]?.field ?? '';
    throw error;
  }
  return 'none';
}

describe('when a call may be dialled', () => {
  it('is at once where its client says nothing, or names a time that has passed', () => {
    expect(schedule({})).to.deep.equal(AT_ONCE);
    expect(schedule({ not_before: '2026-01-15T11:00:00+01:00' })).to.deep.equal(AT_ONCE);
  });

  it('is not before the time that was named', () => {
    const notBefore = new Date('2026-01-15T10:00:00.001Z');
    expect(schedule({ not_before: '2026-01-15T11:00:00.001+01:00' })).to.deep.equal({ notBefore, callingWindow: null });
    expect(wrongField({ not_before: '2026-02-14T10:00:00Z' })).to.equal('none');
    expect(wrongField({ not_before: '2026-02-14T10:00:00.001Z' })).to.equal('body.calls.3.not_before');
  });

  it('is when its hours begin, by the clock where the number is at home', () => {
    expect(schedule({ calling_window: { spans: ['12:30-13:30'] } })).to.deep.equal({
      notBefore: new Date('2026-01-15T11:30:00Z'),
      callingWindow: { spans: ['12:30-13:30'], timeZones: ['Europe/Paris'] },
    });
    expect(schedule({ calling_window: { spans: ['09:00-12:00'] } }).notBefore).to.equal(null);
  });

  it('is by the clock of a zone that was named', () => {
    const calling_window = { spans: ['12:30-13:30'], time_zone: 'Asia/Tokyo' };
    expect(schedule({ calling_window })).to.deep.equal({
      notBefore: new Date('2026-01-16T03:30:00Z'),
      callingWindow: { spans: ['12:30-13:30'], timeZones: ['Asia/Tokyo'] },
    });
  });

  it('is in the hours of the installation, too, and behind the time that was named', () => {
    const hours = zonedWindowOf({ spans: ['mon-fri 13:00-17:00'], timeZones: ['Europe/Paris'] });
    const calling_window = { spans: ['09:00-18:00'] };
    expect(schedule({ calling_window }, { hours }).notBefore).to.deep.equal(new Date('2026-01-15T12:00:00Z'));
    const not_before = '2026-01-16T16:00:00Z';
    expect(schedule({ calling_window, not_before }, { hours }).notBefore).to.deep.equal(
      new Date('2026-01-19T12:00:00Z'),
    );
    expect(wrongField({ calling_window: { spans: ['18:00-20:00'] } }, { hours })).to.equal(
      'body.calls.3.calling_window',
    );
  });

  it('needs a zone where the number has none; that of the installation will do', () => {
    const calling_window = { spans: ['09:00-18:00'] };
    expect(wrongField({ calling_window }, { mayRing: ['1001'] })).to.equal('body.calls.3.calling_window.time_zone');
    const hours = zonedWindowOf({ spans: ['00:00-24:00'], timeZones: ['UTC'] });
    expect(schedule({ calling_window }, { mayRing: ['1001'], hours }).callingWindow?.timeZones).to.deep.equal(['UTC']);
  });
});
