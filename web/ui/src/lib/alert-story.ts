// What happened to one alert and who did it, from what the service keeps.
import { fixed, live, type TimeWindow } from './time-window';
import type { Alert, AlertSpell, AuditEntry, Silence } from './types';

// One time that an alert fired, over or not.
export type AlertTime = Alert & { resolved?: number; worst?: number };

export type Deed =
  | { kind: 'raised' | 'resolved'; at: number }
  | { kind: 'acknowledged'; at: number; by: string }
  | { kind: 'silenced'; at: number; by: string; silence: Silence };

// Whether `*` of the pattern may stand for something that makes it the name. Each part is taken where it comes first: no pattern
// makes that slow.
export function fitsPattern(pattern: string, name: string): boolean {
  const [first = '', ...others] = pattern.split('*');
  const last = others.pop();
  if (last === undefined) return pattern === name;
  const end = name.length - last.length;
  if (first.length > end || !name.startsWith(first) || !name.endsWith(last)) return false;
  let at = first.length;
  for (const part of others) {
    const found = name.indexOf(part, at);
    if (found < 0 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}

interface Target {
  host: string | null;
  tag: string | null;
  rule: string | null;
}

const isFor = ({ host, tag, rule }: Target, alert: Alert, tags: readonly string[]): boolean =>
  (!rule || rule === alert.rule) && (!host || fitsPattern(host, alert.host)) && (!tag || tags.some((one) => fitsPattern(tag, one)));

// The silences that are for this alert and were made and on before it ended; of one that recurs, its times are not reckoned.
export function silencesOf(alert: AlertTime, silences: readonly Silence[], tags: readonly string[], now: number): Silence[] {
  const end = alert.resolved ?? now;
  return silences.filter((one) => isFor(one, alert, tags) && one.from <= end && one.created <= end && (one.repeat !== null || one.until > alert.since));
}

export function storyOf(alert: AlertTime, silences: readonly Silence[]): Deed[] {
  const deeds: Deed[] = [
    { kind: 'raised', at: alert.since },
    ...(alert.acknowledged_by ? [{ kind: 'acknowledged' as const, at: alert.acknowledged_at ?? alert.since, by: alert.acknowledged_by }] : []),
    ...silences.map((silence) => ({ kind: 'silenced' as const, at: silence.created, by: silence.by, silence })),
    ...(alert.resolved === undefined ? [] : [{ kind: 'resolved' as const, at: alert.resolved }]),
  ];
  return deeds.sort((a, b) => a.at - b.at);
}

// `silence.add` has what it is for: "3f9a01bc db-* tag lab cpu".
function targetIn(object: string): Target | null {
  const [, host, tag, rule] = /^\S+ (\S+) (?:tag (.+))? (\S*)$/s.exec(object) ?? [];
  return host === undefined ? null : { host, tag: tag ?? null, rule: rule || null };
}

// What the audit log tells about it, the oldest first.
export function auditOf(alert: AlertTime, entries: readonly AuditEntry[], tags: readonly string[], now: number): AuditEntry[] {
  const end = alert.resolved ?? now;
  const silences = new Set<string>();
  const about = ({ action, object, at }: AuditEntry): boolean => {
    if (action === 'alert.acknowledge') return object === alert.id && at >= alert.since && at <= end;
    const id = object.split(' ', 1)[0]!;
    if (action === 'silence.remove') return silences.has(id);
    const target = action === 'silence.add' && at <= end ? targetIn(object) : null;
    if (!target || !isFor(target, alert, tags)) return false;
    silences.add(id);
    return true;
  };
  return [...entries].sort((a, b) => a.at - b.at || a.id - b.id).filter(about);
}

const minute = 60_000;

// From a bit before it began to a bit after it ended, or to the present, which is followed.
export function windowOf({ since, resolved }: AlertTime, now: number): TimeWindow {
  const length = Math.max(0, (resolved ?? now) - since);
  const room = Math.min(720 * minute, Math.max(5 * minute, length / 4));
  return resolved === undefined ? live(length + room) : fixed(since - room, Math.min(now, resolved + room), now);
}

// The same as a mark on a chart, before others that the host's log has.
export function spellsWith({ id, rule, instance, severity, since, resolved }: AlertTime, others: readonly AlertSpell[]): AlertSpell[] {
  const own: AlertSpell = { id, rule, instance: instance ?? '', severity, from: since, until: resolved ?? null };
  return [own, ...others.filter((one) => one.id !== id || one.from !== since)];
}
