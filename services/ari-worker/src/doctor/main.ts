/**
 * Looks at everything that a call needs: settings, servers, versions, rights, events, trunk, dialplan, clocks, and the workers that
 * run. Rings nobody, changes nothing, prints no secret. Reads the environment of whichever services are to be looked at.
 *
 * Exit code: 0 when nothing is wrong, 1 when something is, 2 when the command line was wrong.
 */
import { THIS_BUILD } from '@dialgate/service-kit';
import { examine } from './examine.js';
import { lineOf, summaryOf } from './finding.js';

const USAGE = `usage: doctor [--json]

Says what is wrong with this installation, and what to do. Rings nobody.
`;

const [option, ...more] = process.argv.slice(2);
if (more.length > 0 || (option !== undefined && option !== '--json')) {
  process.stderr.write(USAGE);
  process.exitCode = option === '--help' ? 0 : 2;
} else {
  const findings = await examine(process.env, import.meta.url);
  const lines = [`Dialgate ${THIS_BUILD.version}`, ...findings.map(lineOf), summaryOf(findings)];
  process.stdout.write(option === '--json' ? `${JSON.stringify(findings, null, 2)}\n` : `${lines.join('\n')}\n`);
  process.exitCode = findings.some(({ verdict }) => verdict === 'wrong') ? 1 : 0;
}
