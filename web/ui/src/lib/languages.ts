// English comes with the page. Every other file of text/ is a language by its name, fetched when it is wanted.
import en, { type Text } from './text/en';

const prefix = './text/';
const files = import.meta.glob<Text>(['./text/*.ts', '!./text/en.ts'], { import: 'default' });
const others = new Map(Object.entries(files).map(([path, load]) => [path.slice(prefix.length, -'.ts'.length), load]));

export const languages: readonly string[] = ['en', ...others.keys()];

export const catalogue = async (language: string): Promise<Text> => (await others.get(language)?.()) ?? en;

// The first of the wanted languages that is there, whatever its region.
export const preferred = (wanted: readonly string[]): string => wanted.map((tag) => tag.toLowerCase().split('-')[0]!).find((language) => languages.includes(language)) ?? 'en';

// As it calls itself: "Deutsch".
export const nameOf = (language: string): string => new Intl.DisplayNames([language], { type: 'language' }).of(language) ?? language;
