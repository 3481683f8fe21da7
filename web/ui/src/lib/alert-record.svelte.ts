import { untrack } from 'svelte';
import type { AlertTime } from './alert-story';
import { api } from './api';
import { clock } from './clock.svelte';
import type { Fleet } from './fleet.svelte';
import type { Alert, PastAlert } from './types';

// What has ended a moment ago is stored a moment later.
const waits = [400, 1500, 4000];
const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));
// "web-1" and "disk" of "web-1:disk:%2Fhome".
const partsOf = (id: string) => id.split(':', 2) as [host: string, rule?: string];

// One time that an alert fired, found by a moment of it: what the feed tells while it lasts, then what is kept of it.
export class AlertRecord {
  phase = $state<'loading' | 'found' | 'missing' | 'failed'>('loading');
  failure = $state('');
  #kept = $state.raw<AlertTime | null>(null);
  #last: Alert | null = null; // as the feed told it
  #asked = 0;

  constructor(
    private readonly fleet: Fleet,
    readonly id: string,
    readonly moment: number,
  ) {
    $effect(() => {
      const told = this.#told;
      if (told) this.#last = told;
      else if (fleet.loaded) untrack(() => void this.seek());
    });
  }

  // One that began after the moment is another one.
  readonly #told = $derived.by(() => this.fleet.book.firing.find((a) => a.id === this.id && a.since <= this.moment));
  readonly alert: AlertTime | null = $derived(this.#told ?? this.#kept);

  async seek(): Promise<void> {
    const asked = ++this.#asked;
    const last = this.#last;
    if (last) {
      const end = this.fleet.book.resolved.find((a) => a.id === this.id && a.since >= last.since)?.since ?? clock.now;
      this.#kept = { ...last, state: 'resolved', resolved: end };
    } else {
      this.phase = 'loading';
    }
    try {
      for (const wait of last ? waits : [0]) {
        if (last) await pause(wait);
        if (asked !== this.#asked) return;
        const found = (await this.#past()) ?? (last ? undefined : await this.#active());
        if (asked !== this.#asked) return;
        if (found) this.#kept = found;
        this.phase = found ? 'found' : 'missing';
        if (found) return;
      }
    } catch (problem) {
      if (asked !== this.#asked) return;
      this.failure = (problem as Error).message;
      this.phase = 'failed';
    }
  }

  close(): void {
    this.#asked++;
  }

  async #past(): Promise<PastAlert | undefined> {
    const [host, rule = ''] = partsOf(this.id);
    const at = String(this.moment);
    const { alerts } = await api.pastAlerts({ host, rule, from: at, to: String(this.moment + 1), limit: '1000' });
    return alerts.find((a) => a.id === this.id && a.since <= this.moment);
  }

  // The feed tells of the most urgent ones of a large fleet only.
  async #active(): Promise<Alert | undefined> {
    return (await api.alerts()).find((a) => a.id === this.id && a.since <= this.moment);
  }
}
