// Runs at most `parallel` jobs at a time. 'newest' serves the newest wish first, for a reader who scrolls on.
export class TaskQueue {
  private waiting: { key: string; run: () => Promise<void> }[] = [];
  private running = 0;

  constructor(
    private readonly parallel = 4,
    private readonly first: 'newest' | 'oldest' = 'oldest',
  ) {}

  // A waiting job of the same key gives way.
  add(key: string, run: () => Promise<void>): void {
    this.cancel(key);
    this.waiting.push({ key, run });
    this.pump();
  }

  cancel(key: string): void {
    this.waiting = this.waiting.filter((job) => job.key !== key);
  }

  clear(): void {
    this.waiting = [];
  }

  private pump(): void {
    while (this.running < this.parallel) {
      const job = this.first === 'newest' ? this.waiting.pop() : this.waiting.shift();
      if (!job) return;
      this.running++;
      void job
        .run()
        .catch(() => {})
        .finally(() => {
          this.running--;
          this.pump();
        });
    }
  }
}
