// Waits for a condition with a deadline; an exception counts as "not yet". Returns the first true value.
export async function waitUntil(condition, what, { seconds = 60, every = 100, show } = {}) {
  const end = Date.now() + seconds * 1000;
  let problem;
  for (;;) {
    try {
      const value = await condition();
      problem = undefined;
      if (value) return value;
    } catch (error) {
      problem = error;
    }
    if (Date.now() >= end) break;
    await new Promise((resolve) => setTimeout(resolve, every));
  }
  const lines = [`not within ${seconds} s: ${what}`];
  if (problem) lines.push(`last problem: ${problem.message}`);
  if (show) lines.push(await show());
  throw new Error(lines.join('\n'));
}
