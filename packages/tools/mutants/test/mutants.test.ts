import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { transform } from 'esbuild';
import { MUTANTS } from '../src/list/index.js';
import { diffOf, listProblems, mutated, StaleMutantError, type Mutant } from '../src/mutant.js';
import { select, UsageError } from '../src/selection.js';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));

const FILES: Readonly<Record<string, string>> = {
  'src/a.ts': 'if (a) return;\nif (b) return;\n',
  'test/a.test.ts': "it('returns', () => undefined);",
};
const read = (file: string): string | null => FILES[file] ?? null;

const mutant = (changes: Partial<Mutant> = {}): Mutant => ({
  area: 'a',
  breaks: 'a returns',
  file: 'src/a.ts',
  find: 'if (a)',
  replace: 'if (!a)',
  test: 'test/a.test.ts',
  title: 'returns',
  ...changes,
});

describe('a mutant', () => {
  it('changes its one place, as it stands there', () => {
    expect(mutated(read('src/a.ts') ?? '', mutant({ replace: "if ($&, '$1')" }))).to.equal(
      "if ($&, '$1') return;\nif (b) return;\n",
    );
    expect(diffOf(read('src/a.ts') ?? '', mutant())).to.equal('src/a.ts:1\n  - if (a) return;\n  + if (!a) return;');
  });

  it('is stale when its place is gone, or is there twice', () => {
    for (const find of ['if (c)', 'return;']) {
      expect(() => mutated(read('src/a.ts') ?? '', mutant({ find }))).to.throw(StaleMutantError, 'src/a.ts');
    }
  });
});

describe('a list of mutants', () => {
  const problems = (...mutants: Mutant[]): string => listProblems(mutants, read).join('\n');

  it('is sound when each has its place and its test', () => expect(problems(mutant())).to.equal(''));

  for (const [what, changes, problem] of [
    ['a place that is gone', { find: 'if (c)' }, 'occurs 0 times in src/a.ts'],
    ['a place that is there twice', { find: 'return;' }, 'occurs 2 times in src/a.ts'],
    ['a file that is gone', { file: 'src/b.ts' }, 'occurs 0 times in src/b.ts'],
    ['a test that is gone', { test: 'test/b.test.ts' }, 'test/b.test.ts does not hold'],
    ['a title that is gone', { title: 'goes on' }, 'does not hold the title "goes on"'],
    ['a change that changes nothing', { replace: 'if (a)' }, 'it changes nothing'],
    ['a change of two lines', { find: '(a) return;\nif (b)', replace: '(b) return;\nif (a)' }, 'more than a line'],
    ['a line too many', { replace: '\nif (a)' }, 'more than a line'],
  ] as const) {
    it(`names ${what}`, () => expect(problems(mutant(changes))).to.include(problem));
  }

  it('names words that stand for two mutants', () => {
    expect(problems(mutant(), mutant({ find: 'if (b)' }))).to.equal('a: a returns: another mutant has the same words');
  });
});

describe('the list of mutants', () => {
  it('fits the code and the tests as they are', () => {
    const files = (file: string): string | null => {
      try {
        return readFileSync(`${ROOT}${file}`, 'utf8');
      } catch {
        return null;
      }
    };
    expect(listProblems(MUTANTS, files)).to.deep.equal([]);
  });

  it('makes programs, not what no test could be run against', async () => {
    const broken: string[] = [];
    for (const one of MUTANTS.filter(({ file }) => file.endsWith('.ts'))) {
      const code = mutated(readFileSync(`${ROOT}${one.file}`, 'utf8'), one);
      await transform(code, { loader: 'ts', logLevel: 'silent' }).catch(() =>
        broken.push(`${one.area}: ${one.breaks}`),
      );
    }
    expect(broken).to.deep.equal([]);
  });
});

describe('choosing mutants', () => {
  const all = [mutant(), mutant({ area: 'b', breaks: 'b returns' }), mutant({ area: 'b', breaks: 'b goes on' })];
  const pure = ['orders', 'limits'].map((name) => ({ name, mutate: [], tests: [] }));
  const chosen = (...args: string[]): string[] => select(args, all, pure).mutants.map(({ breaks }) => breaks);
  const parts = (...args: string[]) => select(args, all, pure).parts?.map(({ name }) => name);

  it('takes all, areas, or those with a text in their promise or file', () => {
    expect(chosen()).to.have.length(3);
    expect(chosen('b')).to.deep.equal(['b returns', 'b goes on']);
    expect(chosen('--grep', 'goes')).to.deep.equal(['b goes on']);
    expect(chosen('a', '--grep', 'src/a')).to.deep.equal(['a returns']);
  });

  it('takes the parts for StrykerJS, or those with a text in their name, only when it is asked for', () => {
    expect(parts()).to.equal(undefined);
    expect(parts('--stryker')).to.deep.equal(['orders', 'limits']);
    expect(parts('--stryker', '--grep', 'lim')).to.deep.equal(['limits']);
  });

  it('refuses what chooses nothing', () => {
    for (const args of [
      ['c'],
      ['--all'],
      ['--grep', 'zebra'],
      ['a', '--grep', 'goes'],
      ['--stryker', '--grep', 'goes'],
    ]) {
      expect(() => chosen(...args), args.join(' ')).to.throw(UsageError);
    }
  });
});
