// Whether a key is one of the page's: pressed alone, and not meant for a field, a form or an open dialog.
export function isPageKey(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return false;
  return !(event.target as HTMLElement).closest('input, select, textarea, form, dialog[open], [aria-expanded=true]');
}
