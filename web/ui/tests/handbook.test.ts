import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { columnIds } from '../src/lib/columns';
import en from '../src/lib/text/en';

const handbook = readFileSync(new URL('../../../docs/dashboard.md', import.meta.url), 'utf8');

describe('docs/dashboard.md', () => {
  it.each(en.keys.rows.flatMap(([keys]) => keys.split('  ')))('names the key %s', (key) => expect(handbook).toContain(`\`${key}\``));
  it('counts the columns of the table', () => expect(handbook).toContain(`chooses among ${columnIds.length}`));
});
