import type { Alert, Host, HostChange, ViewFrame } from './types';

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

// All that are raised, in place of what was known.
export function allAlerts(book: AlertBook, alerts: Alert[]): AlertBook {
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

// Parses a text frame; null when it is none of ours.
export function parseFrame(text: string): ViewFrame | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const frame = value as Partial<ViewFrame>;
  return frame.type === 'view' && typeof frame.seq === 'number' ? (frame as ViewFrame) : null;
}

// A number of each host as the service packs them: base64url of one byte each.
export function unpackHeat(values: string): Uint8Array {
  const binary = atob(values.replace(/-/g, '+').replace(/_/g, '/'));
  return Uint8Array.from(binary, (c) => c.charCodeAt(0));
}
