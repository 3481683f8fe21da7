// What an alert measures: the chart that shows it, and its value in that chart's unit.
import type { HostChart } from './host-charts';
import { disk, load, metricValue, nic, temperature } from './metrics';
import { text } from './text';
import type { Alert, Host } from './types';

export interface Measure {
  chart: HostChart;
  // How much of the chart's unit one of the alert's value is; null: the two have nothing in common.
  factor: number | null;
  // It fires at low values.
  below: boolean;
}

type About = Pick<Alert, 'rule' | 'instance'>;

const plain = (key: HostChart['key'], heading: string, kind: HostChart['kind'], metrics: [metric: string, label: string][], max?: number): HostChart => ({
  key,
  heading,
  kind,
  ...(max === undefined ? {} : { max }),
  metrics: metrics.map(([metric, label], i) => ({ metric, label, color: i === 0 ? '--accent' : '--accent-2' })),
  choices: [],
});

const measures: Record<string, (host: Host, instance: string) => Measure | null> = {
  cpu: () => ({ chart: plain('cpu', text.host.cpu, 'percent', [['cpu.percent', text.host.cpu]], 100), factor: 1, below: false }),
  memory: () => ({ chart: plain('memory', text.host.memory, 'percent', [['memory.percent', text.host.memory]], 100), factor: 1, below: false }),
  swap: ({ memory }) => {
    const size = memory?.swap_total;
    return { chart: plain('memory', text.host.swap, 'bytes', [['memory.swap_used', text.host.swap]], size), factor: size ? size / 100 : null, below: false };
  },
  load: ({ cpu, info }) => {
    const cores = cpu?.cores?.length || info?.cores;
    return { chart: plain('load', text.charts.loadAverage, 'number', [[load(0), text.charts.minutes(1)]]), factor: cores ?? null, below: false };
  },
  disk: (_, mount) => usage(mount, 1),
  disk_full: (_, mount) => ({ ...usage(mount, null), below: true }),
  temperature: (_, name) => ({ chart: plain('temperatures', text.host.temperatures, 'celsius', [[temperature(name), name]]), factor: 1, below: false }),
  battery: () => ({
    chart: { ...plain('battery', text.host.battery, 'percent', [['battery.percent', text.host.battery]], 100), flag: 'battery.charging' },
    factor: 1,
    below: true,
  }),
  traffic: (_, name) => ({
    chart: plain('network', text.host.network, 'rate', [[nic(name, 'rx_bps'), text.host.received], [nic(name, 'tx_bps'), text.host.sent]]),
    factor: 1,
    below: false,
  }),
};

const usage = (mount: string, factor: number | null): Measure => ({
  chart: plain('usage', text.charts.diskUsage, 'percent', [[disk(mount, 'percent'), mount]], 100),
  factor,
  below: false,
});

// Null for rules that are about no metric, like `offline`.
export const measureOf = (alert: About, host: Host): Measure | null =>
  Object.hasOwn(measures, alert.rule) ? measures[alert.rule]!(host, alert.instance ?? '') : null;

const most = (values: readonly number[], below: boolean): number | undefined =>
  values.length === 0 ? undefined : below ? Math.min(...values) : Math.max(...values);

// What the host reports now, as the alert counts.
export function measuredNow({ chart, factor, below }: Measure, host: Host): number | undefined {
  const values = chart.metrics.flatMap(({ metric }) => metricValue(host, metric) ?? []);
  const value = most(values, below);
  return value === undefined || factor === null ? undefined : value / factor;
}

// The worst of a stretch of history from `since` on, as the alert counts.
export function worstSince({ factor, below }: Measure, series: readonly { t: readonly number[]; min: readonly number[]; max: readonly number[] }[], since: number): number | undefined {
  if (factor === null) return undefined;
  const values = series.flatMap(({ t, min, max }) => (below ? min : max).filter((_, i) => t[i]! >= since));
  const value = most(values, below);
  return value === undefined ? undefined : value / factor;
}

export const worseOf = (below: boolean, ...values: (number | undefined)[]): number | undefined =>
  most(values.filter((value) => value !== undefined), below);
