import { describe, expect, it } from 'vitest';
import { ago, bytes, duration, percent, rate, shortDuration } from '../src/lib/units';

const plain = (text: string) => text.replaceAll('\u00a0', ' ');

describe('sizes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '0.98 KiB'],
    [1024, '1.00 KiB'],
    [1536, '1.50 KiB'],
    [10 * 1024, '10.0 KiB'],
    [999 * 1024, '999 KiB'],
    [1023 * 1024, '1.00 MiB'],
    [8589934592, '8.00 GiB'],
    [3.7e9, '3.45 GiB'],
    [345 * 1024 ** 3, '345 GiB'],
    [2 ** 60 * 5, '5.00 EiB'],
  ])('%d bytes are %s', (value, expected) => expect(plain(bytes(value))).toBe(expected));
  it('that are not known are a dash', () => {
    expect(bytes(undefined)).toBe('–');
    expect(bytes(NaN)).toBe('–');
    expect(percent(null)).toBe('–');
  });
  it('are rates with a slash', () => expect(plain(rate(1228.8))).toBe('1.20 KiB/s'));
});

describe('spans', () => {
  it.each([
    [-5, '0 s'],
    [12_000, '12 s'],
    [59_999, '59 s'],
    [180_000, '3 min'],
    [7_500_000, '2 h 5 min'],
    [7_200_000, '2 h'],
    [4 * 86_400_000 + 3 * 3_600_000, '4 d 3 h'],
    [40 * 86_400_000 + 3 * 3_600_000, '40 d'],
  ])('%d ms is %s', (ms, expected) => expect(plain(duration(ms))).toBe(expected));
  it('have a short form', () => expect(plain(shortDuration(7_500_000))).toBe('2 h'));
  it('are told as past moments', () => {
    expect(plain(ago(10_000, 70_000))).toBe('1 min ago');
    expect(ago(70_000, 70_500)).toBe('just now');
    expect(ago(75_000, 70_000)).toBe('just now');
    expect(ago(0, 70_000)).toBe('–');
  });
});

describe('percentages', () => {
  it('have as many digits as asked', () => {
    expect(percent(42.55)).toBe('43%');
    expect(percent(42.55, 1)).toBe('42.6%');
  });
});
