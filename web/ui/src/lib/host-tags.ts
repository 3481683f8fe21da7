import type { Host } from './types';

// The agent's tags, and those of people that are not among them.
export function tagsOf(host: Host): string[] {
  return [...new Set([...(host.info?.tags ?? []), ...(host.tags ?? [])])];
}

// People's tags with another one; null where that says nothing new.
export function withTag(host: Host, typed: string): string[] | null {
  const tag = typed.trim();
  return tag === '' || tagsOf(host).includes(tag) ? null : [...(host.tags ?? []), tag];
}

export const withoutTag = (host: Host, tag: string): string[] => (host.tags ?? []).filter((one) => one !== tag);
