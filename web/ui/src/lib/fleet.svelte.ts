import { clock, serverClock } from './clock.svelte';
import { allAlerts, mergeAlerts, mergeHost, unpackHeat, type AlertBook } from './frames';
import { isTrouble } from './hosts';
import type { Known, LiveStatus } from './live';
import { Series } from './series';
import type { Alert, Host, HostChange, Summary, ViewFrame } from './types';

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

// The stretch of the list that is here: hosts by their place in it.
export interface Rows {
  total: number;
  from: number;
  entries: readonly HostEntry[];
}

export interface HostGroup {
  name: string;
  count: number;
  trouble: number;
}

export interface Heat {
  figure: string;
  values: Uint8Array; // one of each host of the list: see docs/api.md
}

const noRows: Rows = { total: 0, from: 0, entries: [] };

// A message of the page is 4 KiB at most.
const resumeBytes = 3_500;

// What the live feed tells of the organisation's fleet: counts, hosts in trouble, and the rows that the page shows. Other
// hosts are not here.
export class Fleet {
  summary = $state.raw<Summary | null>(null);
  rows = $state.raw<Rows>(noRows);
  groups = $state.raw<readonly HostGroup[]>([]);
  trouble = $state.raw<readonly HostEntry[]>([]); // the worst first, a few
  heat = $state.raw<Heat | null>(null);
  book = $state.raw<AlertBook>({ firing: [], resolved: [] });
  loaded = $state(false);
  status = $state.raw<LiveStatus>({ phase: 'connecting' });
  // Local time when figures stopped coming, null while they come.
  brokenSince = $state<number | null>(null);
  // Counts connections: whoever holds history reloads it when it changes.
  epoch = $state(0);
  // For screen readers: the newest alert.
  raised = $state.raw<Alert | null>(null);
  // Told of alerts that begin while the page looks on.
  news: (alerts: readonly Alert[]) => void = () => {};
  // The host of the open page: it stays while rows come and go.
  focused = $state('');
  // A host that was asked for, and that there is not.
  absent = $state('');

  #seq: number | null = null;
  // Counts up when hosts come and go.
  #members = $state(0);
  readonly #byId = new Map<string, HostEntry>();

  find(id: string): HostEntry | undefined {
    void this.#members;
    return this.#byId.get(id);
  }

  // The host at this place of the list, where it is here.
  at(place: number): HostEntry | undefined {
    return this.rows.entries[place - this.rows.from];
  }

  setStatus(status: LiveStatus): void {
    this.status = status;
    if (status.phase === 'live') this.brokenSince = null;
    else if (status.phase === 'waiting') this.brokenSince ??= Date.now();
  }

  // What need not be sent again after a lost connection.
  known(): Known | null {
    if (this.#seq === null) return null;
    const have: string[] = [];
    let size = 0;
    for (const id of this.#byId.keys()) {
      size += id.length + 3;
      if (size > resumeBytes) break;
      have.push(id);
    }
    return { seq: this.#seq, have };
  }

  take(frame: ViewFrame, first: boolean): void {
    this.#seq = frame.seq;
    this.takeHosts(frame.hosts ?? [], first);
    const entriesOf = (ids: string[]) => ids.map((id) => this.#byId.get(id)).filter((entry) => entry !== undefined);
    if (frame.groups) this.groups = frame.groups.map(([name, count, trouble]) => ({ name, count, trouble }));
    if (frame.rows) this.rows = { total: frame.rows.total, from: frame.rows.from, entries: entriesOf(frame.rows.ids) };
    if (frame.trouble) this.trouble = entriesOf(frame.trouble);
    if (frame.heat) this.heat = { figure: frame.heat.figure, values: unpackHeat(frame.heat.values) };
    if (frame.summary) this.summary = frame.summary;
    if (frame.rows || frame.trouble) this.forget();
    if (frame.alerts) this.takeAlerts(frame.alerts, frame.all_alerts === true, first);
    this.loaded = true;
    if (first) {
      this.epoch++;
      clock.tick();
    }
  }

  clear(): void {
    this.#byId.clear();
    this.#members++;
    this.#seq = null;
    this.summary = null;
    this.rows = noRows;
    this.groups = [];
    this.trouble = [];
    this.heat = null;
    this.book = { firing: [], resolved: [] };
    this.loaded = false;
    this.brokenSince = null;
    this.raised = null;
    this.status = { phase: 'connecting' };
  }

  private takeHosts(hosts: readonly HostChange[], first: boolean): void {
    let arrived = false;
    for (const host of hosts) {
      let entry = this.#byId.get(host.id);
      if (!entry) {
        arrived = true;
        entry = new HostEntry(host.id);
        entry.alerts = this.book.firing.filter((a) => a.host === host.id);
        this.#byId.set(host.id, entry);
      } else if (!first && host.state === 'online' && host.last_seen) {
        // News of a host that is here is fresh; a host that comes whole may be a report interval old.
        serverClock.observe(host.last_seen, Date.now());
      }
      entry.take(host);
    }
    if (arrived) this.#members++;
  }

  // The service tells no more of hosts that are not shown.
  private forget(): void {
    const kept = new Set<HostEntry>([...this.rows.entries, ...this.trouble]);
    let left = false;
    for (const [id, entry] of this.#byId) {
      if (kept.has(entry) || id === this.focused) continue;
      this.#byId.delete(id);
      left = true;
    }
    if (left) this.#members++;
  }

  private takeAlerts(alerts: Alert[], all: boolean, first: boolean): void {
    const known = new Set(this.book.firing.map((a) => a.id));
    this.setAlerts(all ? allAlerts(this.book, alerts) : mergeAlerts(this.book, alerts));
    // What changes in place is no news, nor is what was there before the page.
    if (all) return;
    const begun = alerts.filter((a) => a.state === 'firing' && !known.has(a.id));
    this.raised = begun[0] ?? this.raised;
    // Nor is, to whoever is told of it elsewhere, what began while the connection was lost.
    if (!first && begun.length > 0) this.news(begun);
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
