// Runs at most `parallel` jobs at a time, newest wishes first: what the reader looks at now matters most.
export class TaskQueue {
  private waiting: { key: string; run: () => Promise<void> }[] = [];
  private running = 0;

  constructor(private readonly parallel = 4) {}

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
      const job = this.waiting.pop();
      if (!job) return;
      this.running++;
      void job.run().catch(() => {}).finally(() => {
        this.running--;
        this.pump();
      });
    }
  }
}
