import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CHECK_CONFIGURATION } from '@dialgate/service-kit';
import type { CheckedConfiguration } from './judge-configuration.js';

const SERVICES = ['api', 'ari-worker', 'webhook-worker'];

/** Reading a configuration takes a second, loading a program on a busy machine many. */
const WITHIN_MS = 120_000;

/**
 * Has each service that is installed here check its own settings: nobody else knows them all, and none needs those of the others.
 *
 * @param here a file in a room of a service, as it runs: a source or a bundle.
 */
export function checkConfigurations(here: string, environment: NodeJS.ProcessEnv): Promise<CheckedConfiguration[]> {
  const main = here.endsWith('.ts') ? 'src/main.ts' : 'dist/main.js';
  const installed = SERVICES.map((service) => ({
    service,
    program: fileURLToPath(new URL(`../../../${service}/${main}`, here)),
  })).filter(({ program }) => existsSync(program));
  return Promise.all(installed.map((one) => check(one, environment)));
}

function check(
  { service, program }: { readonly service: string; readonly program: string },
  env: NodeJS.ProcessEnv,
): Promise<CheckedConfiguration> {
  return new Promise((resolve) => {
    const command = [...process.execArgv, program, CHECK_CONFIGURATION];
    execFile(process.execPath, command, { env, timeout: WITHIN_MS }, (error, _, complaints) => {
      resolve({ service, problems: error === null ? [] : problemsIn(complaints) });
    });
  });
}

/** The lines of a ConfigError; of any other end, that it came. */
function problemsIn(complaints: string): string[] {
  const problems = [...complaints.matchAll(/^ {2}- (.*)$/gm)].map(([, problem = '']) => problem);
  return problems.length > 0 ? problems : ['it could not be read; start the service to see why'];
}
