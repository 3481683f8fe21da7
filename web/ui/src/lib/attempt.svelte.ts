import { ApiError } from './api';
import { text } from './text';

// One thing that a person asks the service for: whether it runs, and what became of it.
export class Attempt {
  busy = $state(false);
  failure = $state('');
  parameter = $state(''); // the part of the request that is to blame, '' for none

  async run(job: () => Promise<void>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.failure = this.parameter = '';
    try {
      await job();
    } catch (problem) {
      this.failure = problem instanceof ApiError ? problem.message : text.noAnswer;
      this.parameter = problem instanceof ApiError ? problem.parameter : '';
    }
    this.busy = false;
    return this.failure === '';
  }

  // The failure to show beside the field of that name.
  at(parameter: string): string {
    return this.parameter === parameter ? this.failure : '';
  }
}
