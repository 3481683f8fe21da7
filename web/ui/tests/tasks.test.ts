import { describe, expect, it } from 'vitest';
import { TaskQueue } from '../src/lib/tasks';

describe('the task queue', () => {
  it('runs a few jobs at a time, the newest wish first, and survives failures', async () => {
    const queue = new TaskQueue(2);
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
    expect(order).toEqual(['a', 'b', 'e', 'd']);
    expect(most).toBe(2);
  });
});
