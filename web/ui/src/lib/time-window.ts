// The span of time that all charts of a page show. A live window ends now and moves on; a fixed one stands.
// Every function takes the present (ms) and gives a window that ends no later, a minute to two years long.
import { rangeOf, ranges } from './ranges';

export type TimeWindow = { live: true; span: number } | { live: false; from: number; to: number };
export interface Edges {
  from: number;
  to: number;
}

export const leastSpan = 60_000;
export const mostSpan = ranges['2y'];

const within = (value: number, least: number, most: number) => Math.min(most, Math.max(least, value));

export const live = (span: number): TimeWindow => ({ live: true, span: Math.round(within(span, leastSpan, mostSpan)) });

// A window of at least `leastSpan` around what is asked for.
export function fixed(from: number, to: number, now: number): TimeWindow {
  const [start, end] = from <= to ? [from, to] : [to, from];
  const span = within(end - start, leastSpan, mostSpan);
  const right = within((start + end + span) / 2, span, now);
  return { live: false, from: Math.round(right - span), to: Math.round(right) };
}

export const spanOf = (shown: TimeWindow): number => (shown.live ? shown.span : shown.to - shown.from);
export const edgesOf = (shown: TimeWindow, now: number): Edges => (shown.live ? { from: now - shown.span, to: now } : { from: shown.from, to: shown.to });

// What reaches the present follows it.
const settle = (from: number, to: number, now: number): TimeWindow => (to > now - 1 ? live(to - from) : fixed(from, to, now));

// `by` in ms: negative is earlier.
export function pan(shown: TimeWindow, now: number, by: number): TimeWindow {
  const { from, to } = edgesOf(shown, now);
  return settle(from + by, to + by, now);
}

// A factor below 1 shows less. `at` stays where it is; without it the present does in a live window, else the middle.
export function zoom(shown: TimeWindow, now: number, factor: number, at?: number): TimeWindow {
  const { from, to } = edgesOf(shown, now);
  const span = within((to - from) * factor, leastSpan, mostSpan);
  const fixedPoint = at ?? (shown.live ? to : (from + to) / 2);
  const left = fixedPoint - (fixedPoint - from) * (span / (to - from));
  return settle(left, left + span, now);
}

const units: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, y: ranges['1y'] };

// "90m", "24h": what a link carries of a live window.
export function spanName(span: number): string {
  const named = rangeOf(span);
  if (named) return named;
  const unit = ['d', 'h', 'm'].find((name) => span % units[name]! === 0);
  return unit ? `${span / units[unit]!}${unit}` : `${Math.round(span / 1000)}s`;
}

export const toQuery = (shown: TimeWindow): string => (shown.live ? `range=${spanName(shown.span)}` : `from=${shown.from}&to=${shown.to}`);

// Nothing when the query names no window, or none that can be.
export function fromQuery(query: string, now: number): TimeWindow | undefined {
  const asked = new URLSearchParams(query);
  const [, count, unit] = /^(\d{1,9})([smhdy])$/.exec(asked.get('range') ?? '') ?? [];
  if (count && unit) return Number(count) > 0 ? live(Number(count) * units[unit]!) : undefined;
  const [from, to] = ['from', 'to'].map((name) => (/^\d{1,15}$/.test(asked.get(name) ?? '') ? Number(asked.get(name)) : NaN));
  return from! < to! && from! < now ? fixed(from!, Math.min(to!, now), now) : undefined;
}
