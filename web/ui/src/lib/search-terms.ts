// The search box holds everything that filters: the counts put their word into it, and take it out again.

export type CountFilter = 'all' | 'online' | 'trouble' | 'offline';
export const countFilters: CountFilter[] = ['all', 'online', 'trouble', 'offline'];

const stateTerm = /(^|\s)state:(\S*)/;

// Which count the search stands for.
export function countOf(search: string): CountFilter {
  const state = stateTerm.exec(search)?.[2];
  return countFilters.find((name) => name === state) ?? 'all';
}

export function withCount(search: string, filter: CountFilter): string {
  const rest = search.replace(stateTerm, ' ').replace(/\s+/g, ' ').trim();
  if (filter === 'all') return rest;
  return `state:${filter}${rest && ' '}${rest}`;
}
