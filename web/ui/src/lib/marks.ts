// What is marked on a time axis, within a window and as shares of it: 0 is its left edge, 1 its right one.
import type { Series } from './series';
import type { Edges } from './time-window';
import type { HostEvents, AlertSpell, Presence } from './types';

export interface Span {
  from: number; // ms, not cut
  to: number | null; // null: it goes on
  left: number;
  width: number;
}
export interface AlertSpan extends Span {
  alert: AlertSpell;
}
export interface PresenceSpan extends Span {
  state: Presence;
}
export interface Restarts {
  at: number; // the last of them
  count: number;
  left: number;
}

// A page draws no more of a kind than this; the newest are kept.
const mostMarks = 200;

// `now` ends what goes on. Nothing when it lies outside.
function spanWithin(from: number, to: number | null, edges: Edges, now: number): Span | undefined {
  const length = edges.to - edges.from;
  const start = Math.max(from, edges.from);
  const end = Math.min(to ?? Math.max(now, from), edges.to);
  if (end < start || from >= edges.to) return undefined;
  return { from, to, left: (start - edges.from) / length, width: (end - start) / length };
}

const about: Record<string, (instance: string) => (metric: string) => boolean> = {
  cpu: () => (metric) => metric === 'cpu.percent',
  memory: () => (metric) => metric === 'memory.percent' || metric === 'memory.used',
  swap: () => (metric) => metric === 'memory.swap_used',
  load: () => (metric) => metric.startsWith('cpu.load['),
  disk: (mount) => (metric) => metric === `disks[${mount}].percent`,
  disk_full: (mount) => (metric) => metric === `disks[${mount}].percent`,
  temperature: (name) => (metric) => metric === `temperatures[${name}].celsius`,
  battery: () => (metric) => metric === 'battery.percent',
  traffic: (name) => (metric) => metric.startsWith(`network[${name}].`),
};

// Those that are about none of a host's metrics, like `offline`, stand with its presence.
export const isAboutMetrics = (alert: AlertSpell): boolean => alert.rule in about;

export function alertSpans(alerts: readonly AlertSpell[], metrics: readonly string[], edges: Edges, now: number): AlertSpan[] {
  const concerns = (alert: AlertSpell) => {
    const isIt = about[alert.rule]?.(alert.instance);
    return isIt !== undefined && metrics.some(isIt);
  };
  return cut(alerts.filter(concerns), edges, now);
}

export const otherAlertSpans = (alerts: readonly AlertSpell[], edges: Edges, now: number): AlertSpan[] =>
  cut(alerts.filter((alert) => !isAboutMetrics(alert)), edges, now);

function cut(alerts: readonly AlertSpell[], edges: Edges, now: number): AlertSpan[] {
  return alerts
    .flatMap((alert) => {
      const span = spanWithin(alert.from, alert.until, edges, now);
      return span ? [{ ...span, alert }] : [];
    })
    .sort((a, b) => a.from - b.from)
    .slice(-mostMarks);
}

// Those closer than a hundredth of the window are one mark.
export function restartMarks(restarts: readonly number[], edges: Edges): Restarts[] {
  const length = edges.to - edges.from;
  const marks: Restarts[] = [];
  for (const at of [...restarts].sort((a, b) => a - b)) {
    if (at < edges.from || at > edges.to) continue;
    const left = (at - edges.from) / length;
    const last = marks[marks.length - 1];
    if (last && left - last.left < 0.01) {
      last.at = at;
      last.count++;
    } else {
      marks.push({ at, count: 1, left });
    }
  }
  return marks.slice(-mostMarks);
}

// Each state lasts until the next one; the last one until now.
export function presenceSpans(changes: HostEvents['presence'], edges: Edges, now: number): PresenceSpan[] {
  const sorted = [...changes].sort((a, b) => a[0] - b[0]);
  const runs = sorted.filter(([, state], i) => i === 0 || sorted[i - 1]![1] !== state);
  return runs
    .flatMap(([from, state], i) => {
      const span = spanWithin(from, runs[i + 1]?.[0] ?? null, edges, now);
      return span && (span.width > 0 || span.to === null) ? [{ ...span, state }] : [];
    })
    .slice(-mostMarks);
}

// Where a series of 1 and 0, like `battery.charging`, is mostly 1.
export function trueSpans(series: Series, broken: readonly boolean[], edges: Edges): Span[] {
  const spans: Span[] = [];
  let start: number | undefined;
  const end = (to: number) => {
    const span = start === undefined ? undefined : spanWithin(start, to, edges, to);
    if (span && span.width > 0) spans.push(span);
    start = undefined;
  };
  for (let i = 0; i < series.length; i++) {
    const on = series.mean[i]! >= 0.5;
    if (start !== undefined && (!on || broken[i])) end(broken[i] ? series.t[i - 1]! : series.t[i]!);
    if (on && start === undefined) start = series.t[i]!;
  }
  if (series.length > 0) end(series.newest!);
  return spans.slice(-mostMarks);
}
