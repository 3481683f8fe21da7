// What stands on a host's page beside its charts, in a real browser with the real agent.
import assert from 'node:assert/strict';
import { accessibilityFaults, openPage, shot, signIn } from './support/browser.mjs';
import { password } from './support/fleet.mjs';
import { stage } from './support/stage.mjs';

let fleet;
let browser;

const check = stage('host', async (emptyFleet, launched) => {
  [fleet, browser] = [emptyFleet, launched];
  await fleet.choosePorts(1);
  fleet.setup({ slug: 'acme', name: 'Acme Corp', title: 'Acme Fleet', color: '#00ff00', flags: ['--report-interval', '2'] });
  await fleet.up();
  fleet.cli(['user', 'add', 'acme', 'vera', '--role', 'viewer', '--password-stdin'], `${password}\n`);
  fleet.agent('acme', 'acme-web-1');
});

const looks = [
  { name: 'desktop-light', scheme: 'light', size: { width: 1440, height: 1300 } },
  { name: 'desktop-dark', scheme: 'dark', size: { width: 1440, height: 1300 } },
  { name: 'phone-light', scheme: 'light', size: { width: 390, height: 844 } },
  { name: 'phone-dark', scheme: 'dark', size: { width: 390, height: 844 } },
];

const openHost = async (user, options = {}) => {
  const { base } = fleet.orgs.get('acme');
  const opened = await openPage(browser, { base, ...options });
  await signIn(opened.page, base, user, password);
  await opened.page.locator('[data-host="acme-web-1"] [role=meter]').first().waitFor();
  await opened.page.goto(`${base}/dashboard#/host/acme-web-1`);
  await opened.page.getByTestId('notes').or(opened.page.getByRole('heading', { name: 'Inventory' })).first().waitFor();
  return opened;
};

for (const { name, scheme, size } of looks) {
  check(`takes notes and tags (${name})`, async () => {
    const { page, complaints } = await openHost('admin', { size, scheme });
    const other = await openHost('vera');
    const panel = page.getByTestId('notes');
    const seen = other.page.getByTestId('notes');
    const hostile = '<img src=x onerror=window.hacked=1>';
    await panel.getByRole('button', { name: 'Tag', exact: true }).click();
    await page.keyboard.type(`third floor\n${hostile}\n`);
    await panel.getByText(hostile).waitFor();
    await page.keyboard.press('Escape');
    await panel.getByRole('button', { name: 'Write a note' }).click();
    await page.keyboard.type(`Rack 3, left.\n${hostile}${'W'.repeat(200)}`);
    assert.deepEqual(await accessibilityFaults(page), []);
    await shot(page, `notes-writing-${name}`);
    await page.keyboard.press('Control+Enter');
    await panel.getByText('Rack 3, left.').waitFor();
    await seen.getByText('Rack 3, left.').waitFor();
    await seen.getByText('third floor').waitFor();
    assert.equal(await seen.getByRole('button').count(), 0, 'a viewer reads');
    assert.deepEqual(await accessibilityFaults(page), []);
    assert.deepEqual(await accessibilityFaults(other.page), []);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false, 'nothing sticks out');
    await shot(page, `notes-${name}`);
    // What is not saved is dropped, and the page stays.
    await panel.getByRole('button', { name: 'Edit note' }).click();
    await page.keyboard.type('more');
    await page.keyboard.press('Escape');
    await panel.getByText('Rack 3, left.').waitFor();
    await panel.getByRole('button', { name: 'Remove the tag third floor' }).click();
    await seen.getByText('third floor').waitFor({ state: 'detached' });
    await panel.getByRole('button', { name: `Remove the tag ${hostile}` }).click();
    await panel.getByRole('button', { name: 'Edit note' }).click();
    await panel.getByLabel('Note', { exact: true }).fill('');
    await panel.getByRole('button', { name: 'Save' }).click();
    await panel.getByRole('button', { name: 'Write a note' }).waitFor();
    await seen.waitFor({ state: 'detached' });
    assert.equal(await page.evaluate(() => window.hacked), undefined);
    assert.deepEqual([...complaints, ...other.complaints], []);
  });

  check(`lists processes, sorted and fresh (${name})`, async () => {
    const { base } = fleet.orgs.get('acme');
    const { page, complaints } = await openPage(browser, { base, size, scheme });
    await signIn(page, base, 'admin', password);
    await page.locator('[data-host="acme-web-1"] [role=meter]').first().waitFor();
    await page.locator('[data-host="acme-web-1"]').click();
    const panel = page.getByTestId('processes');
    await panel.getByRole('button', { name: 'Show processes' }).click();
    await panel.locator('tbody tr').first().waitFor();
    const stamp = () => panel.getByText(/^as of/).textContent();
    const first = await stamp();
    await panel.getByRole('button', { name: 'Memory' }).click();
    assert.equal(await panel.locator('th[aria-sort=descending]').innerText(), 'Memory ↓');
    assert.deepEqual(await accessibilityFaults(page), []);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
    assert.equal(wide, false, 'nothing sticks out');
    await panel.scrollIntoViewIfNeeded();
    await shot(page, `processes-${name}`);
    await page.waitForFunction((before) => !document.body.innerText.includes(before), first);
    await panel.getByRole('button', { name: 'Hide processes' }).click();
    assert.equal(await panel.locator('table').count(), 0);
    assert.deepEqual(complaints, []);
  });
}
