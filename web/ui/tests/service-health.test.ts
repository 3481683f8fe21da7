import { afterEach, describe, expect, it, vi } from 'vitest';
import { Readiness } from '../src/lib/readiness.svelte';
import { figuresOf, ServiceHealth, sumMetrics } from '../src/lib/service-health.svelte';

const metrics = (accepted: number) => `# HELP atlas_samples_accepted_total Samples.
# TYPE atlas_samples_accepted_total counter
atlas_samples_accepted_total ${accepted}
atlas_samples_rejected_total{reason="json"} 2
atlas_samples_rejected_total{reason="range } odd"} 3
atlas_messages_rejected_total{kind="info"} 1
atlas_broker_connects_total 3
atlas_history_file_bytes 4.5e+06
atlas_build_info{version="0.1.0"} 1
`;
afterEach(() => vi.unstubAllGlobals());

describe('the text format of Prometheus', () => {
  it('is summed over labels', () => {
    const sums = sumMetrics(metrics(10));
    expect(sums.get('atlas_samples_rejected_total')).toBe(5);
    expect(sums.get('atlas_history_file_bytes')).toBe(4_500_000);
    expect(sums.has('#')).toBe(false);
  });
  it('gives the figures that people ask about', () => {
    expect(figuresOf(metrics(10))).toEqual({
      accepted: 10, refused: 6, waiting: 0, storeBytes: 4_500_000, dashboards: 0, reconnects: 2, version: '0.1.0',
    });
    expect(figuresOf('')).toMatchObject({ reconnects: 0, storeBytes: null, version: '' });
  });
});

describe('the health of the service', () => {
  it('has a pace from the second reading on', async () => {
    let accepted = 100;
    vi.stubGlobal('fetch', async () => new Response(metrics(accepted)));
    const health = new ServiceHealth();
    await health.read(1_000);
    expect(health.samplesPerSecond).toBeNull();
    accepted = 150;
    await health.read(6_000);
    expect(health.samplesPerSecond).toBe(10);
    accepted = 5; // it has begun anew
    await health.read(11_000);
    expect(health.samplesPerSecond).toBeNull();
  });
});

describe('readiness', () => {
  const answers = (...wrong: string[]) => {
    const checks = ['broker', 'store', 'guard'].map((name) => ({ name, ready: !wrong.includes(name), detail: '' }));
    vi.stubGlobal('fetch', async () => new Response(JSON.stringify({ ready: wrong.length === 0, checks }), { status: wrong.length ? 503 : 200 }));
  };
  it.each([
    [[], null],
    [['broker'], 'broker'],
    [['store', 'broker'], 'broker'],
    [['store'], 'store'],
    [['guard'], null],
  ])('without %o is hindered by %s', async (wrong, hindrance) => {
    answers(...wrong);
    const readiness = new Readiness();
    await readiness.read();
    expect(readiness.hindrance).toBe(hindrance);
    expect(readiness.checks).toHaveLength(3);
  });
  it('says that there is no answer, and keeps what was known', async () => {
    answers('broker');
    const readiness = new Readiness();
    await readiness.read();
    vi.stubGlobal('fetch', async () => Promise.reject(new TypeError()));
    await readiness.read();
    expect(readiness.failed).toBe(true);
    expect(readiness.hindrance).toBe('broker');
  });
});
