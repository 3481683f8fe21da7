// How the organisation's service is doing: what it checks itself, and what of /metrics people ask about.
import { Readiness } from './readiness.svelte';
import { repeat } from './repeat';

export interface ServiceFigures {
  accepted: number; // samples, since the service began
  refused: number; // samples and messages, since the service began
  waiting: number; // samples that are not stored yet
  storeBytes: number | null;
  dashboards: number;
  reconnects: number; // to the broker
  version: string;
}

// The values of the Prometheus text format, summed over the labels of a name. https://prometheus.io/docs/instrumenting/exposition_formats/
export function sumMetrics(text: string): Map<string, number> {
  const sums = new Map<string, number>();
  for (const line of text.split('\n')) {
    const found = /^([a-zA-Z_:][\w:]*)(?:\{.*\})?\s(\S+)/.exec(line);
    if (found) sums.set(found[1]!, (sums.get(found[1]!) ?? 0) + Number(found[2]));
  }
  return sums;
}

export function figuresOf(text: string): ServiceFigures {
  const sums = sumMetrics(text);
  const of = (...names: string[]) => names.reduce((sum, name) => sum + (sums.get(name) ?? 0), 0);
  return {
    accepted: of('atlas_samples_accepted_total'),
    refused: of('atlas_samples_rejected_total', 'atlas_messages_rejected_total', 'atlas_inbox_dropped_total'),
    waiting: of('atlas_history_waiting'),
    storeBytes: sums.get('atlas_history_file_bytes') ?? null,
    dashboards: of('atlas_live_clients'),
    reconnects: Math.max(0, of('atlas_broker_connects_total') - 1),
    version: /^atlas_build_info\{.*version="([^"]*)"/m.exec(text)?.[1] ?? '',
  };
}

export class ServiceHealth {
  readonly readiness = new Readiness();
  figures = $state.raw<ServiceFigures | null>(null);
  samplesPerSecond = $state<number | null>(null); // since the reading before
  #read = 0; // when the figures were read

  // Returns what ends it.
  watch(every = 5_000): () => void {
    return repeat(async () => void (await Promise.all([this.readiness.read(), this.read()])), every);
  }

  async read(now = performance.now()): Promise<void> {
    try {
      const metrics = await fetch('/metrics?hosts=false', { cache: 'no-store', signal: AbortSignal.timeout(10_000) });
      if (metrics.ok) this.#take(figuresOf(await metrics.text()), now);
    } catch {
      // What was known stays; `readiness` says that there is no answer.
    }
  }

  #take(figures: ServiceFigures, now: number): void {
    const before = this.figures;
    // A service that has begun anew counts from nothing.
    const counts = before !== null && figures.accepted >= before.accepted && now > this.#read;
    this.samplesPerSecond = counts ? ((figures.accepted - before.accepted) * 1000) / (now - this.#read) : null;
    this.figures = figures;
    this.#read = now;
  }
}
