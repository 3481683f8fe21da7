// The catalogue of the chosen language. What is read here in a template or `$derived` follows the choice.
import { language } from './language.svelte';
import type { Text } from './text/en';

export type { Text };
export const text: Text = new Proxy({} as Text, { get: (_, name) => language.text[name as keyof Text] });

// The word for a name that comes from the server, which may know more names than the catalogue.
export const word = (words: Readonly<Record<string, string>>, name: string, otherwise = name): string => words[name] ?? otherwise;
