import { daysOf, endOf, firstSpan, repeatOn, weekdays, type QuickEnd, type Weekday } from './silence-times';
import { text, word } from './text';
import type { NewSilence, Silence } from './types';
import { exact, hourAndMinute, weekdayName } from './units';

// "CPU · db-* · tag lab"
export function silenceTarget(one: Silence): string {
  const words = text.pastAlerts.silences;
  const host = one.host === '*' ? words.allHosts : one.host;
  return [one.rule && word(text.pastAlerts.rules, one.rule), host, one.tag && words.ofTag(one.tag)].filter(Boolean).join(' · ');
}

const dayNames = (days: readonly Weekday[]): string =>
  days.length === weekdays.length ? text.pastAlerts.silences.daily : days.map((day) => weekdayName(weekdays.indexOf(day))).join(', ');

// When it is on: once from and until, or again on which days and at what time.
export function silenceTime(one: Silence): string {
  if (!one.repeat) return `${exact(one.from)} – ${exact(one.until)}`;
  const days = daysOf(one.repeat);
  return `${days ? dayNames(days) : one.repeat}, ${hourAndMinute(one.from)} – ${hourAndMinute(one.until)}`;
}

// What the form holds, as people fill it in.
export interface SilenceDraft {
  host: string;
  tag: string;
  rule: string;
  comment: string;
  again: boolean;
  end: QuickEnd;
  own: string;
  begins: string;
  ends: string;
  days: Weekday[];
}

export const emptyDraft = (): SilenceDraft => ({
  host: '', tag: '', rule: '', comment: '', again: false, end: 'hour', own: '', begins: '22:00', ends: '06:00', days: [],
});

// What is to be asked of the service; null while a time is missing or past.
export function termsOf(draft: SilenceDraft, now: number): NewSilence | null {
  const span = draft.again ? firstSpan(draft.begins, draft.ends, draft.days, now) : { until: Math.round(endOf(draft.end, now, draft.own)) };
  if (!span || !(span.until > now)) return null;
  const named = Object.entries({ host: draft.host, tag: draft.tag, rule: draft.rule, comment: draft.comment })
    .map(([name, value]) => [name, value.trim()] as const)
    .filter(([, value]) => value);
  return { ...Object.fromEntries(named), ...span, ...(draft.again ? { repeat: repeatOn(draft.days) } : {}) };
}
