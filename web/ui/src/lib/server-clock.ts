// How far the server's clock is ahead of the browser's, in ms, learned from arrival times that the server
// wrote into frames. Each one is a lower bound (the frame travelled for a while), so the largest of the newest
// few is the best. Offsets within `tolerance` count as none.
export class ServerClock {
  private readonly newest: number[] = [];

  constructor(private readonly tolerance = 1500) {}

  observe(serverTime: number, localTime: number): void {
    this.newest.push(serverTime - localTime);
    if (this.newest.length > 64) this.newest.shift();
  }

  now(localTime: number): number {
    const offset = this.newest.length > 0 ? Math.max(...this.newest) : 0;
    return Math.abs(offset) > this.tolerance ? localTime + offset : localTime;
  }
}
