import { expect } from 'chai';
import { heardOf, unsoundness, verdictOn, type Report, type TestRun } from '../src/verdict.js';

const PASSED = { fullTitle: 'a call ends' };
const failure = (stack: string): Report['failures'][number] => ({ fullTitle: 'a call ends', message: stack, stack });

const ran = (report: Partial<Report>, rest: Partial<TestRun> = {}): TestRun => ({
  report: { passes: [], failures: [], complete: true, ...report },
  cut: false,
  output: '',
  ms: 1,
  ...rest,
});

describe('a report', () => {
  it('is read from Mocha’s lines, whatever stands between them', () => {
    const lines = [
      '["start",{"total":2}]',
      '["pass",{"title":"ends","fullTitle":"a call ends","duration":1}]',
      'a line of the product',
      '["fail",{"title":"begins","fullTitle":"a call begins","err":"no","stack":"Error: no"}]',
      '["fail",{"title":"hook","fullTitle":"a hook","err":"late","stack":null}]',
    ];
    const report = lines.reduce(heardOf, { passes: [], failures: [], complete: false });
    expect(report).to.deep.equal({
      passes: [{ fullTitle: 'a call ends' }],
      failures: [
        { fullTitle: 'a call begins', message: 'no', stack: 'Error: no' },
        { fullTitle: 'a hook', message: 'late', stack: 'late' },
      ],
      complete: false,
    });
    expect(heardOf(report, '["end",{"tests":2}]').complete).to.equal(true);
  });
});

describe('a mutant', () => {
  it('is killed by an assertion, by a time-out and by a run without an end', () => {
    for (const stack of ['AssertionError: expected 1 to equal 2', 'Error: Timeout of 60000ms exceeded.']) {
      expect(verdictOn(ran({ failures: [failure(stack)] }))).to.deep.equal({ kind: 'killed', by: 'a call ends' });
    }
    expect(verdictOn(ran({ complete: false }, { cut: true })).kind).to.equal('killed');
  });

  it('has survived a test that passed', () => {
    expect(verdictOn(ran({ passes: [PASSED] }))).to.deep.equal({ kind: 'survived' });
  });

  for (const [what, run] of [
    ['a file that cannot be loaded', ran({ complete: false }, { output: 'Error [ERR_MODULE_NOT_FOUND]' })],
    ['a run in which no test was found', ran({})],
    ['a name that nobody knows', ran({ failures: [failure('ReferenceError: claim is not defined')] })],
    ['a text that is no program', ran({ failures: [failure('SyntaxError: Unexpected token')] })],
    ['a statement that is none', ran({ failures: [failure('Raw query failed. Code: `42601`. Message: …')] })],
  ] as const) {
    it(`is invalid by ${what}: that says nothing of the test`, () => expect(verdictOn(run).kind).to.equal('invalid'));
  }
});

describe('a test', () => {
  it('can tell something of a mutant when it passes with nothing changed', () => {
    expect(unsoundness(ran({ passes: [PASSED] }), 'ends')).to.equal(null);
  });

  it('cannot when it fails by itself, has no such title, or was not run', () => {
    const failed = [{ fullTitle: 'a call begins', message: 'no', stack: 'Error: no' }];
    expect(unsoundness(ran({ passes: [PASSED], failures: failed }), 'begins')).to.include(
      'fails with nothing changed: no',
    );
    expect(unsoundness(ran({ passes: [PASSED], failures: failed }), 'ends')).to.equal(null);
    expect(unsoundness(ran({ failures: failed }), 'ends')).to.include('was not run: no');
    expect(unsoundness(ran({ passes: [PASSED] }), 'begins')).to.include('no test has this title');
    expect(unsoundness(ran({ complete: false }, { output: 'broken' }), 'ends')).to.include('broken');
    expect(unsoundness(ran({ complete: false }, { cut: true }), 'ends')).to.include('too long');
  });
});
