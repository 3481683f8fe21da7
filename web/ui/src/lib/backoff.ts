// Growing, jittered waits between attempts to connect: about 0.5, 1, 2, 4 … seconds, at most `ceiling`.
// Jitter keeps all browsers of an organisation from returning in the same instant after a restart.
export interface BackoffOptions {
  first: number;
  ceiling: number;
  random: () => number;
}

const defaults: BackoffOptions = { first: 500, ceiling: 15_000, random: Math.random };

// The wait in ms before attempt `failures` (1 after the first failure): between half and all of the full step.
export function backoffDelay(failures: number, options: Partial<BackoffOptions> = {}): number {
  const { first, ceiling, random } = { ...defaults, ...options };
  const step = Math.min(ceiling, first * 2 ** Math.max(0, Math.min(failures - 1, 30)));
  return Math.round(step / 2 + (step / 2) * random());
}
