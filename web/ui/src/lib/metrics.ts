// Names of history metrics and how to read them from a live host.
import type { Host } from './types';

const reader = /^(?:(cpu|memory|battery)\.(\w+)(?:\[(\d+)\])?|(disks|network|temperatures)\[(.+)\]\.(\w+)|(processes|uptime))$/;

export function metricValue(host: Host, metric: string): number | undefined {
  const match = reader.exec(metric);
  if (!match) return undefined;
  const [, section, member, index, list, key, field, plain] = match;
  let value: unknown;
  if (section) {
    value = (host[section as 'cpu'] as Record<string, unknown> | undefined)?.[member!];
    if (index !== undefined) value = (value as unknown[] | undefined)?.[Number(index)];
  } else if (list) {
    const items = (host[list as 'disks'] ?? []) as unknown as Record<string, unknown>[];
    value = items.find((item) => (item['mount'] ?? item['name']) === key)?.[field!];
  } else if (plain) {
    value = host[plain as 'processes'];
  }
  if (typeof value === 'boolean') return value ? 1 : 0;
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

export const disk = (mount: string, field: 'percent' | 'read_bps' | 'write_bps') => `disks[${mount}].${field}`;
export const nic = (name: string, field: 'rx_bps' | 'tx_bps') => `network[${name}].${field}`;
export const temperature = (name: string) => `temperatures[${name}].celsius`;
export const core = (index: number) => `cpu.cores[${index}]`;
export const load = (index: number) => `cpu.load[${index}]`;
