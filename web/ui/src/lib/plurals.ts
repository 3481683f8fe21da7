export type Forms = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };

// "1 machine", "1,234 machines": a number with the form of its noun that the language wants beside it.
export function plurals(locale: string): (n: number, forms: Forms) => string {
  const rules = new Intl.PluralRules(locale);
  const figures = new Intl.NumberFormat(locale);
  return (n, forms) => `${figures.format(n)} ${forms[rules.select(n)] ?? forms.other}`;
}
