// A word of a POSIX shell; single quotes keep everything as it is, `!` of an interactive shell too.
export const quoted = (word: string) => (/^[\w.:/-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);
