// Which hosts are shown, and in which order.
import { text } from './text';
import type { Alert, Disk, Host, Presence } from './types';

export type Group = 'all' | 'online' | 'trouble' | 'offline';
export type SortKey = 'trouble' | 'name' | 'cpu' | 'memory' | 'disk';
export const sortKeys: SortKey[] = ['trouble', 'name', 'cpu', 'memory', 'disk'];
export const groups: Group[] = ['all', 'online', 'trouble', 'offline'];

// Enough of a host to judge it: its newest state and its firing alerts.
export interface Judged {
  host: Host;
  alerts: readonly Alert[];
}

export const presenceOf = (host: Host): Presence => host.state ?? 'unknown';
export const isOnline = (host: Host): boolean => presenceOf(host) === 'online';

export function isTrouble({ host, alerts }: Judged): boolean {
  const presence = presenceOf(host);
  return alerts.length > 0 || presence === 'lost' || presence === 'silent';
}

export function inGroup(entry: Judged, group: Group): boolean {
  switch (group) {
    case 'all':
      return true;
    case 'online':
      return isOnline(entry.host);
    case 'offline':
      return !isOnline(entry.host);
    case 'trouble':
      return isTrouble(entry);
  }
}

export function countGroups(entries: Iterable<Judged>): Record<Group, number> {
  const counts = { all: 0, online: 0, trouble: 0, offline: 0 };
  for (const entry of entries) {
    counts.all++;
    if (isOnline(entry.host)) counts.online++;
    else counts.offline++;
    if (isTrouble(entry)) counts.trouble++;
  }
  return counts;
}

export function fullestDisk(host: Host): Disk | undefined {
  let fullest: Disk | undefined;
  for (const disk of host.disks ?? []) if (!fullest || disk.percent > fullest.percent) fullest = disk;
  return fullest;
}

// Over all interfaces but the loopback one.
export function totalTraffic(host: Host): { rx: number; tx: number } | undefined {
  if (!host.network) return undefined;
  const sum = { rx: 0, tx: 0 };
  for (const { name, rx_bps, tx_bps } of host.network) {
    if (name === 'lo' || name === 'lo0') continue;
    sum.rx += rx_bps;
    sum.tx += tx_bps;
  }
  return sum;
}

// Every word must be found somewhere in the name, the inventory or the state.
export function matches(host: Host, query: string): boolean {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const info = host.info ?? {};
  const hay = [host.id, info.hostname, info.os, info.version, info.model, info.arch, ...(info.tags ?? []), ...(info.addresses ?? []), presenceOf(host), text.presence[presenceOf(host)]]
    .filter(Boolean)
    .join('\n')
    .toLowerCase();
  return words.every((word) => hay.includes(word));
}

const presenceRank: Record<Presence, number> = { lost: 0, silent: 1, online: 3, sleeping: 4, stopped: 5, unknown: 6 };

// Small is urgent.
function urgency({ host, alerts }: Judged): number {
  if (alerts.some((a) => a.severity === 'critical')) return 0;
  if (alerts.length > 0) return 2;
  return presenceRank[presenceOf(host)];
}

// Names of machines are ASCII: one order for every language.
const names = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });
export const byName = (a: Judged, b: Judged): number => names.compare(a.host.id, b.host.id);

// A silent host's last figures say nothing about now: those hosts stand after the ones that report.
function figure({ host }: Judged, key: 'cpu' | 'memory' | 'disk'): number {
  if (!isOnline(host)) return -1;
  switch (key) {
    case 'cpu':
      return host.cpu?.percent ?? -1;
    case 'memory':
      return host.memory?.percent ?? -1;
    case 'disk':
      return fullestDisk(host)?.percent ?? -1;
  }
}

function weight(entry: Judged, key: SortKey): number {
  switch (key) {
    case 'trouble':
      return -urgency(entry);
    case 'name':
      return 0;
    default:
      return figure(entry, key);
  }
}

export function sortHosts<T extends Judged>(entries: readonly T[], key: SortKey): T[] {
  const decorated = entries.map((entry) => ({ entry, value: weight(entry, key) }));
  decorated.sort((a, b) => b.value - a.value || byName(a.entry, b.entry));
  return decorated.map((d) => d.entry);
}

// The wanted order may wait while somebody reads: known ids keep their place, new ones come at the end.
export function holdOrder(shown: readonly string[], wanted: readonly string[]): string[] {
  const present = new Set(wanted);
  const kept = shown.filter((id) => present.has(id));
  const known = new Set(kept);
  return [...kept, ...wanted.filter((id) => !known.has(id))];
}

export type Level = 'ok' | 'high' | 'very-high';

// Display only: alerts have thresholds of their own, which the server steps.
export function levelOf(percent: number): Level {
  return percent >= 90 ? 'very-high' : percent >= 80 ? 'high' : 'ok';
}
