import { ServerClock } from './server-clock';

export const serverClock = new ServerClock();

// The server's time, in steps of a second: what relative times in the page are reckoned from.
class Clock {
  now = $state(Date.now());

  constructor() {
    if (typeof window !== 'undefined') setInterval(() => this.tick(), 1000);
  }

  tick(): void {
    this.now = serverClock.now(Date.now());
  }
}

export const clock = new Clock();
