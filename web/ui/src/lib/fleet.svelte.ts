import { clock, serverClock } from './clock.svelte';
import { dropHosts, mergeAlerts, mergeHost, snapshotAlerts, type AlertBook } from './frames';
import { isTrouble } from './hosts';
import type { LiveStatus } from './live';
import { Series } from './series';
import type { Alert, Delta, Host, HostChange, Snapshot } from './types';

export const sparkWindow = 15 * 60_000;

const noAlerts: readonly Alert[] = [];

// A host as the page holds it. `host` is replaced, never changed, when a frame names it: whoever reads it is
// told, and nobody else.
export class HostEntry {
  host = $state.raw<Host>({ id: '' });
  alerts = $state.raw<readonly Alert[]>(noAlerts);
  // Counts up when `spark` has changed.
  sparkVersion = $state(0);
  // Recent CPU: history once the host has been on screen, live samples from the start.
  readonly spark = new Series(10_000);
  // On or near the screen: only then its figures are in the document.
  near = $state(false);
  // The longest report interval seen, in ms: it is shorter while somebody looks at the host.
  interval = 10_000;

  constructor(readonly id: string) {
    this.host = { id };
  }

  get trouble(): boolean {
    return isTrouble(this);
  }

  take(host: HostChange): void {
    const before = this.host;
    this.host = mergeHost(before, host);
    if (host.interval) this.interval = Math.max(this.interval, host.interval * 1000);
    if (host.ts && host.ts !== before.ts && host.cpu) {
      this.spark.append(host.ts, host.cpu.percent);
      this.spark.trim(host.ts - sparkWindow);
      this.sparkVersion++;
    }
  }

  // What counts as a break in a graph of this host.
  get gap(): number {
    return Math.max(30_000, this.interval * 2.5);
  }
}

// The organisation's fleet as the live feed tells it.
export class Fleet {
  entries = $state.raw<HostEntry[]>([]);
  book = $state.raw<AlertBook>({ firing: [], resolved: [] });
  loaded = $state(false);
  status = $state.raw<LiveStatus>({ phase: 'connecting' });
  // Local time when figures stopped coming, null while they come.
  brokenSince = $state<number | null>(null);
  // Counts connections: whoever holds history reloads it when it changes.
  epoch = $state(0);
  // For screen readers: the newest alert.
  raised = $state.raw<Alert | null>(null);

  readonly #byId = new Map<string, HostEntry>();

  find(id: string): HostEntry | undefined {
    void this.entries;
    return this.#byId.get(id);
  }

  setStatus(status: LiveStatus): void {
    this.status = status;
    if (status.phase === 'live') this.brokenSince = null;
    else if (status.phase === 'waiting') this.brokenSince ??= Date.now();
  }

  snapshot(frame: Snapshot): void {
    const listed = new Set(frame.hosts.map((h) => h.id));
    for (const id of [...this.#byId.keys()]) if (!listed.has(id)) this.#byId.delete(id);
    this.takeHosts(frame.hosts);
    // In the server's order: that of first appearance.
    this.entries = frame.hosts.map((h) => this.#byId.get(h.id)!);
    this.setAlerts(snapshotAlerts(this.book, frame.alerts));
    this.loaded = true;
    this.epoch++;
    clock.tick();
  }

  delta(frame: Delta): void {
    const size = this.#byId.size;
    this.takeHosts(frame.hosts ?? []);
    // Arrivals in a delta are fresh, those in a snapshot may be a report interval old.
    for (const host of frame.hosts ?? []) if (host.state === 'online' && host.last_seen) serverClock.observe(host.last_seen, Date.now());
    const removed = new Set(frame.removed ?? []);
    for (const id of removed) this.#byId.delete(id);
    if (removed.size > 0 || this.#byId.size !== size) {
      const kept = this.entries.filter((e) => this.#byId.get(e.id) === e);
      const known = new Set(kept.map((e) => e.id));
      this.entries = [...kept, ...[...this.#byId.values()].filter((e) => !known.has(e.id))];
    }
    const changes = frame.alerts ?? [];
    if (changes.length > 0 || removed.size > 0) {
      let book = mergeAlerts(this.book, changes);
      if (removed.size > 0) book = dropHosts(book, removed);
      // What changes in place is no news.
      const known = new Set(this.book.firing.map((a) => a.id));
      this.setAlerts(book);
      this.raised = changes.find((a) => a.state === 'firing' && !known.has(a.id)) ?? this.raised;
    }
  }

  clear(): void {
    this.#byId.clear();
    this.entries = [];
    this.book = { firing: [], resolved: [] };
    this.loaded = false;
    this.brokenSince = null;
    this.raised = null;
    this.status = { phase: 'connecting' };
  }

  private takeHosts(hosts: readonly HostChange[]): void {
    for (const host of hosts) {
      let entry = this.#byId.get(host.id);
      if (!entry) {
        entry = new HostEntry(host.id);
        entry.alerts = this.book.firing.filter((a) => a.host === host.id);
        this.#byId.set(host.id, entry);
      }
      entry.take(host);
    }
  }

  private setAlerts(book: AlertBook): void {
    this.book = book;
    const byHost = new Map<string, Alert[]>();
    for (const alert of book.firing) {
      const list = byHost.get(alert.host);
      if (list) list.push(alert);
      else byHost.set(alert.host, [alert]);
    }
    for (const entry of this.#byId.values()) {
      const alerts = byHost.get(entry.id) ?? noAlerts;
      const same = alerts.length === entry.alerts.length && alerts.every((a, i) => a === entry.alerts[i]);
      if (!same) entry.alerts = alerts;
    }
  }
}
