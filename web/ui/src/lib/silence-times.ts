// When a silence is on, in the reader's own zone.

export const quickEnds = ['hour', 'morning', 'week', 'own'] as const;
export type QuickEnd = (typeof quickEnds)[number];

const hour = 3_600_000;
const morning = 8; // o'clock

// `own` is the value of an <input type="datetime-local">. NaN when it names no time.
export function endOf(choice: QuickEnd, now: number, own = ''): number {
  const at = new Date(now);
  switch (choice) {
    case 'hour':
      return now + hour;
    case 'morning':
      return new Date(at.getFullYear(), at.getMonth(), at.getDate() + 1, morning).getTime();
    case 'week':
      return new Date(at.getFullYear(), at.getMonth(), at.getDate() + 7, at.getHours(), at.getMinutes()).getTime();
    case 'own':
      return new Date(own).getTime();
  }
}

// From Monday, as RFC 5545 names them.
export const weekdays = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const;
export type Weekday = (typeof weekdays)[number];
const weekdayOf = (date: Date): Weekday => weekdays[(date.getDay() + 6) % 7]!;

// An RFC 5545 rule: all days, or none named, are every day.
export function repeatOn(days: readonly Weekday[]): string {
  const named = weekdays.filter((day) => days.includes(day));
  return named.length % weekdays.length === 0 ? 'FREQ=DAILY' : `FREQ=WEEKLY;BYDAY=${named.join(',')}`;
}

// The days of such a rule; null for any other, which the command line may have made.
export function daysOf(rule: string): Weekday[] | null {
  if (rule === 'FREQ=DAILY') return [...weekdays];
  const named = /^FREQ=WEEKLY;BYDAY=([A-Z,]+)$/.exec(rule)?.[1]?.split(',') ?? [];
  const days = weekdays.filter((day) => named.includes(day));
  return days.length > 0 && days.length === named.length ? days : null;
}

// The first of recurring spans that is not over yet, from one time of day ("22:00") to another, which is on the next day
// where it is not later. Null when a time is missing.
export function firstSpan(begin: string, end: string, days: readonly Weekday[], now: number): { from: number; until: number } | null {
  const [begins, ends] = [begin, end].map((time) => /^(\d\d):(\d\d)/.exec(time)?.slice(1).map(Number));
  if (!begins || !ends) return null;
  const today = new Date(now);
  const on = (offset: number, [hours = 0, minutes = 0]: number[]) =>
    new Date(today.getFullYear(), today.getMonth(), today.getDate() + offset, hours, minutes);
  const overnight = end <= begin ? 1 : 0;
  for (let offset = -1; offset <= 7; offset++) {
    const from = on(offset, begins);
    const until = on(offset + overnight, ends).getTime();
    if (until > now && (days.length === 0 || days.includes(weekdayOf(from)))) return { from: from.getTime(), until };
  }
  return null;
}
