import type { Process } from './types';

export type ProcessOrder = 'cpu' | 'memory';

// Those with most first; of equals the one with the lower number, so that rows do not dance.
export function sorted(processes: readonly Process[], by: ProcessOrder): Process[] {
  return [...processes].sort((a, b) => b[by] - a[by] || a.pid - b.pid);
}
