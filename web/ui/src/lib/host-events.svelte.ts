import { api, ApiError } from './api';
import type { HostEvents } from './types';
import type { Edges } from './time-window';

const nothing: HostEvents = { host: '', presence: [], restarts: [], alerts: [] };

// What happened to a host within a window, for the marks on its charts. A service without this route has no marks.
export class HostEventLog {
  events = $state.raw<HostEvents>(nothing);
  #offered = true;
  #wish = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly id: string) {}

  // The newest wish counts, after `delay` ms: what the feed has told may be stored a moment later.
  load({ from, to }: Edges, delay = 0): void {
    clearTimeout(this.#timer);
    if (!this.#offered) return;
    const wish = ++this.#wish;
    this.#timer = setTimeout(async () => {
      try {
        const events = await api.hostEvents(this.id, from, to);
        if (wish === this.#wish) this.events = events;
      } catch (problem) {
        if (problem instanceof ApiError && (problem.status === 404 || problem.status === 405)) this.#offered = false;
      }
    }, delay);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#wish++;
  }
}
