import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { closePages, launch, output } from './browser.mjs';
import { Fleet } from './fleet.mjs';

// What the tests of one file share: an empty fleet and a browser, which `prepare` gets and which end with the tests. Gives the way to
// write a test that remembers that it failed, so that the logs are kept, and shows what its pages looked like.
export function stage(label, prepare) {
  let fleet;
  let browser;
  let failed = false;
  const remembering = async (body) => {
    try {
      await body();
    } catch (error) {
      failed = true;
      throw error;
    }
  };

  before(() =>
    remembering(async () => {
      fleet = new Fleet();
      browser = await launch();
      await prepare(fleet, browser);
    }),
  );
  after(async () => {
    await browser?.close();
    await fleet?.stop(failed ? join(output, `logs-${label}`) : undefined);
  });

  return (name, body, timeout = 240_000) =>
    test(name, { timeout }, async (context) => {
      try {
        await remembering(() => body(context));
      } catch (error) {
        await closePages(`failed-${label}-${name.replace(/[^a-z0-9]+/gi, '-')}`);
        throw error;
      } finally {
        await closePages();
      }
    });
}
