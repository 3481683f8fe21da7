import { describe, expect, it } from 'vitest';
import { backoffDelay } from '../src/lib/backoff';

describe('the wait before a reconnect', () => {
  it('doubles with every failure up to a ceiling', () => {
    const full = [1, 2, 3, 4, 5, 6, 7, 100].map((n) => backoffDelay(n, { random: () => 1 }));
    expect(full).toEqual([500, 1000, 2000, 4000, 8000, 15000, 15000, 15000]);
  });

  it('is jittered between half of the step and all of it', () => {
    expect(backoffDelay(3, { random: () => 0 })).toBe(1000);
    for (let i = 0; i < 200; i++) {
      const wait = backoffDelay(4);
      expect(wait).toBeGreaterThanOrEqual(2000);
      expect(wait).toBeLessThanOrEqual(4000);
    }
  });
});
