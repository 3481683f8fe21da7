import { describe, expect, it } from 'vitest';
import { TaskQueue } from '../src/lib/tasks';

describe('the task queue', () => {
  it.each([
    ['newest', ['a', 'b', 'e', 'd']],
    ['oldest', ['a', 'b', 'd', 'e']],
  ] as const)('runs a few jobs at a time, the %s wish first, and survives failures', async (first, expected) => {
    const queue = new TaskQueue(2, first);
    const order: string[] = [];
    let running = 0;
    let most = 0;
    const job = (name: string) => async () => {
      order.push(name);
      most = Math.max(most, ++running);
      await Promise.resolve();
      running--;
      if (name === 'b') throw new Error('failed');
    };
    for (const name of ['a', 'b', 'c', 'd', 'e']) queue.add(name, job(name));
    queue.cancel('c');
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(order).toEqual(expected);
    expect(most).toBe(2);
  });
});
