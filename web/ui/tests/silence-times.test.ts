import { describe, expect, it } from 'vitest';
import { daysOf, endOf, firstSpan, repeatOn } from '../src/lib/silence-times';

// A Thursday, in whatever zone the tests run.
const at = (day: number, hours: number, minutes = 0) => new Date(2026, 10, day, hours, minutes).getTime();
const now = at(26, 13, 30);

describe('the end of a silence', () => {
  it('is in an hour', () => expect(endOf('hour', now)).toBe(at(26, 14, 30)));
  it('is tomorrow at eight by the reader\'s clock', () => {
    expect(endOf('morning', now)).toBe(at(27, 8));
    expect(endOf('morning', at(30, 23, 59))).toBe(at(31, 8)); // the first of December
    expect(endOf('morning', at(26, 1))).toBe(at(27, 8));
  });
  it('is in a week at the same time of day', () => expect(endOf('week', now)).toBe(at(33, 13, 30)));
  it('is a date of one\'s own, or none', () => {
    expect(endOf('own', now, '2026-11-28T09:15')).toBe(at(28, 9, 15));
    expect(endOf('own', now, '')).toBeNaN();
  });
});

describe('a recurrence', () => {
  it('is daily when all days are named or none', () => {
    expect(repeatOn([])).toBe('FREQ=DAILY');
    expect(repeatOn(['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'])).toBe('FREQ=DAILY');
  });
  it('names its weekdays from Monday', () => expect(repeatOn(['SU', 'SA', 'MO'])).toBe('FREQ=WEEKLY;BYDAY=MO,SA,SU'));
  it('is read back where the form could have made it', () => {
    expect(daysOf('FREQ=DAILY')).toHaveLength(7);
    expect(daysOf('FREQ=WEEKLY;BYDAY=SA,SU')).toEqual(['SA', 'SU']);
    for (const other of ['FREQ=MONTHLY;BYDAY=1MO', 'FREQ=WEEKLY', 'FREQ=WEEKLY;BYDAY=XX', 'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO']) expect(daysOf(other)).toBeNull();
  });
});

describe('the first of recurring silences', () => {
  it('is today where that is still to come', () => expect(firstSpan('22:00', '23:00', [], now)).toEqual({ from: at(26, 22), until: at(26, 23) }));
  it('is the one that is on now', () => expect(firstSpan('13:00', '14:00', [], now)).toEqual({ from: at(26, 13), until: at(26, 14) }));
  it('is tomorrow where today\'s is over', () => expect(firstSpan('08:00', '09:00', [], now)).toEqual({ from: at(27, 8), until: at(27, 9) }));
  it('goes over midnight', () => {
    expect(firstSpan('22:00', '06:00', [], now)).toEqual({ from: at(26, 22), until: at(27, 6) });
    expect(firstSpan('22:00', '06:00', [], at(26, 3))).toEqual({ from: at(25, 22), until: at(26, 6) });
  });
  it('is on a chosen weekday', () => expect(firstSpan('22:00', '06:00', ['SA', 'SU'], now)).toEqual({ from: at(28, 22), until: at(29, 6) }));
  it('is a week away where today\'s is over and only today is chosen', () =>
    expect(firstSpan('08:00', '09:00', ['TH'], now)).toEqual({ from: at(33, 8), until: at(33, 9) }));
  it('is none without times', () => expect(firstSpan('', '06:00', [], now)).toBeNull());
});
