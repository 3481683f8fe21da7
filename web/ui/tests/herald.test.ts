// Which alerts the browser tells of, and when.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Fleet } from '../src/lib/fleet.svelte';
import { Herald, type Notice } from '../src/lib/herald';
import type { Alert } from '../src/lib/types';

const alert = (id: string, more: Partial<Alert> = {}): Alert => ({ id, host: id, rule: 'cpu', severity: 'warning', state: 'firing', value: 95, threshold: 90, since: 1, ...more });

describe('the herald', () => {
  let told: (string | number)[];
  let herald: Herald;
  const gone = new Set<string>();
  beforeEach(() => {
    vi.useFakeTimers();
    told = [];
    gone.clear();
    herald = new Herald((notice: Notice) => told.push('more' in notice ? notice.more : notice.alert.id), (one) => !gone.has(one.id));
  });
  afterEach(() => vi.useRealTimers());

  it('tells of alerts that fire and are not silenced, critical ones first', () => {
    herald.take([alert('a'), alert('b', { silenced: true }), alert('c', { state: 'acknowledged' }), alert('d', { severity: 'critical' })]);
    expect(told).toEqual(['d', 'a']);
  });
  it('gathers a flood', () => {
    herald.take(['a', 'b', 'c', 'd', 'e'].map((id) => alert(id)));
    herald.take([alert('f')]);
    expect(told).toEqual(['a', 'b', 'c']);
    vi.advanceTimersByTime(59_000);
    expect(told.length).toBe(3);
    vi.advanceTimersByTime(2_000);
    expect(told).toEqual(['a', 'b', 'c', 3]);
    vi.advanceTimersByTime(120_000);
    herald.take([alert('g')]);
    expect(told).toEqual(['a', 'b', 'c', 3, 'g']);
  });
  it('leaves out what is over before its turn, names the one that is left', () => {
    herald.take(['a', 'b', 'c', 'd', 'e'].map((id) => alert(id)));
    gone.add('d');
    vi.advanceTimersByTime(61_000);
    expect(told).toEqual(['a', 'b', 'c', 'e']);
  });
  it('counts one that fires again meanwhile once', () => {
    herald.take(['a', 'b', 'c', 'd', 'e'].map((id) => alert(id)));
    herald.take([alert('e')]);
    vi.advanceTimersByTime(61_000);
    expect(told.at(-1)).toBe(2);
  });
  it('forgets what waits when it is stopped', () => {
    herald.take(['a', 'b', 'c', 'd'].map((id) => alert(id)));
    herald.clear();
    vi.advanceTimersByTime(200_000);
    expect(told).toEqual(['a', 'b', 'c']);
  });
});

describe('news of the feed', () => {
  const heard: string[][] = [];
  const fleet = new Fleet();
  fleet.news = (alerts) => heard.push(alerts.map((one) => one.id));
  it('is what begins while the page looks on, once', () => {
    fleet.take({ type: 'view', seq: 1, alerts: [alert('old')], all_alerts: true }, true);
    fleet.take({ type: 'view', seq: 2, alerts: [alert('old', { severity: 'critical' }), alert('new')] }, false);
    fleet.take({ type: 'view', seq: 3, alerts: [alert('new', { flapping: true })] }, false);
    expect(heard).toEqual([['new']]);
  });
  it('is not what began while the connection was lost', () => {
    fleet.take({ type: 'view', seq: 4, alerts: [alert('meanwhile')] }, true);
    fleet.take({ type: 'view', seq: 5, alerts: [alert('x')], all_alerts: true }, false);
    expect(heard).toEqual([['new']]);
  });
});
