import { describe, expect, it } from 'vitest';
import { allAlerts, mergeAlerts, mergeHost, parseFrame, unpackHeat } from '../src/lib/frames';
import type { Alert } from '../src/lib/types';

const alert = (id: string, change: Partial<Alert> = {}): Alert => ({
  id,
  host: id.split(':')[0]!,
  rule: 'cpu',
  severity: 'critical',
  state: 'firing',
  value: 95,
  threshold: 90,
  since: 1000,
  ...change,
});

describe('a host that changed', () => {
  it('replaces the members it names and keeps the others', () => {
    const before = { id: 'a', state: 'online' as const, cpu: { percent: 1, load: [1, 2, 3] as [number, number, number] }, info: { os: 'linux' } };
    const after = mergeHost(before, { id: 'a', cpu: { percent: 9 } });
    expect(after).toEqual({ id: 'a', state: 'online', cpu: { percent: 9 }, info: { os: 'linux' } });
    expect(before.cpu.percent).toBe(1);
  });
  it('forgets a member that is null', () => {
    expect(mergeHost({ id: 'a', battery: { percent: 1, charging: true } }, { id: 'a', battery: null })).toEqual({ id: 'a' });
  });
  it('starts a host that was not known', () => expect(mergeHost(undefined, { id: 'n', uptime: null })).toEqual({ id: 'n' }));
});

describe('alerts', () => {
  const empty = { firing: [], resolved: [] };
  it('that are all replace what fired', () => {
    const book = allAlerts({ firing: [alert('old:cpu')], resolved: [] }, [alert('a:cpu')]);
    expect(book.firing.map((a) => a.id)).toEqual(['a:cpu']);
  });
  it('move to the resolved ones and back', () => {
    let book = mergeAlerts(empty, [alert('a:cpu')]);
    book = mergeAlerts(book, [alert('a:cpu', { state: 'resolved' })]);
    expect([book.firing.length, book.resolved.length]).toEqual([0, 1]);
    book = mergeAlerts(book, [alert('a:cpu')]);
    expect([book.firing.length, book.resolved.length]).toEqual([1, 0]);
  });
  it('stand by urgency, then by age', () => {
    const book = mergeAlerts(empty, [alert('a:cpu', { severity: 'warning', since: 9 }), alert('b:cpu', { since: 5 }), alert('c:cpu', { since: 7 })]);
    expect(book.firing.map((a) => a.id)).toEqual(['c:cpu', 'b:cpu', 'a:cpu']);
  });
  it('stay when they are acknowledged, and change in place', () => {
    let book = mergeAlerts(empty, [alert('a:cpu')]);
    book = mergeAlerts(book, [alert('a:cpu', { state: 'acknowledged', acknowledged_by: 'ann' })]);
    expect(book.firing.map((a) => a.state)).toEqual(['acknowledged']);
    expect(book.resolved).toEqual([]);
    expect(allAlerts(empty, [alert('a:cpu', { state: 'acknowledged' })]).firing).toHaveLength(1);
  });
  it('that are resolved are remembered up to a bound', () => {
    const many = Array.from({ length: 50 }, (_, i) => alert(`h${i}:cpu`, { state: 'resolved' }));
    expect(mergeAlerts(empty, many).resolved).toHaveLength(20);
  });
});

describe('the text of a frame', () => {
  it('is read', () => expect(parseFrame('{"type":"view","seq":1,"hosts":[{"id":"a"}]}')).toMatchObject({ seq: 1, hosts: [{ id: 'a' }] }));
  it('is refused when it is none of ours', () => {
    for (const text of ['', 'null', '[]', '{"type":"view"}', '{"type":"hello","seq":1}', '{']) expect(parseFrame(text)).toBeNull();
  });
  it('packs a number of each host', () => expect([...unpackHeat('AAFk_-8')]).toEqual([0, 1, 100, 255, 239]));
});
