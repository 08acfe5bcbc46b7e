import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));

/** As much of Joi's description of a schema as is looked at. */
interface Described {
  readonly type?: string;
  readonly flags?: { readonly presence?: string; readonly default?: string | number | boolean | readonly string[] };
  readonly rules?: readonly { readonly name: string; readonly args?: { readonly limit?: unknown } }[];
  readonly allow?: readonly unknown[];
}

/** A row of a table of docs/configuration.md. */
interface Row {
  readonly defaultsTo: string;
  readonly allowed: string;
}

/**
 * Holds docs/configuration.md, .env.example and docker-compose.yml against the schema of a service.
 *
 * @param schema what `describe()` says of it.
 * @param service its name in the compose file.
 * @param sections the headings under which docs/configuration.md has its variables.
 * @returns every disagreement, as a sentence.
 */
export function settingsProblems(schema: object, service: string, sections: readonly string[]): string[] {
  const fields = new Map(Object.entries((schema as { keys?: Record<string, Described> }).keys ?? {}));
  const rows = documentedSettings(sections);
  const example = exampleSettings();
  const passed = new Set(Object.keys(composeFile().services[service]?.environment ?? {}));

  return [
    ...missing([...fields.keys()], rows, 'docs/configuration.md'),
    ...missing([...fields.keys()], example, '.env.example'),
    ...missing([...fields.keys()], passed, `${service} in docker-compose.yml`),
    ...missing([...rows.keys()], fields, `the schema of ${service}, though docs/configuration.md has it`),
    ...missing([...passed], fields, `the schema of ${service}, though docker-compose.yml has it`),
    ...[...fields].flatMap(([name, field]) => [
      ...rowProblems(name, field, rows.get(name)),
      ...exampleProblems(name, field, example.get(name)),
    ]),
  ];
}

/** The variables of some sections of docs/configuration.md, by name. */
export function documentedSettings(sections: readonly string[]): Map<string, Row> {
  const found = new Map<string, Row>();
  for (const section of readFileSync(`${ROOT}docs/configuration.md`, 'utf8').split(/^## /m)) {
    const [heading = '', ...lines] = section.split('\n');
    if (!sections.includes(heading)) continue;
    for (const line of lines) {
      const [, name, defaultsTo = '', allowed = ''] = line.split('|').map((cell) => cell.trim());
      const variable = /^`([A-Z0-9_]+)`$/.exec(name ?? '')?.[1];
      if (variable !== undefined) found.set(variable, { defaultsTo, allowed });
    }
  }
  return found;
}

/** The variables of .env.example with their values. */
export function exampleSettings(): Map<string, string> {
  const lines = readFileSync(`${ROOT}.env.example`, 'utf8').matchAll(/^([A-Z0-9_]+)=(.*)$/gm);
  return new Map([...lines].map(([, name = '', value = '']) => [name, value]));
}

/** What the compose file says of a service, as far as it is looked at. */
export interface ComposeService {
  readonly image?: string;
  readonly environment?: Readonly<Record<string, string | number>>;
  readonly [key: string]: unknown;
}

/** The compose file as compose reads it, before it fills variables in. */
export function composeFile(): {
  readonly text: string;
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly [key: string]: unknown;
} {
  const text = readFileSync(`${ROOT}docker-compose.yml`, 'utf8');
  return { text, ...(parse(text, { merge: true }) as { services: Record<string, ComposeService> }) };
}

function missing(names: readonly string[], from: { has(name: string): boolean }, where: string): string[] {
  return names.filter((name) => !from.has(name)).map((name) => `${name} is not in ${where}`);
}

function rowProblems(name: string, field: Described, row: Row | undefined): string[] {
  if (row === undefined) return [];
  const defaultsTo = isRequired(field) ? 'required' : defaultOf(field) === '' ? 'none' : `\`${defaultOf(field)}\``;
  const range = rangeOf(field);
  const words = field.type === 'boolean' ? [true, false] : (field.allow ?? []);
  return [
    ...(row.defaultsTo === defaultsTo ? [] : [`${name} defaults to ${defaultsTo}, documented as ${row.defaultsTo}`]),
    ...(range === null || row.allowed === range ? [] : [`${name} may be ${range}, documented as ${row.allowed}`]),
    ...words
      .filter((word) => !row.allowed.includes(`\`${String(word)}\``))
      .map((word) => `${name} may be ${String(word)}, which is not documented`),
  ];
}

/** The example shows the default. What has to be given may stand there as a pattern. */
function exampleProblems(name: string, field: Described, value: string | undefined): string[] {
  if (value === undefined || isRequired(field) || value === defaultOf(field)) return [];
  return [`${name} defaults to "${defaultOf(field)}", and is "${value}" in .env.example`];
}

function isRequired(field: Described): boolean {
  return field.flags?.presence === 'required';
}

/** As it is written in an environment; empty where there is none. */
function defaultOf(field: Described): string {
  const value = field.flags?.default;
  return value === undefined ? '' : String(value);
}

function rangeOf(field: Described): string | null {
  const limit = (rule: string): unknown => field.rules?.find(({ name }) => name === rule)?.args?.limit;
  if (field.type !== 'number') return null;
  return `${String(limit('min'))} to ${String(limit('max'))}`;
}
