import * as domain from '@dialgate/domain';
import { expect } from 'chai';
import { analyse } from 'scslre';
import * as idempotency from '../../src/calls/idempotency.js';
import { variables as settings } from '../../src/config.js';
import { callOptions, callRequest } from '../../src/schemas/create-call.js';
import { login } from '../../src/schemas/login.js';
import { RESERVED_VARIABLES } from '../../src/schemas/reserved-variables.js';

/** Every pattern that a schema holds, however deep. */
function patternsIn(value: unknown, seen = new Set<unknown>()): RegExp[] {
  if (value instanceof RegExp) return [value];
  if (typeof value !== 'object' || value === null || seen.has(value)) return [];
  seen.add(value);
  const inner = value instanceof Map ? [...value.values()] : Object.values(value);
  return inner.flatMap((one) => patternsIn(one, seen));
}

/** How it is slow; empty where its time grows with the length of what it is held against. */
function slowness(pattern: RegExp): string[] {
  const { reports } = analyse(pattern);
  return reports.map(({ type, character }) => `${String(pattern)}: ${type} on many ${character.pick}`);
}

/** By the patterns' structure, not by a clock. The lint rules `regexp/no-super-linear-*` do the same for all literals. */
describe('no pattern that judges what a client sends', () => {
  const schemas = { callOptions, callRequest, login, settings };
  const modules = { idempotency, domain, RESERVED_VARIABLES };
  const patterns = new Set(patternsIn([schemas, modules]));

  it('takes more time than its length asks for (S15)', () => {
    const found = [...patterns].flatMap(slowness);
    console.log(`      S15: ${patterns.size} patterns, ${found.length} of them not linear`);
    expect(patterns.size).to.be.greaterThan(15);
    expect(found).to.deep.equal([]);
  });

  it('would be overlooked if it did', () => {
    for (const slow of [/^(a+)+$/, /^\s*a\s*\s*$/, /\d+$/]) expect(slowness(slow), String(slow)).not.to.deep.equal([]);
    expect(patternsIn({ a: new Map([['b', { c: [/x/] }]]) })).to.have.lengthOf(1);
  });
});
