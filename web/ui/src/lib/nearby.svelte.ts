import { api } from './api';
import { clock } from './clock.svelte';
import { sparkWindow, type Fleet, type HostEntry } from './fleet.svelte';
import { TaskQueue } from './tasks';

const points = 90;

// Knows which hosts are on or near the screen, so that a long list costs no more than what is seen of it, and
// loads their recent CPU, a few at a time. watch() gives the attachment for a host's place in the list.
export class Nearby {
  private readonly queue = new TaskQueue(4, 'newest');
  private readonly hosts = new Map<Element, HostEntry>();
    private readonly loadedIn = new WeakMap<HostEntry, number>(); // connection epoch
  private readonly observer: IntersectionObserver;

  constructor(private readonly fleet: Fleet) {
    this.observer = new IntersectionObserver((changes) => this.seen(changes), { rootMargin: '500px 0px' });
  }

  watch = (entry: HostEntry) => (element: Element) => {
    this.hosts.set(element, entry);
    this.observer.observe(element);
    return () => {
      this.hosts.delete(element);
      this.observer.unobserve(element);
      entry.near = false;
      this.queue.cancel(entry.id);
    };
  };

  // After a reconnect: what was missed meanwhile is in the history.
  refresh(): void {
    for (const entry of this.hosts.values()) if (entry.near) this.want(entry);
  }

  close(): void {
    this.observer.disconnect();
    this.queue.clear();
    for (const entry of this.hosts.values()) entry.near = false;
  }

  private seen(changes: IntersectionObserverEntry[]): void {
    // The queue serves the newest wish first: the top of the page comes last here.
    for (const change of [...changes].reverse()) {
      const entry = this.hosts.get(change.target);
      if (!entry) continue;
      entry.near = change.isIntersecting;
      if (entry.near) this.want(entry);
      else this.queue.cancel(entry.id);
    }
  }

  private want(entry: HostEntry): void {
    const epoch = this.fleet.epoch;
    if (this.loadedIn.get(entry) === epoch) return;
    this.queue.add(entry.id, async () => {
      const to = Math.max(clock.now, entry.host.ts ?? 0);
      const history = await api.history(entry.id, 'cpu.percent', to - sparkWindow, to, points);
      this.loadedIn.set(entry, epoch);
      entry.spark.prepend(history);
      entry.sparkVersion++;
    });
  }
}
