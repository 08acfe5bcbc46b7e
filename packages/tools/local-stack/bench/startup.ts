/**
 * `pnpm bench startup`: what a start costs, from a fresh clone to the first accepted call, and against what: an earlier commit,
 * an empty Node process and a bare Express server, all in the same run. Linux only; minutes, on a slow machine many.
 *
 *   pnpm bench startup                     HEAD against the commit before it was made quick
 *   pnpm bench startup --base none         HEAD alone
 *   pnpm bench startup --head COMMIT --base COMMIT --rounds 3
 *
 * A clone has what is committed. The package cache should be filled: run it twice, and believe the second.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { least, measureFloors, type Floors } from './floors.js';
import { best, report } from './report.js';
import { tryCommit, type Trial } from './trial.js';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
/** The last commit before `npm start` was made quick: what the goals are ratios to. */
const BEFORE = 'e433ace';

const { values } = parseArgs({
  options: {
    head: { type: 'string', default: 'HEAD' },
    base: { type: 'string', default: BEFORE },
    rounds: { type: 'string', default: '1' },
  },
});
const scratch = mkdtempSync(join(tmpdir(), 'dialgate-startup-'));
const say = (line: string): void => console.log(line);
process.once('SIGTERM', () => process.exit(143));
process.once('SIGINT', () => process.exit(130));
process.once('exit', () => rmSync(scratch, { recursive: true, force: true }));

const commits = [values.base, values.head].filter((name) => name !== 'none').map(commitOf);
const floors: Floors[] = [];
const trials = new Map<string, Trial[]>(commits.map((commit) => [commit, []]));
// Turn by turn, so that a machine that is busy for a while is busy for both.
for (let round = 1; round <= Number(values.rounds); round++) {
  for (const commit of commits) {
    say(`round ${round}: ${commit}`);
    floors.push(measureFloors(scratch));
    trials.get(commit)?.push(await tryCommit({ repository: ROOT, commit, directory: join(scratch, commit), say }));
  }
}
const [head, base = null] = commits.toReversed().map((commit) => best(trials.get(commit) ?? []));
if (head !== undefined) report({ head, base, floors: least(floors), baseName: values.base, say });

function commitOf(name: string): string {
  return execFileSync('git', ['rev-parse', '--short', `${name}^{commit}`], { cwd: ROOT, encoding: 'utf8' }).trim();
}
