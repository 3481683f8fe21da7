// Which charts a host has, from what it reports.
import type { Kind } from './axes';
import { isLoopback } from './hosts';
import { core, disk, load, nic, temperature } from './metrics';
import { text } from './text';
import type { Host } from './types';
import { bytes, percent, rate } from './units';

export interface ChartMetric {
  metric: string;
  label: string;
  color: string; // name of a custom property
}
export interface Choice {
  value: string;
  label: string;
  detail: string;
}
export interface HostChart {
  key: 'cpu' | 'load' | 'memory' | 'network' | 'throughput' | 'usage' | 'temperatures' | 'battery';
  heading: string;
  kind: Kind;
  max?: number;
  metrics: ChartMetric[];
  // A metric of 1 and 0 that is marked where it is 1.
  flag?: string;
  choices: Choice[];
  choice?: string;
}
// What somebody chose, by the key of the chart.
export type Choices = Partial<Record<HostChart['key'], string>>;

const colors = ['--accent', '--accent-2', '--warn', '--rest', '--ok', '--ink-3'];
const pair = (first: string, firstLabel: string, second: string, secondLabel: string): ChartMetric[] => [
  { metric: first, label: firstLabel, color: colors[0]! },
  { metric: second, label: secondLabel, color: colors[1]! },
];

const chosen = (choices: Choice[], wanted: string | undefined, otherwise = choices[0]?.value): string | undefined =>
  choices.some((c) => c.value === wanted) ? wanted : otherwise;

function memoryChart({ memory }: Host): HostChart {
  const base = { key: 'memory' as const, heading: text.host.memory, choices: [] };
  const used = (metric: string) => ({ metric, label: text.host.used, color: colors[0]! });
  if (memory?.used === undefined || !memory.total) return { ...base, kind: 'percent', max: 100, metrics: [used('memory.percent')] };
  const swap = memory.swap_total ? [{ metric: 'memory.swap_used', label: text.host.swap, color: colors[1]! }] : [];
  return { ...base, kind: 'bytes', max: Math.max(memory.total, memory.swap_total ?? 0), metrics: [used('memory.used'), ...swap] };
}

function networkChart(host: Host, wanted?: string): HostChart[] {
  const choices = (host.network ?? []).map((n) => ({ value: n.name, label: n.name, detail: `↓ ${rate(n.rx_bps)}  ↑ ${rate(n.tx_bps)}` }));
  const choice = chosen(choices, wanted, choices.find((c) => !isLoopback(c.value))?.value ?? choices[0]?.value);
  if (choice === undefined) return [];
  const metrics = pair(nic(choice, 'rx_bps'), text.host.received, nic(choice, 'tx_bps'), text.host.sent);
  return [{ key: 'network', heading: text.host.network, kind: 'rate', metrics, choices, choice }];
}

function throughputChart(host: Host, wanted?: string): HostChart[] {
  const measured = (host.disks ?? []).filter((d) => d.read_bps !== undefined || d.write_bps !== undefined);
  const choices = measured.map((d) => ({ value: d.mount, label: d.mount, detail: text.host.readWritten(rate(d.read_bps), rate(d.write_bps)) }));
  const choice = chosen(choices, wanted);
  if (choice === undefined) return [];
  const metrics = pair(disk(choice, 'read_bps'), text.host.read, disk(choice, 'write_bps'), text.host.written);
  return [{ key: 'throughput', heading: text.host.diskIo, kind: 'rate', metrics, choices, choice }];
}

function usageChart(host: Host, wanted?: string): HostChart[] {
  const choices = (host.disks ?? []).map((d) => ({ value: d.mount, label: d.mount, detail: text.fleet.of(percent(d.percent), bytes(d.total)) }));
  const choice = chosen(choices, wanted);
  if (choice === undefined) return [];
  const metrics = [{ metric: disk(choice, 'percent'), label: choice, color: colors[0]! }];
  return [{ key: 'usage', heading: text.charts.diskUsage, kind: 'percent', max: 100, metrics, choices, choice }];
}

// The hottest, in an order that stays.
function temperatureChart(host: Host): HostChart[] {
  const hottest = [...(host.temperatures ?? [])].sort((a, b) => b.celsius - a.celsius).map((t) => t.name);
  const names = [...new Set(hottest)].slice(0, colors.length).sort();
  if (names.length === 0) return [];
  const metrics = names.map((name, i) => ({ metric: temperature(name), label: name, color: colors[i]! }));
  return [{ key: 'temperatures', heading: text.host.temperatures, kind: 'celsius', metrics, choices: [] }];
}

export function chartsOf(host: Host, choices: Choices): HostChart[] {
  const cpu: HostChart = { key: 'cpu', heading: text.host.cpu, kind: 'percent', metrics: [{ metric: 'cpu.percent', label: text.host.cpu, color: colors[0]! }], choices: [] };
  const average: HostChart = {
    key: 'load',
    heading: text.charts.loadAverage,
    kind: 'number',
    metrics: [1, 5, 15].map((minutes, i) => ({ metric: load(i), label: text.charts.minutes(minutes), color: colors[i]! })),
    choices: [],
  };
  const battery: HostChart = {
    key: 'battery',
    heading: text.host.battery,
    kind: 'percent',
    max: 100,
    metrics: [{ metric: 'battery.percent', label: text.host.battery, color: colors[0]! }],
    flag: 'battery.charging',
    choices: [],
  };
  return [
    cpu,
    memoryChart(host),
    ...(host.cpu?.load ? [average] : []),
    ...networkChart(host, choices.network),
    ...throughputChart(host, choices.throughput),
    ...usageChart(host, choices.usage),
    ...temperatureChart(host),
    ...(host.battery ? [battery] : []),
  ];
}

// Every metric that the charts show, cores included.
export const metricsOf = (host: Host, charts: readonly HostChart[]): string[] => [
  ...charts.flatMap((chart) => [...chart.metrics.map((m) => m.metric), ...(chart.flag ? [chart.flag] : [])]),
  ...(host.cpu?.cores ?? []).map((_, i) => core(i)),
];
