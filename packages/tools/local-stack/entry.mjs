// A copy of this stands beside every service's bundle, as main.js beside main.cjs, and runs it. What V8 has compiled of it is kept
// in a file then, so that the next start need not compile again: a third of what a start costs. Where the directory may not be
// written to (images, systemd's units), and until the service has once run for a few seconds, it is compiled as ever.
import { accessSync, constants, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';

/** When a service has loaded what it commonly uses, in milliseconds. */
const SETTLED_AFTER_MS = 3_000;

const bundle = fileURLToPath(import.meta.url).replace(/\.js$/, '.cjs');
// build.mjs removes it together with the bundle that it was made of; V8 itself refuses what another version or machine made.
const cache = `${bundle}.compiled`;

// Node shows the sources' lines in a stack only of what it has loaded by itself.
if (process.sourceMapsEnabled) createRequire(bundle)(bundle);
else runCompiled();

function runCompiled() {
  const source = readFileSync(bundle, 'utf8');
  const cachedData = compiled();
  const script = new Script(`(function (require, __filename, __dirname) {${source}\n})`, {
    filename: bundle,
    cachedData,
  });
  if (cachedData === undefined || script.cachedDataRejected) setTimeout(keep, SETTLED_AFTER_MS, script).unref();
  script.runInThisContext()(createRequire(bundle), bundle, dirname(bundle));
}

function compiled() {
  try {
    return readFileSync(cache);
  } catch {
    return undefined;
  }
}

function keep(script) {
  try {
    accessSync(dirname(bundle), constants.W_OK);
    const part = `${cache}.${process.pid}`; // Others may be at it as well.
    writeFileSync(part, script.createCachedData());
    renameSync(part, cache);
  } catch {
    // Then the next start compiles again.
  }
}
