import { describe, expect, it } from 'vitest';
import { countGroups, fullestDisk, holdOrder, inGroup, isTrouble, levelOf, matches, sortHosts, totalTraffic, type Judged } from '../src/lib/hosts';
import type { Alert, Host } from '../src/lib/types';

const firing = (severity: Alert['severity']): Alert => ({ id: 'x', host: 'x', rule: 'cpu', severity, state: 'firing', value: 1, threshold: 1, since: 1 });
const entry = (id: string, host: Partial<Host> = {}, alerts: Alert[] = []): Judged => ({ host: { id, state: 'online', ...host }, alerts });
const ids = (list: Judged[]) => list.map((e) => e.host.id);

const fleet = [
  entry('web-10', { cpu: { percent: 20 }, memory: { percent: 70 } }),
  entry('web-2', { cpu: { percent: 80 }, memory: { percent: 10 } }),
  entry('gone', { state: 'lost', cpu: { percent: 99 } }),
  entry('mute', { state: 'silent' }),
  entry('nap', { state: 'sleeping' }),
  entry('off', { state: 'stopped' }),
  entry('hot', { cpu: { percent: 97 } }, [firing('critical')]),
  entry('warm', { cpu: { percent: 60 } }, [firing('warning')]),
];

describe('groups', () => {
  it('count online and offline apart, and trouble across both', () => {
    expect(countGroups(fleet)).toEqual({ all: 8, online: 4, trouble: 4, offline: 4 });
  });
  it('call a host without a state offline', () => expect(inGroup({ host: { id: 'n' }, alerts: [] }, 'offline')).toBe(true));
  it('do not call a stopped or sleeping host trouble', () => {
    expect(isTrouble(entry('a', { state: 'stopped' }))).toBe(false);
    expect(isTrouble(entry('a', { state: 'sleeping' }))).toBe(false);
  });
});

describe('the order', () => {
  it('has trouble first, then names as people count', () => {
    expect(ids(sortHosts(fleet, 'trouble'))).toEqual(['gone', 'hot', 'mute', 'warm', 'web-2', 'web-10', 'nap', 'off']);
  });
  it('by name counts numbers', () => expect(ids(sortHosts(fleet, 'name'))).toEqual(['gone', 'hot', 'mute', 'nap', 'off', 'warm', 'web-2', 'web-10']));
  it('by a figure puts hosts that do not report last', () => expect(ids(sortHosts(fleet, 'cpu')).slice(0, 4)).toEqual(['hot', 'web-2', 'warm', 'web-10']));
  it('leaves the given list alone', () => {
    const before = ids(fleet);
    sortHosts(fleet, 'cpu');
    expect(ids(fleet)).toEqual(before);
  });
  it('is held while somebody reads: places stay, the gone go, the new come last', () => {
    expect(holdOrder(['a', 'b', 'c'], ['c', 'd', 'a'])).toEqual(['a', 'c', 'd']);
    expect(holdOrder([], ['b', 'a'])).toEqual(['b', 'a']);
  });
});

describe('the search', () => {
  const host: Host = { id: 'web-1', state: 'online', info: { version: 'Debian GNU/Linux 12', tags: ['production'], addresses: ['10.0.0.7'] } };
  it.each(['', 'WEB', 'debian prod', '10.0.0', 'online'])('finds by “%s”', (query) => expect(matches(host, query)).toBe(true));
  it.each(['db', 'web staging'])('does not find by “%s”', (query) => expect(matches(host, query)).toBe(false));
});

describe('figures', () => {
  it('name the fullest file system', () => {
    const disk = (mount: string, percent: number) => ({ mount, percent, total: 1, used: 1 });
    expect(fullestDisk({ id: 'a', disks: [disk('/', 20), disk('/home', 80), disk('/srv', 30)] })?.mount).toBe('/home');
    expect(fullestDisk({ id: 'a' })).toBeUndefined();
  });
  it('leave the loopback interface out of the traffic', () => {
    const network = [
      { name: 'lo', rx_bps: 100, tx_bps: 100 },
      { name: 'eth0', rx_bps: 5, tx_bps: 6 },
    ];
    expect(totalTraffic({ id: 'a', network })).toEqual({ rx: 5, tx: 6 });
    expect(totalTraffic({ id: 'a' })).toBeUndefined();
  });
  it('have levels', () => expect([79.9, 80, 90].map(levelOf)).toEqual(['ok', 'high', 'very-high']));
});
