// Gives the checkout its next version, everywhere it stands: in every package.json, as the tag of our images in the compose
// file and in the example for Kubernetes, and over what was “Unreleased” in the changelog. Commits and tags nothing. Plain
// JavaScript without dependencies.
//
// pnpm release 0.2.0
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fail } from './step.mjs';

const [version = ''] = process.argv.slice(2);
if (!/^\d+\.\d+\.\d+$/.test(version)) fail('usage: pnpm release MAJOR.MINOR.PATCH');

const manifests = ['.', ...['packages', 'packages/tools', 'services'].flatMap(inside)]
  .map((directory) => join(directory, 'package.json'))
  .filter(existsSync);
const former = JSON.parse(readFileSync('package.json', 'utf8')).version;
if (!isLater(version, former)) fail(`${version} is not later than ${former}`);

const today = new Date().toISOString().slice(0, 10);
const written = [
  ...manifests.map((file) => [file, replaced(file, `"version": "${former}"`, `"version": "${version}"`)]),
  [
    'docker-compose.yml',
    replaced('docker-compose.yml', `DIALGATE_VERSION:-${former}}`, `DIALGATE_VERSION:-${version}}`),
  ],
  [
    'docker/kubernetes/kustomization.yaml',
    replaced('docker/kubernetes/kustomization.yaml', `newTag: ${former} }`, `newTag: ${version} }`),
  ],
  [
    'docs/CHANGELOG.md',
    replaced('docs/CHANGELOG.md', '## Unreleased\n', `## Unreleased\n\n## ${version} (${today})\n`),
  ],
];
// All of it was found: only now is anything written.
for (const [file, text] of written) writeFileSync(file, text);
console.log(`${former} is ${version} now, in ${written.length} files. Next: a commit, and git tag v${version}`);

function inside(directory) {
  return existsSync(directory) ? readdirSync(directory).map((name) => join(directory, name)) : [];
}

/** The file with every `before` replaced; there has to be one. */
function replaced(file, before, after) {
  const text = readFileSync(file, 'utf8');
  if (!text.includes(before)) fail(`${file} does not have ${before.trim()}`);
  return text.replaceAll(before, after);
}

function isLater(one, other) {
  const [a, b] = [one, other].map((text) => text.split('.').map(Number));
  const at = a.findIndex((part, n) => part !== b[n]);
  return at !== -1 && a[at] > b[at];
}
