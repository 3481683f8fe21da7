import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LiveFeed, type LiveStatus, type SessionState, type Socket } from '../src/lib/live';

class FakeSocket implements Socket {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  readyState = 0;
  sent: unknown[] = [];
  closed = false;
  send(text: string) {
    this.sent.push(JSON.parse(text));
  }
  close() {
    this.closed = true;
  }
  accept() {
    this.readyState = 1;
    this.onopen?.();
  }
  receive(frame: object) {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
  break(code = 1006) {
    this.readyState = 3;
    this.onclose?.({ code });
  }
}

const frame = (seq: number) => ({ type: 'view', seq });
const table = { q: '', sort: 'trouble', group: '', from: 0, count: 40, hold: false, heat: '' };

function setUp() {
  const sockets: FakeSocket[] = [];
  const seen: string[] = [];
  const statuses: LiveStatus[] = [];
  let session: SessionState = 'in';
  let newest: number | null = null;
  const feed = new LiveFeed(
    () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket;
    },
    {
      frame: ({ seq }, first) => seen.push(`${first ? 'first' : 'next'} ${(newest = seq)}`),
      known: () => (newest === null ? null : { seq: newest, have: ['a'] }),
      status: (status) => statuses.push(status),
      checkSession: () => Promise.resolve(session),
      expired: () => seen.push('expired'),
    },
  );
  return { feed, sockets, seen, statuses, setSession: (state: SessionState) => (session = state), last: () => sockets[sockets.length - 1]! };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('the live feed', () => {
  it('says what is shown and hands over what comes', () => {
    const { feed, last, seen, statuses } = setUp();
    feed.start();
    feed.show(table);
    last().accept();
    expect(last().sent).toEqual([{ type: 'view', ...table }]);
    last().receive(frame(5));
    last().receive(frame(6));
    last().receive({ type: 'other', seq: 7 });
    expect(seen).toEqual(['first 5', 'next 6']);
    expect(statuses.map((s) => s.phase)).toEqual(['connecting', 'live']);
  });

  it('says a view once, and the newest of many that follow one another quickly', () => {
    const { feed, last } = setUp();
    feed.start();
    last().accept();
    feed.show(table);
    feed.show({ ...table });
    for (let from = 1; from <= 50; from++) feed.show({ ...table, from });
    vi.advanceTimersByTime(200);
    expect(last().sent).toEqual([{ type: 'view', ...table }, { type: 'view', ...table, from: 50 }]);
  });

  it('says after a lost connection what it has already', async () => {
    const { feed, last, seen } = setUp();
    feed.start();
    feed.show(table);
    last().accept();
    last().receive(frame(5));
    last().break();
    await vi.advanceTimersByTimeAsync(1_000);
    last().accept();
    expect(last().sent).toEqual([{ type: 'resume', seq: 5, have: ['a'] }, { type: 'view', ...table }]);
    last().receive(frame(9));
    expect(seen).toEqual(['first 5', 'first 9']);
  });

  it('comes back by itself with growing waits, and soon again after a success', async () => {
    const { feed, sockets, last, statuses } = setUp();
    feed.start();
    last().accept();
    last().receive(frame(1));
    for (let i = 0; i < 4; i++) {
      last().break();
      await vi.advanceTimersByTimeAsync(16_000);
    }
    expect(sockets).toHaveLength(5);
    const waits = statuses.filter((s) => s.phase === 'waiting');
    expect(waits).toHaveLength(4);
    last().accept();
    last().receive(frame(9));
    const before = Date.now();
    last().break();
    const wait = statuses[statuses.length - 1]!;
    expect(wait.phase === 'waiting' && wait.retryAt - before).toBeLessThanOrEqual(500);
  });

  it('ends when the service says that the session is over', () => {
    const { feed, sockets, last, seen } = setUp();
    feed.start();
    last().accept();
    last().receive(frame(1));
    last().break(4401);
    vi.advanceTimersByTime(60_000);
    expect(seen).toEqual(['first 1', 'expired']);
    expect(sockets).toHaveLength(1);
  });

  it('ends when a refused connection turns out to be a lost session', async () => {
    const { feed, last, seen, setSession } = setUp();
    setSession('out');
    feed.start();
    last().break();
    await vi.advanceTimersByTimeAsync(0);
    expect(seen).toEqual(['expired']);
  });

  it('keeps trying while the server is away', async () => {
    const { feed, sockets, last, setSession } = setUp();
    setSession('unreachable');
    feed.start();
    for (let i = 0; i < 3; i++) {
      last().break();
      await vi.advanceTimersByTimeAsync(16_000);
    }
    expect(sockets).toHaveLength(4);
  });

  it('replaces a connection that has gone quiet because the server is away', async () => {
    const { feed, sockets, last, setSession } = setUp();
    feed.start();
    last().accept();
    last().receive(frame(1));
    setSession('unreachable');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sockets[0]!.closed).toBe(true);
    expect(sockets.length).toBeGreaterThan(1);
  });

  it('says which host is looked at, again after a reconnect, and when nobody looks any more', async () => {
    const { feed, last } = setUp();
    feed.start();
    last().accept();
    feed.focus('web-1');
    feed.focus('web-1');
    expect(last().sent).toEqual([{ type: 'focus', host: 'web-1' }]);
    last().break();
    await vi.advanceTimersByTimeAsync(1_000);
    last().accept();
    expect(last().sent).toEqual([{ type: 'focus', host: 'web-1' }]);
    feed.focus('');
    expect(last().sent).toEqual([{ type: 'focus', host: 'web-1' }, { type: 'focus', host: '' }]);
  });

  it('does not wait when the network is back', async () => {
    const { feed, sockets, last } = setUp();
    feed.start();
    last().break();
    await vi.advanceTimersByTimeAsync(10);
    feed.wake();
    expect(sockets).toHaveLength(2);
  });

  it('is silent once stopped', async () => {
    const { feed, sockets, last } = setUp();
    feed.start();
    last().accept();
    feed.stop();
    await vi.advanceTimersByTimeAsync(120_000);
    expect(sockets).toHaveLength(1);
    expect(sockets[0]!.closed).toBe(true);
  });
});
