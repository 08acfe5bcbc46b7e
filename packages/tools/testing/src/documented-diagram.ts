import { readFileSync, writeFileSync } from 'node:fs';
import { stateDiagram } from './ways-of-a-call.js';

const DOCUMENT = new URL('../../../../docs/architecture.md', import.meta.url);

/** What stands between the two comments. */
const DIAGRAM =
  /(?<=^<!-- The state diagram: .*-->\n\n```mermaid\n)[^]*?(?=```\n\n<!-- The end of the state diagram\. -->$)/m;

/** Whether docs/architecture.md shows the state diagram as the transition table has it. */
export function isDiagramDocumented(): boolean {
  return DIAGRAM.exec(readFileSync(DOCUMENT, 'utf8'))?.[0] === stateDiagram();
}

/** Writes the state diagram into docs/architecture.md. */
export function documentDiagram(): void {
  writeFileSync(DOCUMENT, readFileSync(DOCUMENT, 'utf8').replace(DIAGRAM, stateDiagram()));
}
