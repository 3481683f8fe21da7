import { repeat } from './repeat';

export interface ReadinessCheck {
  name: string;
  ready: boolean;
  detail: string;
}

// What keeps the service from its work, as people are told: it lacks the broker, or cannot store.
export type Hindrance = 'broker' | 'store';

// Whether the organisation's service is ready, by /readyz.
export class Readiness {
  checks = $state.raw<ReadinessCheck[] | null>(null);
  failed = $state(false); // no answer to the newest question
  readonly hindrance: Hindrance | null = $derived.by(() => {
    const wrong = this.checks?.filter((one) => !one.ready).map((one) => one.name) ?? [];
    if (wrong.includes('broker')) return 'broker';
    return wrong.some((name) => ['store', 'history', 'alerts'].includes(name)) ? 'store' : null;
  });

  async read(): Promise<void> {
    try {
      const answer = await fetch('/readyz', { cache: 'no-store', signal: AbortSignal.timeout(10_000) });
      // A service that is not ready answers 503, and says why.
      this.checks = ((await answer.json()) as { checks: ReadinessCheck[] }).checks;
      this.failed = false;
    } catch {
      this.failed = true;
    }
  }

  // Returns what ends it.
  watch(every = 15_000): () => void {
    return repeat(() => this.read(), every);
  }
}
