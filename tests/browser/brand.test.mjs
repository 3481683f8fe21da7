// Any colour may be the organisation's: its text stays readable. Brand colours are set as an administrator sets them, and every page
// that is open takes them.
import assert from 'node:assert/strict';
import { accessibilityFaults, openPage, shot, signIn } from './support/browser.mjs';
import { hardToRead } from './support/contrast.mjs';
import { password } from './support/fleet.mjs';
import { stage } from './support/stage.mjs';

const colors = Number(process.env.ATLAS_TEST_COLORS ?? 40);
const settings = { 'alerts.clear_margin': 0.5, 'alerts.memory_threshold': 1, 'alerts.hold_seconds': 1 };
const views = { fleet: '#/?view=table', host: '#/host/acme-web-1', alerts: '#/alerts', settings: '#/settings/branding', wall: '#/wall' };

let fleet;
let browser;
let base;

const check = stage('brand', async (...started) => {
  [fleet, browser] = started;
  await fleet.choosePorts(1);
  ({ base } = fleet.setup({ slug: 'acme', name: 'Acme Corp', title: 'Acme Fleet', color: '#00aa44', settings, flags: ['--report-interval', '2'] }));
  await fleet.up();
  fleet.agent('acme', 'acme-web-1');
});

// The same colours each time: a linear congruential generator (Numerical Recipes), and first those at the edges.
function* randomColors(count) {
  const edges = ['#000000', '#ffffff', '#ffff00', '#0000ff', '#777777', '#ff0000', '#00ff00', '#fefefe'];
  let state = 20_261_126;
  for (let number = 0; number < count; number++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield edges[number] ?? `#${(state >>> 8).toString(16).padStart(6, '0')}`;
  }
}

check(`keeps every text readable with any of ${colors} colours`, async (context) => {
  const pages = [];
  let admin;
  for (const scheme of ['light', 'dark']) {
    for (const [name, hash] of Object.entries(views)) {
      const { page } = await openPage(browser, { base, scheme, size: { width: 1280, height: 800 } });
      await signIn(page, base, 'admin', password);
      await page.locator('[data-host="acme-web-1"] [role=meter]').first().waitFor();
      await page.goto(`${base}/dashboard${hash}`);
      pages.push({ name, scheme, page });
      admin = page;
    }
    const { page } = await openPage(browser, { base, scheme });
    pages.push({ name: 'login', scheme, page, again: true });
  }
  const token = fleet.cli(['token', 'api', 'acme', '--role', 'admin']).trim();
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
  await admin.getByText('All quiet').or(admin.getByText('acme-web-1')).first().waitFor();
  const faults = [];
  let texts = 0;
  let tried = 0;
  const chosen = [...randomColors(colors)];
  for (const [number, color] of chosen.entries()) {
    // Every third organisation has a second colour.
    const branding = { primary_color: color, secondary_color: number % 3 === 0 ? chosen.at(-number - 1) : null, dashboard_title: `Fleet ${number}` };
    const answer = await fetch(`${base}/api/v1/settings`, { method: 'PATCH', headers, body: JSON.stringify({ branding }) });
    assert.equal(answer.status, 200, color);
    await Promise.all(
      pages.map(async ({ name, scheme, page, again }) => {
        if (again) {
          await page.goto(`${base}/dashboard`);
          await page.getByRole('button', { name: 'Sign in' }).waitFor();
        }
        await page.waitForFunction((title) => document.title.includes(title), branding.dashboard_title);
        const found = await hardToRead(page);
        texts += found.texts;
        faults.push(...found.faults.map((fault) => `${color} ${scheme} ${name}: ${fault}`));
        // The quick look and axe agree.
        if (number % 100 === 0) {
          const slow = (await accessibilityFaults(page)).filter((fault) => fault.startsWith('color-contrast:'));
          assert.deepEqual(slow, [], `${color} ${scheme} ${name}`);
          await shot(page, `brand-${color.slice(1)}-${name}-${scheme}`);
        }
      }),
    );
    tried++;
    assert.deepEqual(faults.slice(0, 20), [], `${faults.length} texts are hard to read after ${tried} colours`);
  }
  context.diagnostic(`${tried} colours, ${pages.length} pages, ${texts} texts looked at`);
  assert.ok(texts > tried * pages.length * 5);
}, 1_800_000);

check('is found out where it is not readable', async () => {
  const { page } = await openPage(browser, { base });
  await page.goto(`${base}/dashboard`);
  const button = page.getByRole('button', { name: 'Sign in' });
  await button.waitFor();
  assert.deepEqual((await hardToRead(page)).faults, []);
  await button.evaluate((element) => (element.style.cssText = 'color: rgb(120 120 120); background: linear-gradient(90deg, #fff, #777)'));
  assert.equal((await hardToRead(page)).faults.length, 1);
});
