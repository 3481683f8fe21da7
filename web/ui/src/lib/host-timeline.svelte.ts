import { onDestroy, untrack } from 'svelte';
import { clock } from './clock.svelte';
import type { HostEntry } from './fleet.svelte';
import { HostEventLog } from './host-events.svelte';
import { HostHistory } from './host-history.svelte';
import { isOnline } from './hosts';
import { presenceSpans, restartMarks } from './marks';
import { session } from './session.svelte';
import { ViewWindow } from './view-window.svelte';

const rest = 250; // ms

// What everything with the time axis of one host shares: the window, the figures and the events within it. Made while a
// component is; `rested` is told the window once nobody drags it on.
export class HostTimeline {
  readonly history: HostHistory;
  readonly log: HostEventLog;
  readonly view: ViewWindow;
  #loaded = '';

  constructor(
    readonly entry: HostEntry,
    home: () => number,
    query: string,
    rested: (query: string) => void = () => {},
  ) {
    this.history = new HostHistory(entry);
    this.log = new HostEventLog(entry.id);
    this.view = new ViewWindow(() => this.history.end, home, query);
    onDestroy(() => {
      this.history.close();
      this.log.close();
    });

    // What is shown is asked for once the window rests: at once at first, and whoever drags on waits for the last of it.
    untrack(() => this.#show());
    $effect(() => {
      const shown = this.view.query;
      if (shown === this.#loaded) return;
      const timer = setTimeout(() => {
        this.#show();
        rested(shown);
      }, rest);
      return () => clearTimeout(timer);
    });

    $effect(() => {
      void entry.host.ts;
      untrack(() => this.history.append());
    });

    // What was missed: after a lost connection, and when the host is back and has caught up.
    let seenEpoch = session.fleet.epoch;
    let wasOnline = true;
    $effect(() => {
      const epoch = session.fleet.epoch;
      const online = isOnline(entry.host);
      const back = online && !wasOnline;
      wasOnline = online;
      if (epoch !== seenEpoch || back) untrack(() => this.#show());
      seenEpoch = epoch;
    });

    // The feed tells of an alert, a state or a restart: the log has it a moment later.
    let seenTold = untrack(() => this.#told);
    $effect(() => {
      if (this.#told === seenTold) return;
      seenTold = this.#told;
      untrack(() => this.log.load(this.view.edges, 1500));
    });
  }

  readonly #told = $derived.by(() => JSON.stringify([this.entry.host.state, this.entry.host.boot, this.entry.alerts.map((a) => [a.id, a.severity, a.since])]));
  readonly presence = $derived.by(() => presenceSpans(this.log.events.presence, this.view.edges, clock.now));
  readonly restarts = $derived.by(() => restartMarks(this.log.events.restarts, this.view.edges));

  #show(): void {
    this.#loaded = this.view.query;
    this.history.show(this.view.edges, this.view.live);
    this.log.load(this.view.edges);
  }
}
