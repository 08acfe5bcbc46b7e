/** A piece of a page, which stands there as it is. `html` makes one; nothing else does of what somebody else chose. */
export interface Markup {
  readonly markup: string;
}

export type Shown = string | number | null | Markup | readonly Markup[];

/**
 * Puts a page together. Every text in it is shown as the text that it is, whoever chose it; in attributes too, where they stand in
 * quotes. Null shows nothing.
 */
export function html(fixed: TemplateStringsArray, ...shown: readonly Shown[]): Markup {
  return { markup: String.raw({ raw: fixed }, ...shown.map(markupOf)) };
}

function markupOf(shown: Shown): string {
  if (shown === null) return '';
  if (typeof shown !== 'object') return String(shown).replace(/[&<>"'`]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  return 'markup' in shown ? shown.markup : shown.map(markupOf).join('');
}
