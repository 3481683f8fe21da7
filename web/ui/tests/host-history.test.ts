import { beforeEach, describe, expect, it, vi } from 'vitest';
import { HostEntry } from '../src/lib/fleet.svelte';
import { HostEventLog } from '../src/lib/host-events.svelte';
import { HostHistory } from '../src/lib/host-history.svelte';

// Requests that wait for the test to answer them.
let asked: { url: URL; answer: (body: unknown, status?: number) => Promise<void> }[] = [];
const settled = () => new Promise((done) => setTimeout(done, 0));

beforeEach(() => {
  asked = [];
  vi.stubGlobal('fetch', (path: string) => {
    return new Promise((resolve) => {
      const answer = async (body: unknown, status = 200) => {
        resolve(new Response(JSON.stringify(body), { status }));
        await settled();
        await settled();
      };
      asked.push({ url: new URL(path, 'http://fleet'), answer });
    });
  });
});

const now = Date.now();
function host(ts = now): HostEntry {
  const entry = new HostEntry('web-1');
  entry.take({ id: 'web-1', state: 'online', ts, interval: 1, cpu: { percent: 50 } });
  return entry;
}
const point = (ts: number, value: number) => [ts, value, value, value];
const window = { from: now - 60_000, to: now };

describe('the history of a host', () => {
  it('is asked for once for each window, and no more than what is looked at', async () => {
    const history = new HostHistory(host());
    history.show(window, false);
    history.get('cpu.percent');
    history.get('cpu.percent');
    expect(asked.map(({ url }) => url.searchParams.get('metric'))).toEqual(['cpu.percent']);
    await asked[0]!.answer({ points: [point(now - 5000, 1)] });
    expect(history.peek('cpu.percent')?.mean).toEqual([1]);
    history.show({ from: now - 120_000, to: now - 60_000 }, false);
    expect(asked).toHaveLength(1);
    history.get('cpu.percent');
    expect(asked[1]!.url.searchParams.get('to')).toBe(String(now - 60_000));
  });

  it('shows what there was until the new window is there, and heeds no late answer', async () => {
    const history = new HostHistory(host());
    history.show(window, false);
    history.get('cpu.percent');
    await asked[0]!.answer({ points: [point(now - 5000, 1)] });
    history.show({ from: now - 90_000, to: now - 30_000 }, false);
    expect(history.get('cpu.percent').mean).toEqual([1]);
    history.show({ from: now - 180_000, to: now - 120_000 }, false);
    history.get('cpu.percent');
    await asked[2]!.answer({ points: [point(now - 150_000, 3)] });
    await asked[1]!.answer({ points: [point(now - 50_000, 2)] });
    expect(history.get('cpu.percent').mean).toEqual([3]);
    expect(history.loading).toBe(0);
  });

  it('goes on with live samples, those that came meanwhile included', async () => {
    const entry = host();
    const history = new HostHistory(entry);
    history.show(window, true);
    history.get('cpu.percent');
    entry.take({ id: 'web-1', ts: now + 1000, cpu: { percent: 60 } });
    history.append();
    await asked[0]!.answer({ points: [point(now - 5000, 1), point(now, 2)] });
    expect(history.get('cpu.percent').mean).toEqual([1, 2, 60]);
    entry.take({ id: 'web-1', ts: now + 2000, cpu: { percent: 70 } });
    history.append();
    expect(history.get('cpu.percent').mean).toEqual([1, 2, 60, 70]);
  });

  it('of a fixed window takes no live samples', async () => {
    const entry = host();
    const history = new HostHistory(entry);
    history.show(window, false);
    history.get('cpu.percent');
    await asked[0]!.answer({ points: [point(now - 5000, 1)] });
    history.append();
    expect(history.get('cpu.percent').mean).toEqual([1]);
  });

  it('that cannot be loaded says so until it is asked for again', async () => {
    const history = new HostHistory(host());
    history.show(window, false);
    history.get('cpu.percent');
    await asked[0]!.answer({ title: 'busy' }, 503);
    expect([history.failed, history.loading]).toEqual([true, 0]);
    history.reload();
    expect(history.failed).toBe(false);
    history.get('cpu.percent');
    expect(asked).toHaveLength(2);
  });
});

describe('what happened to a host', () => {
  const events = (at: number) => ({ host: 'web-1', presence: [[at, 'online']], restarts: [at], alerts: [] });
  it('is what was asked for last', async () => {
    const log = new HostEventLog('web-1');
    log.load({ from: 1, to: 2 });
    await settled();
    log.load({ from: 3, to: 4 });
    await settled();
    await settled();
    expect(asked.map(({ url }) => url.pathname + url.search)).toEqual(['/api/v1/hosts/web-1/events?from=1&to=2', '/api/v1/hosts/web-1/events?from=3&to=4']);
    await asked[1]!.answer(events(3));
    await asked[0]!.answer(events(1));
    expect(log.events.restarts).toEqual([3]);
  });
  it.each([404, 405])('is not asked for again where the service does not tell it: %d', async (status) => {
    const log = new HostEventLog('web-1');
    log.load({ from: 1, to: 2 });
    await settled();
    await settled();
    await asked[0]!.answer({}, status);
    log.load({ from: 3, to: 4 });
    await settled();
    await settled();
    expect(asked).toHaveLength(1);
    expect(log.events.alerts).toEqual([]);
  });
});
