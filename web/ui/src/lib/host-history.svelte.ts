import { api } from './api';
import { clock } from './clock.svelte';
import type { HostEntry } from './fleet.svelte';
import { isOnline } from './hosts';
import { metricValue } from './metrics';
import { Series } from './series';
import { TaskQueue } from './tasks';
import type { Edges } from './time-window';

// Points of a chart: more than a screen shows apart would only cost time.
export const chartPoints = 360;

interface Held {
  series: Series;
  asked: number; // the wish that it was last asked for in
  // Live samples that came while it was asked for.
  meanwhile: [ts: number, value: number][];
}

// The metrics of one host over one window: history on demand, then live samples. What was asked for a former window
// is shown until the new one's is there.
export class HostHistory {
  // Counts up when any series has changed.
  version = $state(0);
  loading = $state(0);
  failed = $state(false);
  #edges: Edges = { from: 0, to: 1 };
  #live = true;
  #wish = 0;
  #closed = false;
  readonly #held = new Map<string, Held>();
  readonly #charts = new TaskQueue(4);
  // A host may have a hundred cores: they do not keep the charts waiting.
  readonly #cores = new TaskQueue(2);
  readonly #pending = new Set<string>();

  constructor(readonly entry: HostEntry) {}

  // What a break in a line is: more than this many ms without a point.
  get gap(): number {
    return Math.max(this.entry.gap, this.#bucket * 2.5);
  }

  // The right edge of a live window: the newest sample of a host that reports, else now.
  get end(): number {
    const { host } = this.entry;
    return isOnline(host) && host.ts ? host.ts : clock.now;
  }

  get #bucket(): number {
    return (this.#edges.to - this.#edges.from) / chartPoints;
  }

  // Another window, or the same one anew: what is still looked at is asked for again.
  show(edges: Edges, live: boolean): void {
    this.#edges = edges;
    this.#live = live;
    this.reload();
  }

  reload(): void {
    this.#wish++;
    this.failed = false;
    this.#charts.clear();
    this.#cores.clear();
    this.#pending.clear();
    this.loading = 0;
    this.version++;
  }

  // The series of a metric, asked for unless that was done for this window. Not for $derived: it changes state.
  get(metric: string, points = chartPoints): Series {
    let held = this.#held.get(metric);
    if (!held) this.#held.set(metric, (held = { series: new Series(this.#bucket), asked: 0, meanwhile: [] }));
    if (held.asked !== this.#wish) this.#load(metric, held, points);
    return held.series;
  }

  peek(metric: string): Series | undefined {
    return this.#held.get(metric)?.series;
  }

  // The newest sample of the host.
  append(): void {
    const { host } = this.entry;
    if (host.ts === undefined || !this.#live) return;
    for (const [metric, held] of this.#held) {
      const value = metricValue(host, metric);
      if (value === undefined) continue;
      if (this.#pending.has(metric)) held.meanwhile.push([host.ts, value]);
      held.series.append(host.ts, value);
      held.series.trim(host.ts - (this.#edges.to - this.#edges.from));
    }
    this.version++;
  }

  close(): void {
    this.#closed = true;
    this.#charts.clear();
    this.#cores.clear();
  }

  #load(metric: string, held: Held, points: number): void {
    const wish = this.#wish;
    held.asked = wish;
    held.meanwhile = [];
    this.#pending.add(metric);
    this.loading = this.#pending.size;
    const outdated = () => this.#closed || wish !== this.#wish;
    const queue = metric.startsWith('cpu.cores') ? this.#cores : this.#charts;
    queue.add(metric, async () => {
      // A live window has moved on while this waited.
      const from = this.#live ? this.end - (this.#edges.to - this.#edges.from) : this.#edges.from;
      const to = this.#live ? Math.max(this.end, clock.now) : this.#edges.to;
      try {
        const history = await api.history(this.entry.id, metric, from, to, points);
        if (outdated()) return;
        const fresh = new Series(this.#bucket);
        fresh.prepend(history);
        for (const [ts, value] of held.meanwhile) fresh.append(ts, value);
        held.series = fresh;
        held.meanwhile = [];
        this.version++;
      } catch {
        if (!outdated()) this.failed = true;
      } finally {
        if (!outdated()) {
          this.#pending.delete(metric);
          this.loading = this.#pending.size;
        }
      }
    });
  }
}
