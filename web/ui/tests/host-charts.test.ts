import { describe, expect, it } from 'vitest';
import { chartsOf, metricsOf } from '../src/lib/host-charts';
import type { Host } from '../src/lib/types';

const disk = { total: 100, used: 50, percent: 50 };
const host: Host = {
  id: 'a',
  cpu: { percent: 1, cores: [1, 2], load: [1, 2, 3] },
  memory: { percent: 40, used: 4, total: 10, swap_total: 20, swap_used: 1 },
  disks: [{ ...disk, mount: '/', read_bps: 1, write_bps: 1 }, { ...disk, mount: '/nfs' }],
  network: [{ name: 'lo', rx_bps: 1, tx_bps: 1 }, { name: 'eth0', rx_bps: 1, tx_bps: 1 }],
  temperatures: [{ name: 'b', celsius: 50 }, { name: 'a', celsius: 40 }],
  battery: { percent: 80, charging: false },
};
const chart = (key: string, of = host, choices = {}) => chartsOf(of, choices).find((c) => c.key === key);

describe('the charts of a host', () => {
  it('are those of what it reports', () => {
    expect(chartsOf(host, {}).map((c) => c.key)).toEqual(['cpu', 'memory', 'load', 'network', 'throughput', 'usage', 'temperatures', 'battery']);
    expect(chartsOf({ id: 'new' }, {}).map((c) => c.key)).toEqual(['cpu', 'memory']);
  });
  it('have room for a swap that is larger than the memory', () => expect(chart('memory')).toMatchObject({ kind: 'bytes', max: 20 }));
  it('show the memory in percent where bytes are not known', () => expect(chart('memory', { id: 'a', memory: { percent: 3 } })).toMatchObject({ kind: 'percent', metrics: [{ metric: 'memory.percent' }] }));
  it('begin with an interface that leads outside', () => expect(chart('network')?.choice).toBe('eth0'));
  it('show what was chosen while it is there', () => {
    expect(chart('network', host, { network: 'lo' })?.metrics[0]?.metric).toBe('network[lo].rx_bps');
    expect(chart('network', host, { network: 'gone' })?.choice).toBe('eth0');
  });
  it('offer only disks whose throughput is measured, and the usage of all', () => {
    expect(chart('throughput')?.choices.map((c) => c.value)).toEqual(['/']);
    expect(chart('usage')?.choices.map((c) => c.value)).toEqual(['/', '/nfs']);
  });
  it('keep the order of temperatures', () => expect(chart('temperatures')?.metrics.map((m) => m.label)).toEqual(['a', 'b']));
  it('name every metric that is shown', () => {
    const names = metricsOf(host, chartsOf(host, {}));
    for (const name of ['cpu.percent', 'cpu.load[2]', 'disks[/].percent', 'battery.charging', 'cpu.cores[1]']) expect(names).toContain(name);
    expect(names).not.toContain('network[lo].rx_bps');
  });
});
