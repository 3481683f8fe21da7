import { api } from './api';
import { repeat } from './repeat';
import type { IsolationReport } from './types';

// What the service's canary has last found, asked for again while somebody is signed in.
export class Isolation {
  report = $state.raw<IsolationReport | null>(null);

  // Returns what ends it.
  watch(every = 30_000): () => void {
    return repeat(async () => {
      try {
        this.report = await api.isolation();
      } catch {
        // What was known is shown with its age; the feed tells of a lost connection.
      }
    }, every);
  }
}
