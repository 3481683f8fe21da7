import { describe, expect, it } from 'vitest';
import { historyQuery } from '../src/lib/alert-history.svelte';
import { emptyDraft, silenceTarget, silenceTime, termsOf } from '../src/lib/silences';
import { text } from '../src/lib/text';
import type { Silence } from '../src/lib/types';

const now = new Date(2026, 10, 26, 13, 30).getTime();
const hour = 3_600_000;
const made: Silence = { id: 'a', host: null, tag: null, rule: null, from: now, until: now + hour, repeat: null, comment: null, created: now, by: 'ann', active: true };

describe('what the form of silences asks for', () => {
  it('names only what is filled in', () => {
    expect(termsOf({ ...emptyDraft(), host: ' db-* ', comment: ' disks ' }, now)).toEqual({ host: 'db-*', comment: 'disks', until: now + hour });
  });
  it('recurs on the chosen days', () => {
    const terms = termsOf({ ...emptyDraft(), rule: 'cpu', again: true, days: ['SA'] }, now)!;
    expect(terms.repeat).toBe('FREQ=WEEKLY;BYDAY=SA');
    expect(new Date(terms.from!).getDay()).toBe(6);
    expect(terms.until - terms.from!).toBe(8 * hour);
  });
  it('is nothing while a time is missing or past', () => {
    expect(termsOf({ ...emptyDraft(), tag: 'lab', end: 'own', own: '' }, now)).toBeNull();
    expect(termsOf({ ...emptyDraft(), tag: 'lab', end: 'own', own: '2026-11-26T13:29' }, now)).toBeNull();
    expect(termsOf({ ...emptyDraft(), tag: 'lab', again: true, begins: '' }, now)).toBeNull();
  });
});

describe('a silence in the list', () => {
  it('says what it is for', () => {
    expect(silenceTarget({ ...made, host: '*' })).toBe(text.pastAlerts.silences.allHosts);
    expect(silenceTarget({ ...made, host: 'db-*', tag: 'lab', rule: 'cpu' })).toBe('CPU · db-* · tag lab');
  });
  it('says when it is on', () => {
    expect(silenceTime({ ...made, repeat: 'FREQ=WEEKLY;BYDAY=SA,SU' })).toBe('Sat, Sun, 13:30 – 14:30');
    expect(silenceTime({ ...made, repeat: 'FREQ=DAILY' })).toContain(text.pastAlerts.silences.daily);
    expect(silenceTime({ ...made, repeat: 'FREQ=MONTHLY' })).toContain('FREQ=MONTHLY');
  });
});

describe('the filters of the history', () => {
  it('find part of a name, or a pattern as it stands', () => {
    expect(historyQuery(' web ', '')).toEqual({ host: '*web*' });
    expect(historyQuery('web-*', 'disk')).toEqual({ host: 'web-*', rule: 'disk' });
    expect(historyQuery('', '')).toEqual({});
  });
});
