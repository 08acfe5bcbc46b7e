import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));

/** A block of code in a document. */
export interface DocumentedCode {
  /** Its path in this checkout. */
  readonly document: string;
  /** The one that it stands under. */
  readonly heading: string;
  readonly language: string;
  readonly code: string;
  /** What the comment right above it says: `verified` names the test that runs it, `run` the name that a script finds it by. */
  readonly mark: { readonly kind: 'verified' | 'run'; readonly says: string } | null;
}

const MARK = /^<!-- (verified|run): (\S+) -->$/;
const FENCE = /^( *)```(\w*)$/;

/** The blocks of code of a document, in their order. */
export function documentedCode(document: string): DocumentedCode[] {
  const lines = readFileSync(ROOT + document, 'utf8').split('\n');
  const found: DocumentedCode[] = [];
  let heading = '';
  for (let at = 0; at < lines.length; at += 1) {
    heading = /^#+ (.*)$/.exec(lines[at] ?? '')?.[1] ?? heading;
    const [fence, indent = '', language = ''] = FENCE.exec(lines[at] ?? '') ?? [];
    if (fence === undefined) continue;
    const end = lines.indexOf(`${indent}\`\`\``, at + 1);
    if (end === -1) throw new Error(`${document}:${at + 1}: a block without an end`);
    const code = lines.slice(at + 1, end).map((line) => `${line.slice(indent.length)}\n`);
    const [, kind, says = ''] = MARK.exec(lines[at - 2] ?? '') ?? [];
    const mark = kind === undefined ? null : { kind: kind as 'verified' | 'run', says };
    found.push({ document, heading, language, code: code.join(''), mark });
    at = end;
  }
  return found;
}
