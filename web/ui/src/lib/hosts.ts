// What a host's newest state says.
import type { Alert, Disk, Host, Presence } from './types';

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

export function fullestDisk(host: Host): Disk | undefined {
  let fullest: Disk | undefined;
  for (const disk of host.disks ?? []) if (!fullest || disk.percent > fullest.percent) fullest = disk;
  return fullest;
}

export const isLoopback = (name: string): boolean => name === 'lo' || name === 'lo0';

// Over all interfaces but the loopback one.
export function totalTraffic(host: Host): { rx: number; tx: number } | undefined {
  if (!host.network) return undefined;
  const sum = { rx: 0, tx: 0 };
  for (const { name, rx_bps, tx_bps } of host.network) {
    if (isLoopback(name)) continue;
    sum.rx += rx_bps;
    sum.tx += tx_bps;
  }
  return sum;
}

// Of one minute, per logical CPU.
export function loadPerCore(host: Host): number | undefined {
  const cores = host.cpu?.cores?.length || host.info?.cores;
  return host.cpu?.load && cores ? host.cpu.load[0] / cores : undefined;
}

export function swapPercent(host: Host): number | undefined {
  const { swap_total: total, swap_used: used } = host.memory ?? {};
  return total && used !== undefined ? (100 * used) / total : undefined;
}

export function hottest(host: Host): number | undefined {
  const all = (host.temperatures ?? []).map((t) => t.celsius);
  return all.length > 0 ? Math.max(...all) : undefined;
}

export type Level = 'ok' | 'high' | 'very-high';

// Display only: alerts have thresholds of their own, which the server steps.
export function levelOf(percent: number): Level {
  return percent >= 90 ? 'very-high' : percent >= 80 ? 'high' : 'ok';
}
