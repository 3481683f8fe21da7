import { api } from './api';
import type { PastAlert } from './types';

// A filter of hosts finds part of a name.
const pattern = (typed: string): string => (typed.includes('*') ? typed : `*${typed}*`);

export function historyQuery(host: string, rule: string): Record<string, string> {
  return { ...(host.trim() ? { host: pattern(host.trim()) } : {}), ...(rule ? { rule } : {}) };
}

// The alerts that are over, page by page. An answer that another question has overtaken is dropped.
export class AlertHistory {
  rows = $state.raw<PastAlert[]>([]);
  loaded = $state(false);
  busy = $state(false);
  failure = $state('');
  next = $state.raw<number | null>(null);
  #query: Record<string, string> = {};
  #isLong = false; // further pages are shown: the reader is not thrown back to the first one
  #asked = 0;

  load(query: Record<string, string>): Promise<void> {
    this.#query = query;
    this.#isLong = false;
    return this.#ask(query, []);
  }

  refresh(): void {
    if (!this.busy && !this.#isLong) void this.#ask(this.#query, []);
  }

  more(): Promise<void> {
    if (this.next === null) return Promise.resolve();
    this.#isLong = true;
    return this.#ask({ ...this.#query, before: String(this.next) }, this.rows);
  }

  async #ask(query: Record<string, string>, before: PastAlert[]): Promise<void> {
    const number = ++this.#asked;
    this.busy = true;
    this.failure = '';
    try {
      const page = await api.pastAlerts(query);
      if (number !== this.#asked) return;
      this.rows = [...before, ...page.alerts];
      this.next = page.next;
      this.loaded = true;
    } catch (problem) {
      if (number !== this.#asked) return;
      this.failure = (problem as Error).message;
    }
    this.busy = false;
  }
}
