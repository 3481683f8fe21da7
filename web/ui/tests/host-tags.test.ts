import { describe, expect, it } from 'vitest';
import { tagsOf, withoutTag, withTag } from '../src/lib/host-tags';

const host = { id: 'web-1', info: { tags: ['prod', 'office'] }, tags: ['lab', 'office'] };

describe("a host's tags", () => {
  it("are the agent's and people's, each once", () => expect(tagsOf(host)).toEqual(['prod', 'office', 'lab']));
  it('may be none', () => expect(tagsOf({ id: 'web-1' })).toEqual([]));
  it('get another one', () => expect(withTag(host, ' third floor ')).toEqual(['lab', 'office', 'third floor']));
  it.each(['', '  ', 'prod', 'lab'])('get nothing new by %j', (typed) => expect(withTag(host, typed)).toBeNull());
  it("lose people's only", () => expect(withoutTag(host, 'office')).toEqual(['lab']));
});
