// At once, and then every so many ms while the page is seen, until the returned function is called.
export function repeat(what: () => Promise<void>, every: number): () => void {
  const timer = setInterval(() => document.visibilityState === 'visible' && void what(), every);
  void what();
  return () => clearInterval(timer);
}
