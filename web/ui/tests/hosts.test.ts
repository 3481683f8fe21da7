import { describe, expect, it } from 'vitest';
import { fullestDisk, hottest, isTrouble, levelOf, loadPerCore, swapPercent, totalTraffic, type Judged } from '../src/lib/hosts';
import type { Alert, Host } from '../src/lib/types';

const firing: Alert = { id: 'x', host: 'x', rule: 'cpu', severity: 'warning', state: 'firing', value: 1, threshold: 1, since: 1 };
const judged = (host: Partial<Host>, alerts: Alert[] = []): Judged => ({ host: { id: 'a', ...host }, alerts });

describe('trouble', () => {
  it('is an alert, or a host that is missing', () => {
    expect(isTrouble(judged({ state: 'online' }, [firing]))).toBe(true);
    expect(isTrouble(judged({ state: 'lost' }))).toBe(true);
    expect(isTrouble(judged({ state: 'silent' }))).toBe(true);
  });
  it('is not a host that was stopped or sleeps', () => {
    for (const state of ['stopped', 'sleeping', 'online', undefined] as const) expect(isTrouble(judged({ state }))).toBe(false);
  });
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
  it('put load to the number of logical CPUs', () => {
    expect(loadPerCore({ id: 'a', cpu: { percent: 1, load: [4, 1, 1], cores: [1, 1] } })).toBe(2);
    expect(loadPerCore({ id: 'a', cpu: { percent: 1, load: [4, 1, 1] }, info: { cores: 8 } })).toBe(0.5);
    expect(loadPerCore({ id: 'a', cpu: { percent: 1, load: [4, 1, 1] } })).toBeUndefined();
  });
  it('of swap and temperature are there when they are reported', () => {
    expect(swapPercent({ id: 'a', memory: { percent: 1, swap_total: 200, swap_used: 50 } })).toBe(25);
    expect(swapPercent({ id: 'a', memory: { percent: 1, swap_total: 0, swap_used: 0 } })).toBeUndefined();
    expect(hottest({ id: 'a', temperatures: [{ name: 'x', celsius: 41 }, { name: 'y', celsius: 60 }] })).toBe(60);
    expect(hottest({ id: 'a' })).toBeUndefined();
  });
  it('have levels', () => expect([79.9, 80, 90].map(levelOf)).toEqual(['ok', 'high', 'very-high']));
});
