import { describe, expect, it } from 'vitest';
import { core, disk, load, metricValue, nic, temperature } from '../src/lib/metrics';
import type { Host } from '../src/lib/types';

const host: Host = {
  id: 'a',
  cpu: { percent: 12.5, cores: [10, 15], load: [0.1, 0.2, 0.3] },
  memory: { percent: 43, used: 7 },
  disks: [{ mount: '/srv/a[1].b', total: 1, used: 1, percent: 5, read_bps: 9 }],
  network: [{ name: 'eth0.100', rx_bps: 1, tx_bps: 2 }],
  temperatures: [{ name: 'cpu', celsius: 51 }],
  battery: { percent: 80, charging: true },
  processes: 3,
};

describe('a metric of a live host', () => {
  it.each([
    ['cpu.percent', 12.5],
    [core(1), 15],
    [load(2), 0.3],
    ['battery.percent', 80],
    ['battery.charging', 1],
    ['memory.used', 7],
    [disk('/srv/a[1].b', 'read_bps'), 9],
    [nic('eth0.100', 'tx_bps'), 2],
    [temperature('cpu'), 51],
    ['processes', 3],
  ])('%s is read', (metric, value) => expect(metricValue(host, metric)).toBe(value));
  it.each(['cpu.steal', core(9), nic('wlan0', 'rx_bps'), 'nonsense', 'disks[/].percent'])('%s is not there', (metric) =>
    expect(metricValue(host, metric)).toBeUndefined(),
  );
});
