import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { appendResult, publishedTable, resultLines, type ResultLine } from '../src/results-file.js';
import { brokenOff } from '../src/run-fault.js';

const ALL = ['R01', 'R02'];

const FIRST = '2026-11-22T10:00:00.000Z';
const SECOND = '2026-11-23T10:00:00.000Z';

/** A result without findings, unless one is given. */
function line(id: string, overrides: Partial<ResultLine> = {}, finding?: string): ResultLine {
  const result = { ...brokenOff(id, `what ${id} strikes`, ''), problems: finding === undefined ? [] : [finding] };
  return { run: FIRST, seed: 1, commit: 'aaaaaaaaaaaa', dirty: false, result, ...overrides };
}

function textOf(lines: ResultLine[], run?: string): string {
  const published = publishedTable(lines, run, ALL);
  return 'text' in published ? published.text : `refused: ${published.refused}`;
}

describe('the results of campaigns', () => {
  it('are added to a file, and none is taken out of it', () => {
    const directory = mkdtempSync(join(tmpdir(), 'dialgate-results-'));
    const file = join(directory, 'results.jsonl');
    try {
      expect(resultLines(file)).to.deep.equal([]);
      appendResult(file, line('R01', {}, 'a call was lost'));
      appendResult(file, line('R01', { run: SECOND }));
      expect(resultLines(file).map(({ run }) => run)).to.deep.equal([FIRST, SECOND]);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it('make a table of the last run, or of the one that is named, with its commit and seed', () => {
    const lines = [line('R01'), line('R02'), line('R02', { run: SECOND, commit: 'bbbbbbbbbbbb', seed: 7 })];
    expect(textOf(lines)).to.match(/^Run of 2026-11-23\S+, commit bbbbbbbbbbbb, seed 7\. Not whole: without R01\./);
    expect(textOf(lines)).not.to.contain('what R01 strikes');
    expect(textOf(lines, FIRST)).to.match(/^Run of 2026-11-22\S+, commit aaaaaaaaaaaa, seed 1\.\n/);
    expect(textOf(lines, FIRST)).to.contain('what R01 strikes').and.contain('No findings in 2 runs.');
  });

  it('make none of several commits, of changes that nobody has committed, of a fault played twice, or of no run', () => {
    expect(textOf([line('R01'), line('R02', { commit: 'bbbbbbbbbbbb' })]))
      .to.contain('refused')
      .and.contain('several commits');
    expect(textOf([line('R01'), line('R02', { dirty: true })]))
      .to.contain('refused')
      .and.contain('nobody has committed');
    expect(textOf([line('R01'), line('R01')]))
      .to.contain('refused')
      .and.contain('R01 more than once');
    expect(textOf([line('R01')], SECOND)).to.equal(`refused: there is no run ${SECOND}`);
    expect(textOf([])).to.equal('refused: there is no run at all');
  });

  it('show what was found in any run, whichever the table is of', () => {
    const lines = [line('R01', { dirty: true }, 'a call was lost'), line('R01', { run: SECOND })];
    expect(textOf(lines)).to.contain('Findings in 2 runs').and.contain('aaaaaaa (changed) R01: a call was lost');
  });
});
