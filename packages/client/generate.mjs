// Makes src/generated/api.ts, the types of every request and answer, of the API's own description. With --check it writes nothing
// and says whether that file is as it should be: part of `pnpm check`.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import openapiTypescript, { astToString } from 'openapi-typescript';
import { tsImport } from 'tsx/esm/api';

const KEPT = fileURLToPath(new URL('src/generated/api.ts', import.meta.url));
const HEAD = '// Made by `pnpm generate` of the OpenAPI document; not to be edited.\n';

// The description is the API's. Only this script looks into a service, so that the client itself needs nothing of one.
const { apiDocument } = await tsImport('../../services/api/src/openapi/document.ts', import.meta.url);
// An answer has what its schema calls required, and may have more in a later version.
const types = HEAD + astToString(await openapiTypescript(apiDocument('0.0.0')));

if (!process.argv.includes('--check')) {
  writeFileSync(KEPT, types);
} else if (readFileSync(KEPT, 'utf8') !== types) {
  process.stderr.write('packages/client/src/generated is not what the OpenAPI document makes: run pnpm generate\n');
  process.exitCode = 1;
}
