import { api } from './api';
import { clock } from './clock.svelte';
import type { HostEntry } from './fleet.svelte';
import { isOnline } from './hosts';
import { metricValue } from './metrics';
import { Series } from './series';
import { TaskQueue } from './tasks';

// Points of a chart: more than a screen shows apart would only cost time.
const chartPoints = 360;

// The metrics of one host over one range: history on demand, then live samples.
export class HostHistory {
  // Counts up when any series has changed.
  version = $state(0);
  loading = $state(0);
  failed = $state(false);
  readonly #series = new Map<string, Series>();
  readonly #charts = new TaskQueue(4);
  // A host may have a hundred cores: they do not keep the charts waiting.
  readonly #cores = new TaskQueue(2);
  readonly #pending = new Set<string>();
  #closed = false;

  constructor(
    readonly entry: HostEntry,
    readonly range: number,
  ) {}

  // What a break in a line is: more than this many ms without a point.
  get gap(): number {
    return Math.max(this.entry.gap, (this.range / chartPoints) * 2.5);
  }

  // The right edge: the newest sample of a host that reports, else now.
  get end(): number {
    const { host } = this.entry;
    return isOnline(host) && host.ts ? host.ts : clock.now;
  }

  // The series of a metric, loaded at the first request. Not for $derived: it changes state.
  get(metric: string, points = chartPoints): Series {
    let series = this.#series.get(metric);
    if (!series) {
      series = new Series(this.range / chartPoints);
      this.#series.set(metric, series);
      this.#load(metric, series, points);
    }
    return series;
  }

  peek(metric: string): Series | undefined {
    return this.#series.get(metric);
  }

  // Everything once more: after a connection was lost, or a host came back and caught up.
  reload(): void {
    this.failed = false;
    for (const [metric, series] of this.#series) this.#load(metric, series, chartPoints);
  }

  // The newest sample of the host.
  append(): void {
    const { host } = this.entry;
    if (host.ts === undefined) return;
    for (const [metric, series] of this.#series) {
      const value = metricValue(host, metric);
      if (value === undefined) continue;
      series.append(host.ts, value);
      series.trim(host.ts - this.range);
    }
    this.version++;
  }

  close(): void {
    this.#closed = true;
    this.#charts.clear();
    this.#cores.clear();
  }

  #load(metric: string, series: Series, points: number): void {
    this.#pending.add(metric);
    this.loading = this.#pending.size;
    const from = this.end - this.range;
    const to = Math.max(this.end, clock.now);
    const queue = metric.startsWith('cpu.cores') ? this.#cores : this.#charts;
    queue.add(metric, async () => {
      try {
        const history = await api.history(this.entry.id, metric, from, to, points);
        if (this.#closed) return;
        series.prepend(history);
        this.version++;
      } catch {
        this.failed = true;
      } finally {
        this.#pending.delete(metric);
        this.loading = this.#pending.size;
      }
    });
  }
}
