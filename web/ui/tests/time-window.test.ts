import { describe, expect, it } from 'vitest';
import { ranges } from '../src/lib/ranges';
import { edgesOf, fixed, fromQuery, leastSpan, live, mostSpan, pan, spanName, spanOf, toQuery, zoom } from '../src/lib/time-window';
import { ViewWindow } from '../src/lib/view-window.svelte';

const now = 1_800_000_000_000;
const hour = 3_600_000;

describe('a live window', () => {
  it('ends now, however late it is', () => {
    expect(edgesOf(live(hour), now)).toEqual({ from: now - hour, to: now });
    expect(edgesOf(live(hour), now + 5)).toEqual({ from: now + 5 - hour, to: now + 5 });
  });
  it('is a minute to two years long', () => {
    expect(spanOf(live(1))).toBe(leastSpan);
    expect(spanOf(live(1e15))).toBe(mostSpan);
  });
  it('stands when it is moved back, by however little', () => expect(pan(live(hour), now, -1000)).toEqual({ live: false, from: now - hour - 1000, to: now - 1000 }));
  it('stays when it is moved on', () => expect(pan(live(hour), now, 1000)).toEqual(live(hour)));
  it('stays when it is zoomed, and keeps its end', () => {
    expect(zoom(live(hour), now, 0.5)).toEqual(live(hour / 2));
    expect(zoom(live(hour), now, 2)).toEqual(live(hour * 2));
    for (const span of [ranges['5m'], ranges['7d'], ranges['1y']]) expect(zoom(live(span), now, 1 / 3).live).toBe(true);
  });
  it('stands when it is zoomed at a moment of the past, which stays where it is', () => {
    expect(zoom(live(hour), now, 0.5, now - hour)).toEqual({ live: false, from: now - hour, to: now - hour / 2 });
    expect(zoom(live(hour), now, 0.5, now - hour / 2)).toEqual({ live: false, from: now - (3 * hour) / 4, to: now - hour / 4 });
  });
});

describe('a fixed window', () => {
  const shown = fixed(now - 3 * hour, now - 2 * hour, now);
  it('stands still', () => expect(edgesOf(shown, now + hour)).toEqual({ from: now - 3 * hour, to: now - 2 * hour }));
  it('may be dragged from right to left', () => expect(fixed(now - 2 * hour, now - 3 * hour, now)).toEqual(shown));
  it('grows to a minute around what was chosen', () => expect(fixed(now - hour, now - hour + 10_000, now)).toEqual({ live: false, from: now - hour - 25_000, to: now - hour + 35_000 }));
  it('never ends after now', () => {
    expect(fixed(now - 10_000, now + hour, now)).toMatchObject({ to: now });
    expect(fixed(now - 10, now, now)).toEqual({ live: false, from: now - leastSpan, to: now });
  });
  it('is two years long at most', () => expect(spanOf(fixed(0, now, now))).toBe(mostSpan));
  it('is live again when it is moved to the present', () => {
    expect(pan(shown, now, hour)).toEqual({ live: false, from: now - 2 * hour, to: now - hour });
    expect(pan(shown, now, 2 * hour)).toEqual(live(hour));
  });
  it('is zoomed about its middle', () => {
    expect(zoom(shown, now, 0.5)).toEqual({ live: false, from: now - 2.75 * hour, to: now - 2.25 * hour });
    expect(zoom(shown, now, 2)).toEqual({ live: false, from: now - 3.5 * hour, to: now - 1.5 * hour });
  });
  it('is live when zooming out reaches the present', () => expect(zoom(shown, now, 8)).toEqual(live(8 * hour)));
  it('stops at a minute', () => expect(spanOf(zoom(zoom(shown, now, 1e-9), now, 0.5))).toBe(leastSpan));
});

describe('the link to a window', () => {
  it.each([live(ranges['5m']), live(ranges['2y']), live(90_000), live(45 * 60_000), fixed(now - 3 * hour, now - hour, now)])('leads back to %j', (shown) =>
    expect(fromQuery(toQuery(shown), now)).toEqual(shown),
  );
  it.each([[ranges['24h'], '24h'], [ranges['1y'], '1y'], [3 * ranges['24h'], '3d'], [90_000, '90s']])('calls %d ms %s', (span, name) => expect(spanName(span)).toBe(name));
  it('takes what lies in the future only up to now', () => expect(fromQuery(`from=${now - hour}&to=${now + hour}`, now)).toMatchObject({ to: now }));
  it.each(['', 'range=', 'range=0h', 'range=5w', 'range=-5m', 'range=1e9d', 'from=5', 'from=9&to=5', 'from=a&to=b', `from=${now + 1}&to=${now + 2}`, 'from=1&to=%3Cscript%3E'])(
    'is none: %s',
    (query) => expect(fromQuery(query, now)).toBeUndefined(),
  );
});

describe("a page's window", () => {
  const page = (query = '') => new ViewWindow(() => now, () => hour, query);
  it('begins where the link leads, or at home', () => {
    expect(page().span).toBe(hour);
    expect(page('range=6h').span).toBe(6 * hour);
    expect(page(`from=${now - hour}&to=${now - 60_000}`).live).toBe(false);
  });
  it('goes back to what was live last, and from there home', () => {
    const view = page('range=6h');
    view.select(now - 3 * hour, now - 2 * hour);
    expect([view.live, view.query]).toEqual([false, `from=${now - 3 * hour}&to=${now - 2 * hour}`]);
    view.backToLive();
    expect([view.live, view.span]).toEqual([true, 6 * hour]);
    view.backToLive();
    expect(view.span).toBe(hour);
  });
  it('follows another link', () => {
    const view = page('range=6h');
    view.follow('range=5m');
    expect(view.query).toBe('range=5m');
  });
});
