import { render } from 'svelte/server';
import { describe, expect, it } from 'vitest';
import Processes from '../src/components/Processes.svelte';
import { sorted } from '../src/lib/processes';
import { session } from '../src/lib/session.svelte';
import { text } from '../src/lib/text';

const list = [
  { pid: 9, name: 'b', cpu: 5, memory: 10 },
  { pid: 2, name: 'a', cpu: 5, memory: 30 },
  { pid: 5, name: 'c', cpu: 50, memory: 20 },
];
const pids = (by: 'cpu' | 'memory') => sorted(list, by).map((one) => one.pid);

describe('processes', () => {
  it('stand by what they need, and equals by their number', () => {
    expect(pids('cpu')).toEqual([5, 2, 9]);
    expect(pids('memory')).toEqual([2, 5, 9]);
    expect(list[0]!.pid).toBe(9);
  });

  it('are for operators to ask for', () => {
    const html = () => render(Processes, { props: { id: 'web-1', online: true } }).body;
    session.me = { user: 'vera', role: 'viewer' } as unknown as typeof session.me;
    expect(html()).not.toContain(text.processes.show);
    session.me = { user: 'otto', role: 'operator' } as unknown as typeof session.me;
    expect(html()).toContain(text.processes.show);
    session.me = null;
    expect(html()).not.toContain(text.processes.show);
  });
});
