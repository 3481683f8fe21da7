import { describe, expect, it } from 'vitest';
import { align, breaks, nearest, placeAt, Series, sparkPath } from '../src/lib/series';

describe('a series', () => {
  it('appends what is newer and leaves late points to the history', () => {
    const s = new Series();
    s.append(1000, 1);
    s.append(3000, 3);
    s.append(2000, 2);
    s.append(3000, 9);
    s.append(4000, NaN);
    expect(s.t).toEqual([1000, 3000]);
    expect(s.mean).toEqual([1, 3]);
  });
  it('merges live samples into buckets with smallest, mean and largest', () => {
    const s = new Series(10_000);
    for (const [t, v] of [[10_000, 4], [11_000, 8], [19_000, 0], [21_000, 5]] as const) s.append(t, v);
    expect(s.t).toEqual([19_000, 21_000]);
    expect([s.min[0], s.mean[0], s.max[0]]).toEqual([0, 4, 8]);
  });
  it('stays bounded however fast samples come', () => {
    const range = 900_000;
    const s = new Series(range / 360);
    for (let t = 0; t < 4 * range; t += 250) {
      s.append(t, 1);
      s.trim(t - range);
    }
    expect(s.length).toBeLessThanOrEqual(363);
  });
  it('puts history before live points and keeps neither twice', () => {
    const s = new Series();
    s.append(5000, 5);
    s.append(6000, 6);
    s.prepend([[3000, 1, 2, 3], [5000, 4, 5, 6]]);
    expect(s.t).toEqual([3000, 5000, 6000]);
    expect(s.max).toEqual([3, 6, 6]);
    s.append(7000, 7);
    expect(s.newest).toBe(7000);
  });
  it('drops what has left the window, but for the point where the line enters', () => {
    const s = new Series();
    for (let t = 0; t < 10; t++) s.append(t * 1000, t);
    s.trim(5000);
    expect(s.t[0]).toBe(4000);
  });
});

describe('aligned series', () => {
  it('share one axis in seconds, with undefined where one has no point', () => {
    const a = new Series();
    const b = new Series();
    a.append(1000, 1);
    a.append(2000, 2);
    b.append(2000, 20);
    b.append(3000, 30);
    expect(align([a, b], ['mean'], 60_000)).toEqual([[1, 2, 3], [1, 2, undefined], [undefined, 20, 30]]);
  });
  it('break where nothing came for long', () => {
    const s = new Series();
    s.append(1000, 1);
    s.append(2000, 2);
    s.append(60_000, 3);
    const [axis, mean] = align([s], ['mean'], 10_000);
    expect(axis).toEqual([1, 2, 31, 60]);
    expect(mean).toEqual([1, 2, null, 3]);
  });
});

describe('a break', () => {
  const every = (step: number, count: number, start = 0) => Array.from({ length: count }, (_, i) => start + i * step);
  it('is where nothing came for long', () => expect(breaks([...every(10, 5), ...every(10, 5, 500)], 30).indexOf(true)).toBe(5));
  it('is none where points are as far apart all around: history of long ago is coarse', () => expect(breaks(every(60_000, 20), 30_000)).not.toContain(true));
  it('is none where coarse history goes over into fine', () => expect(breaks([...every(3600, 8), ...every(60, 8, 8 * 3600)], 150)).not.toContain(true));
  it('stands on both sides of a point that is alone', () => {
    const broken = breaks([...every(10, 6), 1000, ...every(10, 6, 3000)], 30);
    expect(broken.flatMap((is, i) => (is ? [i] : []))).toEqual([6, 7]);
  });
});

describe('the nearest of some times', () => {
  it.each([[0, 0], [14, 0], [16, 1], [30, 2], [99, 2]])('to %d is number %d', (t, i) => expect(nearest([10, 20, 30], t)).toBe(i));
  it('of none is none', () => expect(nearest([], 5)).toBe(-1));
});

describe('the value of a moment', () => {
  const times = [0, 10, 20, 30, 500, 510, 520];
  const broken = times.map((t) => t === 500);
  it.each([[12, 1], [30, 3], [55, 3], [480, 4], [520, 6], [540, 6]])('at %d is number %d', (t, i) => expect(placeAt(times, broken, t, 30)).toBe(i));
  it.each([100, 265, 400, 600, -40])('at %d is none: nothing came', (t) => expect(placeAt(times, broken, t, 30)).toBe(-1));
  it('is the nearest of coarse history, however far', () => expect(placeAt([0, 3600, 7200], [false, false, false], 1700, 30)).toBe(0));
  it('of nothing is none', () => expect(placeAt([], [], 5, 30)).toBe(-1));
});

describe('a sparkline', () => {
  it('is drawn from the left edge to the right', () => {
    const s = new Series();
    s.append(0, 0);
    s.append(500, 50);
    s.append(1000, 100);
    expect(sparkPath(s, 0, 1000, 100, 10, 100, 600)).toEqual({ line: 'M0 10L50 5L100 0', area: 'M0 10L50 5L100 0L100 10L0 10Z' });
  });
  it('breaks at gaps', () => {
    const s = new Series();
    for (const t of [0, 100, 800, 900]) s.append(t, 10);
    expect(sparkPath(s, 0, 1000, 100, 10, 10, 300).line).toBe('M0 0L10 0M80 0L90 0');
  });
  it('of nothing is nothing', () => expect(sparkPath(new Series(), 0, 1, 10, 10, 1, 1)).toEqual({ line: '', area: '' }));
});
