import type { Alert, Frame, Host, HostChange } from './types';

// What to do with a frame, given the sequence number of the newest one applied.
//   apply   it is the next one, or a snapshot
//   ignore  it repeats what is known already
//   gap     frames are missing: ask to resume and apply nothing until the gap is filled
export type Verdict = 'apply' | 'ignore' | 'gap';

export function judgeFrame(frame: Frame, lastSeq: number | null): Verdict {
  if (frame.type === 'snapshot') return 'apply';
  if (lastSeq === null) return 'gap';
  if (frame.seq <= lastSeq) return 'ignore';
  return frame.seq === lastSeq + 1 ? 'apply' : 'gap';
}

// Members of the newer frame replace those of the older one; absent members stay, and null says that the host
// reports this no longer.
export function mergeHost(older: Host | undefined, newer: HostChange): Host {
  const merged: Record<string, unknown> = { ...older, ...newer };
  for (const name in newer) if (merged[name] === null) delete merged[name];
  return merged as unknown as Host;
}

export interface AlertBook {
  firing: Alert[]; // acknowledged ones too
  resolved: Alert[]; // newest first, a bounded memory of this page
}

const resolvedKept = 20;

const severityRank = { critical: 0, warning: 1 } as const;

function byUrgency(a: Alert, b: Alert): number {
  return severityRank[a.severity] - severityRank[b.severity] || b.since - a.since || (a.id < b.id ? -1 : 1);
}

export const isRaised = (a: Alert): boolean => a.state === 'firing' || a.state === 'acknowledged';

// Alerts of a snapshot are all that are raised.
export function snapshotAlerts(book: AlertBook, alerts: Alert[]): AlertBook {
  return { firing: alerts.filter(isRaised).sort(byUrgency), resolved: book.resolved };
}

export function mergeAlerts(book: AlertBook, changes: Alert[]): AlertBook {
  if (changes.length === 0) return book;
  const ids = new Set(changes.map((a) => a.id));
  const firing = book.firing.filter((a) => !ids.has(a.id));
  let resolved = book.resolved.filter((a) => !ids.has(a.id));
  for (const change of changes) {
    if (isRaised(change)) firing.push(change);
    else resolved = [change, ...resolved];
  }
  return { firing: firing.sort(byUrgency), resolved: resolved.slice(0, resolvedKept) };
}

export function dropHosts(book: AlertBook, hosts: Set<string>): AlertBook {
  const keep = (a: Alert) => !hosts.has(a.host);
  return { firing: book.firing.filter(keep), resolved: book.resolved.filter(keep) };
}

// Parses a text frame; null when it is none of ours.
export function parseFrame(text: string): Frame | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const frame = value as Partial<Frame>;
  if (typeof frame.seq !== 'number') return null;
  if (frame.type === 'snapshot') return { ...frame, hosts: frame.hosts ?? [], alerts: frame.alerts ?? [] } as Frame;
  return frame.type === 'delta' ? (frame as Frame) : null;
}
